"""What the office has on record, read straight from its database: receipts, plays, states, conflicts, dossiers."""

from __future__ import annotations

import base64
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.village.story.report import NotSeen, not_seen
from langso.contract import DocumentReceipt, Plan, Receipt, State
from langso.words.catalogue import Sentence


@dataclass(frozen=True)
class Play:
    """One loudspeaker's part of an occurrence as the office knows it."""

    device: str
    planned: str | None
    error_ms: float | None
    outcome: str | None
    code: str | None
    heard_ms: int


class Records:
    """Read-only; every call opens anew, since the story deletes the database."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def plays(self, occurrence: str) -> list[Play]:
        """By device."""
        rows = self._rows(
            "SELECT device, planned, error_ms, outcome, code, heard_ms FROM plays WHERE occurrence = ?"
            " ORDER BY device",
            [occurrence],
        )
        return [Play(*row) for row in rows]

    def occurrence(self, broadcast: str) -> tuple[str, str]:
        """Id and planned start (ISO) of a broadcast's first occurrence."""
        rows = self._rows(
            "SELECT o.id, o.start FROM occurrences o JOIN rules r ON r.id = o.rule WHERE r.message = ?"
            " ORDER BY o.start LIMIT 1",
            [broadcast],
        )
        if not rows:
            raise not_seen(Sentence("story-see-occurrence", broadcast=broadcast))
        return rows[0][0], rows[0][1]

    def media_of(self, broadcast: str) -> str:
        """SHA-256 of a broadcast's spoken text."""
        rows = self._rows("SELECT media FROM messages WHERE id = ?", [broadcast])
        return _sha256(json.loads(rows[0][0])[0])

    def media_of_urgent(self, order: str) -> str:
        """SHA-256 of an urgent order's sound."""
        rows = self._rows("SELECT body FROM urgent_orders WHERE id = ?", [order])
        return _sha256(json.loads(rows[0][0])["media"][0])

    def issued_of_urgent(self, order: str) -> str:
        """When an urgent order was issued (ISO)."""
        return str(self._rows("SELECT issued FROM urgent_orders WHERE id = ?", [order])[0][0])

    def refusals(self, device: str) -> list[DocumentReceipt]:
        """All refusals a device has receipted."""
        rows = self._rows("SELECT line FROM receipts WHERE device = ? AND event = 'document'", [device])
        bodies = [Receipt.model_validate_json(row[0]).body for row in rows]
        return [body for body in bodies if isinstance(body, DocumentReceipt) and body.outcome == "refused"]

    def journals(self, device: str) -> set[str]:
        """Ids of the journals a device has sent receipts of."""
        return {row[0] for row in self._rows("SELECT journal FROM journals WHERE device = ?", [device])}

    def state(self, device: str) -> State | None:
        """A device's newest state."""
        rows = self._rows("SELECT envelope FROM states WHERE device = ?", [device])
        if not rows:
            return None
        payload = json.loads(rows[0][0])["payload"]
        return State.model_validate_json(base64.b64decode(payload))

    def plan_version(self) -> int:
        """The newest plan the office has signed; 0 before the first."""
        return int(self._rows("SELECT COALESCE(MAX(version), 0) FROM documents WHERE kind = 'plan'")[0][0])

    def plan_with(self, occurrence: str) -> int | None:
        """The version of the newest plan signed; None where that does not hold the occurrence yet."""
        rows = self._rows("SELECT version, envelope FROM documents WHERE kind = 'plan' ORDER BY version DESC LIMIT 1")
        if not rows:
            return None
        plan = Plan.model_validate_json(base64.b64decode(json.loads(rows[0][1])["payload"]))
        return int(rows[0][0]) if any(one.id == occurrence for one in plan.occurrences) else None

    def plan_envelopes(self) -> list[bytes]:
        """All plans signed so far, oldest first."""
        return [row[0] for row in self._rows("SELECT envelope FROM documents WHERE kind = 'plan' ORDER BY version")]

    def conflicts(self) -> list[tuple[str, str]]:
        """Device and kind of each reported conflict."""
        return [(row[0], row[1]) for row in self._rows("SELECT device, kind FROM conflicts")]

    def dossiers(self) -> list[tuple[str, str, int]]:
        """Id, device, pages of each dossier received."""
        return [(row[0], row[1], row[2]) for row in self._rows("SELECT id, device, pages FROM dossiers")]

    def uploads(self) -> int:
        """How many uploads have begun."""
        return int(self._rows("SELECT COUNT(*) FROM uploads")[0][0])

    def _rows(self, sql: str, values: list[str] | None = None) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=5)) as db:
            return db.execute(sql, values or []).fetchall()


def wait_for(fact: Callable[[], bool], what: Sentence, seconds: float, every: float = 0.1) -> float:
    """Wait until `fact` holds; returns the seconds it took. Raises NotSeen. A missing database is "not yet"."""
    begin = time.monotonic()
    while True:
        try:
            if fact():
                return time.monotonic() - begin
        except (sqlite3.Error, IndexError):
            pass
        if time.monotonic() - begin > seconds:
            raise NotSeen(Sentence("story-expected-within", seconds=f"{seconds:.0f}", expected=what))
        time.sleep(every)


def _sha256(entry: Any) -> str:
    return str(entry["sha256"]) if isinstance(entry, dict) else str(entry)
