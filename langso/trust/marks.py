"""What must never go back: version marks, time floors and the nonce, in one file kept twice with checksums."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from langso.contract.base import Count, Hex128, Message, Moment, Sha256, Slug, Version
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic

FOLDER = "trust"
COPIES = ("marks.1", "marks.2")
MAX_MARKS_FILE = 1 << 20


class Mark(Message):
    """The highest version accepted of one (kind, issuer, epoch) and the SHA-256 of its payload."""

    kind: Slug
    issuer: Slug
    epoch: Count
    version: Version
    sha256: Sha256


class Floor(Message):
    """The latest `issued` verified from one issuer in its epoch (`root` for root and trust documents)."""

    issuer: Slug
    epoch: Count
    moment: Moment


class Marks(Message):
    """Everything in the file. `lost`: both copies were gone, so `plan` and `urgent` wait for a nonce answer."""

    sequence: Count = 0
    marks: tuple[Mark, ...] = ()
    floors: tuple[Floor, ...] = ()
    nonce: Hex128 | None = None
    lost: bool = False

    def mark(self, kind: str, issuer: str, epoch: int) -> Mark | None:
        """The mark of one (kind, issuer, epoch)."""
        key = (kind, issuer, epoch)
        return next((mark for mark in self.marks if (mark.kind, mark.issuer, mark.epoch) == key), None)

    def highest_epoch(self, issuer: str) -> int:
        """The highest epoch seen of an issuer; 0 before the first."""
        return max((mark.epoch for mark in self.marks if mark.issuer == issuer), default=0)

    def with_mark(self, mark: Mark, issued: datetime) -> Marks:
        """With this mark set, this issuer's floor at least at `issued`, and what its earlier epochs left dropped."""
        kept = tuple(
            old
            for old in self.marks
            if old.issuer != mark.issuer
            or (old.epoch >= mark.epoch and (old.kind, old.epoch) != (mark.kind, mark.epoch))
        )
        before = (f.moment for f in self.floors if (f.issuer, f.epoch) == (mark.issuer, mark.epoch))
        floor = Floor(issuer=mark.issuer, epoch=mark.epoch, moment=max((issued, *before)))
        floors = tuple(f for f in self.floors if f.issuer != mark.issuer or f.epoch > mark.epoch)
        return self.model_copy(update={"marks": (*kept, mark), "floors": (*floors, floor)})


class MarksFile:
    """The two copies under `folder`. Each is a checksum line and JSON; both are written at every change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> Marks | None:
        """The newest valid copy, None where both are lost. Changes nothing: doctor may look while others run."""
        found = (_read(self._folder / name) for name in COPIES)
        return max((marks for marks in found if marks is not None), key=lambda marks: marks.sequence, default=None)

    def mend(self) -> Marks | None:
        """As `load`, and rewrites a damaged, older or missing twin: for the one process these marks belong to."""
        newest = self.load()
        if newest is not None:
            for name in COPIES:
                if _read(self._folder / name) != newest:
                    write_atomic(self._folder / name, _to_bytes(newest))
        return newest

    def save(self, marks: Marks) -> Marks:
        """Writes both copies durably under the next sequence number; returns what it wrote. Raises FileRefused."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = marks.model_copy(update={"sequence": marks.sequence + 1})
        data = _to_bytes(written)
        for name in COPIES:
            write_atomic(self._folder / name, data)
        return written


class LookedAt(MarksFile):
    """The same copies for one who only looks, as doctor does beside a running service: nothing is ever written."""

    def mend(self) -> Marks | None:
        """As `load`."""
        return self.load()

    def save(self, marks: Marks) -> Marks:
        """Keeps nothing."""
        return marks


def begin_marks(state_dir: Path) -> None:
    """A pairing starts here: the first marks file; what an earlier pairing held is removed.

    A Keeper that finds no marks believes them lost and asks for a nonce answer.
    """
    folder = state_dir / FOLDER
    if folder.exists():
        shutil.rmtree(folder)
    MarksFile(folder).save(Marks())


def new_nonce() -> str:
    """128 random bits in hex."""
    return secrets.token_hex(16)


def _to_bytes(marks: Marks) -> bytes:
    body = marks.to_json()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body + b"\n"


def _read(path: Path) -> Marks | None:
    try:
        checksum, _, body = read_limited(path, MAX_MARKS_FILE).partition(b"\n")
    except FileRefused:
        return None
    body = body.removesuffix(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != checksum:
        return None
    try:
        return Marks.model_validate_json(body, strict=True)
    except ValidationError:
        return None
