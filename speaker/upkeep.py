"""What an agent does beside playing: notes of who set the time, old records forgotten, sounds kept near."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from langso.durable.card_hand import CardHand
from langso.durable.outbox import Outbox
from langso.timekeeping.clock import Clock, ClockTrust
from speaker.held_orders import HeldOrders
from speaker.local_mute import LocalMute
from speaker.media.library import Library
from speaker.record.hand_notes import HandNotes
from speaker.record.journal import KEEP_ALONE, Journal
from speaker.record.plays import Ledger
from speaker.record.receipts import RECEIPTS

log = logging.getLogger(__name__)

HOUSEKEEPING_S = 3600.0
NEAR_S = 60.0
"""How often it is looked anew which sounds are due soonest."""
AGAIN_S = 2.0
"""After it has failed: whoever mutes on the spot waits five seconds for it."""
_BEFORE = timedelta(hours=2)


class Upkeep:
    """`state`: the device's folder; `changed`: the time was set by hand, or somebody muted it on the spot; `alone`:
    no office keeps its receipts.
    """

    def __init__(
        self,
        state: Path,
        *,
        ledger: Ledger,
        journal: Journal,
        outbox: Outbox,
        held: HeldOrders,
        library: Library,
        clock: Clock,
        clock_trust: Callable[[], ClockTrust],
        changed: Callable[[], object],
        mute: LocalMute | None = None,
        alone: bool = False,
        card: CardHand | None = None,
    ) -> None:
        self._alone = alone
        self._ledger = ledger
        self._journal = journal
        self._outbox = outbox
        self._held = held
        self._library = library
        self._clock = clock
        self._clock_trust = clock_trust
        hand = HandNotes(state, ledger, journal, card)
        self._works: list[Callable[[], object]] = [lambda: hand.look() and changed(), self._forget_the_old]
        if mute is not None:
            self._works.insert(0, lambda: mute.look() and changed())
        self._not_before = [float("-inf")] * len(self._works)
        self._kept_at = clock.monotonic()
        self._near_at = float("-inf")
        self._near: tuple[object, object] | None = None

    def tend(self) -> None:
        """One round of the main loop. Never raises: what the card or memory does not take must not end what plays,
        and is tried again.
        """
        now = self._clock.monotonic()
        for number, work in enumerate(self._works):
            if now < self._not_before[number]:
                continue
            try:
                work()
            except Exception:
                log.exception("upkeep failed; it is tried again")
                self._not_before[number] = now + AGAIN_S

    def keep_near(self) -> None:
        """Tells the library what is due soonest. Up to some thousand shows: looked through when they have changed,
        and now and then.
        """
        orders, now = self._held.at(None), self._clock.monotonic()
        near = orders.scheduled, orders.urgent
        same = self._near is not None and all(new is old for new, old in zip(near, self._near, strict=True))
        if same and now - self._near_at < NEAR_S:
            return
        self._near, self._near_at = near, now
        self._library.keep_near(orders.media_from(self._clock.now() - _BEFORE))

    def _forget_the_old(self) -> None:
        now = self._clock.monotonic()
        if now - self._kept_at <= HOUSEKEEPING_S:
            return
        orders = self._held.at(None)
        if self._clock_trust().trusted:
            self._ledger.confirm(self._clock.now(), frozenset(show.play for show in orders.shows))
        self._ledger.prune(frozenset(show.id for show in orders.shows))
        if self._alone:
            # Nobody else keeps them: they are kept here, for a year, and none waits to be sent.
            self._journal.acknowledge(self._journal.id, self._journal.through)
            for batch in self._outbox.keys(RECEIPTS):
                self._outbox.acknowledge(batch)
            self._journal.prune(KEEP_ALONE)
        else:
            self._journal.prune()
        self._outbox.prune()
        self._kept_at = now
