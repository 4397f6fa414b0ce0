"""What may be heard here, and how loud: caps, quiet hours by Vietnamese time, minutes a day, the village. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from langso.contract import Caps, IssuerRule, TrustDocument
from langso.contract.caps import (
    issuer_minutes_refusal,
    loudest,
    minutes_refusal,
    quiet_hours,
    quiet_refusal,
    too_long_a_day,
)
from langso.contract.outcomes import Ending, Reason
from langso.contract.vouched import may_relay
from speaker.programme.shows import Show

NO_MINUTES: Mapping[str, int] = {}
NOTHING = timedelta(0)


@dataclass(frozen=True)
class Policy:
    """Rules in force on this device: `caps`, `rules` and `relay_hosts` from trust, `village` (slug) and `volume`
    (0-100) its own.
    """

    caps: Caps = field(default_factory=Caps)
    rules: tuple[IssuerRule, ...] = ()
    village: str | None = None
    volume: int = 100
    relay_hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, trust: TrustDocument | None, village: str | None, volume: int) -> Policy:
        """From the trust document in force; without one no issuer has a right, and every show is refused."""
        return (
            cls(village=village, volume=volume)
            if trust is None
            else cls(trust.caps, trust.issuers, village, volume, trust.relay_hosts)
        )

    def rule(self, issuer: str) -> IssuerRule | None:
        """The issuer's rule, or None."""
        return next((rule for rule in self.rules if rule.name == issuer), None)

    def loudness(self, show: Show, begin: datetime | None = None, end: datetime | None = None) -> int:
        """0-100, for what sounds in [begin, end); None: nobody knows what hour it is. The device's own setting turns
        everything but emergencies down.
        """
        cap = loudest(self.caps, show.broadcast_class, begin, end) if begin and end else self.caps.volume
        most = min(cap, show.volume)
        return most if show.emergency else min(most, self.volume)

    def refusal(self, show: Show, at: datetime, heard_ms: Mapping[str, int] = NO_MINUTES) -> Reason | None:
        """Why the show may not be heard from `at` on, or None.

        `heard_ms`: sound played this Vietnamese day by issuer, emergencies left out of the sum under "".
        """
        rule = self.rule(show.issuer)
        if rule is None:
            return Reason(Ending.NO_RIGHT)
        if "*" not in rule.places and self.village not in rule.places:
            return Reason(Ending.NOT_HERE)
        if not all(may_relay(stream, show.broadcast_class, self.relay_hosts) for stream in show.streams):
            return Reason(Ending.RELAY)
        length = timedelta(milliseconds=show.duration_ms) + show.lead
        if show.relayed and show.expires is not None:
            # Of what is joined late only the rest is heard.
            length = min(length, max(NOTHING, show.expires - at))
        heard = {issuer: timedelta(milliseconds=ms) for issuer, ms in heard_ms.items()}
        if too_long_a_day(rule.minutes_a_day, heard.get(show.issuer, NOTHING), length):
            return issuer_minutes_refusal(rule.minutes_a_day)
        if show.emergency:
            return None
        quiet = quiet_hours(self.caps.quiet_hours, at, at + length)
        if quiet is not None:
            return quiet_refusal(quiet)
        if too_long_a_day(self.caps.minutes_a_day, heard.get("", NOTHING), length):
            return minutes_refusal(self.caps.minutes_a_day)
        return None
