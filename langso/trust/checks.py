"""Health checks of trust: trust document near its end, marks lost, office unheard, clock doubtful. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from langso.contract import TrustDocument
from langso.contract.health import Check
from langso.timekeeping import dates
from langso.timekeeping.clock import ClockTrust
from langso.words.catalogue import t

WARN_DAYS = (90, 30, 7)
UNHEARD = timedelta(hours=26)
ENDING = timedelta(days=7)
"""So long before a clock can no longer be believed, somebody must hear of it."""


def trust_checks(
    trust: TrustDocument | None,
    *,
    clock: ClockTrust,
    now: datetime,
    heard: datetime | None,
    needs_nonce: bool,
    revoked: bool,
) -> list[Check]:
    """`heard`: the newest time the office wrote in anything verified. Nothing here stops a loudspeaker."""
    return [
        # By a clock that lies a list would be called at its end, and be signed anew for nothing.
        _trust(trust, now if clock.trusted else heard, revoked),
        _marks(needs_nonce),
        clock_check(clock, now),
        _office(heard, now, clock),
    ]


def clock_check(clock: ClockTrust, now: datetime) -> Check:
    """Whether the time is proven, with a warning in good time before it no longer is."""
    if not clock.trusted:
        return Check.bad("clock", clock.why, t("trust-set-clock"))
    if clock.until is not None and clock.until - now < ENDING:
        why = t("clock-proof-ending", day=dates.plain_date(dates.local(clock.until)))
        return Check.warning("clock", why, t("clock-prove-again"))
    return Check.good("clock", clock.why)


def _trust(trust: TrustDocument | None, now: datetime | None, revoked: bool) -> Check:
    if trust is None:
        return Check.bad("trust", t("trust-none"), t("trust-wait-for-list"))
    if revoked:
        return Check.bad(
            "trust",
            t("trust-device-revoked"),
            t("trust-ask-restore"),
        )
    now = trust.issued if now is None else now
    day = dates.plain_date(dates.local(trust.expires))
    if trust.expires <= now:
        return Check.bad("trust", t("trust-list-over", day=day), t("trust-sign-new"))
    left = (trust.expires - now).days
    passed = [days for days in WARN_DAYS if left < days]
    if passed:
        why = t("trust-list-ending", days=min(passed), day=day)
        return Check.warning("trust", why, t("trust-sign-new"))
    return Check.good("trust", t("trust-list-until", day=day))


def _marks(needs_nonce: bool) -> Check:
    if needs_nonce:
        return Check.bad("marks", t("trust-marks-lost"), t("trust-wait-or-pair"))
    return Check.good("marks", t("trust-marks-whole"))


def _office(heard: datetime | None, now: datetime, clock: ClockTrust) -> Check:
    fix = t("trust-look-at-network")
    if heard is None:
        return Check.warning("office", t("trust-never-heard"), fix)
    if clock.trusted and now - heard > UNHEARD:
        hours = int((now - heard).total_seconds() // 3600)
        return Check.warning("office", t("trust-unheard-for", hours=hours), fix)
    return Check.good("office", t("trust-heard"))
