"""Whether loudspeakers will play a planned show under the commune's caps, and when they first would. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from langso.contract import Caps, IssuerRule, Plan, TrustDocument
from langso.contract.caps import Breach, Sound, breaches
from office.broadcasting.plans import Planned, first_free, whole_minute


@dataclass(frozen=True)
class Limits:
    """The commune's caps and the office's own minutes a day (None: no limit of its own)."""

    caps: Caps
    minutes_a_day: int | None = None

    @classmethod
    def of(cls, trust: TrustDocument, rule: IssuerRule) -> Limits:
        """From the trust document in force and the issuer's rule in it."""
        return cls(trust.caps, rule.minutes_a_day)


def refused(new: Planned, others: Iterable[Planned], limits: Limits) -> Breach | None:
    """The rule that the new show breaks, or makes a later one of the same day break."""
    held = [_sound(one) for one in others if one.id != new.id]
    already = {breach.sound.id for breach in _breaches(held, limits)}
    found = _breaches([*held, _sound(new)], limits)
    return next((breach for breach in found if breach.sound.id not in already), None)


def first_allowed(new: Planned, others: Sequence[Planned], limits: Limits, latest: datetime) -> datetime | None:
    """The first start from the wished one on that fits between the others and the caps; None: none by `latest`."""
    start = new.start
    while (start := first_free(replace(new, start=start), others)) <= latest:
        breach = refused(replace(new, start=start), others, limits)
        if breach is None:
            return start
        start = whole_minute(breach.clear + new.show.lead)
    return None


def allowed(planned: Iterable[Planned], limits: Limits, now: datetime) -> list[Planned]:
    """Those that loudspeakers would play, and all that has begun: caps may have become tighter since it was sent."""
    given = list(planned)
    wrong = {breach.sound.id for breach in _breaches([_sound(one) for one in given], limits, now)}
    return [one for one in given if one.id not in wrong]


def plan_breaches(plan: Plan, limits: Limits) -> list[Breach]:
    """What of a plan, still to begin when it was issued, loudspeakers would refuse."""
    sounds = []
    for occurrence in plan.occurrences:
        programme = plan.programmes[occurrence.programme]
        items = (*(() if programme.chime is None else (programme.chime,)), *programme.media)
        chime = 0 if programme.chime is None else plan.media[programme.chime].duration_ms
        sounds.append(
            Sound(
                occurrence.id,
                occurrence.start - timedelta(milliseconds=chime),
                timedelta(milliseconds=sum(plan.media[index].duration_ms for index in items)),
                plan.target_sets[occurrence.targets].devices,
            )
        )
    return _breaches(sounds, limits, plan.issued)


def _sound(planned: Planned) -> Sound:
    show = planned.show
    return Sound(planned.id, planned.start - show.lead, show.lead + show.length, show.devices)


def _breaches(sounds: Iterable[Sound], limits: Limits, after: datetime | None = None) -> list[Breach]:
    return breaches(sounds, limits.caps, limits.minutes_a_day, after=after)
