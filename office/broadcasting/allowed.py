"""Whether loudspeakers would play a planned show under the commune's caps, and from when on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from langso.contract.caps import Breach, Limits, PlannedSound, breaches_of, loudest
from langso.contract.vouched import may_relay
from langso.timekeeping import dates
from langso.words.catalogue import Sentence, Unit
from office.broadcasting.plans import Piece, Planned, clash, first_free, whole_minute


def refused(new: Planned, others: Iterable[Planned], limits: Limits) -> Breach | None:
    """The rule that the new show breaks, or that it makes a later show of the same day break; None where it fits."""
    held = [_sound(one) for one in others if one.id != new.id]
    already = {breach.sound.id for breach in breaches_of(held, limits)}
    found = breaches_of([*held, _sound(new)], limits)
    return next((breach for breach in found if breach.sound.id not in already), None)


def first_allowed(new: Planned, others: Sequence[Planned], limits: Limits, latest: datetime) -> datetime | None:
    """The first start, not before the wished one, that fits between the others and the caps; None where there is none
    by `latest`.
    """
    start = new.start
    while (start := first_free(replace(new, start=start), others)) <= latest:
        breach = refused(replace(new, start=start), others, limits)
        if breach is None:
            return start
        start = whole_minute(breach.clear + new.show.lead)
    return None


def obstacle(
    new: Planned, others: Sequence[Planned], limits: Limits, now: datetime, latest: datetime
) -> Sentence | None:
    """Why it cannot be played at its time, and the nearest time until `latest` at which it can; None: it can."""
    taken, breach = clash(new, others), refused(new, others, limits)
    if taken is None and breach is None:
        return None
    today = dates.local(now).date()
    free = first_allowed(new, others, limits, latest)
    if taken is not None:
        title, at = taken.show.title, Unit(dates.moment, taken.start, today)
        if free is None:
            return Sentence("broadcasting-taken-throughout", title=title, at=at)
        return Sentence("broadcasting-taken", title=title, at=at, free=Unit(dates.moment, free, today))
    assert breach is not None
    if free is None:
        return Sentence("broadcasting-barred-throughout", why=breach.reason.sentence)
    return Sentence("broadcasting-barred", why=breach.reason.sentence, free=Unit(dates.moment, free, today))


def allowed(planned: Iterable[Planned], limits: Limits, now: datetime) -> list[Planned]:
    """The shows that loudspeakers would play, and all that have begun. A show may fail although it was sent: caps may
    be tighter now.
    """
    given = list(planned)
    wrong = {breach.sound.id for breach in breaches_of([_sound(one) for one in given], limits, now)}
    wrong |= {one.id for one in given if one.start - one.show.lead >= now and _too_loud(one, limits)}
    wrong |= {one.id for one in given if one.start >= now and barred_station(one.show, limits)}
    return [one for one in given if one.id not in wrong]


def barred_station(show: Piece, limits: Limits) -> bool:
    """Whether it relays a station that the list of rights does not name."""
    return show.relay is not None and not may_relay(show.relay.stream, show.broadcast_class, limits.relay_hosts)


def _sound(planned: Planned) -> PlannedSound:
    show = planned.show
    return PlannedSound(planned.id, planned.start - show.lead, show.lead + show.length, show.devices)


def _too_loud(planned: Planned, limits: Limits) -> bool:
    show, begins = planned.show, planned.start - planned.show.lead
    return show.volume > loudest(limits.caps, show.broadcast_class, begins, planned.start + show.length)
