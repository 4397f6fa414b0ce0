"""No hole in a stored sound, whatever ffmpeg's filters or somebody's file say of time."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

from langso.voices.synthesis import speak
from office.broadcasting.media import RATE, MediaStore, decode
from office.errors import MediaFailed

TONE_MS = 4000
JUMP = "asetpts=PTS+gte(T\\,1)*0.055/TB"


def ffmpeg(*arguments: str | Path) -> None:
    command = ["ffmpeg", "-loglevel", "error", "-nostdin", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def holes(sound: Path) -> list[tuple[int, int]]:
    """(number of the packet, samples between it and the one before) wherever that is not 0."""
    command = ["ffprobe", "-v", "error", "-show_entries", "packet=pts,duration", "-of", "json", str(sound)]
    shown = subprocess.run(command, capture_output=True, check=True).stdout
    packets = [(int(one["pts"]), int(one["duration"])) for one in json.loads(shown)["packets"]]
    assert len(packets) > 10
    return [
        (number, begin - before - length)
        for number, ((before, length), (begin, _)) in enumerate(itertools.pairwise(packets), 1)
        if begin != before + length
    ]


def decoded(sound: Path) -> numpy.ndarray:
    command = ["ffmpeg", "-loglevel", "error", "-i", str(sound), "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-"]
    return numpy.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, dtype="<f4")


def longest_silence_ms(samples: numpy.ndarray) -> int:
    blocks = samples[: len(samples) // 48 * 48].reshape(-1, 48)
    loud = numpy.flatnonzero(numpy.sqrt(numpy.mean(blocks**2, axis=1)) > 0.01)
    return int(numpy.diff(loud).max() - 1)


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tone") / "tone.wav"
    ffmpeg("-f", "lavfi", "-i", f"sine=f=440:r={RATE}:d={TONE_MS / 1000},volume=4", file)
    return file


@pytest.fixture
def late_stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ffmpeg whose loudnorm stamps late, as version 7 does in the last three seconds, whatever is installed."""
    real = shutil.which("ffmpeg")
    folder = tmp_path / "bin"
    folder.mkdir()
    wrapper = folder / "ffmpeg"
    wrapper.write_text(
        f"#!{sys.executable}\nimport os, re, sys\n"
        f"late = lambda found: found.group(0) + {',' + JUMP!r}\n"
        "arguments = [re.sub('loudnorm=[^,]*', late, one) for one in sys.argv[1:]]\n"
        f"os.execv({real!r}, [{real!r}, *arguments])\n"
    )
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize("sentences", [1, 2, 4])
def test_in_a_spoken_sound_every_packet_follows_the_one_before(sentences: int, store: MediaStore) -> None:
    sound = store.speak("Mời bà con tới nhà văn hóa thôn hai họp lúc mười bảy giờ. " * sentences)
    assert holes(store.path_of(sound.media.sha256)) == []


@pytest.mark.usefixtures("late_stamps")
@pytest.mark.parametrize("sentences", [1, 4])
def test_so_it_is_where_the_leveller_stamps_late(sentences: int, store: MediaStore) -> None:
    sound = store.speak("Mời bà con tới nhà văn hóa thôn hai họp lúc mười bảy giờ. " * sentences)
    assert holes(store.path_of(sound.media.sha256)) == []
    assert sound.samples == len(decoded(store.path_of(sound.media.sha256)))


def test_in_the_chime_too(store: MediaStore) -> None:
    assert holes(store.path_of(store.chime().media.sha256)) == []


def test_a_hole_would_be_seen(tone: Path, tmp_path: Path) -> None:
    ffmpeg("-i", tone, "-af", JUMP, "-c:a", "libopus", tmp_path / "jump.opus")
    assert [size for _, size in holes(tmp_path / "jump.opus")] == [2640]


STAMPS = {
    "jump": JUMP,
    "jump by ten hours": "asetpts=PTS+gte(T\\,1)*36000/TB",
    "go back": "asetpts=PTS-gte(T\\,2)*0.5/TB",
    "begin late": "asetpts=PTS+3/TB",
    "begin below zero": "asetpts=PTS-0.7/TB",
}
FILES = [
    *(("x.opus", "libopus", stamps) for stamps in STAMPS),
    *(("x.ogg", "libvorbis", stamps) for stamps in ("jump", "begin late")),
    *(("x.m4a", "aac", stamps) for stamps in ("jump", "jump by ten hours", "begin late")),
    *(("x.webm", "libopus", stamps) for stamps in ("jump", "begin late")),
    *(("x.mka", "libmp3lame", stamps) for stamps in ("jump", "begin below zero")),
    *(("x.mka", "pcm_s16le", stamps) for stamps in ("jump", "go back", "begin below zero")),
]
ALL_THE_WAY = [
    ("x.opus", "libopus", "go back"),
    ("x.ogg", "libvorbis", "begin late"),
    ("x.m4a", "aac", "jump by ten hours"),
    ("x.webm", "libopus", "jump"),
    ("x.mka", "libmp3lame", "begin below zero"),
]
"""One of each container: what follows the raw samples is the same for all."""


@pytest.fixture
def wrong(name: str, codec: str, stamps: str, tone: Path, tmp_path: Path) -> Path:
    """The tone as such a file, whose stamps are wrong."""
    ffmpeg("-i", tone, "-af", STAMPS[stamps], "-avoid_negative_ts", "disabled", "-c:a", codec, tmp_path / name)
    return tmp_path / name


