"""The journal of receipts: numbered, chained by hash, kept until acknowledged and 30 days longer.

How refusals coalesce while the chain only grows: they are counted in memory, and written once a second at most. The
first of a kind, reason and hour then becomes a receipt with count 1; later ones are counted beside the journal, and
one more receipt with their number is written when the hour is over. So a flood costs two lines an hour and nothing
that was written ever changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlite_utils

from langso.contract import (
    MAX_RECEIPTS,
    DocumentReceipt,
    EndedReceipt,
    HeardReceipt,
    Receipt,
    Receipts,
    StartedReceipt,
)
from langso.durable.store import Migration, Store
from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence
from speaker.errors import JournalDamaged
from speaker.record.refusal_counts import RefusalCounts

log = logging.getLogger(__name__)

KEEP = timedelta(days=30)
KEEP_ALONE = timedelta(days=366)
"""Where no office has them too."""
RENEW_S = 24 * 3600.0
"""Two machines with one name would begin new journals without end, each because of the other."""
GENESIS = "0" * 64
BATCH_BYTES = 512 * 1024
STATE_NUMBERS = 512
"""Set aside at a time: some hours of states."""

Body = DocumentReceipt | StartedReceipt | EndedReceipt | HeardReceipt


def _create(db: sqlite_utils.Database) -> None:
    db.execute(
        """CREATE TABLE journal (
            one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, born TEXT, state_number INTEGER NOT NULL,
            batched INTEGER NOT NULL, acknowledged INTEGER NOT NULL, generation INTEGER NOT NULL)"""
    )
    db.execute(
        """CREATE TABLE receipts (
            number INTEGER PRIMARY KEY, line TEXT NOT NULL, sha256 TEXT NOT NULL, acknowledged_at TEXT)"""
    )
    db.execute(
        """CREATE TABLE refusals (
            kind TEXT NOT NULL, reason TEXT NOT NULL, hour TEXT NOT NULL, more INTEGER NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (kind, reason, hour))"""
    )
    # 128 random bits made with the database: a wiped or cloned card is another journal.
    db.execute("INSERT INTO journal VALUES (1, ?, NULL, 0, 0, 0, 0)", [secrets.token_hex(16)])


JOURNAL_MIGRATION = Migration("speaker-journal-1", _create)


@dataclass(frozen=True)
class Batch:
    """Consecutive receipts ready to be sealed: `first`..`last` of journal `journal`; `key` names it in the outbox."""

    receipts: Receipts
    first: int
    last: int
    key: str


class Journal:
    """Thread-safe through its store. Write within the transaction of what the receipt describes."""

    def __init__(self, store: Store, clock: Clock, *, device: str, commune: str) -> None:
        self._store = store
        self._clock = clock
        self._device = device
        self._commune = commune
        self._made = clock.monotonic() if store.fresh else None
        self._born: datetime | None = None
        self._numbering = threading.Lock()
        self._next_number: int | None = None
        self._last_number = 0
        self._renewed: float | None = None
        self._refused = RefusalCounts(clock.monotonic)
        self._renumbering: list[Callable[[sqlite_utils.Database, Mapping[int, int]], None]] = []

    @property
    def id(self) -> str:
        """32 hex digits."""
        return str(self._one("id"))

    @property
    def born(self) -> datetime | None:
        """When the journal began, by a trusted clock; None until the clock has been trusted once."""
        if self._born is None:
            text = self._one("born")
            self._born = datetime.fromisoformat(str(text)) if text else None
        return self._born

    @property
    def through(self) -> int:
        """Number of the last receipt written."""
        row = self._store.db.execute("SELECT max(number) FROM receipts").fetchone()
        return max(int(row[0] or 0), int(str(self._one("acknowledged"))))

    @property
    def acknowledged(self) -> int:
        """Up to which number the office has acknowledged."""
        return int(str(self._one("acknowledged")))

    def be_born(self, now: datetime) -> None:
        """Dates the journal by the first trusted time; later calls do nothing.

        One made by an earlier process whose clock was never trusted has no known date: it counts as old.
        """
        if self.born is not None:
            return
        moment = self.would_be_born(now)
        with self._store.transaction() as db:
            db.execute("UPDATE journal SET born = ? WHERE born IS NULL", [moment.isoformat()])

    def would_be_born(self, now: datetime) -> datetime:
        """When it began, if it is `now`; for while the clock is in doubt, which must not date it for good."""
        waited = None if self._made is None else timedelta(seconds=self._clock.monotonic() - self._made)
        return datetime(1970, 1, 1, tzinfo=UTC) if waited is None else now - waited

    def next_state_number(self) -> int:
        """The number of the next signed state; never used twice.

        A start leaves out what is left of the numbers set aside: so the card is written once for many of them, and
        those used while it takes nothing are not used again after a power cut.
        """
        with self._numbering:
            if self._next_number is None or self._next_number >= self._last_number:
                with self._store.transaction() as db:
                    if self._next_number is None:
                        self._next_number = int(db.execute("SELECT state_number FROM journal").fetchone()[0])
                    self._last_number = self._next_number + STATE_NUMBERS
                    db.execute("UPDATE journal SET state_number = ?", [self._last_number])
            self._next_number += 1
            return self._next_number

    def together(self) -> contextlib.AbstractContextManager[object]:
        """Several changes as one transaction, so that the card is written once."""
        return self._store.transaction()

    def write(self, body: Body) -> Receipt:
        """Appends one receipt; it is durable when the (outer) transaction ends."""
        with self._store.transaction() as db:
            row = db.execute("SELECT number, sha256 FROM receipts ORDER BY number DESC LIMIT 1").fetchone()
            number, previous = (int(row[0]) + 1, str(row[1])) if row else (1, GENESIS)
            receipt = Receipt(number=number, previous=previous, written=self._clock.now(), body=body)
            line = receipt.to_json()
            db.execute(
                "INSERT INTO receipts VALUES (?, ?, ?, NULL)",
                [number, line.decode(), hashlib.sha256(line).hexdigest()],
            )
        return receipt

    def refuse(self, body: DocumentReceipt, detail: str = "") -> bool:
        """Counts a refusal in memory; `detail`: English, for the log. Whether `write_refusals` is due."""
        return self._refused.add(body, self._hour(), detail)

    def write_refusals(self) -> int:
        """Writes what was refused: the first like it this hour as a receipt, the others as a number. Returns how many
        receipts. Raises StoreError; then they are still counted.
        """
        refused = self._refused.take()
        if not refused:
            return 0
        try:
            with self._store.transaction() as db:
                new = [one for one in refused if self._first_this_hour(db, one.body, one.hour, one.count)]
                for one in new:
                    self.write(one.body)
        except BaseException:
            self._refused.put_back(refused)
            raise
        for one in refused:
            log.warning("%s refused, %d times: %s (%s)", one.body.document, one.count, one.body.reason, one.detail)
        return len(new)

    def close_hours(self) -> int:
        """Writes what was refused, and the counted refusals of hours that are over; returns how many receipts."""
        written = self.write_refusals()
        hour = self._hour()
        with self._store.transaction() as db:
            rows = db.execute("SELECT more, body FROM refusals WHERE hour <> ?", [hour]).fetchall()
            for more, text in rows:
                if more:
                    body = DocumentReceipt.model_validate_json(text)
                    self.write(body.model_copy(update={"count": int(more)}))
                    written += 1
            if rows:
                db.execute("DELETE FROM refusals WHERE hour <> ?", [hour])
        return written

    def next_batch(self) -> Batch | None:
        """Up to 200 receipts not yet batched, or None. Call `batched` in the same transaction as the outbox's put."""
        with self._store.transaction() as db:
            done, generation = db.execute("SELECT batched, generation FROM journal").fetchone()
            rows = db.execute(
                "SELECT number, line FROM receipts WHERE number > ? ORDER BY number LIMIT ?", [done, MAX_RECEIPTS]
            ).fetchall()
        lines: list[str] = []
        size = 0
        for _, line in rows:
            size += len(line.encode()) + 16
            if lines and size > BATCH_BYTES:
                break
            lines.append(line)
        if not lines:
            return None
        first, last = int(rows[0][0]), int(rows[len(lines) - 1][0])
        receipts = Receipts(device=self._device, commune=self._commune, journal=self.id, lines=tuple(lines))
        return Batch(receipts, first, last, f"{self.id}:{first}-{last}:{generation}")

    def batched(self, last: int) -> None:
        """Notes that receipts up to `last` are in the outbox."""
        with self._store.transaction() as db:
            db.execute("UPDATE journal SET batched = max(batched, ?)", [last])

    def when_renumbered(self, tell: Callable[[sqlite_utils.Database, Mapping[int, int]], None]) -> None:
        """Calls `tell` with the new number of each old one, in the transaction that begins a new journal."""
        self._renumbering.append(tell)

    def acknowledge(self, journal: str, through: int, *, head: str | None = None, conflict: bool = False) -> bool:
        """Takes the office's acknowledgement. One that goes back makes later receipts due again; False for another
        journal's.

        A number above ours, another receipt under ours (`head`: its hash), or a `conflict` means that this database
        is an old copy: the office has receipts that we lack. Then a new journal begins, rather than two truths under
        one number, with all in it that was not acknowledged before.
        """
        now = self._clock.now()
        with self._store.transaction() as db:
            if journal != self.id:
                return False
            if through > self.through or self._differs(db, through, head) or (conflict and self._may_renew()):
                self._renew(db)
                return True
            if through < self.acknowledged:
                db.execute("UPDATE receipts SET acknowledged_at = NULL WHERE number > ?", [through])
                oldest = db.execute("SELECT min(number) FROM receipts").fetchone()[0]
                again = max(through, int(oldest or 1) - 1)
                db.execute(
                    "UPDATE journal SET acknowledged = ?, batched = ?, generation = generation + 1", [through, again]
                )
                return True
            if through == self.acknowledged:
                return True
            db.execute(
                "UPDATE receipts SET acknowledged_at = ? WHERE number <= ? AND acknowledged_at IS NULL",
                [now.isoformat(), through],
            )
            db.execute("UPDATE journal SET acknowledged = ?", [through])
        return True

    def prune(self, keep: timedelta = KEEP) -> int:
        """Forgets receipts acknowledged longer ago than `keep`, except the last, whose hash the next one needs."""
        with self._store.transaction() as db:
            return db.execute(
                "DELETE FROM receipts WHERE acknowledged_at < ? AND number < (SELECT max(number) FROM receipts)",
                [(self._clock.now() - keep).isoformat()],
            ).rowcount

    def lines(self) -> list[Receipt]:
        """All receipts kept, in order. Raises JournalDamaged where the chain does not hold."""
        rows = self._store.db.execute("SELECT line, sha256 FROM receipts ORDER BY number").fetchall()
        receipts: list[Receipt] = []
        expected: str | None = None
        for line, sha256 in rows:
            receipt = Receipt.model_validate_json(line)
            wrong = expected is not None and (receipt.previous, receipt.number) != (expected, receipts[-1].number + 1)
            if wrong or hashlib.sha256(line.encode()).hexdigest() != sha256:
                raise JournalDamaged(Sentence("record-journal-damaged", number=receipt.number))
            expected = sha256
            receipts.append(receipt)
        return receipts

    def _hour(self) -> str:
        return self._clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H")

    def _first_this_hour(self, db: sqlite_utils.Database, body: DocumentReceipt, hour: str, count: int) -> bool:
        changed = db.execute(
            "UPDATE refusals SET more = more + ? WHERE kind = ? AND reason = ? AND hour = ?",
            [count, body.document, body.reason, hour],
        ).rowcount
        if not changed:
            db.execute(
                "INSERT INTO refusals VALUES (?, ?, ?, ?, ?)",
                [body.document, body.reason, hour, count - 1, body.to_json().decode()],
            )
        return not changed

    def _differs(self, db: sqlite_utils.Database, through: int, head: str | None) -> bool:
        row = db.execute("SELECT sha256 FROM receipts WHERE number = ?", [through]).fetchone()
        return head is not None and row is not None and row[0] != head

    def _may_renew(self) -> bool:
        return self._renewed is None or self._clock.monotonic() - self._renewed >= RENEW_S

    def _renew(self, db: sqlite_utils.Database) -> None:
        """A new journal. It begins with what the office may not have; some may be there under the old name."""
        self._renewed = self._clock.monotonic()
        unsent = db.execute(
            "SELECT number, line FROM receipts WHERE number > (SELECT acknowledged FROM journal) ORDER BY number"
        ).fetchall()
        log.error("this database is an old copy: a new journal begins with %d receipts not acknowledged", len(unsent))
        db.execute("DELETE FROM receipts")
        db.execute(
            "UPDATE journal SET id = ?, batched = 0, acknowledged = 0, generation = 0", [secrets.token_hex(16)]
        )
        numbers: dict[int, int] = {}
        previous = GENESIS
        for number, (old, text) in enumerate(unsent, 1):
            receipt = Receipt.model_validate_json(text)
            body = receipt.body
            if isinstance(body, EndedReceipt) and body.replaces is not None:
                body = body.model_copy(update={"replaces": numbers.get(body.replaces)})
            line = Receipt(number=number, previous=previous, written=receipt.written, body=body).to_json()
            previous = hashlib.sha256(line).hexdigest()
            db.execute("INSERT INTO receipts VALUES (?, ?, ?, NULL)", [number, line.decode(), previous])
            numbers[int(old)] = number
        for tell in self._renumbering:
            tell(db, numbers)

    def _one(self, column: str) -> object:
        return self._store.db.execute(f"SELECT {column} FROM journal").fetchone()[0]
