"""Receipts taken in: verified, chained, stored, and only then acknowledged."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import dataclass

import sqlite_utils

from langso.contract import EndedReceipt, HeardReceipt, Receipt, Receipts, ReceiptsAck, StartedReceipt
from langso.device.paired import PairedDevice
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.trust import Refused, open_sealed, parse_payload
from office.errors import ReportRefused
from office.fleet.conflicts import note_conflict
from office.signer.places import ISSUER

GENESIS = "0" * 64
PATIENCE_S = 45.0
TRIES = 3


@dataclass(frozen=True)
class Stored:
    """What came of one envelope: `through` is durably stored and contiguous; `new` receipts; `conflict`: a clone."""

    device: str
    journal: str
    through: int
    new: int
    conflict: bool


@dataclass(frozen=True)
class _Line:
    text: str
    sha256: str
    receipt: Receipt


class ReceiptStore:
    """Thread-safe through its store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._gaps: dict[tuple[str, str], tuple[int, int, float]] = {}

    def take(self, device: PairedDevice, raw: bytes, communes: tuple[str, ...]) -> Stored:
        """One sealed batch. Raises ReportRefused where it is not this device's or its inner chain is broken."""
        batch, lines = _read(device, raw, communes)
        with self._store.transaction() as db:
            through, head = self._journal(db, device.id, batch.journal)
            conflict, new = False, 0
            if lines[0].receipt.number > through + 1 and self._baseline(device.id, batch.journal, through, lines[0]):
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
                note_conflict(db, device.id, "receipts", f"số phiếu tới {through} có hai nội dung", now)
        return Stored(device.id, batch.journal, through, new, conflict)

    def ack(self, stored: Stored, commune: str) -> ReceiptsAck:
        """The acknowledgement to be signed."""
        return ReceiptsAck(
            issuer=ISSUER,
            device=stored.device,
            commune=commune,
            journal=stored.journal,
            through=stored.through,
            written=self._clock.now(),
            conflict=stored.conflict,
        )

    def standing(self, device: str, journal: str) -> Stored:
        """What is stored of a journal, to acknowledge it again."""
        through, _ = self._journal(self._store.db, device, journal)
        return Stored(device, journal, through, 0, False)

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

    def _baseline(self, device: str, journal: str, through: int, first: _Line) -> bool:
        """Whether to begin in the middle: after a lost database a device may have forgotten its first receipts.

        Only for a journal unknown here, once the device, told that nothing is stored, keeps sending from there.
        """
        if through:
            return False
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
            " kind, issuer, epoch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (occurrence, device) DO UPDATE SET"
            " planned = excluded.planned, started_at = coalesce(started_at, excluded.started_at),"
            " error_ms = coalesce(error_ms, excluded.error_ms), time_unproven = excluded.time_unproven,"
            " kind = excluded.kind, issuer = excluded.issuer, epoch = excluded.epoch",
            [
                *(body.occurrence, device, body.title, body.planned.isoformat(), receipt.written.isoformat()),
                *(body.error_ms, int(body.time_unproven), body.kind, body.issuer, body.epoch),
            ],
        )
    elif isinstance(body, EndedReceipt):
        planned = None if body.planned is None else body.planned.isoformat()
        db.execute(
            "INSERT INTO plays (occurrence, device, title, planned, outcome, why, heard_ms, ended_at, time_unproven,"
            " code, parameters, kind, issuer, epoch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (occurrence, device) DO UPDATE SET"
            " planned = coalesce(planned, excluded.planned), outcome = excluded.outcome, why = excluded.why,"
            " heard_ms = excluded.heard_ms, ended_at = excluded.ended_at, time_unproven = excluded.time_unproven,"
            " code = excluded.code, parameters = excluded.parameters, kind = excluded.kind, issuer = excluded.issuer,"
            " epoch = excluded.epoch",
            [
                *(body.occurrence, device, body.title, planned, body.outcome, body.why, body.heard_ms),
                *(receipt.written.isoformat(), int(body.time_unproven), body.code),
                None if body.parameters is None else json.dumps(body.parameters, ensure_ascii=False),
                *(body.kind, body.issuer, body.epoch),
            ],
        )
    elif isinstance(body, HeardReceipt):
        db.execute(
            "INSERT INTO plays (occurrence, device, sure) VALUES (?, ?, ?)"
            " ON CONFLICT (occurrence, device) DO UPDATE SET sure = excluded.sure",
            [body.occurrence, device, body.sure],
        )


def _read(device: PairedDevice, raw: bytes, communes: tuple[str, ...]) -> tuple[Receipts, list[_Line]]:
    try:
        batch = parse_payload(open_sealed(raw, "receipts", [device.public]), Receipts)
        if batch.device != device.id or batch.commune not in communes:
            raise ReportRefused(f"Phiếu của {device.id} ghi tên máy hay xã khác; hãy ghép lại máy đó.")
        lines = [
            _Line(text, hashlib.sha256(text.encode()).hexdigest(), parse_payload(text.encode(), Receipt))
            for text in batch.lines
        ]
    except Refused as refused:
        raise ReportRefused(
            f"Phiếu của {device.id} không dùng được ({refused.reason}); hãy kiểm tra máy đó."
        ) from refused
    for before, after in itertools.pairwise(lines):
        if after.receipt.number != before.receipt.number + 1 or after.receipt.previous != before.sha256:
            raise ReportRefused(f"Phiếu của {device.id} không liền mạch; hãy kiểm tra máy đó.")
    return batch, lines
