"""How many minutes of talk were used, by Vietnamese day and month: counted ahead, so no pulled cord gives any."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlite_utils

from langso.contract.caps import vietnamese_day
from langso.durable.store import Migration, Store
from speaker.programme.talking import Talked

AHEAD = timedelta(seconds=15)
"""So much is counted before it is spoken: what a power cut may cost the speaker."""
KEEP = timedelta(days=93)


def _create(db: sqlite_utils.Database) -> None:
    db.execute("CREATE TABLE talks (play TEXT PRIMARY KEY, day TEXT NOT NULL, ms INTEGER NOT NULL) WITHOUT ROWID")
    db.execute("CREATE INDEX talks_day ON talks (day)")


TALK_MIGRATION = Migration("speaker-talks-1", _create)


class TalkBook:
    """Durable, through the device's store. A talk counts on the day on which it began."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counted: dict[str, timedelta] = {}

    def talked(self, now: datetime) -> Talked:
        """What was used by now."""
        day = vietnamese_day(now)
        row = self._store.db.execute(
            "SELECT coalesce(sum(CASE WHEN day = ? THEN ms END), 0), coalesce(sum(ms), 0) FROM talks"
            " WHERE day LIKE ?",
            [day, f"{day[:7]}-%"],
        ).fetchone()
        return Talked(timedelta(milliseconds=int(row[0])), timedelta(milliseconds=int(row[1])))

    def begin(self, play: str, now: datetime) -> None:
        """Counts the first seconds of a talk, before it sounds. Raises StoreError."""
        self._keep(play, now, AHEAD)

    def goes_on(self, play: str, now: datetime, used: timedelta) -> None:
        """Counts ahead of `used`, and writes only where that is more than was counted. Raises StoreError."""
        if used + AHEAD / 3 > self._counted.get(play, timedelta(0)):
            self._keep(play, now, used + AHEAD)

    def end(self, play: str, now: datetime, used: timedelta) -> None:
        """What was really used; forgets talks of older months. Raises StoreError."""
        self._keep(play, now, used)
        self._counted.pop(play, None)
        with self._store.transaction() as db:
            db.execute("DELETE FROM talks WHERE day < ?", [vietnamese_day(now - KEEP)])

    def _keep(self, play: str, now: datetime, used: timedelta) -> None:
        ms = max(0, round(used.total_seconds() * 1000))
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO talks VALUES (?, ?, ?) ON CONFLICT (play) DO UPDATE SET ms = excluded.ms",
                [play, vietnamese_day(now), ms],
            )
        self._counted[play] = used
