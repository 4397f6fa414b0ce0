"""Urgent orders of the province and of villages, kept as the broker retains them: a courier carries them on."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from langso.contract import Urgent
from langso.timekeeping.clock import Clock
from langso.trust import Refused, read_sealed
from langso.trust.verifying import verified
from office.places import OfficeHome
from office.signer.places import ISSUER


@dataclass(frozen=True)
class _Held:
    urgent: Urgent
    envelope: bytes


class OtherIssuers:
    """The newest urgent document of each other issuer; thread-safe. In memory: the broker tells them again."""

    def __init__(self, home: OfficeHome, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}

    def take(self, issuer: str, raw: bytes) -> bool:
        """Keeps what this issuer signed and trust lets it say; whether it was news. Raises Refused."""
        if issuer == ISSUER:
            return False
        document = verified(read_sealed(raw, "urgent"), self._home.trust().trust, "", issuer)
        if not isinstance(document, Urgent):
            raise Refused("malformed", f"urgent of {issuer}")
        with self._lock:
            held = self._held.get(issuer)
            if held is not None and _order(held.urgent) >= _order(document):
                return False
            self._held[issuer] = _Held(document, raw)
        return True

    def in_force(self) -> list[tuple[str, bytes]]:
        """Issuers with their envelopes that have not expired, and that trust still knows in that epoch."""
        now = self._clock.now()
        trust = self._home.trust().trust
        epochs = {rule.name: rule.epoch for rule in trust.issuers}
        return [
            (issuer, one.envelope)
            for issuer, one in self._copied()
            if one.urgent.expires > now and epochs.get(issuer) == one.urgent.epoch
        ]

    def sounds(self) -> Iterable[str]:
        """The SHA-256 of what they play; the office may have it or not."""
        return [medium.sha256 for _, one in self._copied() for order in one.urgent.orders for medium in order.media]

    def _copied(self) -> list[tuple[str, _Held]]:
        with self._lock:
            return sorted(self._held.items())


def _order(urgent: Urgent) -> tuple[int, int]:
    return urgent.epoch, urgent.version
