"""Alarms whose sound is made and which wait for a touch of a passkey."""

from __future__ import annotations

import threading

from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence
from office.broadcasting.alarms import PreparedAlarm
from office.errors import BroadcastRefused
from office.people.accounts import StaffSession

PREPARED_S = 180.0
MOST_PREPARED = 20


class PreparedAlarms:
    """Alarms whose sound is made and which wait for a touch, three minutes at most; one a session. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, PreparedAlarm]] = {}

    def keep(self, session: StaffSession, alarm: PreparedAlarm) -> None:
        """Keeps it for this session, instead of an earlier one."""
        now = self._clock.monotonic()
        with self._lock:
            self._held.pop(session.id, None)
            kept = {id: one for id, one in self._held.items() if one[0] > now}
            while len(kept) >= MOST_PREPARED:
                del kept[next(iter(kept))]
            self._held = {**kept, session.id: (now + PREPARED_S, alarm)}

    def take(self, session: StaffSession) -> PreparedAlarm:
        """The one that was touched for. Raises BroadcastRefused where it waited too long."""
        with self._lock:
            until, alarm = self._held.pop(session.id, (float("-inf"), None))
        if alarm is None or until < self._clock.monotonic():
            raise BroadcastRefused(Sentence("signer-passkey-late"))
        return alarm
