"""The held documents read as shows to play; read again when documents, the volume or local shows change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from langso.contract import Plan, Urgent
from langso.trust import Keeper
from speaker.media.library import Library
from speaker.programme.orders import Orders
from speaker.programme.policy import Policy
from speaker.programme.shows import Show, cleared, shows_of_plan, shows_of_urgent, stops_of_urgent


class HeldOrders:
    """The keeper's documents as orders for one device; thread-safe. `volume`: the device's own, 0-100."""

    def __init__(
        self, keeper: Keeper, library: Library, device: str, *, village: str | None, volume: Callable[[], int]
    ) -> None:
        self._keeper = keeper
        self._library = library
        self._device = device
        self._village = village
        self._volume = volume
        self._lock = threading.Lock()
        self._local: dict[str, Show] = {}
        self._cached: Orders | None = None
        self._urgents: tuple[tuple[Urgent, bool], ...] = ()
        self._fleet: int | None = None

    def at(self, now: datetime | None) -> Orders:
        """All that is held, as orders; `now`: None where the clock is not trusted."""
        with self._lock:
            if self._cached is None:
                self._cached = self._read()
            orders, urgents = self._cached, self._urgents
        stops = tuple(
            stop for urgent, wide in urgents for stop in stops_of_urgent(urgent, self._device, now, wide=wide)
        )
        return replace(orders, stops=stops) if stops else orders

    @property
    def fleet(self) -> int | None:
        """About how many devices share the broker, as issuers for the whole commune say; None where none does."""
        self.at(None)
        return self._fleet

    def refresh(self) -> None:
        """Call when documents, the volume or local shows have changed: reads them again and tells the library what to
        fetch.
        """
        with self._lock:
            self._cached = None
        orders = self.at(None)
        self._library.want(orders.media(), orders.urgent_media())

    def add_local(self, show: Show) -> None:
        """A show that no document holds: the test sound an order asked for."""
        with self._lock:
            self._local[show.id] = show
        self.refresh()

    def _read(self) -> Orders:
        trust = self._keeper.trust
        policy = Policy.of(trust, self._village, self._volume())
        scheduled: list[Show] = []
        urgent: list[Show] = list(self._local.values())
        named: frozenset[str] = frozenset()
        urgents: list[tuple[Urgent, bool]] = []
        fleets: list[int] = []
        for taken in self._keeper.all_held("plan"):
            if isinstance(taken.document, Plan):
                wide = _wide(policy, taken.document.issuer)
                scheduled += shows_of_plan(taken.document, self._device, wide=wide)
                if wide and taken.document.fleet is not None:
                    fleets.append(taken.document.fleet)
        for taken in self._keeper.all_held("urgent"):
            if isinstance(taken.document, Urgent):
                wide = _wide(policy, taken.document.issuer)
                urgents.append((taken.document, wide))
                urgent += shows_of_urgent(taken.document, self._device, wide=wide)
                named |= cleared(taken.document, wide=wide)
        self._urgents = tuple(urgents)
        self._fleet = max(fleets, default=None)
        scheduled.sort(key=lambda show: (show.audible, show.id))
        return Orders(tuple(scheduled), tuple(urgent), (), named, policy)


def _wide(policy: Policy, issuer: str) -> bool:
    rule = policy.rule(issuer)
    return rule is not None and "*" in rule.places
