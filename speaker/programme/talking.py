"""How long the village head may speak now, and why no longer: right, minutes, caps, what comes next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from langso.contract import TalkRight
from langso.contract.caps import issuer_minutes_refusal, minutes_refusal, quiet_from, quiet_refusal
from langso.contract.outcomes import Ending, Reason
from speaker.programme.policy import NO_MINUTES, Policy
from speaker.programme.shows import TALK, Show
from speaker.programme.sources import LineSource
from speaker.programme.timeline import PREPARE

LONGEST = timedelta(minutes=15)
"""Of one press: a key that is stuck, or on which something lies, is not a speech."""
LEAST = timedelta(seconds=10)
"""Less is not worth opening the line for."""
SLACK = timedelta(seconds=2)
"""A talk begins a little after it is judged, and must hold its bounds then, too."""
CLEAR = timedelta(seconds=1)
"""Between a talk and what is due after it."""


@dataclass(frozen=True)
class Granted:
    """A right as the device holds it: `issuer` and `epoch` of the order that gave it."""

    right: TalkRight
    issuer: str
    epoch: int


@dataclass(frozen=True)
class Talked:
    """Sound of talks counted so far, this Vietnamese day and this calendar month."""

    day: timedelta = timedelta(0)
    month: timedelta = timedelta(0)


@dataclass(frozen=True)
class Bound:
    """Up to when somebody may speak, and what ends it then."""

    at: datetime
    why: Reason


def bound_of(
    granted: Granted | None,
    policy: Policy,
    talked: Talked,
    *,
    now: datetime,
    heard_ms: Mapping[str, int] = NO_MINUTES,
    following: Show | None = None,
    lead: timedelta = timedelta(0),
) -> Bound:
    """What ends first a talk that begins now; at or before `now`: nobody may speak. `heard_ms` as for `Policy`,
    `following`: the next planned show, `lead`: what the amplifier needs.
    """
    rule = None if granted is None else policy.rule(granted.issuer)
    if granted is None or rule is None or not rule.may_issue("order"):
        return Bound(now, Reason(Ending.NO_RIGHT))
    right = granted.right
    if right.village != policy.village or not ({"*", policy.village} & set(rule.places)):
        return Bound(now, Reason(Ending.NOT_HERE))
    bounds = [
        Bound(now + timedelta(minutes=right.minutes_a_day) - talked.day, Reason(Ending.TALK_DAY)),
        Bound(now + timedelta(minutes=right.minutes_a_month) - talked.month, Reason(Ending.TALK_MONTH)),
        Bound(_left(now, policy.caps.minutes_a_day, heard_ms.get("", 0)), minutes_refusal(policy.caps.minutes_a_day)),
        Bound(now + LONGEST, Reason(Ending.TALK_LONG)),
    ]
    if rule.minutes_a_day is not None:
        left = _left(now, rule.minutes_a_day, heard_ms.get(granted.issuer, 0))
        bounds.append(Bound(left, issuer_minutes_refusal(rule.minutes_a_day)))
    if right.until is not None:
        bounds.append(Bound(right.until, Reason(Ending.EXPIRED)))
    if (quiet := quiet_from(policy.caps.quiet_hours, now)) is not None:
        bounds.append(Bound(quiet[1], quiet_refusal(quiet[0])))
    if following is not None:
        # A talk never makes late what was announced.
        title = (following.title or following.id)[:180]
        bounds.append(Bound(following.audible - PREPARE - lead - CLEAR, Reason(Ending.BUSY, {"title": title})))
    return min(bounds, key=lambda bound: bound.at)


def talk_show(granted: Granted, bound: Bound, now: datetime, *, id: str, title: str, lead: timedelta) -> Show | None:
    """The talk as a show that lasts until its bound; None where too little is left. `lead`: until it can begin."""
    ends = bound.at - lead - SLACK
    if ends - now < LEAST:
        return None
    return Show(
        id=id,
        title=title,
        issuer=granted.issuer,
        broadcast_class="priority",
        start=now,
        sources=(LineSource(),),
        urgent=True,
        expires=ends,
        kind=TALK,
        epoch=granted.epoch,
        why_until=bound.why,
    )


def _left(now: datetime, minutes: int, heard_ms: int) -> datetime:
    return now + timedelta(minutes=minutes) - timedelta(milliseconds=heard_ms)
