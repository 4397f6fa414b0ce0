"""What an order asks of the device itself: its volume, a restart, a test sound; each once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from langso.contract import Order
from langso.contract.documents import DeviceOrder
from langso.durable.errors import FileRefused
from langso.timekeeping.clock import Clock, ClockTrust
from speaker.held_orders import HeldOrders
from speaker.record.plays import Ledger
from speaker.sound.tone import make_test_sound, sound_test_show

log = logging.getLogger(__name__)


class OwnOrders:
    """`folders`: where a test sound is made, and where instead if the card does not take it. `restart`: asks for one;
    `subscribe`: asks again for what the broker retains; `report`: publishes the state even if it is the same.
    """

    def __init__(
        self,
        ledger: Ledger,
        held: HeldOrders,
        clock: Clock,
        clock_trust: Callable[[], ClockTrust],
        folders: tuple[Path, Path],
        *,
        restart: Callable[[], None],
        subscribe: Callable[[], None],
        report: Callable[[], None],
    ) -> None:
        self._ledger = ledger
        self._held = held
        self._clock = clock
        self._clock_trust = clock_trust
        self._folders = folders
        self._restart = restart
        self._subscribe = subscribe
        self._report = report

    def take(self, order: Order) -> None:
        """Does what was not done yet. Raises StoreError, FileRefused."""
        if order.settings.volume is not None and self._ledger.switch("volume") != str(order.settings.volume):
            self._ledger.set_switch("volume", str(order.settings.volume))
            self._held.refresh()
        trusted = self._clock_trust().trusted
        for entry in order.orders:
            if trusted and entry.expires <= self._clock.now():
                continue
            if self._ledger.do_once(f"{order.issuer}:{entry.id}"):
                self._do(entry, order)

    def _do(self, entry: DeviceOrder, order: Order) -> None:
        log.info("order %s: %s", entry.id, entry.action)
        if entry.action == "restart":
            self._restart()
        elif entry.action == "republish_state":
            self._report()
        elif entry.action == "nonce_answer":
            # The Keeper has heard it; what was refused for want of it is asked for again.
            self._subscribe()
            self._report()
        elif entry.action == "test_sound":
            card, beside = self._folders
            try:
                medium = make_test_sound(card)
            except FileRefused:
                medium = make_test_sound(beside)
            self._held.add_local(sound_test_show(order, entry.id, medium, self._clock.now(), entry.expires))
