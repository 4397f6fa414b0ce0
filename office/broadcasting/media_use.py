"""Which sounds somebody may still need, read from the database: those devices may fetch, and those to be kept."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import sqlite_utils

PREVIEW_LIFE = timedelta(days=1)
"""How long what a clerk only listened to is there to be heard again."""
_MESSAGES = (
    "SELECT m.media, m.chime FROM messages m WHERE EXISTS (SELECT 1 FROM rules r JOIN occurrences o ON o.rule = r.id"
    " WHERE r.message = m.id AND (o.signed_at IS NOT NULL OR r.status = 'scheduled'{more}))"
)
# A draft may still be mended and sent until its time has come.
_OPEN = " OR (r.status = 'draft' AND o.start > ?)"


def published(db: sqlite_utils.Database, sha256: str) -> bool:
    """Whether a loudspeaker was told of this sound: it was sent, or an urgent order has it. For ever, once it was."""
    rows = db.execute(
        f"{_MESSAGES.format(more='')} AND (instr(m.media, ?) OR instr(m.chime, ?)) LIMIT 1", [sha256, sha256]
    ).fetchone()
    return (
        rows is not None
        or db.execute("SELECT 1 FROM urgent_orders WHERE instr(body, ?) LIMIT 1", [sha256]).fetchone() is not None
        or db.execute("SELECT 1 FROM kept_sounds WHERE instr(media, ?) LIMIT 1", [sha256]).fetchone() is not None
    )


def needed(db: sqlite_utils.Database, now: datetime) -> set[str]:
    """The SHA-256 of every sound that is referred to: by what was ever sent or ordered, by drafts whose time is still
    to come, by sounds being made, by what always lies on loudspeakers, and by what was listened to within a day.
    """
    found: set[str] = set()
    for media, chime in db.execute(_MESSAGES.format(more=_OPEN), [now.isoformat()]):
        found.update(one["sha256"] for one in json.loads(media))
        if chime is not None:
            found.add(json.loads(chime)["sha256"])
    for (body,) in db.execute("SELECT body FROM urgent_orders"):
        order = json.loads(body)
        found.update(one["sha256"] for one in (*order.get("media", ()), *order.get("fallback", ())))
    found.update(json.loads(media)["sha256"] for (media,) in db.execute("SELECT media FROM kept_sounds"))
    since = (now - PREVIEW_LIFE).isoformat()
    for (media,) in db.execute("SELECT media FROM jobs WHERE media IS NOT NULL AND made_at > ?", [since]):
        made = json.loads(media)
        if made is not None:
            found.add(made["sha256"])
    return found
