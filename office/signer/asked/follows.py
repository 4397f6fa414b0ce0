"""Whether a plan or an urgent document follows from what people asked for, and from what was signed before. Pure.

Two rules hold always: an id keeps its meaning, and each is remembered. Two more hold once people prove what they ask
(`asked`): nothing sounds that nobody asked for, and nothing falls silent that nobody took back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from langso.contract import Plan, Urgent
from langso.contract.caps import Limits, PlannedSound, breaches_of, loudest
from langso.words.catalogue import Sentence
from office.signer.asked.book import KnownPlay, NewPlay
from office.signer.asked.orders import Asked, AskedAlarm, AskedBroadcast, hash_of, occurrences_of
from office.signer.asked.second_person import SecondPerson, SecondRule, seconded
from office.signer.errors import SignerRefused
from office.signer.rules import CLOCK_SLACK

REGRET = timedelta(minutes=1)
"""So long a play that was taken back may come again unasked: staff bring back what they withdrew by mistake."""


@dataclass(frozen=True)
class BookedChanges:
    """What a document adds to the book: all that it holds, what of it is new, what it no longer holds."""

    held: tuple[NewPlay, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...] = ()


def plan_follows(
    plan: Plan,
    known: Mapping[str, KnownPlay],
    still: Collection[KnownPlay],
    *,
    asked: bool,
    limits: Limits,
    classes: Collection[str],
    second: SecondRule = "never",
    loudspeakers: Collection[str] = (),
) -> BookedChanges:
    """`known`: by the plan's ids; `still`: signed, not taken back, not over; `second`: which need a second person's
    yes, in a commune of these `loudspeakers`. Raises SignerRefused.
    """
    held, new = [], []
    singles = tuple(occurrences_of(plan))
    rule = SecondPerson(second, loudspeakers, singles)
    for one in singles:
        play = play_of(one)
        _check_meaning(play, known.get(play.id), plan.issued, asked=asked)
        if asked and rule.needed(one) and not seconded(known.get(play.id)):
            raise SignerRefused(Sentence("signer-not-approved", title=one.title))
        held.append(play)
        if play.id not in known:
            new.append(play.id)
    ids = {play.id for play in held}
    missing = [play for play in still if play.id not in ids]
    if asked and missing:
        barred = _barred(plan, missing, limits, classes)
        left = next((play for play in missing if play.id not in barred), None)
        if left is not None:
            raise SignerRefused(Sentence("signer-play-missing", play=left.id))
    return BookedChanges(tuple(held), tuple(new), tuple(play.id for play in missing))


def urgent_follows(
    urgent: Urgent,
    known: Mapping[str, KnownPlay],
    still: Collection[KnownPlay],
    ended: Collection[str],
    now: datetime,
    *,
    asked: bool,
) -> BookedChanges:
    """`ended`: of what the orders end, the ids that a person has taken back. Raises SignerRefused."""
    held, new = [], []
    for order in urgent.orders:
        play = alarm_of(AskedAlarm(order=order))
        quiet = not order.sounds and set(order.ends) <= set(ended)
        _check_meaning(play, known.get(play.id), None, asked=asked and not quiet)
        held.append(play)
        if play.id not in known or not known[play.id].signed:
            new.append(play.id)
    ids = {play.id for play in held}
    missing = [play for play in still if play.id not in ids]
    for gone in missing if asked else ():
        order = AskedAlarm.model_validate_json(gone.body).order
        # One of a clock that was ahead may not be signed again.
        if order.sounds and order.issued <= now + CLOCK_SLACK:
            raise SignerRefused(Sentence("signer-alarm-missing", alarm=gone.id))
    return BookedChanges(tuple(held), tuple(new), tuple(play.id for play in missing))


def play_of(single: AskedBroadcast) -> NewPlay:
    """A programme at one time, as it is remembered."""
    return NewPlay(single.times[0].id, hash_of(single), single.to_json().decode(), single.ends)


def alarm_of(asked: AskedAlarm) -> NewPlay:
    """An urgent order, as it is remembered."""
    return NewPlay(asked.order.id, hash_of(asked), asked.to_json().decode(), asked.order.expires)


def plays_of(asked: Asked) -> tuple[NewPlay, ...]:
    """What this order makes sound, one entry for each time."""
    if isinstance(asked, AskedBroadcast):
        return tuple(play_of(asked.single(time)) for time in asked.times)
    return (alarm_of(asked),) if isinstance(asked, AskedAlarm) else ()


def check_meanings(plays: Iterable[NewPlay], known: Mapping[str, KnownPlay]) -> None:
    """Raises SignerRefused where an id is known with another meaning."""
    for play in plays:
        _check_meaning(play, known.get(play.id), None, asked=False)


def _check_meaning(play: NewPlay, known: KnownPlay | None, now: datetime | None, *, asked: bool) -> None:
    if known is not None and known.sha256 != play.sha256:
        raise SignerRefused(Sentence("signer-id-reused", id=play.id))
    if asked and known is None:
        raise SignerRefused(Sentence("signer-not-asked", id=play.id))
    if asked and known is not None and known.ended is not None and (now is None or now - known.ended > REGRET):
        raise SignerRefused(Sentence("signer-taken-back", id=play.id))


def _barred(plan: Plan, missing: Iterable[KnownPlay], limits: Limits, classes: Collection[str]) -> frozenset[str]:
    """Those of the missing that the commune's rules, tighter now, no longer let into the plan."""
    programmes = {play.id: AskedBroadcast.model_validate_json(play.body) for play in missing}
    out = {
        id
        for id, one in programmes.items()
        if one.volume > loudest(limits.caps, one.broadcast_class, one.sound.begins, one.ends)
        or one.broadcast_class not in classes
    }
    sounds: list[PlannedSound] = [one.sound for one in (*occurrences_of(plan), *programmes.values())]
    out.update(breach.sound.id for breach in breaches_of(sounds, limits, plan.issued))
    return frozenset(out)
