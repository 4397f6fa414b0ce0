"""Sound files and servers that are not what they should be: `python -m tests.torture.bad_media`.

At a running agent each kind is due in turn, with a good broadcast after it: what its receipt says is held against
what was heard, and the good one has to be heard whole. Prints a table; ends with 1 where one was not.
"""

from __future__ import annotations

import argparse
import base64
import random
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from langso.contract import Media, Occurrence, Plan, Programme, TargetSet
from tests.torture.compared import Show, compare, endings_of, tell_and_exit
from tests.torture.marked_sound import Stretch
from tests.torture.pole import Pole

MS = 2500
EACH_S = 8.0
GOOD = 40
"""From this mark on sounds are good ones; below, each bad kind has one of its own."""
SLACK_MS = 400


@dataclass(frozen=True)
class Kind:
    """`make` returns the bytes, given the good FLAC and a folder; `server`: how the server behaves.

    `marked`: what is heard of it still says where in it one is; `sounds`: ms that ought to be heard of it (None:
    whatever the decoder makes of it, as long as the receipt is true).
    """

    name: str
    codec: str
    make: Callable[[Path, Path], bytes]
    sounds: int | None = MS
    server: str = ""
    marked: bool = True


def ffmpeg(*options: str, name: str) -> Callable[[Path, Path], bytes]:
    """The good sound, encoded so."""

    def make(good: Path, folder: Path) -> bytes:
        out = folder / name
        command = ["ffmpeg", "-loglevel", "error", "-y", "-i", str(good), *options, str(out)]
        subprocess.run(command, check=True, capture_output=True)
        return out.read_bytes()

    return make


