"""A store whose rows are in memory first and on the card whenever the card can: a failing card stops no work."""

from __future__ import annotations

import contextlib
import gc
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import sqlite_utils

from langso.durable.card_hand import LONG_PATIENCE_S, CardHand, by_hand
from langso.durable.errors import CardHangs, FileRefused, StoreCorrupt, StoreError, StoreFull, StoreTooNew
from langso.durable.files import read_limited, write_atomic
from langso.durable.store import LockedDatabase, Migration, Store, WholeRows, set_file_aside
from langso.durable.workplaces import workplace
from langso.words.catalogue import Words, sentence_of

log = logging.getLogger(__name__)

MOST_OWED = 20_000
"""Statements kept to be written later; beyond them the whole database is written instead."""
MOST_BYTES = 64 << 20
MOST_SPARE = 16 << 20
OTHERS_S = 0.2
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
_MOST_READ = 1 << 30


@dataclass(frozen=True)
class StorageTrouble:
    """Why the card does not take rows, since when (monotonic), and whether it is only full, or hangs."""

    why: Words
    since: float
    full: bool
    hangs: bool = False


Done = TypeVar("Done")
_Step = tuple[str, Any]


class MemoryFirstStore(Store):
    """As Store for its users, who read from memory. A change is in memory and, where the card takes it, on the card
    when its transaction ends; else it is owed, `trouble` says why, and `catch_up`, called now and then, writes it.

    `spare`: a folder that is no card (tmpfs). What is owed is also kept there, so that it outlives this process.
    `hand`: does what is done on the card, so that one that hangs holds up nobody; without it each caller does.
    What another process writes into the file is seen within a fifth of a second while the card works. Raises
    StoreTooNew; StoreFull where memory's own limit is reached.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration],
        *,
        spare: Path | None = None,
        hand: CardHand | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path
        self.set_aside: Path | None = None
        self._migrations = migrations
        self._spare = None if spare is None else spare / f"{path.name}.held"
        self._hand = hand
        self._monotonic = monotonic
        self._lock = threading.RLock()
        self._catching = threading.Lock()
        self._trouble: StorageTrouble | None = None
        self._owed: list[tuple[_Step, ...]] = []
        self._whole = False
        self._unread = False
        self._wait, self._not_before = FIRST_WAIT_S, float("-inf")
        self._looked_at, self._others = float("-inf"), 0
        self._card: Store | None = None
        connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None, factory=WholeRows)
        connection.execute("PRAGMA foreign_keys=ON")
        self._memory = _Remembering(connection, self._lock, path, self._changed, self._notice_others)
        self._database = self._memory
        self._fill()

    @property
    def trouble(self) -> StorageTrouble | None:
        """Why the card does not have all that is in memory; None where it has."""
        return self._trouble

    @property
    def failing(self) -> bool:
        """Whether what was written last is in memory only."""
        return self._trouble is not None

    def catch_up(self) -> bool:
        """Writes what is owed, if it is time to try again; True where the card has just taken it. Never raises for
        the card's sake.
        """
        if self._trouble is None or self._monotonic() < self._not_before:
            return False
        with contextlib.ExitStack() as stack:
            if not self._catching.acquire(blocking=False):
                return False
            stack.callback(self._catching.release)
            return self._write_owed()

    def close(self) -> None:
        """Tries once more to write what is owed, and closes; may be called twice."""
        self._not_before = float("-inf")
        with contextlib.suppress(sqlite3.ProgrammingError):
            self.catch_up()
        with self._lock:
            self._drop_card()
            self._database.close()

    def _fill(self) -> None:
        held = self._held_in_spare()
        try:
            self._card = Store(self.path, self._migrations)
        except StoreTooNew:
            self._database.close()
            raise
        except StoreError as error:
            log.error("%s cannot be worked with, what it holds is kept in memory: %s", self.path, str(error))
            self._fail(error)
        if held is not None:
            # A process before this one ended while the card did not take its rows.
            self._memory.conn.deserialize(held)
            self._whole = True
            self._fail_quietly()
        elif self._card is not None:
            self._card.db.conn.backup(self._memory.conn)
        else:
            self._unread = not self._read_without_writing()
            self._whole = True
        if self._card is not None:
            self.set_aside, self.fresh = self._card.set_aside, self._card.fresh
            self._others = self._card.changes()[1]
        pages = int(self._memory.conn.execute("PRAGMA page_count").fetchone()[0])
        self._memory.conn.execute(f"PRAGMA max_page_count = {max(MOST_BYTES // 4096, 2 * pages)}")
        if self._trouble is not None:
            with self._memory.unrecorded():
                self._migrate(self._migrations)

    def _held_in_spare(self) -> bytes | None:
        if self._spare is None or not self._spare.exists():
            return None
        with contextlib.suppress(FileRefused, sqlite3.Error):
            held = read_limited(self._spare, 2 * MOST_SPARE, follow=False)
            trial = sqlite3.connect(":memory:")
            with contextlib.closing(trial):
                trial.deserialize(held)
                if trial.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok":
                    return held
        log.error("%s is damaged and left out", self._spare)
        return None

    def _read_without_writing(self) -> bool:
        """Fills memory from a card that can be read but not written; False where there is nothing to be had."""
        folder = None if self._spare is None else self._spare.parent
        with contextlib.suppress(OSError, sqlite3.Error), workplace("langso-store-", folder) as room:
            # A database with a log cannot be opened where nothing can be written: its copy can.
            copy = room / "copy"
            for side in ("", "-wal"):
                source = self.path.with_name(self.path.name + side)
                if source.exists():
                    copy.with_name(copy.name + side).write_bytes(read_limited(source, _MOST_READ, follow=False))
            if not copy.exists():
                return not self.path.exists()
            with contextlib.closing(sqlite3.connect(copy)) as there:
                if there.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok":
                    there.backup(self._memory.conn)
                    return True
        return False

    def _changed(self, steps: tuple[_Step, ...]) -> None:
        """A transaction has ended in memory; the memory's lock is held."""
        if self._trouble is None and self._card is not None:
            card = self._card
            try:
                self._do(lambda: _repeat(card, (steps,)))
                return
            except Exception as error:  # noqa: BLE001 - whatever a card does, the work goes on
                self._after(error)
                if not isinstance(error, StoreFull):
                    # Nothing of ours keeps a card from being repaired and mounted again.
                    self._drop_card()
        self._owe(steps)

    def _owe(self, steps: tuple[_Step, ...]) -> None:
        self._owed.append(steps)
        if sum(map(len, self._owed)) > MOST_OWED:
            self._owed.clear()
            self._whole = True
        if self._spare is not None:
            data = self._image()
            if len(data) <= MOST_SPARE:
                with contextlib.suppress(FileRefused):
                    write_atomic(self._spare, data)

    def _after(self, error: Exception) -> None:
        log.error("%s does not take rows, they stay in memory: %s", self.path, str(error))
        self._fail(error)
        if isinstance(error, StoreCorrupt):
            self._unread = True
        elif not isinstance(error, StoreFull):
            # A commit that failed may yet be found in the log: written again row by row it would count twice.
            self._whole = True

    def _fail(self, error: Exception) -> None:
        since = self._monotonic() if self._trouble is None else self._trouble.since
        full, hangs = isinstance(error, StoreFull), isinstance(error, CardHangs)
        self._trouble = StorageTrouble(sentence_of(error) or str(error), since, full, hangs)
        self._not_before = self._monotonic() + self._wait
        self._wait = min(2 * self._wait, LONGEST_WAIT_S)

    def _fail_quietly(self) -> None:
        if self._trouble is None:
            self._trouble = StorageTrouble("", self._monotonic(), full=False)

    def _write_owed(self) -> bool:
        """Until nothing more is owed. The memory's lock is not held while the card works: the sound needs it."""
        while True:
            with self._lock:
                owed, whole = tuple(self._owed), self._whole
                image = self._image() if whole or self._unread else b""
            try:
                self._do(lambda owed=owed, image=image: self._write(owed, image), LONG_PATIENCE_S)  # type: ignore[misc]
            except StoreTooNew:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a card does, the work goes on
                with self._lock:
                    self._after(error)
                    self._drop_card()
                gc.collect()
                return False
            with self._lock:
                del self._owed[: len(owed)]
                self._whole = self._unread = False
                if not self._owed:
                    self._trouble, self._wait = None, FIRST_WAIT_S
                    if self._spare is not None:
                        with contextlib.suppress(OSError):
                            self._spare.unlink()
                    log.warning("%s takes rows again: nothing is owed", self.path)
                    return True

    def _write(self, owed: Sequence[tuple[_Step, ...]], image: bytes) -> None:
        if self._unread and self.path.exists():
            self._drop_card()
            self.set_aside = set_file_aside(self.path)
        # Opened anew: what a connection remembers of a card that failed is not to be believed.
        self._drop_card()
        # An error's own trace holds statements, and with them the files of the closed connection.
        gc.collect()
        self._card = Store(self.path, self._migrations)
        if self._card.set_aside is not None:
            self.set_aside = self._card.set_aside
            with self._lock:
                image = image or self._image()
        if image:
            with contextlib.closing(sqlite3.connect(":memory:")) as whole:
                whole.deserialize(image)
                whole.backup(self._card.db.conn)
        else:
            _repeat(self._card, owed)
        self._others = self._card.changes()[1]

    def _image(self) -> bytes:
        image = bytearray(self._memory.conn.serialize())
        # Copied from a file with a log, it would say that it has one, and no memory can hold that.
        image[18:20] = b"\x01\x01"
        return bytes(image)

    def _drop_card(self) -> None:
        card, self._card = self._card, None
        if card is None:
            return
        try:
            self._do(card.close)
        except CardHangs:
            if self._hand is not None:
                self._hand.later(card.close)
        except Exception:
            log.debug("%s: closed with an error", self.path, exc_info=True)

    def _do(self, work: Callable[[], Done], patience_s: float | None = None) -> Done:
        """On the card. Raises CardHangs where that takes too long, and whatever `work` raises."""
        return by_hand(self._hand, work, patience_s)

    def _notice_others(self) -> None:
        """Reads the file again where another process has written into it; the memory's lock is held."""
        now = self._monotonic()
        if self._trouble is not None or self._card is None or now - self._looked_at < OTHERS_S:
            return
        self._looked_at = now
        card = self._card
        try:
            with contextlib.suppress(StoreError, sqlite3.Error):
                others = self._do(lambda: card.changes()[1])
                if others != self._others:
                    # By way of a copy: one that comes too late must not come into memory.
                    with contextlib.closing(self._do(lambda: _copied(card))) as copy:
                        copy.backup(self._memory.conn)
                    self._others = others
        except CardHangs as error:
            self._after(error)
            self._drop_card()


