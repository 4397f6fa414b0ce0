"""Sounds to be made in the background, as rows: waiting, being made, done, failed or cancelled.

A job outlives the process: `recover` puts back what a crash or a power cut left half made.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlite_utils
from pydantic import TypeAdapter

from langso.contract import Media
from langso.contract.sentences import kept, read_kept, vietnamese
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence, Words, code_of
from office.errors import NotFound, QueueFull

JobKind = Literal["listen", "send"]
"""`listen`: a text to be heard here; `send`: a message whose sounds are made, then sent."""
JobState = Literal["waiting", "working", "done", "failed", "cancelled"]
JobFault = Literal["", "refused", "broken"]
"""Why a job failed: what was asked for cannot be (staff can mend it), or something of ours broke."""

MOST_WAITING = 20
MOST_OF_ONE = 5
SEATS_FOR_SENDING = 5
"""Places in the queue that nobody takes by listening."""
LETTERS_OF_ONE, LETTERS_OF_ALL = 60_000, 200_000
"""Characters that one person, and all, may have spoken in an hour only to listen: over an hour of speech."""
MOST_TRIES = 2
LEAST_TOLD = 10
"""Percent; of less nobody can say how long the rest takes."""
KEEP = timedelta(days=7)
_MEDIA = TypeAdapter(Media | None)
_SELECT = (
    "SELECT id, kind, text, message, by, state, percent, tries, fault, why, sentence, media, made_at, began_at"
    " FROM jobs"
)


@dataclass(frozen=True)
class Job:
    """One sound to make. `percent` done; `why`: a sentence where it failed; `media`: the sound that a
    `listen` made.
    """

    id: str
    kind: JobKind
    text: str
    message: str
    by: str
    state: JobState
    percent: int
    tries: int
    fault: JobFault
    why: Words
    media: Media | None
    made: datetime
    began: datetime | None = None

    def left(self, now: datetime) -> timedelta | None:
        """About how long it still takes, judged by how long it took so far; None where that cannot be told yet."""
        if self.state != "working" or self.began is None or self.percent < LEAST_TOLD or now < self.began:
            return None
        return (now - self.began) * (100 - self.percent) / self.percent

    @property
    def doing(self) -> Sentence:
        """What is going on, in a sentence, while the job waits or is worked on."""
        return Sentence(f"jobs-{self.state}")

    @property
    def code(self) -> str:
        """Why it failed, for programs: the id of its sentence; "" where it did not, or in another release."""
        return code_of(self.why)

    @property
    def over(self) -> bool:
        """Whether the job has ended: done, failed or cancelled."""
        return self.state not in ("waiting", "working")


class JobRows:
    """The queue in the database; thread-safe, and shared by processes: each job is taken once only."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def ask(self, kind: JobKind, text: str, by: str, message: str = "") -> Job:
        """Adds a job at the end of the queue. The same text asked for again by the same person is the same `listen`
        job, and a message that is being sent is sent once.

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
            else:
                row = db.execute(
                    f"{_SELECT} WHERE kind = 'send' AND message = ? AND state IN ('waiting', 'working', 'done')"
                    " ORDER BY made_at DESC LIMIT 1",
                    [message],
                ).fetchone()
                if row is not None:
                    return _job(row)
            waiting = [row[0] for row in db.execute("SELECT by FROM jobs WHERE state IN ('waiting', 'working')")]
            most = MOST_WAITING - (SEATS_FOR_SENDING if kind == "listen" else 0)
            if len(waiting) >= most or waiting.count(by) >= MOST_OF_ONE:
                raise QueueFull(Sentence("jobs-full", waiting=len(waiting)))
            if kind == "listen":
                self._check_hour(db, by, len(text), now)
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

    def _check_hour(self, db: sqlite_utils.Database, by: str, length: int, now: datetime) -> None:
        since = [(now - timedelta(hours=1)).isoformat()]
        rows = db.execute("SELECT by, length(text) FROM jobs WHERE kind = 'listen' AND made_at > ?", since).fetchall()
        own = [row[1] for row in rows if row[0] == by]
        # The clock may have been set back: what lies ahead of it counts too.
        if sum(own) + length > LETTERS_OF_ONE or sum(row[1] for row in rows) + length > LETTERS_OF_ALL:
            raise QueueFull(Sentence("jobs-enough"))

    def get(self, id: str) -> Job:
        """One job. Raises NotFound."""
        row = self._store.db.execute(f"{_SELECT} WHERE id = ?", [id]).fetchone()
        if row is None:
            raise NotFound(Sentence("jobs-gone"))
        return _job(row)

    def of_message(self, message: str) -> Job | None:
        """The newest job about a message, or None."""
        row = self._store.db.execute(
            f"{_SELECT} WHERE message = ? ORDER BY made_at DESC, id LIMIT 1", [message]
        ).fetchone()
        return None if row is None else _job(row)

    def forget(self, id: str) -> None:
        """Removes a job whose sound is gone from the disk."""
        self._store.db.execute("DELETE FROM jobs WHERE id = ?", [id])

    def take(self) -> Job | None:
        """Takes the oldest job that waits, one that is to be sent before all others; it counts as being worked on
        from now. None where none waits.
        """
        with self._store.transaction() as db:
            row = db.execute(
                "SELECT id FROM jobs WHERE state = 'waiting' ORDER BY kind = 'listen', made_at, id LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            db.execute(
                "UPDATE jobs SET state = 'working', percent = 0, tries = tries + 1, began_at = ? WHERE id = ?",
                [self._clock.now().isoformat(), row[0]],
            )
        return self.get(str(row[0]))

    def told(self, id: str, percent: int) -> None:
        """Keeps how far the job is, in percent."""
        self._store.db.execute("UPDATE jobs SET percent = ? WHERE id = ? AND state = 'working'", [percent, id])

    def end(
        self,
        id: str,
        state: Literal["done", "failed"],
        *,
        media: Media | None = None,
        fault: JobFault = "",
        why: Words = "",
    ) -> None:
        """Ends the job as done or failed, unless it was cancelled meanwhile."""
        self._store.db.execute(
            "UPDATE jobs SET state = ?, percent = CASE ? WHEN 'done' THEN 100 ELSE percent END, media = ?, fault = ?,"
            " why = ?, sentence = ?, ended_at = ? WHERE id = ? AND state = 'working'",
            [
                *(state, state, _MEDIA.dump_json(media).decode(), fault, vietnamese(why), kept(why)),
                *(self._clock.now().isoformat(), id),
            ],
        )

    def cancel(self, id: str) -> bool:
        """Cancels a job that nobody wants any more; False where it had ended."""
        with self._store.transaction() as db:
            done = db.execute(
                "UPDATE jobs SET state = 'cancelled', ended_at = ? WHERE id = ? AND state IN ('waiting', 'working')",
                [self._clock.now().isoformat(), id],
            )
            return bool(done.rowcount)

    def put_back(self, id: str) -> None:
        """Puts a job back that was begun: it is made when this office runs again."""
        self._store.db.execute(
            "UPDATE jobs SET state = 'waiting', tries = tries - 1 WHERE id = ? AND state = 'working'", [id]
        )

    def recover(self) -> None:
        """Puts back what was being made when the office ended; gives up jobs that never come to an end."""
        why = Sentence("jobs-given-up")
        with self._store.transaction() as db:
            db.execute(
                "UPDATE jobs SET state = 'failed', fault = 'broken', why = ?, sentence = ?, ended_at = ?"
                " WHERE state = 'working' AND tries >= ?",
                [vietnamese(why), kept(why), self._clock.now().isoformat(), MOST_TRIES],
            )
            db.execute("UPDATE jobs SET state = 'waiting', percent = 0 WHERE state = 'working'")


def _job(row: tuple[Any, ...]) -> Job:
    id, kind, text, message, by, state, percent, tries, fault, why, sentence, media, made, began = row
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
        why=read_kept(why, sentence),
        media=None if media is None else _MEDIA.validate_json(media),
        made=datetime.fromisoformat(made),
        began=None if began is None else datetime.fromisoformat(began),
    )
