"""Text to spoken sound with espeak-ng: robotic, but always there and never on a network.

Numbers, dates and abbreviations are `langso.words.speech`'s business; give its result here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

from langso.errors import LangsoError
from langso.voices.child_limits import limit_child
from langso.words.catalogue import Sentence
from langso.words.os_reasons import os_reason

MAX_TEXT = 20_000
"""Characters of one text."""

SLOWEST, FASTEST = 80, 300
"""Speed in words a minute that can still be followed."""

_PROGRAM = "espeak-ng"
_TIMEOUT_S = 120.0
_VOICE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,12}){0,3}")


class VoiceError(LangsoError):
    """Family of every refusal to speak."""


class VoiceMissing(VoiceError, FileNotFoundError):
    """espeak-ng, or the voice asked for, is not installed."""


class CannotSpeak(VoiceError, ValueError):
    """Nothing to say, too much of it, or a speed or voice that makes no sense."""


class VoiceFailed(VoiceError, RuntimeError):
    """espeak-ng stopped with an error, or took too long."""


def speak(text: str, out_wav: Path, *, voice: str = "vi", speed: int = 150, patient: bool = False) -> None:
    """Write `text`, spoken, to a WAV file (16-bit mono, 22,050 Hz); the file appears only when complete.

    `speed` in words a minute, 80-300; `patient`: others' sounds go before. Raises CannotSpeak, VoiceMissing,
    VoiceFailed.
    """
    said = _sayable(text)
    if not SLOWEST <= speed <= FASTEST:
        raise CannotSpeak(Sentence("voices-rate", slowest=SLOWEST, fastest=FASTEST))
    if not _VOICE.fullmatch(voice):
        raise CannotSpeak(Sentence("voices-no-such-voice"))
    program = shutil.which(_PROGRAM)
    if program is None:
        raise VoiceMissing(Sentence("voices-no-espeak"))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{out_wav.name}.", suffix=".part", dir=out_wav.parent)
    except OSError as error:
        raise VoiceFailed(Sentence("voices-cannot-write", folder=out_wav.parent)) from error
    os.close(handle)
    part = Path(name)
    try:
        _run([program, "-v", voice, "-s", str(speed), "-b", "1", "-w", name, "--stdin"], said, voice, patient)
        _check_whole(part)
        part.replace(out_wav)
    finally:
        part.unlink(missing_ok=True)


def _check_whole(wav: Path) -> None:
    try:
        with wave.open(str(wav)) as sound:
            frames, size = sound.getnframes(), sound.getsampwidth() * sound.getnchannels()
    except (wave.Error, EOFError):
        frames, size = 0, 1
    if not frames:
        raise VoiceFailed(Sentence("voices-silent"))
    # espeak-ng does not notice a full disk: the header then promises more than the file holds.
    if wav.stat().st_size < frames * size:
        raise VoiceFailed(Sentence("voices-cut-short"))


def _run(command: list[str], text: str, voice: str, patient: bool) -> None:
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as running:
            limit_child(running.pid, patient=patient)
            try:
                _, told = running.communicate(text.encode("utf-8"), _TIMEOUT_S)
            finally:
                running.kill()
    except subprocess.TimeoutExpired as error:
        raise VoiceFailed(Sentence("voices-too-slow")) from error
    except OSError as error:
        raise VoiceFailed(Sentence("voices-cannot-run", why=os_reason(error))) from error
    if running.returncode:
        said = told.decode("utf-8", "replace").strip()[:200]
        if "voice" in said.lower():
            raise VoiceMissing(Sentence("voices-voice-missing", voice=voice))
        raise VoiceFailed(Sentence("voices-says-error", said=said or running.returncode))


def _sayable(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise CannotSpeak(Sentence("voices-too-long", most=MAX_TEXT))
    clean = "".join(c if c in "\n\t" or c.isprintable() else " " for c in text)
    # Double brackets would switch espeak-ng to its own phoneme letters.
    clean = clean.replace("[[", "[ [")
    if not any(c.isalnum() for c in clean):
        raise CannotSpeak(Sentence("voices-nothing-to-say"))
    return clean