class _Remembering(LockedDatabase):
    """The database in memory: tells of each transaction what it did, as statements that do the same again."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        lock: threading.RLock,
        path: Path,
        changed: Callable[[tuple[_Step, ...]], None],
        before_reading: Callable[[], None],
    ) -> None:
        self._steps: list[_Step] = []
        self._recording = False
        self._changed = changed
        self._before_reading = before_reading
        super().__init__(connection, lock, path)
        self._recording = True

    @contextlib.contextmanager
    def unrecorded(self) -> Generator[None, None, None]:
        """What is done in the block is not told."""
        self._recording = False
        try:
            yield
        finally:
            self._recording = True

    @contextlib.contextmanager
    def atomic(self) -> Generator[sqlite_utils.Database, None, None]:
        with self._lock:
            outermost = not self.conn.in_transaction
            if outermost and self._recording:
                self._before_reading()
            begun = len(self._steps)
            try:
                with super().atomic():
                    yield self
            except BaseException:
                del self._steps[begun:]
                raise
            if outermost:
                self._hand_over()

    def execute(self, sql: str, parameters: Any = None) -> sqlite3.Cursor:
        with self._lock:
            if self._recording and not self.conn.in_transaction:
                self._before_reading()
            before = self.conn.total_changes
            done = super().execute(sql, parameters)
            if self._recording and self.conn.total_changes != before:
                self._steps.append((sql, parameters))
                if not self.conn.in_transaction:
                    self._hand_over()
            return done

    def _hand_over(self) -> None:
        steps, self._steps = tuple(self._steps), []
        if steps and self._recording:
            self._changed(steps)


def _copied(card: Store) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    card.db.conn.backup(copy)
    return copy


def _repeat(card: Store, transactions: Sequence[tuple[_Step, ...]]) -> None:
    with card.transaction() as db:
        for steps in transactions:
            for sql, parameters in steps:
                db.execute(sql, parameters)
