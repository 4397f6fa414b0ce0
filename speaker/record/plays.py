"""The state of each show: claimed, interrupted, muted or ended. Each change and its receipt are one transaction.

Also here: device orders that were done, and switches set on the spot (`muted`, `volume`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import sqlite_utils

from langso.contract import DocumentReceipt, EndedReceipt, HeardReceipt, StartedReceipt
from langso.contract.caps import vietnamese_day
from langso.contract.outcomes import Ending, Reason
from langso.contract.sentences import vietnamese
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.timekeeping.proven_clock import DOUBT_S
from langso.words.catalogue import Sentence
from speaker.programme.shows import Show
from speaker.programme.situation import Entry, Outcome, PlayState
from speaker.record.journal import Journal

_OPEN: tuple[PlayState, ...] = ("claimed", "interrupted", "muted", "lacking", "stood_in")
KEEP_ENDED = timedelta(days=60)
DOUBT = timedelta(seconds=DOUBT_S)
"""So long an ending may be replaced that a clock judged which had just leapt."""


class Ledger:
    """What has happened to each show, and the local switches; thread-safe through its store."""

    def __init__(self, store: Store, journal: Journal, clock: Clock) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock
        self._entries: dict[str, Entry] | None = None
        self._unstored: set[str] = set()
        self._taken_back: frozenset[str] = frozenset()
        journal.when_renumbered(_renumber)

    def together(self) -> contextlib.AbstractContextManager[object]:
        """Several changes as one transaction, so that the card is written once."""
        return self._store.transaction()

    def entries(self) -> dict[str, Entry]:
        """All recorded shows by play; read once, then kept in memory until something changes."""
        found = self._entries
        if found is None:
            rows = self._store.db.execute(
                "SELECT play, id, state, began, at, position_ms, urgent, issuer, kind, epoch, planned, content, aim,"
                " EXISTS (SELECT 1 FROM provisional AS p WHERE p.play = plays.play AND NOT p.taken_back) FROM plays"
            ).fetchall()
            taken_back = self._store.db.execute("SELECT play FROM provisional WHERE taken_back").fetchall()
            self._taken_back = frozenset(str(row[0]) for row in taken_back)
            found = self._entries = {row[0]: _entry(row[1:]) for row in rows}
        return found

    def taken_back(self) -> frozenset[str]:
        """Plays whose provisional ending was taken back, and not replaced yet."""
        self.entries()
        return self._taken_back

    def claim(self, show: Show, began: datetime, *, unproven: bool, by_hand: bool = False) -> None:
        """Records, before its first sample, that the show is about to sound. `began`: wall time of its position 0;
        `by_hand`: by a time that a person set.
        """
        now = self._clock.now()
        with self._change() as db:
            db.execute(
                """INSERT INTO plays (play, id, title, issuer, planned, urgent, emergency, state, began, at,
                    position_ms, heard_ms, unproven, started, day, kind, epoch, content, aim, by_hand, exercise)
                VALUES (:play, :id, :title, :issuer, :planned, :urgent, :emergency, 'claimed',
                    :began, :at, 0, 0, :unproven, 0, :day, :kind, :epoch, :content, :aim, :by_hand, :exercise)
                ON CONFLICT (play) DO UPDATE SET state = 'claimed', began = excluded.began, at = excluded.at""",
                {
                    "play": show.play,
                    "id": show.id,
                    "title": show.title,
                    "issuer": show.issuer,
                    "planned": show.start.isoformat(),
                    "urgent": show.urgent,
                    "emergency": show.emergency,
                    "began": began.isoformat(),
                    "at": now.isoformat(),
                    "unproven": unproven,
                    "day": vietnamese_day(now),
                    "kind": show.kind,
                    "epoch": show.epoch,
                    "content": show.content,
                    "aim": show.aim,
                    "by_hand": by_hand,
                    "exercise": show.exercise,
                },
            )
        if self._store.failing:
            # A power cut would take it: the show may then be heard again, and the receipts of both say so.
            self._unstored.add(show.play)

    def started(self, play: str, error_ms: float) -> None:
        """The first sample has sounded: one `started` receipt a show, whatever interrupts it later."""
        with self._store.transaction() as db:
            row = db.execute(
                "SELECT title, planned, unproven, started, kind, issuer, epoch, id, by_hand, exercise FROM plays"
                " WHERE play = ?",
                [play],
            ).fetchone()
            if row is None or row[3]:
                return
            db.execute("UPDATE plays SET started = 1 WHERE play = ?", [play])
            self._journal.write(
                StartedReceipt(
                    occurrence=row[7],
                    title=row[0],
                    planned=datetime.fromisoformat(row[1]),
                    error_ms=round(error_ms, 3),
                    time_unproven=bool(row[2]),
                    kind=row[4],
                    issuer=row[5] if row[4] else None,
                    epoch=row[6],
                    storage_failed=self._storage_failed(play),
                    time_by_hand=True if row[8] else None,
                    exercise=True if row[9] else None,
                )
            )

    def heard(self, play: str, sure: float, sensor: str, finding: str | None = None) -> None:
        """A sensor heard it: one `heard` receipt, as sure as the sensor is (0-1). `finding`: what it found instead,
        as a code; then it is not sure at all.
        """
        with self._store.transaction() as db:
            row = db.execute("SELECT kind, issuer, epoch, id FROM plays WHERE play = ?", [play]).fetchone()
            if row is not None:
                self._journal.write(
                    HeardReceipt(
                        occurrence=row[3],
                        sure=sure if finding is None else 0.0,
                        sensor=sensor,
                        kind=row[0],
                        issuer=row[1] if row[0] else None,
                        epoch=row[2],
                        finding=finding,
                    )
                )

    def interrupt(
        self, play: str, position_ms: int, heard_ms: int, state: PlayState = "interrupted", *, fallback_ms: int = 0
    ) -> None:
        """Records that something cut it, or that its substitute was heard (`fallback_ms` of `heard_ms`); it may come
        back at `position_ms`.
        """
        with self._change() as db:
            db.execute(
                """UPDATE plays SET state = ?, at = ?, position_ms = ?, heard_ms = heard_ms + ?,
                fallback_ms = fallback_ms + ? WHERE play = ? AND state <> 'ended'""",
                [state, self._clock.now().isoformat(), max(0, position_ms), heard_ms, fallback_ms, play],
            )

    def silence(self, show: Show, *, unproven: bool, by_hand: bool = False) -> None:
        """Records that the mute keeps an emergency from being heard, and tells the office so at once."""
        with self._change():
            self.claim(show, self._clock.now(), unproven=unproven, by_hand=by_hand)
            self.interrupt(show.play, 0, 0, "muted")
            why = Sentence("speaker-mute-beats", title=show.title or show.id)
            self._journal.write(
                DocumentReceipt(
                    document="mute",
                    issuer="hand",
                    outcome="stored",
                    code="speaker-mute-beats",
                    parameters={"title": show.title or show.id},
                    why=vietnamese(why),
                )
            )

    def silenced(self) -> list[str]:
        """Titles of the emergencies in force that the mute keeps silent."""
        rows = self._store.db.execute(
            "SELECT title, id FROM plays WHERE state = 'muted' AND emergency ORDER BY at"
        ).fetchall()
        return [str(title or id) for title, id in rows]

    def end(
        self,
        play: str,
        outcome: Outcome,
        reason: Reason | None,
        *,
        heard_ms: int = 0,
        fallback_ms: int = 0,
        show: Show | None = None,
        provisional: bool = False,
        by_hand: bool = False,
    ) -> bool:
        """Ends a show once and for all, with its receipt; False when it had ended before. `reason`: None if played.

        `show` is needed where the show was never claimed. Such an ending may be `provisional`, if none was before: it
        can be taken back, and is replaced once in any case, by what came of it or by its confirmation.
        """
        now = self._clock.now()
        with self._change() as db:
            row = db.execute(
                "SELECT title, planned, heard_ms, unproven, state, kind, issuer, epoch, id, by_hand, exercise,"
                " fallback_ms FROM plays WHERE play = ?",
                [play],
            ).fetchone()
            if row is not None and row[4] == "ended":
                return False
            if row is None:
                if show is None:
                    return False
                self.claim(show, now, unproven=False, by_hand=by_hand)
                play, planned, name = show.play, show.start.isoformat(), (show.kind, show.issuer, show.epoch, show.id)
                row = (show.title, planned, 0, 0, "claimed", *name, by_hand, show.exercise, 0)
            else:
                provisional = False
            replaced = db.execute("SELECT number FROM provisional WHERE play = ?", [play]).fetchone()
            provisional = provisional and replaced is None
            total, stood_in = int(row[2]) + heard_ms, int(row[11]) + fallback_ms
            if outcome == "missed" and stood_in:
                # Nothing of what was ordered, but what was to be heard instead.
                outcome, reason = "cut", Reason(Ending.FALLBACK)
            why = "" if reason is None else reason.why
            db.execute(
                "UPDATE plays SET state = 'ended', at = ?, outcome = ?, why = ?, heard_ms = ?, fallback_ms = ?"
                " WHERE play = ?",
                [now.isoformat(), outcome, why, total, stood_in, play],
            )
            receipt = self._journal.write(
                EndedReceipt(
                    occurrence=row[8],
                    title=row[0],
                    outcome=outcome,
                    why=why,
                    planned=datetime.fromisoformat(row[1]),
                    heard_ms=total,
                    time_unproven=bool(row[3]),
                    kind=row[5],
                    issuer=row[6] if row[5] else None,
                    epoch=row[7],
                    code=None if reason is None else reason.code,
                    parameters=None if reason is None else dict(reason.parameters) or None,
                    replaces=None if replaced is None else int(replaced[0]) or None,
                    final=not provisional,
                    time_by_hand=True if row[9] else None,
                    exercise=True if row[10] else None,
                    storage_failed=self._storage_failed(play),
                    sounded_ms=total,
                    fallback_ms=stood_in or None,
                )
            )
            db.execute("DELETE FROM provisional WHERE play = ?", [play])
            if provisional:
                db.execute(
                    "INSERT INTO provisional VALUES (?, ?, ?, 0, ?)",
                    [play, receipt.number, now.isoformat(), receipt.body.to_json().decode()],
                )
        self._unstored.discard(play)
        return True

    def take_back(self, plays: Sequence[str]) -> None:
        """Opens plays again that ended provisionally: the clock that judged them was wrong."""
        with self._change() as db:
            for play in plays:
                if db.execute("UPDATE provisional SET taken_back = 1 WHERE play = ?", [play]).rowcount:
                    db.execute("DELETE FROM plays WHERE play = ?", [play])

    def confirm(self, now: datetime, listed: frozenset[str]) -> int:
        """Replaces provisional endings by the same, final: after 26 h, and where what was taken back has left the
        plan unheard (`listed`: the plays held). To be called every hour; returns how many.
        """
        count = 0
        with self._change() as db:
            # A moment that has not come was told by a false clock: waited for, it could be years away.
            db.execute("UPDATE provisional SET at = ? WHERE at > ?", [now.isoformat(), now.isoformat()])
            rows = db.execute("SELECT play, number, at, taken_back, body FROM provisional").fetchall()
            for play, number, at, taken_back, body in rows:
                gone = taken_back and play not in listed
                begun = taken_back and db.execute("SELECT 1 FROM plays WHERE play = ?", [play]).fetchone()
                ended = EndedReceipt.model_validate_json(body)
                # By a clock before its hour, it is not missed: it waits to be taken back.
                since = max(datetime.fromisoformat(at), ended.planned or now)
                if begun or not (gone or (not taken_back and now >= since + DOUBT)):
                    continue
                self._journal.write(ended.model_copy(update={"replaces": int(number) or None, "final": True}))
                db.execute("DELETE FROM provisional WHERE play = ?", [play])
                count += 1
        return count

    def refuse_reused(self, shows: Sequence[Show]) -> None:
        """Says, once for each, that documents give an id to something else than it was claimed for: one receipt for
        the ids of one document.
        """
        if not shows:
            return
        with self._store.transaction() as db:
            new: dict[tuple[str, str, int | None], list[str]] = {}
            for show in shows:
                said = f"{show.start.isoformat()} {show.content} {show.aim}"
                if db.execute("INSERT INTO reused VALUES (?, ?) ON CONFLICT DO NOTHING", [show.play, said]).rowcount:
                    # A play that release 0.1.0 claimed has no kind.
                    document = show.kind or ("urgent" if show.urgent else "plan")
                    new.setdefault((document, show.issuer, show.epoch), []).append(show.id)
            for (document, issuer, epoch), ids in new.items():
                self._journal.write(
                    DocumentReceipt(
                        document=document,
                        issuer=issuer,
                        outcome="refused",
                        reason="equivocation",
                        why=str(Sentence("record-reused", ids=", ".join(ids)))[:4000],
                        count=len(ids),
                        epoch=epoch,
                    )
                )

    def heard_today(self, now: datetime) -> dict[str, int]:
        """Milliseconds played this Vietnamese day by issuer; "" holds all but emergencies."""
        rows = self._store.db.execute(
            "SELECT issuer, sum(heard_ms), sum(CASE WHEN emergency THEN 0 ELSE heard_ms END) FROM plays "
            "WHERE day = ? GROUP BY issuer",
            [vietnamese_day(now)],
        ).fetchall()
        heard = {str(row[0]): int(row[1]) for row in rows}
        heard[""] = sum(int(row[2]) for row in rows)
        return heard

    def last_played(self) -> str | None:
        """The play of a document that was heard last and whole, emergencies left out; None: nothing yet."""
        row = self._store.db.execute(
            "SELECT play FROM plays WHERE state = 'ended' AND outcome = 'played' AND NOT emergency"
            " AND kind IN ('plan', 'urgent') ORDER BY at DESC LIMIT 1"
        ).fetchone()
        return None if row is None else str(row[0])

    def do_once(self, order_id: str) -> bool:
        """Commits a device order's id before it is done; False when it was committed before."""
        with self._store.transaction() as db:
            return bool(
                db.execute(
                    "INSERT INTO done_orders VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
                    [order_id, self._clock.now().isoformat()],
                ).rowcount
            )

    def switch(self, name: str) -> str | None:
        """A local setting that lasts (`muted`, `volume`), or None."""
        row = self._store.db.execute("SELECT value FROM switches WHERE name = ?", [name]).fetchone()
        return None if row is None else str(row[0])

    @property
    def muted(self) -> bool:
        """Whether somebody has muted it on the spot."""
        return self.switch("muted") == "1"

    def set_switch(self, name: str, value: str) -> None:
        """Keeps a local setting."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO switches VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [name, value],
            )

    def prune(self, listed: frozenset[str]) -> None:
        """Forgets shows that ended 60 days ago, but those in `listed`: an id in a held document is never played
        again.
        """
        limit = (self._clock.now() - KEEP_ENDED).isoformat()
        with self._change() as db:
            old = db.execute("SELECT play, id FROM plays WHERE state = 'ended' AND at < ?", [limit]).fetchall()
            for play, id in old:
                if id not in listed:
                    db.execute("DELETE FROM plays WHERE play = ?", [play])
                    db.execute("DELETE FROM reused WHERE play = ?", [play])

    def _storage_failed(self, play: str) -> bool | None:
        return True if play in self._unstored else None

    @contextlib.contextmanager
    def _change(self) -> Iterator[sqlite_utils.Database]:
        try:
            with self._store.transaction() as db:
                yield db
        finally:
            self._entries = None


def _renumber(db: sqlite_utils.Database, numbers: Mapping[int, int]) -> None:
    """0: what it replaces stands in another journal."""
    for play, number in db.execute("SELECT play, number FROM provisional").fetchall():
        db.execute("UPDATE provisional SET number = ? WHERE play = ?", [numbers.get(int(number), 0), play])


def _entry(row: tuple[object, ...]) -> Entry:
    state: PlayState = next((one for one in _OPEN if one == row[1]), "ended")
    kind, epoch, planned, content, aim, provisional = row[7:]
    return Entry(
        id=str(row[0]),
        state=state,
        began=datetime.fromisoformat(str(row[2])),
        at=datetime.fromisoformat(str(row[3])),
        position_ms=int(str(row[4])),
        urgent=bool(row[5]),
        issuer=str(row[6]),
        kind=None if kind is None else str(kind),
        epoch=None if epoch is None else int(str(epoch)),
        start=datetime.fromisoformat(str(planned)),
        content=None if content is None else str(content),
        aim=None if aim is None else str(aim),
        provisional=state == "ended" and bool(provisional),
    )
