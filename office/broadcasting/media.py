"""From text or a sound file to a sound for loudspeakers: limited, levelled to -16 LUFS, Ogg Opus, named by hash."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import tempfile
import time
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from langso.contract import Media
from langso.durable.files import make_folder, sync_folder, write_atomic
from langso.durable.workplaces import workplace
from langso.voices.child_limits import limit_child
from langso.voices.signals import Signal, signal_file, signal_medium
from langso.voices.synthesis import VoiceError, speak
from langso.words import nfc, speech
from langso.words.catalogue import Sentence, Words
from langso.words.os_reasons import os_reason
from office.broadcasting.progress import UNWATCHED, ProgressWatch
from office.errors import MediaFailed, NotFound

TARGET_LUFS = -16.0
PEAK_DB = -1.5
BITRATE = "24k"
RATE = 48_000
MAX_FILE = 64 << 20
MAX_SECONDS = 3600
_TIMEOUT_S = 300.0
_LOOK_S = 0.25
_LEFT_S = 3600.0
_ROOM = 256 << 10
"""Bytes; the sound of a minute takes less. Where so little is free, it is what a sound was not written for."""
# Containers of sound only: a playlist would have ffmpeg open other files of this machine.
_FORMATS = "wav,w64,aiff,au,caf,mp3,aac,ac3,flac,ogg,mov,mp4,m4a,3gp,matroska,webm,asf,avi,mpegts,mpeg,amr,s16le"
_DOORS = ("-protocol_whitelist", "file,pipe", "-format_whitelist", _FORMATS)
_SHA256 = re.compile("[0-9a-f]{64}")
# The limiter comes first: loudnorm stays linear (no pumping) only when the peaks leave room for the gain.
_SHAPE = f"highpass=f=100,alimiter=limit=0.5:attack=2:release=50:level=false,atrim=end={MAX_SECONDS},apad=whole_dur=1"
# ffmpeg 7's loudnorm stamps its last three seconds up to 100 ms late, and the jump would stay in the file as a hole.
# Counted anew, each packet follows the one before, whatever the filters say of time.
_NUMBERED = f"aresample={RATE},asetpts=N/SR/TB"
_PLAIN = f"-vn -sn -dn -ac 1 -ar {RATE} -c:a pcm_s16le -f s16le -fs {MAX_SECONDS * RATE * 2}"
_ENCODING = (
    f"-ar {RATE} -ac 1 -c:a libopus -b:a {BITRATE} -map_metadata -1 -fflags +bitexact -flags +bitexact "
    f"-f ogg -fs {MAX_FILE}"
)


@dataclass(frozen=True)
class MadeSound:
    """A file in the store. `samples` decoded at 48 kHz, `lufs` measured on them (None: too quiet to measure)."""

    media: Media
    samples: int
    lufs: float | None


class MediaStore:
    """Sound files at `folder`/{sha256}; a file appears only when it is whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path_of(self, sha256: str) -> Path:
        """The file of that content. Raises NotFound, also for what is no SHA-256."""
        if not _SHA256.fullmatch(sha256):
            raise NotFound(Sentence("broadcasting-sound-name"))
        path = self._folder / sha256
        if not path.is_file():
            raise NotFound(Sentence("broadcasting-sound-gone", sound=sha256[:12]))
        return path

    def speak(self, text: str, *, voice: str = "vi", speed: int = 150, watch: ProgressWatch = UNWATCHED) -> MadeSound:
        """The text read aloud. Raises VoiceError, WordsError, MediaFailed, MakingCancelled."""
        with _workplace() as work:
            wav = work / "spoken.wav"
            watch.at(0)
            try:
                # What is watched waits in the queue of sounds; an emergency is made at once.
                speak(speech(nfc(text)), wav, voice=voice, speed=speed, patient=watch is not UNWATCHED)
            except VoiceError as error:
                # It cannot tell a full disk from words that nobody can say.
                if _is_full(work):
                    raise _not_written(Sentence("os-no-space")) from error
                raise
            return self._keep(["-i", str(wav)], watch.part(30, 100))

    def chime(self) -> MadeSound:
        """Our own two notes (G5 then E5), 1.4 s, that go before a broadcast."""
        with _workplace() as work:
            wav = work / "chime.wav"
            _write_chime(wav)
            return self._keep(["-i", str(wav)])

    def signal(self, signal: Signal) -> Media:
        """One of our own signals, as it is: its file is the same everywhere. Raises MediaFailed."""
        medium = signal_medium(signal)
        try:
            make_folder(self._folder)
            write_atomic(self._folder / medium.sha256, signal_file(signal), mode=0o644)
        except OSError as error:
            raise _not_written(os_reason(error)) from error
        return medium

    def take(self, source: Path) -> MadeSound:
        """Any sound file ffmpeg reads: its samples one after another, levelled and encoded. Raises MediaFailed."""
        # Beside the store: an hour is 346 MB, and /tmp may be in memory.
        plain = self._part(".pcm")
        try:
            decode(source, plain)
            return self._keep(["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", str(plain)])
        finally:
            plain.unlink(missing_ok=True)

    def _keep(self, source: list[str], watch: ProgressWatch = UNWATCHED) -> MadeSound:
        part = self._part(".opus")
        try:
            try:
                _encode(source, part, watch)
                watch.at(85)
                samples, lufs = measure(part, watch)
            except MediaFailed as error:
                # What a full disk left of a sound is told as a sound that cannot be read.
                if _is_full(self._folder):
                    raise _not_written(Sentence("os-no-space")) from error
                raise
            watch.check()
            data = part.read_bytes()
            sha256 = hashlib.sha256(data).hexdigest()
            target = self._folder / sha256
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.chmod(0o644)
            part.replace(target)
            sync_folder(self._folder)
        except OSError as error:
            raise _not_written(os_reason(error)) from error
        finally:
            # A disk that may only be read keeps it until it is left over for an hour.
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        duration_ms = -(-samples * 1000 // RATE)
        return MadeSound(Media(sha256=sha256, size=len(data), duration_ms=duration_ms, codec="opus"), samples, lufs)

    def _part(self, suffix: str) -> Path:
        """An empty file beside the store's own; what a power cut left of earlier ones goes. Raises MediaFailed."""
        try:
            make_folder(self._folder)
            for left in self._folder.glob(".making-*"):
                if time.time() - left.stat().st_mtime > _LEFT_S:
                    left.unlink(missing_ok=True)
            handle, name = tempfile.mkstemp(prefix=".making-", suffix=suffix, dir=self._folder)
            os.close(handle)
        except OSError as error:
            raise _not_written(os_reason(error)) from error
        return Path(name)


@contextlib.contextmanager
def _workplace() -> Iterator[Path]:
    """A folder for what is made on the way. Raises MediaFailed."""
    try:
        # Nobody's words stay behind in it: a process killed over them is cleared up after by the next sound.
        with workplace("langso-sound-") as work:
            yield work
    except OSError as error:
        raise _not_written(os_reason(error)) from error


def _not_written(why: Words) -> MediaFailed:
    return MediaFailed(Sentence("broadcasting-sound-not-written", why=why))


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _ROOM
    except OSError:
        return False


def decode(source: Path, out: Path) -> None:
    """The first sound of a file as raw samples, mono 48 kHz s16le, one hour at most. Raises MediaFailed.

    Raw samples have no time stamps: jumps, overlaps, a late or negative start and parts of different rates end here,
    and no sound is lost.
    """
    # A filter made anew where the rate changes would count from 0 again: this file must not go by stamps at all.
    _run(["-i", str(source), *_PLAIN.split(), "-y", str(out)])
    if out.stat().st_size == 0:
        raise MediaFailed(Sentence("broadcasting-file-silent"))


def measure(path: Path, watch: ProgressWatch = UNWATCHED) -> tuple[int, float | None]:
    """(samples at 48 kHz once decoded, integrated LUFS or None where there is too little). Raises MediaFailed."""
    done = _run(
        ["-i", str(path), "-af", "ebur128=framelog=verbose", "-ar", str(RATE), "-ac", "1", "-f", "s16le", "-"], watch
    )
    samples = len(done.stdout) // 2
    if samples == 0:
        raise MediaFailed(Sentence("broadcasting-sound-silent"))
    lines = re.findall(rb"I:\s+(-?[0-9.]+|-inf|nan) LUFS", done.stderr)
    lufs = float(lines[-1]) if lines else float("nan")
    # -70 is the meter's floor, not a loudness.
    return samples, lufs if math.isfinite(lufs) and lufs > -70 else None


def _encode(source: list[str], out: Path, watch: ProgressWatch) -> None:
    """Limits, measures, then levels in a second pass to -16 LUFS; mono Ogg Opus 24 kbit/s. Raises MediaFailed."""
    aim = f"loudnorm=I={TARGET_LUFS}:TP={PEAK_DB}:LRA=11"
    watch.at(0)
    heard = _run([*source, "-af", f"{_SHAPE},{aim}:print_format=json", "-f", "null", "-"], watch).stderr
    watch.at(40)
    found = _loudness(heard)
    level = (
        f"{aim}:measured_I={found['input_i']}:measured_TP={found['input_tp']}:measured_LRA={found['input_lra']}"
        f":measured_thresh={found['input_thresh']}:offset={found['target_offset']}:linear=true"
        if math.isfinite(float(found["input_i"]))
        else "anull"
    )
    # Bit-exact: the same text makes the same file, so devices that have it fetch nothing.
    _run([*source, "-af", f"{_SHAPE},{level},{_NUMBERED}", *_ENCODING.split(), "-y", str(out)], watch)


def _loudness(stderr: bytes) -> dict[str, str]:
    start = stderr.rfind(b"{")
    try:
        found = json.loads(stderr[start : stderr.rfind(b"}") + 1])
        wanted = ("input_i", "input_tp", "input_lra", "input_thresh", "target_offset")
        return {name: str(float(found[name])) for name in wanted}
    except (ValueError, KeyError, TypeError) as error:
        raise MediaFailed(Sentence("broadcasting-loudness")) from error


def _run(arguments: list[str], watch: ProgressWatch = UNWATCHED) -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("ffmpeg")
    if program is None:
        raise MediaFailed(Sentence("broadcasting-no-ffmpeg"))
    command = [program, "-hide_banner", "-nostdin", *_DOORS, *arguments]
    try:
        done = _finished(command, watch)
    except subprocess.TimeoutExpired as error:
        raise MediaFailed(Sentence("broadcasting-sound-slow")) from error
    except OSError as error:
        raise MediaFailed(Sentence("broadcasting-ffmpeg-broken", why=os_reason(error))) from error
    if done.returncode:
        if b"No space left on device" in done.stderr:
            raise _not_written(Sentence("os-no-space"))
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise MediaFailed(Sentence("broadcasting-sound-unread", why=lines[-1][:160] if lines else done.returncode))
    return done


def _finished(command: list[str], watch: ProgressWatch) -> subprocess.CompletedProcess[bytes]:
    """The program run to its end, or killed as soon as nobody wants it. Raises TimeoutExpired, MakingCancelled."""
    until = time.monotonic() + _TIMEOUT_S
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        limit_child(running.pid, patient=watch is not UNWATCHED)
        try:
            while True:
                try:
                    out, err = running.communicate(timeout=_LOOK_S)
                except subprocess.TimeoutExpired:
                    watch.check()
                    if time.monotonic() > until:
                        raise
                else:
                    return subprocess.CompletedProcess(command, running.returncode, out, err)
        finally:
            running.kill()


def _write_chime(path: Path) -> None:
    sound = array("h", bytes(2 * int(1.4 * RATE)))
    for begin, hertz in ((0.0, 784.0), (0.45, 659.3)):
        first = int(begin * RATE)
        for n in range(len(sound) - first):
            t = n / RATE
            swell = min(1.0, t / 0.01) * math.exp(-4.0 * t) * min(1.0, (len(sound) - first - n) / (0.05 * RATE))
            tone = math.sin(2 * math.pi * hertz * t) + 0.3 * math.sin(4 * math.pi * hertz * t)
            sound[first + n] += int(9000 * swell * tone)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(sound.tobytes())
