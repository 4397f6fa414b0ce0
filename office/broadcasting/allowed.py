"""Whether loudspeakers will play a planned show under the commune's caps, and when they first would. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from langso.contract.caps import Breach, Limits, PlannedSound, breaches_of
from office.broadcasting.plans import Planned, first_free, whole_minute


def refused(new: Planned, others: Iterable[Planned], limits: Limits) -> Breach | None:
    """The rule that the new show breaks, or makes a later one of the same day break."""
    held = [_sound(one) for one in others if one.id != new.id]
    already = {breach.sound.id for breach in breaches_of(held, limits)}
    found = breaches_of([*held, _sound(new)], limits)
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
    wrong = {breach.sound.id for breach in breaches_of([_sound(one) for one in given], limits, now)}
    return [one for one in given if one.id not in wrong]


def _sound(planned: Planned) -> PlannedSound:
    show = planned.show
    return PlannedSound(planned.id, planned.start - show.lead, show.lead + show.length, show.devices)
