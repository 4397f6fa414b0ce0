"""Broadcasts as rows of the database and back: message (what), rule (when), occurrence (each concrete time).

Today a rule is one time; `rrule` and `exdates` (RFC 5545) wait for more. An occurrence's id goes on the wire and
never changes meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import sqlite_utils
from pydantic import TypeAdapter

from langso.contract import Late, Media
from office.broadcasting.plans import Piece, Planned
from office.errors import NotFound

PlanClass = Literal["normal", "priority"]
Status = Literal["draft", "prepared", "scheduled", "withdrawn"]
"""`prepared`: a draft whose sound is made."""
_MEDIA = TypeAdapter(tuple[Media, ...])
_NAMES = TypeAdapter(tuple[str, ...])
_COLUMNS = (
    "SELECT m.id, m.title, m.text, m.class, o.targets, m.volume, m.chime, m.media, m.late, m.after_cut,"
    " r.status, m.by, m.created_at, o.id, o.start, o.signed_at"
)
# CROSS JOIN keeps SQLite in this order: from the occurrences of a window to their messages, never the other way.
_IN_TIME = (
    f"{_COLUMNS} FROM occurrences o CROSS JOIN rules r ON r.id = o.rule CROSS JOIN messages m ON m.id = r.message"
)
_OF_MESSAGE = f"{_COLUMNS} FROM messages m JOIN rules r ON r.message = m.id JOIN occurrences o ON o.rule = r.id"


@dataclass(frozen=True)
class Broadcast:
    """A message at one of its times: `show` and its instant in `planned`, its text, how far it is, who wrote it.

    `id`: the message's. `signed`: when the occurrence was first in a signed plan; until then no loudspeaker knows it.
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


def insert(db: sqlite_utils.Database, broadcast: Broadcast) -> None:
    """A new message with a rule of one time and its occurrence; what is there already stays as it is."""
    show, planned = broadcast.show, broadcast.planned
    targets, start, rule = _NAMES.dump_json(show.devices).decode(), planned.start.isoformat(), f"r-{planned.id}"
    db.execute(
        "INSERT INTO messages (id, title, text, class, volume, chime, media, late, after_cut, by, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        [
            *(broadcast.id, show.title, broadcast.text, show.broadcast_class, show.volume),
            None if show.chime is None else show.chime.to_json().decode(),
            *(_MEDIA.dump_json(show.media).decode(), show.late.to_json().decode(), show.after_cut),
            *(broadcast.by, broadcast.created.isoformat()),
        ],
    )
    db.execute(
        "INSERT INTO rules (id, message, start, targets, status) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        [rule, broadcast.id, start, targets, "draft" if broadcast.status == "prepared" else broadcast.status],
    )
    db.execute(
        "INSERT INTO occurrences (id, rule, start, targets, signed_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO NOTHING",
        [planned.id, rule, start, targets, None if broadcast.signed is None else broadcast.signed.isoformat()],
    )


def mark_signed(db: sqlite_utils.Database, occurrences: Iterable[str], at: datetime) -> None:
    """These stand in a signed plan; the first time counts."""
    db.execute(
        "UPDATE occurrences SET signed_at = ? WHERE signed_at IS NULL AND id IN (SELECT value FROM json_each(?))",
        [at.isoformat(), json.dumps(list(occurrences))],
    )


def set_media(db: sqlite_utils.Database, id: str, media: tuple[Media, ...], chime: Media | None) -> None:
    """The message's sounds have been made."""
    db.execute(
        "UPDATE messages SET media = ?, chime = ? WHERE id = ?",
        [_MEDIA.dump_json(media).decode(), None if chime is None else chime.to_json().decode(), id],
    )


def mark_sent(db: sqlite_utils.Database, id: str, at: datetime) -> None:
    """Staff want the message played at its times."""
    db.execute("UPDATE rules SET status = 'scheduled', sent_at = ? WHERE message = ?", [at.isoformat(), id])


