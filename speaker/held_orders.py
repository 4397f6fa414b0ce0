"""The held documents read as shows to play; read again when documents, the volume or local shows change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from langso.contract import Media, Plan, Urgent
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
        self._kept: tuple[Media, ...] = ()
        self._urgents: tuple[tuple[Urgent, bool], ...] = ()
        self._fleet: int | None = None
        self._plans: tuple[tuple[tuple[str, bool], ...], tuple[str, ...]] = (), ()
        self._scheduled: tuple[Show, ...] | None = None
        self._media: tuple[tuple[Show, ...], tuple[Media, ...]] | None = None

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
        with self._lock:
            if self._media is None or self._media[0] is not orders.scheduled:
                self._media = orders.scheduled, tuple(dict.fromkeys(orders.media()))
            media = self._media[1]
        self._library.want(media, orders.urgent_media(), orders.kept)

    def add_local(self, show: Show) -> None:
        """A show that no document holds: the test sound an order asked for."""
        with self._lock:
            self._local[show.id] = show
        self.refresh()

    def _read(self) -> Orders:
        trust = self._keeper.trust
        policy = Policy.of(trust, self._village, self._volume())
        urgent: list[Show] = list(self._local.values())
        named: frozenset[str] = frozenset()
        urgents: list[tuple[Urgent, bool]] = []
        for taken in self._keeper.all_held("urgent"):
            if isinstance(taken.document, Urgent):
                wide = _wide(policy, taken.document.issuer)
                urgents.append((taken.document, wide))
                urgent += shows_of_urgent(taken.document, self._device, wide=wide)
                named |= cleared(taken.document, wide=wide)
        self._urgents = tuple(urgents)
        return Orders(self._read_plans(policy), tuple(urgent), (), named, policy, kept=self._kept)

    def _read_plans(self, policy: Policy) -> tuple[Show, ...]:
        """Some thousand shows: the same value as long as the plans and their issuers' reach are the same, so that an
        alarm waits for none of it.
        """
        held = [(one.sha256, one.document) for one in self._keeper.all_held("plan") if isinstance(one.document, Plan)]
        reach = [(sha256, plan, _wide(policy, plan.issuer)) for sha256, plan in held]
        fleets = [plan.fleet for _, plan, wide in reach if wide and plan.fleet is not None]
        self._fleet = max(fleets, default=None)
        # A village's plan must not fill the room that nothing else may take.
        self._kept = tuple(plan.media[index] for _, plan, wide in reach if wide for index in plan.kept or ())
        hosts = policy.relay_hosts
        plans = tuple((sha256, wide) for sha256, _, wide in reach), hosts
        if self._scheduled is None or plans != self._plans:
            shows = [
                show
                for _, plan, wide in reach
                for show in shows_of_plan(plan, self._device, wide=wide, relay_hosts=hosts)
            ]
            shows.sort(key=lambda show: (show.audible, show.id))
            self._scheduled, self._plans = tuple(shows), plans
        return self._scheduled


def _wide(policy: Policy, issuer: str) -> bool:
    rule = policy.rule(issuer)
    return rule is not None and "*" in rule.places
