"""Broadcasts as rows of the database: a message (what), its rule (when), its occurrences (each concrete time).

Today a rule has one time; `rrule` and `exdates` (RFC 5545) are there for more. An occurrence's id goes on the wire
and never changes meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, get_args

import sqlite_utils
from pydantic import TypeAdapter

from langso.contract import Late, Media
from langso.words.catalogue import Sentence
from office.broadcasting.plans import Piece, Planned, relayed
from office.errors import NotFound

PlanClass = Literal["normal", "priority"]
Status = Literal["draft", "prepared", "scheduled", "withdrawn"]
"""`prepared`: a draft whose sound is made."""
_MEDIA = TypeAdapter(tuple[Media, ...])
_NAMES = TypeAdapter(tuple[str, ...])
_COLUMNS = (
    "SELECT m.id, m.title, m.text, m.class, o.targets, m.volume, m.chime, m.media, m.late, m.after_cut,"
    " r.status, m.by, m.created_at, o.id, o.start, o.signed_at, r.ended_at, m.exercise, m.stream,"
    " m.stream_ms"
)
# CROSS JOIN keeps SQLite in this order: from the occurrences of a window to their messages, never the other way.
_IN_TIME = (
    f"{_COLUMNS} FROM occurrences o CROSS JOIN rules r ON r.id = o.rule CROSS JOIN messages m ON m.id = r.message"
)
_OF_MESSAGE = f"{_COLUMNS} FROM messages m JOIN rules r ON r.message = m.id JOIN occurrences o ON o.rule = r.id"


@dataclass(frozen=True)
class Broadcast:
    """A message at one of its times. `planned`: what is played, and when; `id`: the message's. `signed`: when its
    occurrence was first in a signed plan; until then no loudspeaker knows it. `ended`: when staff withdrew it.
    """

    id: str
    text: str
    status: Status
    by: str
    created: datetime
    planned: Planned
    signed: datetime | None = None
    ended: datetime | None = None

    @property
    def show(self) -> Piece:
        """What is played, to whom and how; without media until prepared."""
        return self.planned.show


def insert(db: sqlite_utils.Database, broadcast: Broadcast) -> None:
    """Writes a new message, a rule with one time, and its occurrence; rows that exist already stay as they are."""
    show, planned = broadcast.show, broadcast.planned
    targets, start, rule = _NAMES.dump_json(show.devices).decode(), planned.start.isoformat(), f"r-{planned.id}"
    db.execute(
        "INSERT INTO messages (id, title, text, class, volume, chime, media, late, after_cut, by, created_at,"
        " exercise, stream, stream_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        [
            *(broadcast.id, show.title, broadcast.text, show.broadcast_class, show.volume),
            None if show.chime is None else show.chime.to_json().decode(),
            *(_MEDIA.dump_json(show.media).decode(), show.late.to_json().decode(), show.after_cut),
            *(broadcast.by, broadcast.created.isoformat(), int(show.exercise)),
            *((None, None) if show.relay is None else (show.relay.stream, show.relay.lasts_ms)),
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
    """Notes that these occurrences are in a signed plan; the first time stays."""
    db.execute(
        "UPDATE occurrences SET signed_at = ? WHERE signed_at IS NULL AND id IN (SELECT value FROM json_each(?))",
        [at.isoformat(), json.dumps(list(occurrences))],
    )


def set_media(db: sqlite_utils.Database, id: str, media: tuple[Media, ...], chime: Media | None, volume: int) -> None:
    """Keeps the sounds that were made for the message, and how loud they are played."""
    db.execute(
        "UPDATE messages SET media = ?, chime = ?, volume = ? WHERE id = ?",
        [_MEDIA.dump_json(media).decode(), None if chime is None else chime.to_json().decode(), volume, id],
    )


def mark_sent(db: sqlite_utils.Database, id: str, at: datetime) -> None:
    """Staff want the message played at its times."""
    db.execute("UPDATE rules SET status = 'scheduled', sent_at = ? WHERE message = ?", [at.isoformat(), id])


def unsend(db: sqlite_utils.Database, id: str) -> None:
    """Takes `mark_sent` back, since the signer refuses it. What is in a signed plan already stays."""
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
    """Takes `mark_withdrawn` back, since the signer refuses the plan without it."""
    db.execute("UPDATE rules SET status = 'scheduled', ended_at = NULL WHERE message = ?", [id])
    db.execute(
        "UPDATE occurrences SET withdrawn_at = NULL WHERE rule IN (SELECT id FROM rules WHERE message = ?)", [id]
    )


def find(db: sqlite_utils.Database, id: str) -> Broadcast:
    """One message at its first time. Raises NotFound."""
    row = db.execute(f"{_OF_MESSAGE} WHERE m.id = ? ORDER BY o.start LIMIT 1", [id]).fetchone()
    if row is None:
        raise NotFound(Sentence("broadcasting-gone"))
    return _broadcast(row)


def is_known(db: sqlite_utils.Database, id: str) -> bool:
    """Whether there is, or was, a message of this id."""
    return db.execute("SELECT 1 FROM messages WHERE id = ?", [id]).fetchone() is not None


def newest(db: sqlite_utils.Database, limit: int) -> list[Broadcast]:
    """The latest by start, the latest of all first."""
    return [_broadcast(row) for row in db.execute(f"{_IN_TIME} ORDER BY o.start DESC LIMIT ?", [limit])]


def window(db: sqlite_utils.Database, since: datetime, until: datetime) -> list[Broadcast]:
    """All that begin in [since, until), by start; a withdrawn one only if it had been sent."""
    return [_broadcast(row) for row in db.execute(WINDOW, [since.isoformat(), until.isoformat()])]


WINDOW = (
    f"{_IN_TIME} WHERE o.start >= ? AND o.start < ?"
    " AND (r.status = 'scheduled' OR (r.status = 'withdrawn' AND (r.sent_at IS NOT NULL OR o.signed_at IS NOT NULL)))"
    " ORDER BY o.start, o.id"
)


def scheduled(db: sqlite_utils.Database, since: datetime, *, unsigned_after: datetime | None = None) -> list[Planned]:
    """All that is to be played from `since` on, by start; of what was never signed, only what begins after
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
    """Those of these occurrences that staff have withdrawn."""
    wanted = json.dumps(sorted(occurrences))
    rows = db.execute(
        f"{_IN_TIME} WHERE o.id IN (SELECT value FROM json_each(?)) AND o.withdrawn_at IS NOT NULL", [wanted]
    )
    return [_broadcast(row).planned for row in rows]


@lru_cache(maxsize=1024)
def _broadcast(row: tuple[Any, ...]) -> Broadcast:
    """Read once while the row says the same: every page asks for two weeks of them."""
    id, title, text, kind, targets, volume, chime, media, late, after_cut = row[:10]
    status, by, created, occurrence, start, signed, ended, exercise, stream, stream_ms = row[10:]
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
        exercise=bool(exercise),
        relay=relayed(stream, stream_ms),
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
        ended=None if ended is None else datetime.fromisoformat(ended),
    )
