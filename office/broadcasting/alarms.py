"""What staff order at once: an alarm, its all-clear, and silence."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlite_utils

from langso.contract import TargetSet, UrgentOrder
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.voices.signals import Signal
from langso.words.catalogue import Sentence
from office.broadcasting import urgent_rows
from office.broadcasting.decisions import STOP_LIFE, Decisions, mark_of
from office.broadcasting.kept_sounds import KeptSounds
from office.broadcasting.media import MadeSound, MediaStore
from office.broadcasting.plans import EVERYONE
from office.broadcasting.urgent_rows import UrgentRow
from office.broadcasting.wording import checked_text, exercise_text, exercise_title, title_of
from office.errors import BroadcastRefused, NotFound
from office.people.audit import Audit
from office.signer.asked.orders import AskedAlarm, AskedEnding
from office.signer.client import Proof

CLEAR_LIFE = timedelta(hours=24)
"""How long an all-clear is in force."""
MAX_URGENT_MINUTES = 24 * 60


@dataclass(frozen=True)
class PreparedAlarm:
    """An alarm whose sound is made, not given yet: `order` is what somebody confirms."""

    order: UrgentOrder
    sound: MadeSound
    said: str


@dataclass(frozen=True)
class _Wanted:
    """What staff want to be heard, checked. `mark`: of the form and its content."""

    said: str
    devices: tuple[str, ...]
    repeat: int
    minutes: int
    title: str
    mark: str
    exercise: bool
    signal: Signal | None


class Alarms:
    """What is given, ended and in force."""

    def __init__(
        self, store: Store, clock: Clock, media: MediaStore, audit: Audit, decisions: Decisions, kept: KeptSounds
    ) -> None:
        self._kept = kept
        self._store = store
        self._clock = clock
        self._media = media
        self._audit = audit
        self._decisions = decisions
        # By mark, so that nobody else's alarm waits for one that is sent twice.
        self._giving: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def urgent(
        self,
        text: str,
        *,
        targets: Sequence[str],
        by: str,
        repeat: int = 3,
        minutes: int = 60,
        title: str = "",
        once: str = "",
        exercise: bool = False,
        signal: Signal | None = None,
        proof: Proof | None = None,
    ) -> UrgentOrder:
        """Cuts in at once. `repeat` 1-1000 times, in force for `minutes`. `once`: the mark of the form it was typed
        in; sent again while it is in force it is the same order. `exercise`: it says so itself, and counts as one.
        `signal`: what goes before the words. Raises as `prepare_alarm` and `give`.
        """
        wanted = self._wanted(text, targets, by, repeat, minutes, title, once, exercise, signal)
        with self._giving[wanted.mark]:
            given = (row.order for row in self.in_force() if once and row.order.id.endswith(f"-{wanted.mark}"))
            known = next(given, None)
            return known if known is not None else self.give(self._prepare(wanted), by, proof)

    def prepare_alarm(
        self,
        text: str,
        *,
        targets: Sequence[str],
        by: str,
        repeat: int = 3,
        minutes: int = 60,
        title: str = "",
        once: str = "",
        exercise: bool = False,
        signal: Signal | None = None,
    ) -> PreparedAlarm:
        """Makes the sound of an alarm and says exactly what it would be. Raises BroadcastRefused, SignerUnreachable
        where it could not be given now.
        """
        return self._prepare(self._wanted(text, targets, by, repeat, minutes, title, once, exercise, signal))

    def _wanted(
        self,
        text: str,
        targets: Sequence[str],
        by: str,
        repeat: int,
        minutes: int,
        title: str,
        once: str,
        exercise: bool,
        signal: Signal | None,
    ) -> _Wanted:
        said = checked_text(text)
        title = exercise_title(title_of(title, said)) if exercise else title_of(title, said)
        said = exercise_text(said) if exercise else said
        if not 1 <= repeat <= 1000 or not 1 <= minutes <= MAX_URGENT_MINUTES:
            raise BroadcastRefused(Sentence("broadcasting-alarm-limits"))
        devices = self._decisions.targets(targets)
        mark = mark_of(once, by, said, title, *devices, str(repeat), str(minutes), signal or "")
        return _Wanted(said, devices, repeat, minutes, title, mark, exercise, signal)

    def _prepare(self, wanted: _Wanted) -> PreparedAlarm:
        trouble = self._decisions.signing.trouble()
        if trouble is not None:
            raise trouble
        spoken = self._media.speak(wanted.said)
        before = () if wanted.signal is None else (self._kept.before(wanted.signal),)
        now = self._clock.now()
        id = f"u{now:%Y%m%d}-{wanted.mark}"
        if urgent_rows.is_known(self._store.db, id):
            id = f"u{now:%Y%m%d}-{mark_of()}"
        order = UrgentOrder(
            id=id,
            action="play",
            title=wanted.title,
            media=(*before, spoken.media),
            fallback=None if wanted.signal is None else self._kept.instead(wanted.signal),
            repeat=wanted.repeat,
            volume=self._decisions.cap(),
            targets=TargetSet(devices=wanted.devices),
            issued=now,
            expires=now + timedelta(minutes=wanted.minutes),
            exercise=wanted.exercise or None,
        )
        return PreparedAlarm(order, spoken, wanted.said)

    def give(self, alarm: PreparedAlarm, by: str, proof: Proof | None = None) -> UrgentOrder:
        """Gives it: nothing is kept where it cannot be signed now, for an alarm must not sound later by itself.

        Raises BroadcastRefused, SignerRefused, SignerUnreachable.
        """
        order = alarm.order

        def keep(db: sqlite_utils.Database) -> None:
            self._decisions.keep_sound(db, alarm.sound, order.title)
            urgent_rows.insert_urgent(db, order, by)
            self._audit.write(by, "exercise" if order.exercise else "urgent", order.id, alarm.said)

        self._decisions.signing.ask(AskedAlarm(order=order), proof)
        self._decisions.signing.give(order, keep)
        self._decisions.wake()
        return order

    def asked_all_clear(self, id: str) -> AskedEnding:
        """What a person confirms who ends this alarm, or all (`*`). Raises NotFound where none is in force."""
        return AskedEnding(alarms=tuple(self._to_end(id)))

    def all_clear(self, id: str, by: str, proof: Proof | None = None) -> UrgentOrder:
        """Ends one urgent order, or all with `*`; returns the all-clear. Raises NotFound where none is in force.

        Where the signer cannot sign, it is kept and given later (`SpeakerOrders.unheard_endings` says so).
        """
        trouble = self._decisions.signing.trouble()
        proven = self._decisions.proven(self.asked_all_clear(id), proof, trouble)
        with self._store.transaction() as db:
            ended = self._to_end(id)
            urgent_rows.end_urgent(db, ended, self._clock.now())
            order = self._decisions.ending("all_clear", tuple(ended), (EVERYONE,), CLEAR_LIFE)
            self._decisions.keep_ending(db, order, by)

        def undo(db: sqlite_utils.Database) -> None:
            if proven:
                return
            urgent_rows.drop_urgent(db, order.id)
            urgent_rows.revive_urgent(db, ended)
            self._audit.write(by, "all_clear_refused", order.id)

        self._decisions.tell(("urgent",), trouble, undo)
        return order

    def stop(self, targets: Sequence[str], by: str, proof: Proof | None = None) -> UrgentOrder:
        """Silences at once whatever plays on these loudspeakers; later broadcasts are not touched."""
        devices = self._decisions.targets(targets)
        trouble = self._decisions.signing.trouble()
        order = self._decisions.ending("stop", ("*",), devices, STOP_LIFE)
        self._decisions.proven(AskedAlarm(order=order), proof, trouble)
        with self._store.transaction() as db:
            self._decisions.keep_ending(db, order, by)
        self._decisions.tell(("urgent",), trouble, lambda db: urgent_rows.drop_urgent(db, order.id))
        return order

    def in_force(self) -> list[UrgentRow]:
        """Urgent plays and relays that have neither ended nor expired, the newest first."""
        now = self._clock.now()
        return [
            row
            for row in urgent_rows.urgent_rows(self._store.db, unexpired=now)
            if row.order.sounds and row.ended is None and row.order.expires > now
        ]

    def urgent_orders(self, limit: int = 50, *, since: datetime | None = None) -> list[UrgentRow]:
        """Urgent orders, stops and all-clears, the newest first; only those given from `since` on."""
        return urgent_rows.urgent_rows(self._store.db, limit, since=since)

    def _to_end(self, id: str) -> list[str]:
        in_force = [row.order.id for row in self.in_force() if id in (EVERYONE, row.order.id)]
        if not in_force:
            raise NotFound(Sentence("broadcasting-alarm-over"))
        return in_force
