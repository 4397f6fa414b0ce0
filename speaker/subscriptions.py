"""What a loudspeaker listens to; asking again has the broker repeat what it retains."""

from __future__ import annotations

from collections.abc import Callable

from langso.contract import Topics
from langso.mqtt.link import Link


class Subscriptions:
    """`has_trust`: whether a list of rights is held, without which nothing else means anything."""

    def __init__(self, link: Link, topics: Topics, device: str, has_trust: Callable[[], bool]) -> None:
        self._link = link
        self._topics = topics
        self._device = device
        self._has_trust = has_trust

    def ask(self) -> None:
        """Asks for all that the broker retains for this device and that can mean something now."""
        self._link.subscribe(self._topics.trust)
        if self._has_trust():
            self.ask_under_trust()

    def ask_under_trust(self) -> None:
        """Asks for all that means something only under a list of rights, what is urgent first."""
        for topic in (
            self._topics.urgent("+"),
            self._topics.plan,
            self._topics.device(self._device, "order"),
            self._topics.device(self._device, "receipts/ack"),
        ):
            self._link.subscribe(topic)

    def ask_in_a_flood(self) -> None:
        """The list of rights last: where it comes, there was room for all before it."""
        self.ask_under_trust()
        self._link.subscribe(self._topics.trust)
