"""Files are decoded ahead of their time, in a process of their own, and what was found is kept by their hash."""

from __future__ import annotations

import hashlib
import signal
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
import soundfile

from langso.contract import Media
from langso.timekeeping.clock import SystemClock
from speaker.sound.proofs import FileProof, Proofs


class Shelf:
    """Media on a card, proven by `proofs`; `told`: how often something was found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.media: list[Media] = []
        self.told = 0
        self.proofs = self.begin()

    def begin(self) -> Proofs:
        return Proofs(
            self.folder / "proofs",
            lambda: self.media,
            lambda medium: self.folder / medium.sha256,
            SystemClock(),
            on_change=self.count,
        )

    def count(self) -> None:
        self.told += 1

    def add(self, data: bytes, codec: str, duration_ms: int = 1500) -> Media:
        sha256 = hashlib.sha256(data).hexdigest()
        (self.folder / sha256).write_bytes(data)
        self.media.append(Media(sha256=sha256, size=len(data), duration_ms=duration_ms, codec=codec))  # type: ignore[arg-type]
        return self.media[-1]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_what_is_in_a_file_is_known_before_it_is_due_and_kept(
    shelf: Shelf, noise: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = shelf.add(noise["flac"].read_bytes(), "flac")
    assert shelf.proofs.of(good) is None
    assert shelf.proofs.unplayable(good) == ""
    shelf.proofs.look()
    assert shelf.proofs.of(good) == FileProof(ms=1500, loud_ms=0)
    assert shelf.proofs.checks() == []
    assert shelf.told == 1
    monkeypatch.setattr("speaker.sound.proofs.subprocess.Popen", None)
    again = shelf.begin()
    again.look()
    assert again.of(good) == FileProof(ms=1500, loud_ms=0)
    shelf.media.clear()
    again.look()
    assert list((shelf.folder / "proofs").iterdir()) == []


@pytest.mark.parametrize(
    ("made", "playable", "said"),
    [
        (lambda flac: b"not a sound" * 1000, False, "không giải mã được"),
        (lambda flac: flac[: len(flac) // 2], True, "trên 1 giây"),
        (None, True, "không có tiếng nào"),
    ],
    ids=["unreadable", "truncated", "silent"],
)
def test_what_will_not_be_heard_as_planned_is_told_before(
    made: Callable[[bytes], bytes] | None, playable: bool, said: str, shelf: Shelf, noise: dict[str, Path]
) -> None:
    if made is None:
        soundfile.write(shelf.folder / "s.flac", numpy.zeros(72_000, numpy.int16), 48_000)
        medium = shelf.add((shelf.folder / "s.flac").read_bytes(), "flac")
    else:
        medium = shelf.add(made(noise["flac"].read_bytes()), "flac")
    shelf.proofs.look()
    assert (shelf.proofs.unplayable(medium) == "") is playable
    (check,) = shelf.proofs.checks()
    assert (check.name, check.level) == ("proofs", "warn")
    assert said in check.why


def test_a_cover_before_the_sound_is_no_sound(shelf: Shelf, noise: dict[str, Path]) -> None:
    """Before: bytes of a picture that look like the beginnings of frames were played as such, and nothing else."""
    plain = noise["mp3"].read_bytes()
    tag = 10 + sum((byte & 127) << shift for byte, shift in zip(plain[6:10], (21, 14, 7, 0), strict=True))
    body = b"\0image/jpeg\0\3\0\xff\xd8\xff\xe0" + b"\xff\xfb\x90\x64" * 25_000
    frame = b"APIC" + len(body).to_bytes(4, "big") + b"\0\0" + body
    size = bytes((len(frame) >> shift) & 127 for shift in (21, 14, 7, 0))
    assert plain[:3] == b"ID3"
    bare = shelf.add(plain[tag:], "mp3")
    covered = shelf.add(b"ID3\3\0\0" + size + frame + plain[tag:], "mp3")
    shelf.proofs.look()
    found = shelf.proofs.of(covered)
    assert found is not None
    assert found.ms == pytest.approx(1500, abs=80)
    assert found == shelf.proofs.of(bare)


def test_a_file_that_kills_its_decoder_is_passed_over_and_one_that_was_not_tried_is_not() -> None:
    died = Proofs._judged(-signal.SIGSEGV, "")
    endless = Proofs._judged(-signal.SIGXCPU, "")
    assert died is not None
    assert endless is not None
    assert not died.playable
    assert not endless.playable
    assert Proofs._judged(-signal.SIGKILL, "") is None
    assert Proofs._judged(3, "") is None
    broke_late = Proofs._judged(0, '{"ms": 9000, "loud_ms": 5, "why": "broken"}')
    assert broke_late is not None
    assert broke_late.playable, "what there is of it is played"