@pytest.mark.parametrize(("name", "codec", "stamps"), FILES)
def test_of_a_file_with_wrong_stamps_all_samples_are_taken_one_after_another(wrong: Path, tmp_path: Path) -> None:
    decode(wrong, tmp_path / "raw")
    samples = numpy.fromfile(tmp_path / "raw", "<i2") / 32768
    assert len(samples) / RATE * 1000 == pytest.approx(TONE_MS, abs=60)
    assert longest_silence_ms(samples) <= 5


@pytest.mark.parametrize(("name", "codec", "stamps"), ALL_THE_WAY)
def test_a_file_with_wrong_stamps_is_healed_and_loses_nothing(wrong: Path, store: MediaStore) -> None:
    made = store.path_of(store.take(wrong).media.sha256)
    assert holes(made) == []
    samples = decoded(made)
    assert len(samples) / RATE * 1000 == pytest.approx(TONE_MS, abs=60)
    assert longest_silence_ms(samples) <= 5


@pytest.mark.parametrize(
    ("name", "codec", "rates"),
    [
        ("x.mp3", "libmp3lame", (44_100, 22_050)),
        ("x.mp3", "libmp3lame", (44_100, 44_100)),
        ("x.ogg", "libvorbis", (44_100, 22_050)),
        ("x.opus", "libopus", (48_000, 48_000)),
        ("x.ts", "mp2", (48_000, 48_000)),
    ],
)
def test_of_two_files_glued_together_both_are_kept(
    name: str, codec: str, rates: tuple[int, int], store: MediaStore, tone: Path, tmp_path: Path
) -> None:
    glued = tmp_path / name
    parts = [tmp_path / f"{number}-{name}" for number in range(2)]
    for part, rate in zip(parts, rates, strict=True):
        ffmpeg("-i", tone, "-ar", str(rate), "-c:a", codec, part)
    glued.write_bytes(b"".join(part.read_bytes() for part in parts))
    sound = store.take(glued)
    assert holes(store.path_of(sound.media.sha256)) == []
    assert sound.media.duration_ms == pytest.approx(2 * TONE_MS, abs=150)


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_recording_whose_header_lies_about_its_length_is_kept_whole(
    size: int, store: MediaStore, tone: Path, tmp_path: Path
) -> None:
    data = tone.read_bytes()
    place = data.index(b"data") + 4
    lying = tmp_path / "x.wav"
    lying.write_bytes(data[:place] + size.to_bytes(4, "little") + data[place + 4 :])
    sound = store.take(lying)
    assert holes(store.path_of(sound.media.sha256)) == []
    assert sound.media.duration_ms == TONE_MS


def test_what_somebody_cut_off_on_the_phone_stays_cut_off(store: MediaStore, tone: Path, tmp_path: Path) -> None:
    trimmed = "asetpts=PTS-0.7/TB"
    ffmpeg("-i", tone, "-af", trimmed, "-avoid_negative_ts", "disabled", "-c:a", "aac", tmp_path / "x.m4a")
    assert store.take(tmp_path / "x.m4a").media.duration_ms == pytest.approx(TONE_MS - 700, abs=60)


def test_a_song_with_a_cover_picture_is_sound_alone(store: MediaStore, tone: Path, tmp_path: Path) -> None:
    song = tmp_path / "x.mp3"
    cover = (
        "-f",
        "lavfi",
        "-i",
        "color=red:s=64x64:d=1",
        "-frames:v",
        "1",
        "-map",
        "0:a",
        "-map",
        "1:v",
        "-c:v",
        "mjpeg",
    )
    ffmpeg("-i", tone, *cover, "-disposition:v", "attached_pic", song)
    made = store.path_of(store.take(song).media.sha256)
    command = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", str(made)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == ["opus"]


def test_what_is_for_two_ears_is_as_loud_as_what_is_for_one(store: MediaStore, tmp_path: Path) -> None:
    one, two = tmp_path / "one.wav", tmp_path / "two.wav"
    speak("Mời bà con tới nhà văn hóa thôn hai họp lúc mười bảy giờ.", one)
    ffmpeg("-i", one, "-ac", "2", two)
    assert store.take(two).lufs == pytest.approx(-16, abs=1.0)


@pytest.mark.parametrize("text", ["ffconcat version 1.0\nfile tone.wav\n", "#EXTM3U\n#EXTINF:4,\ntone.wav\n"])
def test_a_list_of_other_files_is_no_sound(text: str, store: MediaStore, tone: Path, tmp_path: Path) -> None:
    (tmp_path / "tone.wav").write_bytes(tone.read_bytes())
    (tmp_path / "list").write_text(text)
    with pytest.raises(MediaFailed):
        store.take(tmp_path / "list")
    assert list((tmp_path / "media").iterdir()) == []


def test_what_a_power_cut_left_behind_goes_with_the_next_sound(store: MediaStore, tone: Path, tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    old, young = (tmp_path / "media" / name for name in (".making-old.pcm", ".making-young.pcm"))
    for left in (old, young):
        left.write_bytes(bytes(1000))
    os.utime(old, (1, 1))
    store.take(tone)
    assert (old.exists(), young.exists()) == (False, True)
