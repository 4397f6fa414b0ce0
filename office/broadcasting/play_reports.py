"""What devices said of occurrences and urgent orders, as rows of the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlite_utils

from langso.contract.outcomes import Value

_COLUMNS = (
    "occurrence, device, title, planned, started_at, error_ms, outcome, why, heard_ms, time_unproven,"
    " code, parameters, kind, issuer, epoch"
)
_SELECT = f"SELECT {_COLUMNS} FROM plays"


@dataclass(frozen=True)
class PlayReport:
    """What one device said of one occurrence or urgent order. `error_ms`: start minus plan.

    `code` with `parameters`: why it was not played whole, beside `why`; `kind`, `issuer` and `epoch` of the document
    that ordered it. None of a device that does not say it.
    """

    occurrence: str
    device: str
    title: str
    planned: datetime | None
    started: datetime | None
    error_ms: float | None
    outcome: str | None
    why: str
    heard_ms: int
    time_unproven: bool
    code: str | None = None
    parameters: Mapping[str, Value] | None = None
    kind: str | None = None
    issuer: str | None = None
    epoch: int | None = None


def plays(db: sqlite_utils.Database, occurrence: str) -> list[PlayReport]:
    """Of one occurrence or urgent order, by device."""
    return [_report(row) for row in db.execute(f"{_SELECT} WHERE occurrence = ? ORDER BY device", [occurrence])]


def plays_of(db: sqlite_utils.Database, occurrences: Iterable[str]) -> dict[str, list[PlayReport]]:
    """Of many, by occurrence; one that nothing was said of has an empty list."""
    found: dict[str, list[PlayReport]] = {id: [] for id in occurrences}
    rows = db.execute(
        f"{_SELECT} WHERE occurrence IN (SELECT value FROM json_each(?)) ORDER BY device", [json.dumps(list(found))]
    )
    for row in rows:
        found[str(row[0])].append(_report(row))
    return found


def last_sounded(db: sqlite_utils.Database) -> dict[str, tuple[datetime, bool]]:
    """When each device last sounded, and whether a sensor heard it."""
    found: dict[str, tuple[datetime, bool]] = {}
    for device, at, sure in db.execute(
        "SELECT device, max(coalesce(started_at, ended_at)), sure FROM plays"
        " WHERE (started_at IS NOT NULL OR outcome = 'played') GROUP BY device"
    ):
        if at is not None:
            found[str(device)] = (datetime.fromisoformat(at), sure is not None and sure >= 0.5)
    return found


def _report(row: tuple[Any, ...]) -> PlayReport:
    return PlayReport(
        occurrence=row[0],
        device=row[1],
        title=row[2],
        planned=_time(row[3]),
        started=_time(row[4]),
        error_ms=row[5],
        outcome=row[6],
        why=row[7],
        heard_ms=row[8],
        time_unproven=bool(row[9]),
        code=row[10],
        parameters=None if row[11] is None else json.loads(row[11]),
        kind=row[12],
        issuer=row[13],
        epoch=row[14],
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
