"""What devices reported of occurrences and urgent orders, read from the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlite_utils

from langso.contract.outcomes import Value

_COLUMNS = (
    "occurrence, device, title, planned, started_at, error_ms, outcome, why, heard_ms, time_unproven,"
    " code, parameters, kind, issuer, epoch, provisional, by_hand, exercise,"
    " sure, finding"
)
SOUNDED_AT = "CASE WHEN started_at IS NOT NULL THEN started_at WHEN outcome = 'played' THEN ended_at END"
"""When a play sounded; NULL where nothing did. As the index `plays_sounded` says it: letter by letter."""
_SELECT = f"SELECT {_COLUMNS} FROM plays"


@dataclass(frozen=True)
class PlayReport:
    """What one device said of one occurrence or urgent order. `error_ms`: start minus plan.

    `code` with `parameters`: why it was not played whole, beside `why`; `kind`, `issuer` and `epoch` of the document
    that ordered it. None of a device that does not say it. `provisional`: the ending may be replaced, its clock had
    just leapt; `by_hand`: by a time that a person set; `exercise`: it was a test, which nobody is to count;
    `sure` (0-1): how surely a sensor heard it; `finding`: what it found instead, as a code. Both None: no sensor.
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
    provisional: bool = False
    by_hand: bool = False
    exercise: bool = False
    sure: float | None = None
    finding: str | None = None


def plays(db: sqlite_utils.Database, occurrence: str) -> list[PlayReport]:
    """The reports of one occurrence or urgent order, one a device."""
    return [_report(row) for row in db.execute(f"{_SELECT} WHERE occurrence = ? ORDER BY device", [occurrence])]


def plays_of(db: sqlite_utils.Database, occurrences: Iterable[str]) -> dict[str, list[PlayReport]]:
    """The reports of many, by occurrence; the list is empty where no device reported."""
    found: dict[str, list[PlayReport]] = {id: [] for id in occurrences}
    rows = db.execute(
        f"{_SELECT} WHERE occurrence IN (SELECT value FROM json_each(?)) ORDER BY device", [json.dumps(list(found))]
    )
    for row in rows:
        found[str(row[0])].append(_report(row))
    return found


@dataclass(frozen=True)
class LastSounded:
    """When a device last sounded; `sure` and `finding` as in a `PlayReport`."""

    at: datetime
    sure: float | None = None
    finding: str | None = None


def last_sounded(db: sqlite_utils.Database) -> dict[str, LastSounded]:
    """When each device last sounded, and what its sensors say of that."""
    # By device, each from the end of its part of the index `plays_sounded`: a year of plays is not read.
    rows = db.execute(
        f"SELECT p.device, {SOUNDED_AT}, p.sure, p.finding FROM devices d JOIN plays p ON p.rowid ="
        f" (SELECT rowid FROM plays WHERE device = d.id AND {SOUNDED_AT} IS NOT NULL ORDER BY {SOUNDED_AT} DESC"
        " LIMIT 1)"
    )
    return {str(row[0]): LastSounded(datetime.fromisoformat(row[1]), *row[2:]) for row in rows}


@lru_cache(maxsize=4096)
def _report(row: tuple[Any, ...]) -> PlayReport:
    """Read once while the row says the same."""
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
        provisional=bool(row[15]),
        by_hand=bool(row[16]),
        exercise=bool(row[17]),
        sure=row[18],
        finding=row[19],
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
