"""A dossier for the archive: a PDF/A whose words can be searched, named by dossier code and running number."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence, words_of
from office.desk.dossiers import Desk
from office.errors import ArchiveRefused
from office.people.audit import Audit

if TYPE_CHECKING:
    from scanner.document import Level


@dataclass(frozen=True)
class Archived:
    """`name`: the file's, which this dossier keeps for good; `unread`: pages (from 1) that stayed without text."""

    name: str
    data: bytes
    unread: tuple[int, ...]


class Archive:
    """Makes one document at a time: reading text takes all processors for about a second a page."""

    def __init__(self, store: Store, desk: Desk, clock: Clock) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock
        self._audit = Audit(store, clock)
        self._busy = threading.Lock()

    def name(self, id: str) -> str | None:
        """The name this dossier was archived under; None: not yet."""
        row = self._store.db.execute("SELECT name FROM archived WHERE dossier = ?", [id]).fetchone()
        return None if row is None else str(row[0])

    def make(self, id: str, code: str, by: str, level: Level = "2b") -> Archived:
        """The document under the next number of that dossier code, or under the name it had for the same code.

        Raises ArchiveRefused (a wrong code, another one being made), NotFound, UploadRefused, DocumentRefused.
        """
        from scanner.document import add_text

        if not self._busy.acquire(blocking=False):
            raise ArchiveRefused(Sentence("desk-archiving"))
        try:
            name = self._name_for(id, code)
            plain = self._desk.open(id, by)
            # The name stands in the document, and is taken only once there is one: what cannot be made, or a power
            # cut meanwhile, costs no number.
            made = add_text(plain, level=level, dossier=_code_of(name), name=name)
            self._take(id, name, by)
            return Archived(name, made.data, tuple(page for page, _ in made.unread))
        finally:
            self._busy.release()

    def _name_for(self, id: str, code: str) -> str:
        """The name this dossier has or had under the code, else the next one. Raises ArchiveRefused."""
        from scanner.document import next_name
        from scanner.errors import DocumentRefused

        # The log too: a paper moved to another code leaves a number that is already known elsewhere.
        given = self._store.db.execute(
            "SELECT note, subject FROM audit WHERE action = 'archive-dossier'"
            " UNION ALL SELECT name, dossier FROM archived"
        ).fetchall()
        taken = {str(name): str(dossier) for name, dossier in given}
        try:
            fresh = next_name(code, taken)
        except DocumentRefused as error:
            raise ArchiveRefused(words_of(error)) from error
        own = (name for name, dossier in taken.items() if dossier == id and _code_of(name) == _code_of(fresh))
        return next(own, fresh)

    def _take(self, id: str, name: str, by: str) -> None:
        """From now on the name is this dossier's. Raises ArchiveRefused where another process was quicker."""
        now = self._clock.now().isoformat()
        with self._store.transaction() as db:
            known = db.execute(
                "SELECT subject FROM audit WHERE action = 'archive-dossier' AND note = ?"
                " UNION ALL SELECT dossier FROM archived WHERE name = ?",
                [name, name],
            ).fetchall()
            owners = {str(owner) for (owner,) in known}
            if owners - {id}:
                raise ArchiveRefused(Sentence("desk-number-taken"))
            db.execute(
                "INSERT INTO archived (dossier, name, by, at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (dossier) DO UPDATE SET name = excluded.name, by = excluded.by, at = excluded.at",
                [id, name, by, now],
            )
            if owners:
                return
            self._audit.write(by, "archive-dossier", id, name)


def _code_of(name: str) -> str:
    return re.sub(r"-[0-9]{3,5}\.pdf$", "", name)
