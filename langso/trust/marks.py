"""What must never go back: version marks, time floors and the nonce, in one file with a checksum, kept twice."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from langso.contract.base import Count, Hex128, Message, Moment, Sha256, Slug, Version
from langso.durable.errors import FileRefused
from langso.durable.files import make_folder, read_limited, write_atomic
from langso.durable.owed_files import OwedFiles

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
    """The latest `issued` verified from one issuer in its epoch (`root` for root and trust documents).

    `proven`: how much of it rests on more than the issuer's word: a trusted clock or a nonce answer, or there was
    nothing to judge it by. None in files of earlier releases, which believed all of it.
    """

    issuer: Slug
    epoch: Count
    moment: Moment
    proven: Moment | None = None


@dataclass(frozen=True)
class Lift:
    """Up to where a document lifts its issuer's floor, and how much of that rests on more than its word."""

    moment: datetime
    proven: datetime


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

    def with_mark(self, mark: Mark, lift: Lift | None) -> Marks:
        """With this mark set, this issuer's floor at least at `lift`, and what its earlier epochs left dropped.

        None: its documents lift no floor.
        """
        kept = tuple(
            old
            for old in self.marks
            if old.issuer != mark.issuer
            or (old.epoch >= mark.epoch and (old.kind, old.epoch) != (mark.kind, mark.epoch))
        )
        before = [f for f in self.floors if (f.issuer, f.epoch) == (mark.issuer, mark.epoch)]
        floors = tuple(f for f in self.floors if f.issuer != mark.issuer or f.epoch > mark.epoch)
        if lift is not None:
            moment = max((lift.moment, *(f.moment for f in before)))
            proven = max((lift.proven, *(f.proven or f.moment for f in before)))
            floors = (*floors, Floor(issuer=mark.issuer, epoch=mark.epoch, moment=moment, proven=proven))
        return self.model_copy(update={"marks": (*kept, mark), "floors": floors})

    def lowered(self, latest: datetime, proven: datetime) -> Marks:
        """With every floor above `latest` brought down to `proven`: a nonce answer has shown that it is earlier."""
        floors = tuple(
            f.model_copy(update={"moment": proven, "proven": proven}) if f.moment > latest else f for f in self.floors
        )
        return self.model_copy(update={"floors": floors})


class MarksFile:
    """The two copies under `folder`. Each is a checksum line and JSON; both are written at every change.

    `files`: through which they are written where a failing card may not stop the work; they come to the card after
    the documents that they speak of.
    """

    def __init__(self, folder: Path, files: OwedFiles | None = None) -> None:
        self._folder = folder
        self._files = files

    def load(self) -> Marks | None:
        """The newest valid copy, None where both are lost. Changes nothing: doctor may look while others run."""
        found = (self._read(name) for name in COPIES)
        return max((marks for marks in found if marks is not None), key=lambda marks: marks.sequence, default=None)

    def mend(self) -> Marks | None:
        """As `load`, and rewrites a damaged, older or missing twin: for the one process these marks belong to."""
        newest = self.load()
        if newest is not None:
            for name in COPIES:
                if self._read(name) != newest:
                    self._write(name, _to_bytes(newest))
        return newest

    def save(self, marks: Marks) -> Marks:
        """Writes both copies durably under the next sequence number; returns what it wrote. Raises FileRefused where
        there are no `files` that keep them.
        """
        written = marks.model_copy(update={"sequence": marks.sequence + 1})
        data = _to_bytes(written)
        for name in COPIES:
            self._write(name, data)
        return written

    def _write(self, name: str, data: bytes) -> None:
        if self._files is not None:
            self._files.write(name, data, last=True)
            return
        make_folder(self._folder)
        write_atomic(self._folder / name, data)

    def _read(self, name: str) -> Marks | None:
        try:
            data = (
                read_limited(self._folder / name, MAX_MARKS_FILE)
                if self._files is None
                else self._files.read(name, MAX_MARKS_FILE)
            )
        except FileRefused:
            return None
        return _from_bytes(data)


class LookedAt(MarksFile):
    """The same two copies for a reader that must not write, such as doctor beside a running service."""

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


def _from_bytes(data: bytes) -> Marks | None:
    checksum, _, body = data.partition(b"\n")
    body = body.removesuffix(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != checksum:
        return None
    try:
        return Marks.model_validate_json(body, strict=True)
    except ValidationError:
        return None
