"""espeak-ng as a voice: sound in a whole file, or one sentence about what to do."""

from __future__ import annotations

import shutil
import stat
import wave
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langso.voices import synthesis as voices

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def seconds(path: Path) -> float:
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        return sound.getnframes() / sound.getframerate()


def fake_espeak(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@needs_espeak
def test_a_sentence_becomes_sound(tmp_path: Path) -> None:
    out = tmp_path / "a.wav"
    voices.speak("Kính mời bà con tới họp lúc bảy giờ sáng.", out)
    assert 1.0 < seconds(out) < 10.0
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"]


@needs_espeak
def test_faster_is_shorter(tmp_path: Path) -> None:
    text = "Ủy ban nhân dân xã thông báo lịch tiêm phòng cho trẻ em trong toàn xã."
    voices.speak(text, tmp_path / "slow.wav", speed=100)
    voices.speak(text, tmp_path / "fast.wav", speed=250)
    assert seconds(tmp_path / "fast.wav") < 0.7 * seconds(tmp_path / "slow.wav")


@needs_espeak
def test_text_that_looks_like_an_option_or_phonemes_is_only_text(tmp_path: Path) -> None:
    voices.speak("--version [[e e]] \x00\x1b", tmp_path / "a.wav")
    assert seconds(tmp_path / "a.wav") > 0.3


@needs_espeak
def test_an_unknown_voice_is_named(tmp_path: Path) -> None:
    with pytest.raises(voices.VoiceMissing, match="zz-none"):
        voices.speak("xin chào", tmp_path / "a.wav", voice="zz-none")
    assert list(tmp_path.iterdir()) == []


def test_without_espeak_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(voices.VoiceMissing, match="apt install espeak-ng"):
        voices.speak("xin chào", tmp_path / "a.wav")


@pytest.mark.parametrize(
    ("text", "voice", "speed"),
    [
        ("", "vi", 150),
        (" \n…", "vi", 150),
        ("a" * (voices.MAX_TEXT + 1), "vi", 150),
        ("a", "vi", 10),
        ("a", "vi", 1000),
        ("a", "--path=/", 150),
        ("a", "../x", 150),
        ("a", "", 150),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, text: str, voice: str, speed: int) -> None:
    with pytest.raises(voices.CannotSpeak):
        voices.speak(text, tmp_path / "a.wav", voice=voice, speed=speed)
    assert list(tmp_path.iterdir()) == []


def test_a_hanging_engine_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_espeak(tmp_path, monkeypatch, "exec sleep 30")
    monkeypatch.setattr(voices, "_TIMEOUT_S", 0.3)
    with pytest.raises(voices.VoiceFailed, match="quá lâu"):
        voices.speak("xin chào", tmp_path / "a.wav")


@pytest.mark.parametrize("script", ["echo broken >&2; exit 3", "exit 0"])
def test_a_failing_engine_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    fake_espeak(tmp_path, monkeypatch, script)
    out = tmp_path / "a.wav"
    out.write_bytes(b"before")
    with pytest.raises(voices.VoiceFailed):
        voices.speak("xin chào", out)
    assert out.read_bytes() == b"before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.wav", "espeak-ng"]


def test_a_file_cut_short_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with wave.open(str(tmp_path / "whole"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(22_050)
        sound.writeframes(bytes(20_000))
    fake_espeak(tmp_path, monkeypatch, f'while [ "$1" != -w ]; do shift; done; head -c 9000 {tmp_path}/whole > "$2"')
    with pytest.raises(voices.VoiceFailed, match="thiếu phần cuối"):
        voices.speak("xin chào", tmp_path / "a.wav")
    assert not (tmp_path / "a.wav").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_espeak(tmp_path, monkeypatch, "exit 0")
    with pytest.raises(voices.VoiceFailed, match="thư mục"):
        voices.speak("xin chào", tmp_path / "none" / "a.wav")


@needs_espeak
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80))
def test_any_text_is_spoken_or_refused(tmp_path: Path, text: str) -> None:
    try:
        voices.speak(text, tmp_path / "a.wav")
    except voices.VoiceError:
        return
    assert seconds(tmp_path / "a.wav") > 0
