"""Broadcasts and urgent orders as rows of the database and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import sqlite_utils
from pydantic import TypeAdapter

from langso.contract import Late, Media, UrgentOrder
from office.broadcasting.plans import Piece, Planned
from office.errors import NotFound

PlanClass = Literal["normal", "priority"]
Status = Literal["draft", "prepared", "scheduled", "withdrawn"]
_MEDIA = TypeAdapter(tuple[Media, ...])
_NAMES = TypeAdapter(tuple[str, ...])
_SELECT = (
    "SELECT b.id, b.title, b.text, b.class, b.targets, b.volume, b.chime, b.media, b.late, b.after_cut, b.status,"
    " b.by, b.created_at, o.id, o.start, o.signed_at FROM broadcasts b JOIN occurrences o ON o.broadcast = b.id "
)


@dataclass(frozen=True)
class Broadcast:
    """One broadcast: `show` and its instant in `planned`, its text, where it is in its life, who wrote it.

    `signed`: when it was first in a signed plan; until then no loudspeaker knows it.
    """

    id: str
    text: str
    status: Status
    by: str
    created: datetime
    planned: Planned
    signed: datetime | None = None

    @property
    def show(self) -> Piece:
        """What is played, to whom and how; without media until prepared."""
        return self.planned.show


@dataclass(frozen=True)
class UrgentRow:
    """An urgent order, who gave it and when it was ended before its expiry."""

    order: UrgentOrder
    by: str
    ended: datetime | None


@dataclass(frozen=True)
class PlayReport:
    """What one device said of one occurrence or urgent order. `error_ms`: start minus plan."""

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


def insert(db: sqlite_utils.Database, broadcast: Broadcast) -> None:
    """A new broadcast and its occurrence; one that is there already stays as it is."""
    show = broadcast.show
    db.execute(
        "INSERT INTO broadcasts (id, title, text, class, targets, volume, chime, media, late, after_cut, status, by,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        [
            *(
                broadcast.id,
                show.title,
                broadcast.text,
                show.broadcast_class,
                _NAMES.dump_json(show.devices).decode(),
            ),
            *(show.volume, None if show.chime is None else show.chime.to_json().decode()),
            *(_MEDIA.dump_json(show.media).decode(), show.late.to_json().decode(), show.after_cut),
            *(broadcast.status, broadcast.by, broadcast.created.isoformat()),
        ],
    )
    db.execute(
        "INSERT INTO occurrences (id, broadcast, start, signed_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        [
            *(broadcast.planned.id, broadcast.id, broadcast.planned.start.isoformat()),
            None if broadcast.signed is None else broadcast.signed.isoformat(),
        ],
    )


def mark_signed(db: sqlite_utils.Database, occurrences: Iterable[str], at: datetime) -> None:
    """These stand in a signed plan; the first time counts."""
    db.execute(
        "UPDATE occurrences SET signed_at = ? WHERE signed_at IS NULL AND id IN (SELECT value FROM json_each(?))",
        [at.isoformat(), json.dumps(list(occurrences))],
    )


def set_media(db: sqlite_utils.Database, id: str, media: tuple[Media, ...], chime: Media | None) -> None:
    """The sounds have been made."""
    db.execute(
        "UPDATE broadcasts SET media = ?, chime = ?, status = 'prepared' WHERE id = ?",
        [_MEDIA.dump_json(media).decode(), None if chime is None else chime.to_json().decode(), id],
    )


def find(db: sqlite_utils.Database, id: str) -> Broadcast:
    """One broadcast. Raises NotFound."""
    row = db.execute(f"{_SELECT} WHERE b.id = ?", [id]).fetchone()
    if row is None:
        raise NotFound("Không tìm thấy bản tin này; hãy tải lại trang.")
    return _broadcast(row)


def newest(db: sqlite_utils.Database, limit: int) -> list[Broadcast]:
    """The latest by start, first the latest."""
    return [_broadcast(row) for row in db.execute(f"{_SELECT} ORDER BY o.start DESC LIMIT ?", [limit]).fetchall()]


def scheduled(db: sqlite_utils.Database, since: datetime, *, unsigned_after: datetime | None = None) -> list[Planned]:
    """All that is to be played from an instant on, by start; of what was never signed only what begins later than
    `unsigned_after`.
    """
    rows = db.execute(
        f"{_SELECT} WHERE b.status = 'scheduled' AND o.withdrawn_at IS NULL AND o.start >= ? ORDER BY o.start",
        [since.isoformat()],
    ).fetchall()
    found = [_broadcast(row) for row in rows]
    return [
        one.planned
        for one in found
        if unsigned_after is None or one.signed is not None or one.planned.begins > unsigned_after
    ]


def withdrawn(db: sqlite_utils.Database, occurrences: Iterable[str]) -> list[Planned]:
    """Those of the occurrences that staff have withdrawn."""
    wanted = json.dumps(sorted(occurrences))
    rows = db.execute(
        f"{_SELECT} WHERE o.withdrawn_at IS NOT NULL AND o.id IN (SELECT value FROM json_each(?))", [wanted]
    ).fetchall()
    return [_broadcast(row).planned for row in rows]


def urgent_rows(db: sqlite_utils.Database, limit: int = 200) -> list[UrgentRow]:
    """Urgent orders, the newest first."""
    rows = db.execute("SELECT body, by, ended_at FROM urgent_orders ORDER BY issued DESC LIMIT ?", [limit]).fetchall()
    return [
        UrgentRow(UrgentOrder.model_validate_json(body), by, None if ended is None else datetime.fromisoformat(ended))
        for body, by, ended in rows
    ]


def insert_urgent(db: sqlite_utils.Database, order: UrgentOrder, by: str) -> None:
    """A new urgent order; one that is there already stays."""
    db.execute(
        "INSERT INTO urgent_orders (id, body, by, issued, expires) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO NOTHING",
        [order.id, order.to_json().decode(), by, order.issued.isoformat(), order.expires.isoformat()],
    )


def end_urgent(db: sqlite_utils.Database, ids: Iterable[str], now: datetime) -> None:
    """These are in force no longer."""
    for id in ids:
        db.execute("UPDATE urgent_orders SET ended_at = ? WHERE id = ?", [now.isoformat(), id])


def end_urgent_from_future(db: sqlite_utils.Database, now: datetime, latest: datetime) -> list[str]:
    """Ends those that were issued after `latest` and are in force; their ids."""
    ended = [row.order.id for row in urgent_rows(db) if row.ended is None and row.order.issued > latest]
    end_urgent(db, ended, now)
    return ended


def plays(db: sqlite_utils.Database, occurrence: str) -> list[PlayReport]:
    """What devices said of an occurrence or urgent order, by device."""
    rows = db.execute(
        "SELECT occurrence, device, title, planned, started_at, error_ms, outcome, why, heard_ms, time_unproven"
        " FROM plays WHERE occurrence = ? ORDER BY device",
        [occurrence],
    ).fetchall()
    return [
        PlayReport(
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
        )
        for row in rows
    ]


def _broadcast(row: tuple[Any, ...]) -> Broadcast:
    (
        id,
        title,
        text,
        kind,
        targets,
        volume,
        chime,
        media,
        late,
        after_cut,
        status,
        by,
        created,
        occurrence,
        start,
        signed,
    ) = row
    assert kind in get_args(PlanClass)
    show = Piece(
        id=id,
        title=title,
        broadcast_class=kind,
        media=_MEDIA.validate_json(media),
        devices=_NAMES.validate_json(targets),
        chime=None if chime is None else Media.model_validate_json(chime),
        volume=volume,
        late=Late.model_validate_json(late),
        after_cut=after_cut,
    )
    planned = Planned(occurrence, show, datetime.fromisoformat(start))
    return Broadcast(id, text, status, by, datetime.fromisoformat(created), planned, _time(signed))


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
