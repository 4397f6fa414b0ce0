"""What staff do with broadcasts: write, listen, send, withdraw, bring back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import sqlite_utils

from langso.contract import Late
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence
from office.broadcasting import media_use, play_reports, rows
from office.broadcasting.allowed import barred_station, obstacle
from office.broadcasting.decisions import STOP_LIFE, Decisions, Kind, mark_of
from office.broadcasting.media import MediaStore
from office.broadcasting.plans import KEEP_PAST, Piece, Planned, Relayed
from office.broadcasting.play_reports import PlayReport
from office.broadcasting.progress import UNWATCHED, ProgressWatch
from office.broadcasting.rows import Broadcast, PlanClass
from office.broadcasting.wording import checked_text, exercise_text, exercise_title, title_of
from office.errors import BroadcastRefused
from office.people.audit import Audit
from office.signer.asked.orders import MAX_APPROVED, AskedApproval, AskedBroadcast, AskedEnding, AskedTime
from office.signer.client import Proof

FARTHEST = timedelta(days=45)
STOP_AHEAD = timedelta(minutes=1)
REGRET = timedelta(seconds=30)
"""How long a withdrawn broadcast can be brought back."""
MOST_REMEMBERED = 10_000
LONGEST_RELAY = timedelta(hours=3)
MAX_STREAM = 500


class Broadcasts:
    """What staff do, in one object."""

    def __init__(self, store: Store, clock: Clock, media: MediaStore, audit: Audit, decisions: Decisions) -> None:
        self._store = store
        self._clock = clock
        self._media = media
        self._audit = audit
        self._decisions = decisions
        self._published: set[str] = set()

    def draft(
        self,
        text: str,
        *,
        targets: Sequence[str],
        start: datetime,
        by: str,
        title: str = "",
        broadcast_class: PlanClass = "normal",
        volume: int | None = None,
        late: Late | None = None,
        once: str = "",
        exercise: bool = False,
        relay: Relayed | None = None,
    ) -> Broadcast:
        """Keeps a text with where and when; nothing is played yet. `targets`: device ids or `*`; `start` aware.
        `once`: the mark of the form it was typed in; the same form with the same content is the same broadcast,
        however often it is sent, unless that one was taken back. `exercise`: it says so itself, and counts as one.
        `relay`: a station is heard, and the text where it does not come.

        Raises BroadcastRefused.
        """
        said = checked_text(text)
        now = self._clock.now()
        if start.tzinfo is None or not now < start <= now + FARTHEST:
            raise BroadcastRefused(Sentence("broadcasting-when", days=FARTHEST.days))
        if broadcast_class not in ("normal", "priority"):
            raise BroadcastRefused(Sentence("broadcasting-class"))
        cap = self._decisions.cap()
        if volume is not None and not 1 <= volume <= 100:
            raise BroadcastRefused(Sentence("broadcasting-volume"))
        devices = self._decisions.targets(targets)
        kind = f"{broadcast_class} exercise" if exercise else broadcast_class
        kind = kind if relay is None else f"{kind} {relay.stream} {relay.lasts_ms}"
        id = f"b{now:%Y%m%d}-{mark_of(once, by, said, title, *devices, start.isoformat(), kind)}"
        show = Piece(
            id=id,
            title=exercise_title(title_of(title, said)) if exercise else title_of(title, said),
            broadcast_class=broadcast_class,
            media=(),
            devices=devices,
            volume=min(cap, 100 if volume is None else volume),
            late=late or Late(),
            exercise=exercise,
            relay=relay,
        )
        self._must_be_relayable(show)
        created = Broadcast(id, said, "draft", by, now, Planned(f"{id}.1", show, _millis(start)))
        with self._store.transaction() as db:
            if once and rows.is_known(db, id):
                known = rows.find(db, id)
                if known.status != "withdrawn" and (known.by, known.text) == (by, said):
                    return known
                id = f"b{now:%Y%m%d}-{mark_of()}"
                planned = replace(created.planned, id=f"{id}.1", show=replace(show, id=id))
                created = replace(created, id=id, planned=planned)
            rows.insert(db, created)
            self._audit.write(by, "draft", id)
        return created

    def prepare(self, id: str, *, chime: bool = True, watch: ProgressWatch = UNWATCHED) -> Broadcast:
        """Makes the sounds, so that staff hear what villagers will. Raises NotFound, VoiceError, MediaFailed,
        MakingCancelled.
        """
        found = rows.find(self._store.db, id)
        if found.status not in ("draft", "prepared"):
            raise BroadcastRefused(Sentence("broadcasting-sent-already"))
        said = exercise_text(found.text) if found.show.exercise else found.text
        spoken = self._media.speak(said, watch=watch.part(0, 90))
        bell = self._media.chime() if chime else None
        with self._store.transaction() as db:
            for sound, title in ((spoken, found.show.title), *(((bell, ""),) if bell else ())):
                self._decisions.keep_sound(db, sound, title)
            chimed = replace(found.show, media=(spoken.media,), chime=bell.media if bell else None)
            rows.set_media(db, id, chimed.media, chimed.chime, self._allowed(replace(found.planned, show=chimed)))
        return rows.find(self._store.db, id)

    def must_be_asked(self) -> bool:
        """Whether a broadcast waits, once its sounds are made, until somebody confirms it to the signer."""
        return self._decisions.signing.asked

    def asked_sending(self, id: str) -> AskedBroadcast:
        """What a person confirms who sends this broadcast. Raises NotFound, BroadcastRefused without its sounds."""
        found = rows.find(self._store.db, id)
        if not found.show.media:
            raise BroadcastRefused(Sentence("broadcasting-not-heard"))
        return asked_for(found.planned)

    def asked_withdrawal(self, id: str) -> AskedEnding:
        """What a person confirms who withdraws it. Raises NotFound."""
        return AskedEnding(plays=(rows.find(self._store.db, id).planned.id,))

    def send(self, id: str, by: str, proof: Proof | None = None) -> Broadcast:
        """Puts it in the signed plan; `proof`: of the person who asks, where one must.

        Raises SignerRefused; BroadcastRefused where it clashes with another or the loudspeakers would refuse it
        (quiet hours, minutes a day), naming the nearest time that is allowed. Where the signer cannot sign at all it
        is kept, `signed` stays None, and `catch_up` signs it later; what must be proven is not kept.
        """
        trouble = self._decisions.signing.trouble()
        if proof is not None:
            if trouble is not None:
                raise trouble
            # Before a code is used up for what cannot be sent.
            asked = self._sendable(self._store.db, id)
            self._decisions.signing.ask(asked_for(asked.planned), proof)
            if asked.status == "scheduled":
                self._audit.write(by, "confirm", id)
                self._decisions.tell(("plan",), None, lambda _: None)
                return rows.find(self._store.db, id)
        with self._store.transaction() as db:
            found = self._sendable(db, id)
            if found.status == "scheduled":
                return found
            rows.mark_sent(db, id, self._clock.now())
            self._audit.write(by, "send", id)

        def undo(db: sqlite_utils.Database) -> None:
            rows.unsend(db, id)
            self._audit.write(by, "send_refused", id)

        self._decisions.tell(("plan",), trouble, undo)
        return rows.find(self._store.db, id)

    def _allowed(self, planned: Planned) -> int:
        """How loud it is played: as it was wished, if the commune's caps let it be so loud at that hour."""
        show, begins = planned.show, planned.start - planned.show.lead
        return min(show.volume, self._decisions.loudest(show.broadcast_class, begins, planned.start + show.length))

    def _sendable(self, db: sqlite_utils.Database, id: str) -> Broadcast:
        found = rows.find(db, id)
        if found.status == "scheduled":
            return found
        if found.status != "prepared":
            raise BroadcastRefused(Sentence("broadcasting-not-heard"))
        now = self._clock.now()
        if found.planned.begins <= now:
            raise BroadcastRefused(Sentence("broadcasting-too-soon"))
        self._must_fit(db, found.planned, now)
        return found

    def _must_be_relayable(self, show: Piece) -> None:
        if show.relay is None:
            return
        if not timedelta(minutes=1) <= timedelta(milliseconds=show.relay.lasts_ms) <= LONGEST_RELAY:
            most = LONGEST_RELAY // timedelta(minutes=1)
            raise BroadcastRefused(Sentence("broadcasting-relay-length", most=most))
        limits = self._decisions.signing.limits()
        if barred_station(show, limits) or len(show.relay.stream) > MAX_STREAM:
            hosts = ", ".join(limits.relay_hosts) or "-"
            raise BroadcastRefused(Sentence("broadcasting-relay", hosts=hosts))

    def _must_fit(self, db: sqlite_utils.Database, planned: Planned, now: datetime) -> None:
        self._must_be_relayable(planned.show)
        others = rows.scheduled(db, now - KEEP_PAST)
        why = obstacle(planned, others, self._decisions.signing.limits(), now, now + FARTHEST)
        if why is not None:
            raise BroadcastRefused(why)

    def asked_approval(self, ids: Sequence[str]) -> AskedApproval:
        """What a person confirms who approves these broadcasts of others. Raises NotFound, BroadcastRefused."""
        if not ids:
            raise BroadcastRefused(Sentence("broadcasting-none-approved"))
        found = [rows.find(self._store.db, id) for id in ids[:MAX_APPROVED]]
        now = self._clock.now()
        late = next((one for one in found if one.status != "scheduled" or one.planned.begins <= now), None)
        if late is not None:
            raise BroadcastRefused(Sentence("broadcasting-not-to-approve", title=late.show.title))
        return AskedApproval(broadcasts=tuple(asked_for(one.planned) for one in found))

    def approve(self, ids: Sequence[str], by: str, proof: Proof | None) -> None:
        """A second person's yes: from now on they stand in the signed plan. Raises NotFound, BroadcastRefused,
        SignerRefused (their own, or without the right), SignerUnreachable; then nothing was approved.
        """
        asked = self.asked_approval(ids)
        self._decisions.proven(asked, proof, self._decisions.signing.trouble())
        with self._store.transaction():
            for one in asked.broadcasts:
                self._audit.write(by, "approve", one.id)
        self._decisions.tell(("plan",), None, lambda _: None)

    def withdraw(self, id: str, by: str, proof: Proof | None = None) -> Broadcast:
        """Takes it out of the plan; where it may be playing an urgent stop silences it at once.

        Where the signer cannot sign, the wish is kept and loudspeakers learn it later (`Standings` says so).
        Raises NotFound, SignerRefused.
        """
        trouble = self._decisions.signing.trouble()
        planned = rows.find(self._store.db, id)
        proven = planned.signed is not None and self._decisions.proven(self.asked_withdrawal(id), proof, trouble)
        kinds: tuple[Kind, ...] = ()
        with self._store.transaction() as db:
            found = rows.find(db, id)
            if found.status == "withdrawn" and not proven:
                return found
            now = self._clock.now()
            rows.mark_withdrawn(db, id, now)
            self._audit.write(by, "withdraw", id)
            # What no loudspeaker was told of needs no signature to be taken back.
            if found.signed is not None and (found.status == "scheduled" or proven):
                kinds = ("plan",)
                if found.planned.begins - STOP_AHEAD <= now < found.planned.ends + KEEP_PAST:
                    # Before the plan: the urgent topic goes first, and a plan takes longer to arrive and be read.
                    kinds = ("urgent", "plan")
                    stop = self._decisions.ending("stop", (found.planned.id,), found.show.devices, STOP_LIFE)
                    self._decisions.keep_ending(db, stop, by)

        def undo(db: sqlite_utils.Database) -> None:
            if proven:
                # The signer took it back already, and would refuse a plan that has it.
                return
            rows.unwithdraw(db, id)
            self._audit.write(by, "withdraw_refused", id)

        self._decisions.tell(kinds, trouble, undo)
        return replace(found, status="withdrawn")

    def back_until(self, broadcast: Broadcast) -> datetime | None:
        """Until when a withdrawn broadcast can be brought back; None where it cannot: never sent, too long ago, or
        silenced on its loudspeakers already.
        """
        if broadcast.status != "withdrawn" or broadcast.ended is None or not broadcast.show.media:
            return None
        until = min(broadcast.ended + REGRET, broadcast.planned.begins - STOP_AHEAD)
        told = broadcast.ended >= broadcast.planned.begins - STOP_AHEAD
        return None if told or self._clock.now() >= until else until

    def restore(self, id: str, by: str) -> Broadcast:
        """Brings a broadcast back that was withdrawn a moment ago. Raises NotFound, BroadcastRefused where it is too
        late or another has its time, SignerRefused.
        """
        trouble = self._decisions.signing.trouble()
        with self._store.transaction() as db:
            found = rows.find(db, id)
            if found.status == "scheduled":
                return found
            if self.back_until(found) is None:
                raise BroadcastRefused(Sentence("broadcasting-not-back"))
            now = self._clock.now()
            self._must_fit(db, found.planned, now)
            rows.unwithdraw(db, id)
            self._audit.write(by, "restore", id)

        def undo(db: sqlite_utils.Database) -> None:
            rows.mark_withdrawn(db, id, now)
            self._audit.write(by, "restore_refused", id)

        self._decisions.tell(("plan",), trouble, undo)
        return rows.find(self._store.db, id)

    def get(self, id: str) -> Broadcast:
        """One broadcast. Raises NotFound."""
        return rows.find(self._store.db, id)

    def newest(self, limit: int = 100) -> list[Broadcast]:
        """The latest by start, drafts and withdrawn ones too."""
        return rows.newest(self._store.db, limit)

    def plays(self, occurrence: str) -> list[PlayReport]:
        """What each device reported of an occurrence (`Broadcast.planned.id`) or an urgent order (its id)."""
        return play_reports.plays(self._store.db, occurrence)

    def window(self, since: datetime, until: datetime) -> list[Broadcast]:
        """What begins in [since, until), sent or withdrawn after that, by start."""
        return rows.window(self._store.db, since, until)

    def plays_of(self, occurrences: Iterable[str]) -> dict[str, list[PlayReport]]:
        """`plays` for many at once, by occurrence."""
        return play_reports.plays_of(self._store.db, occurrences)

    def published(self, sha256: str) -> bool:
        """Whether loudspeakers were told of this sound, so that whoever knows its name may have it."""
        if sha256 not in self._published and media_use.published(self._store.db, sha256):
            if len(self._published) >= MOST_REMEMBERED:
                self._published.clear()
            self._published.add(sha256)
        return sha256 in self._published

    def last_sounded(self) -> dict[str, play_reports.LastSounded]:
        """When each device last sounded, and what its sensors say of that."""
        return play_reports.last_sounded(self._store.db)


def asked_for(planned: Planned) -> AskedBroadcast:
    """A planned broadcast as a person asks the signer for it; what the plan holds later must be just this."""
    show = planned.show
    return AskedBroadcast(
        id=show.id,
        title=show.title,
        broadcast_class=show.broadcast_class,
        media=show.media,
        chime=show.chime,
        volume=show.volume,
        late=show.late,
        after_cut=show.after_cut,
        targets=tuple(sorted(set(show.devices))),
        times=(AskedTime(id=planned.id, start=planned.start),),
        exercise=show.exercise or None,
        stream=None if show.relay is None else show.relay.stream,
        stream_ms=None if show.relay is None else show.relay.lasts_ms,
    )


def _millis(moment: datetime) -> datetime:
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
