"""Between the courier's command and the program that runs: batches laid in its state folder, each answered once.

The command may be root and the program a service's user in a sandbox that sees no stick: so what is carried is copied
in, whole before it is named, and a power cut leaves a batch that is taken at the next start, or none.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from langso.contract.base import Code, Count, Message, Sha256, ShortText
from langso.courier.errors import CourierRefused
from langso.courier.letters import MAX_LETTER, MAX_LETTERS, Direction, Letter, in_order, read_letter
from langso.durable.files import make_folder, read_limited, sync_folder, write_atomic
from langso.durable.ownership import acting_as_owner
from langso.words.catalogue import Sentence

FOLDER = "courier"
MAX_ANSWER = 4 << 20
MOST_WHY = 180
"""Letters of why something was refused: they fit a `ShortText`."""
MAX_WAITING = 20
"""Batches that may wait for a program that does not run."""
NOBODY_WAITS_S = 3600.0
"""An answer this old is fetched by nobody: whoever brought the batch was told that it waits, and went home."""
_BATCH = re.compile("(in|ask)-([0-9a-f]{16})")
_FILE = re.compile("[0-9a-f]{64}")

Letters = Iterable[tuple[Letter, bytes]]
Outcome = Literal["taken", "same", "older", "refused", "failed"]
"""`same`: held already; `older`: a newer one is held; `failed`: not now (no room), carry it again."""


class LetterOutcome(Message):
    """What became of one letter or file. `code` and `why` where it was refused or failed."""

    name: ShortText
    outcome: Outcome
    code: Code | None = None
    why: ShortText = ""


class Wanted(Message):
    """A file that is missing here, in order of need."""

    sha256: Sha256
    size: Count


class BatchAnswer(Message):
    """A program's answer to one batch."""

    outcomes: Annotated[tuple[LetterOutcome, ...], Field(max_length=2 * MAX_LETTERS)] = ()
    wanted: Annotated[tuple[Wanted, ...], Field(max_length=MAX_LETTERS)] = ()


class Attached(Message):
    """The files that belong to letters of an answered request, by the letter's name."""

    sha256: Sha256
    size: Count
    name: ShortText = ""


class GivenFiles(Message):
    """What lies beside the letters in the folder that answers a request: files in order of need."""

    files: Annotated[tuple[Attached, ...], Field(max_length=MAX_LETTERS)] = ()


@dataclass(frozen=True)
class CourierBatch:
    """A batch that waits: letters and files were brought (`in`), or the outgoing ones are asked for (`ask`)."""

    id: str
    kind: Literal["in", "ask"]
    folder: Path


