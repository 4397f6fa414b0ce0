"""Receipts from devices: verified, their chain checked, stored, and only then acknowledged."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from langso.contract import EndedReceipt, HeardReceipt, Receipt, Receipts, ReceiptsAck, StartedReceipt
from langso.device.paired_devices import PairedDevice
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.trust import Refused, open_sealed, parse_payload
from langso.words.catalogue import Sentence
from office.errors import ReportRefused
from office.fleet.conflicts import note_conflict
from office.signer.places import ISSUER

GENESIS = "0" * 64
PATIENCE_S = 45.0
TRIES = 3


@dataclass(frozen=True)
class Stored:
    """The result of one envelope: receipts 1 to `through` are stored durably without a gap, or with the gaps that are
    noted as lost for good; `new`: those that are new; `conflict`: another machine uses this name (a clone), or this
    one went back to an old copy; `last`: the envelope's last receipt; `head`: the hash of receipt `through`, "" where
    it is not known.
    """

    device: str
    journal: str
    through: int
    new: int
    conflict: bool
    last: int = 0
    head: str = ""


@dataclass(frozen=True)
class Missing:
    """Receipts `first` to `last` of a journal that neither the office nor the device has any more."""

    device: str
    first: int
    last: int
    noted: datetime


@dataclass(frozen=True)
class _Line:
    text: str
    sha256: str
    receipt: Receipt


class ReceiptStore:
    """Stores receipts; thread-safe through its store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._gaps: dict[tuple[str, str], tuple[int, int, float]] = {}

    def take(self, device: PairedDevice, raw: bytes, communes: tuple[str, ...]) -> Stored:
        """Takes one sealed batch. Raises ReportRefused where it is not this device's, or its inner
        chain is broken.
        """
        batch, lines = _read(device, raw, communes)
        with self._store.transaction() as db:
            through, head = self._journal(db, device.id, batch.journal)
            conflict, new = False, 0
            if lines[0].receipt.number > through + 1 and self._baseline(device.id, batch.journal, lines[0]):
                self._note_missing(db, device.id, batch.journal, through + 1, lines[0].receipt.number - 1)
                through, head = lines[0].receipt.number - 1, lines[0].receipt.previous
            for line in lines:
                number = line.receipt.number
                if number <= through:
                    conflict = conflict or self._differs(db, device.id, batch.journal, line)
                elif number == through + 1 and line.receipt.previous == head:
                    self._keep(db, device.id, batch.journal, line)
                    through, head, new = number, line.sha256, new + 1
                else:
                    conflict = conflict or number == through + 1
                    break
            now = self._clock.now().isoformat()
            db.execute(
                "INSERT INTO journals (device, journal, through, sha256, seen_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (device, journal) DO UPDATE SET through = excluded.through, sha256 = excluded.sha256,"
                " seen_at = excluded.seen_at",
                [device.id, batch.journal, through, head, now],
            )
            if conflict:
                note_conflict(db, device.id, "receipts", through, now)
        return Stored(
            device.id,
            batch.journal,
            through,
            new,
            conflict,
            last=lines[-1].receipt.number,
            head=head if through else "",
        )

    def ack(self, stored: Stored, commune: str) -> ReceiptsAck:
        """The acknowledgement that is to be signed."""
        return ReceiptsAck(
            issuer=ISSUER,
            device=stored.device,
            commune=commune,
            journal=stored.journal,
            through=stored.through,
            written=self._clock.now(),
            conflict=stored.conflict,
            head=stored.head or None,
        )

    def standing(self, device: str, journal: str) -> Stored:
        """What is stored of a journal, to acknowledge it once more."""
        through, head = self._journal(self._store.db, device, journal)
        return Stored(device, journal, through, 0, False, head=head if through else "")

    def missing(self) -> list[Missing]:
        """What is lost for good, the newest first."""
        rows = self._store.db.execute(
            "SELECT device, first, last, noted_at FROM missing_receipts ORDER BY noted_at DESC"
        ).fetchall()
        return [Missing(row[0], int(row[1]), int(row[2]), datetime.fromisoformat(row[3])) for row in rows]

    def _note_missing(self, db: sqlite_utils.Database, device: str, journal: str, first: int, last: int) -> None:
        db.execute(
            "INSERT INTO missing_receipts (device, journal, first, last, noted_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (device, journal, first) DO UPDATE SET last = excluded.last, noted_at = excluded.noted_at",
            [device, journal, first, last, self._clock.now().isoformat()],
        )

    def newest_journals(self) -> list[Stored]:
        """For each device the journal that it wrote in last, as far as it is stored."""
        rows = self._store.db.execute(
            "SELECT device, journal, through, sha256 FROM journals j WHERE seen_at ="
            " (SELECT max(seen_at) FROM journals WHERE device = j.device) GROUP BY device ORDER BY device"
        )
        return [
            Stored(str(row[0]), str(row[1]), int(row[2]), 0, False, head=str(row[3]) if row[2] else "")
            for row in rows.fetchall()
        ]

    def _journal(self, db: sqlite_utils.Database, device: str, journal: str) -> tuple[int, str]:
        row = db.execute(
            "SELECT through, sha256 FROM journals WHERE device = ? AND journal = ?", [device, journal]
        ).fetchone()
        return (int(row[0]), str(row[1])) if row else (0, GENESIS)

    def _differs(self, db: sqlite_utils.Database, device: str, journal: str, line: _Line) -> bool:
        row = db.execute(
            "SELECT sha256 FROM receipts WHERE device = ? AND journal = ? AND number = ?",
            [device, journal, line.receipt.number],
        ).fetchone()
        return row is not None and row[0] != line.sha256

    def _baseline(self, device: str, journal: str, first: _Line) -> bool:
        """Whether to go on after a gap: the office lost its database, or went back to an old copy of it, and the
        device has forgotten what was acknowledged more than 30 days ago.

        Only once the device, told what is stored, keeps sending from there: it would send the rest if it had it.
        """
        key, now = (device, journal), self._clock.monotonic()
        lowest, tries, since = self._gaps.get(key, (first.receipt.number, 0, now))
        if first.receipt.number < lowest:
            lowest, tries, since = first.receipt.number, 0, now
        if first.receipt.number == lowest:
            tries += 1
        self._gaps[key] = (lowest, tries, since)
        ready = first.receipt.number == lowest and tries >= TRIES and now - since >= PATIENCE_S
        if ready:
            del self._gaps[key]
        return ready

    def _keep(self, db: sqlite_utils.Database, device: str, journal: str, line: _Line) -> None:
        receipt = line.receipt
        now = self._clock.now().isoformat()
        db.execute(
            "INSERT INTO receipts (device, journal, number, line, sha256, event, written, received_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(device, journal, receipt.number, line.text, line.sha256),
                *(receipt.body.event, receipt.written.isoformat(), now),
            ],
        )
        _note_play(db, device, receipt)


