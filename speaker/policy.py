"""What may be heard, pure: hard caps, quiet hours in Vietnamese time, minutes a day, a village's own place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from langso.clock import VIETNAM
from langso.contract import Caps, IssuerRule, QuietHours, TrustDocument
from speaker.shows import Show

NO_MINUTES: Mapping[str, int] = {}


@dataclass(frozen=True)
class Policy:
    """Rules in force on this device: `caps` and `rules` from trust, `village` (slug) and `volume` (0-100) its own."""

    caps: Caps = field(default_factory=Caps)
    rules: tuple[IssuerRule, ...] = ()
    village: str | None = None
    volume: int = 100

    @classmethod
    def of(cls, trust: TrustDocument | None, village: str | None, volume: int) -> Policy:
        """From the trust document in force; without one nothing has an issuer and all is refused."""
        return (
            cls(village=village, volume=volume) if trust is None else cls(trust.caps, trust.issuers, village, volume)
        )

    def rule(self, issuer: str) -> IssuerRule | None:
        """The issuer's rule, or None."""
        return next((rule for rule in self.rules if rule.name == issuer), None)

    def loudness(self, show: Show) -> int:
        """0-100. The device's own setting turns everything but emergencies down."""
        own = 100 if show.emergency else self.volume
        return min(self.caps.volume, show.volume, own)

    def refusal(self, show: Show, at: datetime, heard_ms: Mapping[str, int] = NO_MINUTES) -> str | None:
        """Why the show may not be heard from `at` on (Vietnamese), or None.

        `heard_ms`: sound played this Vietnamese day by issuer, emergencies left out of the sum under "".
        """
        rule = self.rule(show.issuer)
        if rule is None:
            return "nơi ra lệnh không còn quyền"
        if "*" not in rule.places and (self.village is None or self.village not in rule.places):
            return "nơi ra lệnh không được phát ở thôn này"
        length = show.duration_ms + int(show.lead.total_seconds() * 1000)
        if rule.minutes_a_day is not None and heard_ms.get(show.issuer, 0) + length > rule.minutes_a_day * 60_000:
            return f"quá {rule.minutes_a_day} phút mỗi ngày của nơi ra lệnh"
        if show.emergency:
            return None
        quiet = quiet_hours(self.caps.quiet_hours, at, at + timedelta(milliseconds=length))
        if quiet is not None:
            return f"giờ yên tĩnh {quiet.start} đến {quiet.end}"
        if heard_ms.get("", 0) + length > self.caps.minutes_a_day * 60_000:
            return f"quá {self.caps.minutes_a_day} phút mỗi ngày"
        return None


def quiet_hours(hours: tuple[QuietHours, ...], begin: datetime, end: datetime) -> QuietHours | None:
    """The quiet hours that touch [begin, end), Vietnamese wall clock, or None. Equal start and end: the whole day."""
    first = begin.astimezone(VIETNAM).date() - timedelta(days=1)
    days = (end.astimezone(VIETNAM).date() - first).days + 1
    for quiet in hours:
        opens, closes = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
        for day in (first + timedelta(days=n) for n in range(days)):
            since = datetime.combine(day, opens, VIETNAM)
            until = datetime.combine(day + timedelta(days=1 if closes <= opens else 0), closes, VIETNAM)
            if since < end and begin < until:
                return quiet
    return None


def vietnamese_day(moment: datetime) -> str:
    """The Vietnamese calendar day of an instant, ISO: what "a day" means in minutes a day."""
    return moment.astimezone(VIETNAM).date().isoformat()
