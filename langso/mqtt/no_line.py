"""The line of a device that has no office: never connected, and well so."""

from __future__ import annotations

from typing import Any

from langso.contract.health import Check
from langso.mqtt.link import Link
from langso.words.catalogue import t


class NoLine(Link):
    """Takes nothing, sends nothing, starts no thread."""

    def check(self, fix: str) -> Check:
        """Health line `link`: as it should be."""
        del fix
        return Check.good("link", t("mqtt-no-line"))

    def subscribe(self, topic_filter: str, qos: int = 1) -> None:
        """Nobody is there to say anything."""

    def publish(self, *_: Any, **__: Any) -> bool:
        """False: it is not taken."""
        return False

    def start(self) -> None:
        """Connects to nothing."""
