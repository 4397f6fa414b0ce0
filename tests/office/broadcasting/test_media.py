from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import pytest

from office.broadcasting.media import RATE, MediaStore, decode, measure
from office.errors import MediaFailed, NotFound


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


def test_speech_is_levelled_measured_and_named_by_its_content(store: MediaStore) -> None:
    sound = store.speak("Kính thưa bà con, chiều nay mời bà con tới nhà văn hóa thôn 2 họp lúc 17 giờ 30.")
    path = store.path_of(sound.media.sha256)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sound.media.sha256
    assert path.stat().st_size == sound.media.size
    assert sound.lufs == pytest.approx(-16, abs=1.0)
    shown = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,channels,sample_rate", "-of", "csv=p=0", path],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == "opus,48000,1"


def test_the_duration_is_that_of_the_decoded_samples(store: MediaStore, tmp_path: Path) -> None:
    wav = tmp_path / "tone.wav"
    with wave.open(str(wav), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(
            b"".join(int(8000 * ((n // 50) % 2 * 2 - 1)).to_bytes(2, "little", signed=True) for n in range(96_123))
        )
    sound = store.take(wav)
    assert sound.samples == 96_123
    assert sound.media.duration_ms == 2003
    assert measure(store.path_of(sound.media.sha256))[0] == 96_123


def test_the_same_text_makes_the_same_file(store: MediaStore) -> None:
    assert store.speak("Mời bà con đi họp.").media == store.speak("Mời bà con đi họp.").media


def test_the_chime_is_short_and_level(store: MediaStore) -> None:
    sound = store.chime()
    assert sound.media.duration_ms == 1400
    assert sound.lufs == pytest.approx(-16, abs=1.0)


def test_noise_is_refused_and_leaves_nothing_behind(store: MediaStore, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"not a sound" * 100)
    with pytest.raises(MediaFailed):
        store.take(tmp_path / "x")
    assert list((tmp_path / "media").iterdir()) == []


@pytest.mark.parametrize("name", ["", "../office.db", "a" * 63, "A" * 64, "a" * 64])
def test_only_a_hash_that_is_there_is_found(store: MediaStore, name: str) -> None:
    with pytest.raises(NotFound):
        store.path_of(name)


def test_a_disk_that_fills_while_ffmpeg_writes_is_not_said_to_be_a_bad_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'av_interleaved_write_frame(): No space left on device' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    with pytest.raises(MediaFailed, match="hết chỗ trống"):
        decode(tmp_path / "any.wav", tmp_path / "out.pcm")


_KILLED_OVER_WORDS = """
import os, pathlib, signal, sys
from office.broadcasting import media
media.MediaStore._keep = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
media.MediaStore(pathlib.Path(sys.argv[1])).speak("Mời ông Năm đến nhận giấy.")
"""


def test_words_that_a_killed_process_had_read_aloud_go_with_the_next_sound(
    store: MediaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # /tmp is shared with other tests, which clear it too.
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    subprocess.run(
        [sys.executable, "-c", _KILLED_OVER_WORDS, str(tmp_path / "killed")],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "TMPDIR": str(temporary)},
        check=False,
    )
    assert [path.name for path in temporary.rglob("*.wav")] == ["spoken.wav"]
    store.chime()
    assert list(temporary.iterdir()) == []