def _note_play(db: sqlite_utils.Database, device: str, receipt: Receipt) -> None:
    body = receipt.body
    if isinstance(body, StartedReceipt):
        db.execute(
            "INSERT INTO plays (occurrence, device, title, planned, started_at, error_ms, time_unproven,"
            " kind, issuer, epoch, by_hand, exercise) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (occurrence, device) DO UPDATE SET"
            " planned = excluded.planned, started_at = coalesce(started_at, excluded.started_at),"
            " error_ms = coalesce(error_ms, excluded.error_ms), time_unproven = excluded.time_unproven,"
            " kind = excluded.kind, issuer = excluded.issuer, epoch = excluded.epoch, by_hand = excluded.by_hand,"
            " exercise = max(exercise, excluded.exercise),"
            # What was ended by a clock that had leapt sounds after all: that ending no longer stands.
            " outcome = CASE WHEN provisional THEN NULL ELSE outcome END, provisional = 0",
            [
                *(body.occurrence, device, body.title, body.planned.isoformat(), receipt.written.isoformat()),
                *(body.error_ms, int(body.time_unproven), body.kind, body.issuer, body.epoch),
                *(int(bool(body.time_by_hand)), int(bool(body.exercise))),
            ],
        )
    elif isinstance(body, EndedReceipt):
        planned = None if body.planned is None else body.planned.isoformat()
        db.execute(
            "INSERT INTO plays (occurrence, device, title, planned, outcome, why, heard_ms, ended_at, time_unproven,"
            " code, parameters, kind, issuer, epoch, provisional, by_hand, exercise)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (occurrence, device) DO UPDATE SET"
            " planned = coalesce(planned, excluded.planned), outcome = excluded.outcome, why = excluded.why,"
            " heard_ms = excluded.heard_ms, ended_at = excluded.ended_at, time_unproven = excluded.time_unproven,"
            " code = excluded.code, parameters = excluded.parameters, kind = excluded.kind, issuer = excluded.issuer,"
            " epoch = excluded.epoch, provisional = excluded.provisional, by_hand = excluded.by_hand,"
            " exercise = max(exercise, excluded.exercise)",
            [
                *(body.occurrence, device, body.title, planned, body.outcome, body.why, body.heard_ms),
                *(receipt.written.isoformat(), int(body.time_unproven), body.code),
                None if body.parameters is None else json.dumps(body.parameters, ensure_ascii=False),
                *(body.kind, body.issuer, body.epoch, int(body.final is False), int(bool(body.time_by_hand))),
                int(bool(body.exercise)),
            ],
        )
    elif isinstance(body, HeardReceipt):
        db.execute(
            "INSERT INTO plays (occurrence, device, sure, finding) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (occurrence, device) DO UPDATE SET sure = excluded.sure, finding = excluded.finding",
            [body.occurrence, device, body.sure, body.finding],
        )


def _read(device: PairedDevice, raw: bytes, communes: tuple[str, ...]) -> tuple[Receipts, list[_Line]]:
    try:
        batch = parse_payload(open_sealed(raw, "receipts", [device.public]), Receipts)
        if batch.device != device.id or batch.commune not in communes:
            raise ReportRefused(Sentence("fleet-receipts-of-another", device=device.id))
        lines = [
            _Line(text, hashlib.sha256(text.encode()).hexdigest(), parse_payload(text.encode(), Receipt))
            for text in batch.lines
        ]
    except Refused as refused:
        raise ReportRefused(Sentence("fleet-receipts-refused", device=device.id, reason=refused.reason)) from refused
    for before, after in itertools.pairwise(lines):
        if after.receipt.number != before.receipt.number + 1 or after.receipt.previous != before.sha256:
            raise ReportRefused(Sentence("fleet-receipts-broken", device=device.id))
    return batch, lines
