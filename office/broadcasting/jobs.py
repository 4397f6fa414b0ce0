"""Sounds to be made in the background, as rows: asked for, being made, done, failed or cancelled.

What was asked for outlives the process: `recover` puts back what a crash or a power cut left half made.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import TypeAdapter

from langso.contract import Media
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence
from office.errors import NotFound, QueueFull

JobKind = Literal["listen", "send"]
"""`listen`: a text to be heard here; `send`: a message whose sounds are made, then sent."""
JobState = Literal["waiting", "working", "done", "failed", "cancelled"]
JobFault = Literal["", "refused", "broken"]
"""Why a job failed: what was asked for cannot be (staff can mend it), or something of ours broke."""

MOST_WAITING = 20
MOST_OF_ONE = 5
MOST_TRIES = 2
KEEP = timedelta(days=7)
_MEDIA = TypeAdapter(Media | None)
_SELECT = "SELECT id, kind, text, message, by, state, percent, tries, fault, why, media, made_at FROM jobs"


@dataclass(frozen=True)
class Job:
    """One of them. `percent` done; `why`: a sentence where it failed; `media`: what a `listen` made."""

    id: str
    kind: JobKind
    text: str
    message: str
    by: str
    state: JobState
    percent: int
    tries: int
    fault: JobFault
    why: str
    media: Media | None
    made: datetime

    @property
    def doing(self) -> Sentence:
        """What is being done, while it is waiting or working."""
        return Sentence(f"jobs-{self.state}")

    @property
    def over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.state not in ("waiting", "working")


class JobRows:
    """The queue in the database; thread-safe, and shared by processes: each job is taken once."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def ask(self, kind: JobKind, text: str, by: str, message: str = "") -> Job:
        """One more, at the end of the queue; the same text asked for again by the same person is the same `listen`.

        Raises QueueFull.
        """
        now = self._clock.now()
        with self._store.transaction() as db:
            if kind == "listen":
                row = db.execute(
                    f"{_SELECT} WHERE kind = 'listen' AND by = ? AND text = ?"
                    " AND state IN ('waiting', 'working', 'done') ORDER BY made_at DESC LIMIT 1",
                    [by, text],
                ).fetchone()
                if row is not None:
                    return _job(row)
            waiting = [row[0] for row in db.execute("SELECT by FROM jobs WHERE state IN ('waiting', 'working')")]
            if len(waiting) >= MOST_WAITING or waiting.count(by) >= MOST_OF_ONE:
                raise QueueFull(Sentence("jobs-full", waiting=len(waiting)))
            db.execute(
                "DELETE FROM jobs WHERE ended_at < ?",
                [(now - KEEP).isoformat()],
            )
            id = secrets.token_hex(8)
            db.execute(
                "INSERT INTO jobs (id, kind, text, message, by, state, made_at) VALUES (?, ?, ?, ?, ?, 'waiting', ?)",
                [id, kind, text, message, by, now.isoformat()],
            )
        return self.get(id)

    def get(self, id: str) -> Job:
        """One. Raises NotFound."""
        row = self._store.db.execute(f"{_SELECT} WHERE id = ?", [id]).fetchone()
        if row is None:
            raise NotFound(Sentence("jobs-gone"))
        return _job(row)

    def of_message(self, message: str) -> Job | None:
        """The newest that is about a message."""
        row = self._store.db.execute(
            f"{_SELECT} WHERE message = ? ORDER BY made_at DESC, id LIMIT 1", [message]
        ).fetchone()
        return None if row is None else _job(row)

    def forget(self, id: str) -> None:
        """Its sound is gone from the disk."""
        self._store.db.execute("DELETE FROM jobs WHERE id = ?", [id])

    def take(self) -> Job | None:
        """The oldest that waits, now being worked on; None where none waits."""
        with self._store.transaction() as db:
            row = db.execute("SELECT id FROM jobs WHERE state = 'waiting' ORDER BY made_at, id LIMIT 1").fetchone()
            if row is None:
                return None
            db.execute(
                "UPDATE jobs SET state = 'working', percent = 0, tries = tries + 1, began_at = ? WHERE id = ?",
                [self._clock.now().isoformat(), row[0]],
            )
        return self.get(str(row[0]))

    def told(self, id: str, percent: int) -> None:
        """So far it is."""
        self._store.db.execute("UPDATE jobs SET percent = ? WHERE id = ? AND state = 'working'", [percent, id])

    def end(
        self,
        id: str,
        state: Literal["done", "failed"],
        *,
        media: Media | None = None,
        fault: JobFault = "",
        why: str = "",
    ) -> None:
        """It is over, unless it was cancelled meanwhile."""
        self._store.db.execute(
            "UPDATE jobs SET state = ?, percent = CASE ? WHEN 'done' THEN 100 ELSE percent END, media = ?, fault = ?,"
            " why = ?, ended_at = ? WHERE id = ? AND state = 'working'",
            [state, state, _MEDIA.dump_json(media).decode(), fault, why, self._clock.now().isoformat(), id],
        )

    def cancel(self, id: str) -> bool:
        """Nobody wants it any more; False where it was over already."""
        with self._store.transaction() as db:
            done = db.execute(
                "UPDATE jobs SET state = 'cancelled', ended_at = ? WHERE id = ? AND state IN ('waiting', 'working')",
                [self._clock.now().isoformat(), id],
            )
            return bool(done.rowcount)

    def put_back(self, id: str) -> None:
        """Not now, but when this office runs again."""
        self._store.db.execute(
            "UPDATE jobs SET state = 'waiting', tries = tries - 1 WHERE id = ? AND state = 'working'", [id]
        )

    def recover(self) -> None:
        """What was being made when this office ended is begun anew; what never comes to an end is given up."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE jobs SET state = 'failed', fault = 'broken', why = ?, ended_at = ?"
                " WHERE state = 'working' AND tries >= ?",
                [str(Sentence("jobs-given-up")), self._clock.now().isoformat(), MOST_TRIES],
            )
            db.execute("UPDATE jobs SET state = 'waiting', percent = 0 WHERE state = 'working'")


def _job(row: tuple[Any, ...]) -> Job:
    id, kind, text, message, by, state, percent, tries, fault, why, media, made = row
    return Job(
        id=id,
        kind=kind,
        text=text,
        message=message,
        by=by,
        state=state,
        percent=percent,
        tries=tries,
        fault=fault,
        why=why,
        media=None if media is None else _MEDIA.validate_json(media),
        made=datetime.fromisoformat(made),
    )