class Spool:
    """The folder `courier` of a state folder; both ends use this class. Raises FileRefused, OSError."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self.folder = state / FOLDER

    # The command's end.

    @contextlib.contextmanager
    def visiting(self) -> Iterator[None]:
        """While a courier is here, a program that starts anew leaves alone what the courier lays, asks for or copies;
        once the courier has ended, however it ends, nothing does. Raises CourierRefused, OSError.
        """
        with self._held() as here:
            fcntl.flock(here, fcntl.LOCK_SH)
            yield

    def bring(self, letters: Letters, files: Iterable[tuple[str, int, Iterator[bytes]]]) -> str:
        """Lays a batch down, durable when it returns; its id. `files`: name (SHA-256), size, bytes. Raises
        CourierRefused where nothing takes the batches.
        """
        return self._lay("in", letters, files)

    def ask(self) -> str:
        """Asks for what is to be carried away; its id."""
        return self._lay("ask", (), ())

    def answer(self, id: str) -> BatchAnswer | None:
        """The answer to a batch that was brought; None while there is none. Then it is forgotten here."""
        with acting_as_owner(self._state, give=False):
            path = self.folder / f"done-{id}.json"
            if not path.exists():
                return None
            raw = read_limited(path, MAX_ANSWER, follow=False)
            path.unlink()
            try:
                return BatchAnswer.model_validate_json(raw)
            except ValidationError as error:
                raise CourierRefused(Sentence("courier-answer-damaged")) from error

    def given(self, id: str) -> Path | None:
        """The folder that answers `ask`; None while there is none. `forget` it when it was carried off."""
        folder = self.folder / f"out-{id}"
        return folder if folder.is_dir() else None

    def forget(self, id: str) -> None:
        """Removes whatever there is of a batch: asked for in vain, or done."""
        with acting_as_owner(self._state, give=False):
            for kind in ("in", "ask", "out"):
                shutil.rmtree(self.folder / f"{kind}-{id}", ignore_errors=True)
            with contextlib.suppress(FileNotFoundError):
                (self.folder / f"done-{id}.json").unlink()

    # The program's end.

    def waiting(self) -> list[CourierBatch]:
        """Batches that wait, the oldest first."""
        try:
            with os.scandir(self.folder) as entries:
                found = [(entry.stat(follow_symlinks=False).st_mtime, entry.name) for entry in entries]
        except FileNotFoundError:
            return []
        named = [(name, _BATCH.fullmatch(name)) for _, name in sorted(found)]
        return [CourierBatch(match[2], _kind(match[1]), self.folder / name) for name, match in named if match]

    def reply(self, batch: CourierBatch, answer: BatchAnswer) -> None:
        """Everything in it is durable elsewhere: the answer first, then the batch is gone."""
        write_atomic(self.folder / f"done-{batch.id}.json", answer.to_json())
        shutil.rmtree(batch.folder, ignore_errors=True)

    def give(self, batch: CourierBatch, letters: Letters, files: Iterable[tuple[Attached, Path]]) -> None:
        """Answers `ask`: letters, and files by a second name of their own (they are not copied)."""
        making = self.folder / f".new-{secrets.token_hex(8)}"
        making.mkdir(mode=0o700)
        attached = []
        for letter, raw in letters:
            (making / letter.name).write_bytes(raw)
        for file, path in files:
            try:
                os.link(path, making / file.sha256)
            except FileNotFoundError:
                # Sent over the line a moment ago.
                continue
            except FileExistsError:
                pass
            attached.append(file)
        (making / "files.json").write_bytes(GivenFiles(files=tuple(attached)).to_json())
        making.rename(self.folder / f"out-{batch.id}")
        shutil.rmtree(batch.folder, ignore_errors=True)

    def begin(self) -> None:
        """At the program's start: makes the folder, and removes what a cut left half and nobody fetched. Where a
        courier is here at this moment, what is half is being made, and the next start removes what is left of it.
        """
        make_folder(self.folder)
        with self._held() as here:
            try:
                fcntl.flock(here, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            for path in self.folder.iterdir():
                if path.name.startswith((".new-", "out-", "ask-")):
                    shutil.rmtree(path, ignore_errors=True)
                elif path.name.startswith("done-") and time.time() - path.lstat().st_mtime > NOBODY_WAITS_S:
                    path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _held(self) -> Iterator[int]:
        try:
            here = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise CourierRefused(Sentence("courier-never-ran")) from error
        try:
            yield here
        finally:
            os.close(here)

    def _lay(
        self,
        kind: Literal["in", "ask"],
        letters: Letters,
        files: Iterable[tuple[str, int, Iterator[bytes]]],
    ) -> str:
        id = secrets.token_hex(8)
        with acting_as_owner(self._state, give=False), self.visiting():
            if len(self.waiting()) >= MAX_WAITING:
                raise CourierRefused(Sentence("courier-too-many-wait"))
            making = self.folder / f".new-{id}"
            making.mkdir(mode=0o700)
            try:
                for letter, raw in letters:
                    _write(making / letter.name, iter((raw,)))
                for sha256, size, chunks in files:
                    _write(making / sha256, chunks, most=size)
                sync_folder(making)
                making.rename(self.folder / f"{kind}-{id}")
                sync_folder(self.folder)
            except BaseException:
                shutil.rmtree(making, ignore_errors=True)
                raise
        return id


def letters_in(folder: Path, direction: Direction) -> list[tuple[Letter, bytes]]:
    """A batch's letters with their bytes, in the order to take them. Raises FileRefused."""
    letters = [letter for path in folder.iterdir() if (letter := read_letter(direction, path.name))]
    return [(letter, read_limited(folder / letter.name, MAX_LETTER, follow=False)) for letter in in_order(letters)]


def files_in(folder: Path) -> list[Path]:
    """A batch's files, named by the SHA-256 that they may not have."""
    return sorted(path for path in folder.iterdir() if _FILE.fullmatch(path.name) and not path.is_symlink())


def outgoing_in(folder: Path) -> GivenFiles:
    """What a program gave to be carried. Raises FileRefused, CourierRefused."""
    try:
        return GivenFiles.model_validate_json(read_limited(folder / "files.json", MAX_ANSWER, follow=False))
    except ValidationError as error:
        raise CourierRefused(Sentence("courier-answer-damaged")) from error


def _kind(word: str) -> Literal["in", "ask"]:
    return "ask" if word == "ask" else "in"


def _write(path: Path, chunks: Iterator[bytes], *, most: int = MAX_LETTER) -> None:
    written = 0
    with path.open("xb") as file:
        for chunk in chunks:
            written += len(chunk)
            if written > most:
                break
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