def half(make: Callable[[Path, Path], bytes]) -> Callable[[Path, Path], bytes]:
    """Its first half."""

    def cut(good: Path, folder: Path) -> bytes:
        data = make(good, folder)
        return data[: len(data) // 2]

    return cut


def noise(good: Path, folder: Path) -> bytes:
    """60 kB of it."""
    return random.Random(good.name).randbytes(60_000)


def pictured_mp3(good: Path, folder: Path) -> bytes:
    """With a cover of 300 kB that is full of what looks like the beginnings of frames."""
    sound = ffmpeg("-b:a", "64k", "-write_xing", "0", "-id3v2_version", "0", name="plain.mp3")(good, folder)
    picture = b"\xff\xd8\xff\xe0" + b"\xff\xfb\x90\x64" * 75_000
    body = b"\0image/jpeg\0\3\0" + picture
    frame = b"APIC" + struct.pack(">I", len(body)) + b"\0\0" + body
    size = len(frame)
    head = bytes((size >> shift) & 127 for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + head + frame + sound


def pictured_flac(good: Path, folder: Path) -> bytes:
    """With a picture block of 200 kB."""
    data = ffmpeg("-c:a", "flac", "-fflags", "+bitexact", name="p.flac")(good, folder)
    picture = (
        struct.pack(">II", 3, 10) + b"image/jpeg" + struct.pack(">I4II", 0, 9, 9, 24, 0, 200_000) + b"\xff" * 200_000
    )
    # Behind STREAMINFO, which comes first and is 34 bytes long.
    return data[:42] + b"\6" + len(picture).to_bytes(3, "big") + picture + data[42:]


def pictured_opus(good: Path, folder: Path) -> bytes:
    """With a picture among its comments."""
    picture = (
        struct.pack(">II", 3, 10) + b"image/jpeg" + struct.pack(">I4II", 0, 9, 9, 24, 0, 40_000) + b"\xff" * 40_000
    )
    text = base64.b64encode(picture).decode()
    comments = folder / "comments.txt"
    comments.write_text(f";FFMETADATA1\nMETADATA_BLOCK_PICTURE={text.replace('=', chr(92) + '=')}\n")
    out = folder / "p.opus"
    command = ["ffmpeg", "-loglevel", "error", "-y", "-i", str(good), "-i", str(comments), "-map_metadata", "1"]
    subprocess.run([*command, "-b:a", "48k", str(out)], check=True)
    return out.read_bytes()


def wav(good: Path, folder: Path, *, rate: int = 48_000, size: int | None = None, empty: bool = False) -> bytes:
    """A WAV whose header says another rate, another size; or nothing behind it."""
    data = ffmpeg("-c:a", "pcm_s16le", "-fflags", "+bitexact", name="w.wav")(good, folder)
    samples = b"" if empty else data[44:]
    length = len(samples) if size is None else size
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", (36 + length) & 0xFFFFFFFF)
        + b"WAVE"
        + form
        + b"data"
        + struct.pack("<I", length)
        + samples
    )


def an_hour(good: Path, folder: Path) -> bytes:
    """An hour of the same sound, though the plan says two seconds and a half."""
    out = folder / "hour.mp3"
    loop = ["ffmpeg", "-loglevel", "error", "-y", "-stream_loop", "-1", "-i", str(good), "-t", "3600"]
    subprocess.run([*loop, "-b:a", "32k", str(out)], check=True)
    return out.read_bytes()


OPUS = ffmpeg("-b:a", "48k", name="g.opus")
MP3 = ffmpeg("-b:a", "64k", name="g.mp3")
FLAC = ffmpeg("-c:a", "flac", name="g.flac")

KINDS: tuple[Kind, ...] = (
    Kind("FLAC, half", "flac", half(FLAC), None),
    Kind("Opus, half", "opus", half(OPUS), MS // 2),
    Kind("MP3, half", "mp3", half(MP3), MS // 2),
    Kind("WAV, half, header says whole", "wav", half(wav), MS // 2),
    Kind("WAV, header says 4 GiB", "wav", lambda g, f: wav(g, f, size=0xFFFFFFFF)),
    Kind("WAV, header says 24 kHz", "wav", lambda g, f: wav(g, f, rate=24_000), None, marked=False),
    Kind("WAV, header says 0 Hz", "wav", lambda g, f: wav(g, f, rate=0), None),
    Kind("WAV of 8 kHz", "wav", ffmpeg("-ar", "8000", name="8.wav"), None, marked=False),
    Kind(
        "WAV of 44.1 kHz, stereo, 24 bit",
        "wav",
        ffmpeg("-ar", "44100", "-ac", "2", "-c:a", "pcm_s24le", name="24.wav"),
    ),
    Kind("WAV of six channels, float", "wav", ffmpeg("-ac", "6", "-c:a", "pcm_f32le", name="6.wav"), None),
    Kind("FLAC of 192 kHz", "flac", ffmpeg("-ar", "192000", name="192.flac")),
    Kind("MP3 of 22.05 kHz", "mp3", ffmpeg("-ar", "22050", name="22.mp3"), marked=False),
    Kind("MP3, VBR", "mp3", ffmpeg("-q:a", "6", name="vbr.mp3")),
    Kind("MP3, VBR without its table", "mp3", ffmpeg("-q:a", "6", "-write_xing", "0", name="vbrx.mp3")),
    Kind("MP3 with a picture", "mp3", pictured_mp3),
    Kind("FLAC with a picture", "flac", pictured_flac),
    Kind("Opus with a picture", "opus", pictured_opus),
    Kind("an hour, said to be 2.5 s", "mp3", an_hour, marked=False),
    Kind("WAV of no samples", "wav", lambda g, f: wav(g, f, empty=True), 0),
    Kind("FLAC of no samples", "flac", ffmpeg("-t", "0", name="0.flac"), 0),
    Kind("Opus of no samples", "opus", ffmpeg("-t", "0", name="0.opus"), 0),
    Kind("MP3 of a tag alone", "mp3", lambda g, f: b"ID3\3\0\0\0\0\0\x0a" + bytes(10), 0),
    Kind("one byte", "wav", lambda g, f: b"R", 0),
    *(
        Kind(f"noise as {codec}", codec, lambda g, f, c=codec: noise(Path(c), f), None)
        for codec in ("opus", "flac", "mp3")
    ),
    Kind("noise as wav", "wav", lambda g, f: noise(Path("wav"), f), 0),
    Kind("MP3 said to be Opus", "opus", MP3, 0),
    Kind("Opus said to be MP3", "mp3", OPUS, None),
    Kind("server: other bytes", "flac", FLAC, 0, "wrong"),
    Kind("server: not there", "opus", OPUS, 0, "missing"),
    Kind("server: endless", "mp3", MP3, 0, "endless"),
    Kind("server: gzip unasked", "mp3", ffmpeg("-b:a", "72k", name="z.mp3"), 0, "gzip"),
    Kind("server: sends on", "mp3", ffmpeg("-b:a", "80k", name="r.mp3"), 0, "redirect"),
    Kind("server: stalls", "mp3", ffmpeg("-b:a", "96k", name="s.mp3"), 0, "hanging"),
    Kind("server: breaks off once", "mp3", ffmpeg("-b:a", "112k", name="b.mp3"), MS, "truncated"),
    Kind("server: says a part, sends all", "mp3", ffmpeg("-b:a", "128k", name="l.mp3"), MS, "lies"),
)


class BadMedia:
    """The office's side."""

    def __init__(self, pole: Pole, kinds: Sequence[Kind]) -> None:
        self.pole = pole
        self.kinds = kinds
        self._media: list[Media] = []
        for number, kind in enumerate(kinds):
            mark = number % GOOD
            data = kind.make(pole.folder / f"{mark}.flac", pole.folder)
            medium = pole.media_server.add(data, MS, kind.codec)
            if kind.server:
                pole.media_server.behaviour[medium.sha256] = kind.server
            self._media.append(medium)
        self._start = datetime.now(UTC)

    def run(self) -> list[str]:
        """Prints a row for each; what was wrong."""
        pole = self.pole
        pole.publish_trust()
        # Time to fetch, and to try in vain.
        self._start = datetime.now(UTC) + timedelta(seconds=12)
        pole.office.publish(pole.office.topics.plan, pole.commune.seal(self._plan()))
        pole.begin()
        end = time.monotonic() + 12 + EACH_S * len(self.kinds) + 90
        wanted = 2 * len(self.kinds)
        while time.monotonic() < end and len(endings_of(pole.office)) < wanted:
            time.sleep(0.5)
        told = self._told()
        pole.media_server.release()
        pole.end()
        heard, endings = pole.heard(), endings_of(pole.office)
        judged = [show for show in self._shows() if show.mark >= GOOD or self.kinds[int(show.id[4:])].marked]
        whose = {show.mark for show in judged}
        heard_of = [one for one in heard if one.mark in whose]
        faults = compare(judged, endings, heard_of, ms=1 << 40).faults
        good = [show for show in self._shows() if show.mark >= GOOD]
        for show in good:
            (ended,) = endings.get(show.id) or (None,)
            if ended is None or ended.outcome != "played" or ended.heard_ms < MS - SLACK_MS:
                faults.append(f"{show.id} suffered: {ended}")
        for number, kind in enumerate(self.kinds):
            faults += self._row(number, kind, endings, heard)
        print("health while it went on:", *sorted(told), sep="\n  ")
        return faults

    def _row(self, number: int, kind: Kind, endings: Any, heard: list[Stretch]) -> list[str]:
        due = self._due(number)
        sounded = sum(
            one.ms for one in heard if one.mark == number % GOOD and due <= one.begin_ns / 1e9 + 0.5 < due + 4
        )
        ends = endings.get(f"xau-{number}", [])
        told = (
            ", ".join(f"{end.outcome} {end.code or ''} {end.heard_ms} ms: {end.why}" for end in ends) or "no ending"
        )
        print(f"{kind.name:34} heard {sounded:5} ms; {told}", flush=True)
        wrong = kind.sounds is not None and abs(sounded - kind.sounds) > SLACK_MS
        return [f"{kind.name}: {sounded} ms were heard, not {kind.sounds}"] if wrong else []

    def _told(self) -> set[str]:
        lines = {
            f"{line.level} {line.name}: {line.why}"
            for state in self.pole.office.states()
            for line in state.health
            if line.level != "ok" and line.name in ("library", "proofs", "sound", "timeline")
        }
        return lines

    def _due(self, number: int, *, good: bool = False) -> float:
        return self._start.timestamp() + EACH_S * number + (EACH_S / 2 if good else 0)

    def _shows(self) -> list[Show]:
        shows = []
        for number in range(len(self.kinds)):
            shows.append(Show(f"xau-{number}", number % GOOD, int(self._due(number) * 1e9)))
            shows.append(Show(f"tot-{number}", GOOD + number % 20, int(self._due(number, good=True) * 1e9)))
        return shows

    def _plan(self) -> Plan:
        good = self.pole.media[GOOD : GOOD + 20]
        media = (*self._media, *good)
        shows = self._shows()
        index = {
            show.id: int(show.id[4:]) if show.mark < GOOD else len(self._media) + show.mark - GOOD for show in shows
        }
        return Plan(
            **self.pole.commune.head("plan"),
            until=datetime.now(UTC) + timedelta(days=14),
            media=media,
            programmes=tuple(
                Programme(id=f"p{at}", title=f"Bài {at}", media=(at,), late={"rule": "drop"})
                for at in range(len(media))
            ),
            target_sets=(TargetSet(devices=("*",)),),
            occurrences=tuple(
                Occurrence(
                    id=s.id, programme=index[s.id], targets=0, start=datetime.fromtimestamp(s.due_ns / 1e9, UTC)
                )
                for s in shows
            ),
        )


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", help="kinds whose name begins so")
    given = options.parse_args()
    kinds = [kind for kind in KINDS if given.only is None or kind.name.startswith(given.only)]
    with tempfile.TemporaryDirectory(prefix="bad-media-") as folder, Pole(Path(folder), ms=MS) as pole:
        faults = BadMedia(pole, kinds).run()
        said = pole.log.read_text()
    tell_and_exit(faults, said)


if __name__ == "__main__":
    main()