def unsend(db: sqlite_utils.Database, id: str) -> None:
    """It was not sent after all: the signer refuses it. What stands in a signed plan already stays."""
    db.execute(
        "UPDATE rules SET status = 'draft', sent_at = NULL WHERE message = ? AND status = 'scheduled'"
        " AND NOT EXISTS (SELECT 1 FROM occurrences WHERE rule = rules.id AND signed_at IS NOT NULL)",
        [id],
    )


def mark_withdrawn(db: sqlite_utils.Database, id: str, at: datetime) -> None:
    """Staff want the message played no more."""
    now = at.isoformat()
    db.execute("UPDATE rules SET status = 'withdrawn', ended_at = ? WHERE message = ?", [now, id])
    db.execute(
        "UPDATE occurrences SET withdrawn_at = ? WHERE rule IN (SELECT id FROM rules WHERE message = ?)", [now, id]
    )


def unwithdraw(db: sqlite_utils.Database, id: str) -> None:
    """It was not withdrawn after all: the signer refuses the plan without it."""
    db.execute("UPDATE rules SET status = 'scheduled', ended_at = NULL WHERE message = ?", [id])
    db.execute(
        "UPDATE occurrences SET withdrawn_at = NULL WHERE rule IN (SELECT id FROM rules WHERE message = ?)", [id]
    )


def find(db: sqlite_utils.Database, id: str) -> Broadcast:
    """One message at its first time. Raises NotFound."""
    row = db.execute(f"{_OF_MESSAGE} WHERE m.id = ? ORDER BY o.start LIMIT 1", [id]).fetchone()
    if row is None:
        raise NotFound("Không tìm thấy bản tin này; hãy tải lại trang.")
    return _broadcast(row)


def newest(db: sqlite_utils.Database, limit: int) -> list[Broadcast]:
    """The latest by start, first the latest."""
    return [_broadcast(row) for row in db.execute(f"{_IN_TIME} ORDER BY o.start DESC LIMIT ?", [limit])]


def window(db: sqlite_utils.Database, since: datetime, until: datetime) -> list[Broadcast]:
    """All that begin in [since, until), sent or withdrawn once there was something to hear, by start."""
    return [_broadcast(row) for row in db.execute(WINDOW, [since.isoformat(), until.isoformat()])]


WINDOW = (
    f"{_IN_TIME} WHERE o.start >= ? AND o.start < ?"
    " AND (r.status = 'scheduled' OR (r.status = 'withdrawn' AND m.media <> '[]')) ORDER BY o.start, o.id"
)


def scheduled(db: sqlite_utils.Database, since: datetime, *, unsigned_after: datetime | None = None) -> list[Planned]:
    """All that is to be played from an instant on, by start; of what was never signed only what begins later than
    `unsigned_after`.
    """
    rows = db.execute(SCHEDULED, [since.isoformat()])
    found = [_broadcast(row) for row in rows]
    return [
        one.planned
        for one in found
        if unsigned_after is None or one.signed is not None or one.planned.begins > unsigned_after
    ]


SCHEDULED = f"{_IN_TIME} WHERE o.start >= ? AND r.status = 'scheduled' AND o.withdrawn_at IS NULL ORDER BY o.start"


def withdrawn(db: sqlite_utils.Database, occurrences: Iterable[str]) -> list[Planned]:
    """Those of the occurrences that staff have withdrawn."""
    wanted = json.dumps(sorted(occurrences))
    rows = db.execute(
        f"{_IN_TIME} WHERE o.id IN (SELECT value FROM json_each(?)) AND o.withdrawn_at IS NOT NULL", [wanted]
    )
    return [_broadcast(row).planned for row in rows]


def _broadcast(row: tuple[Any, ...]) -> Broadcast:
    id, title, text, kind, targets, volume, chime, media, late, after_cut = row[:10]
    status, by, created, occurrence, start, signed = row[10:]
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
    return Broadcast(
        id=id,
        text=text,
        status="prepared" if status == "draft" and show.media else status,
        by=by,
        created=datetime.fromisoformat(created),
        planned=planned,
        signed=None if signed is None else datetime.fromisoformat(signed),
    )
