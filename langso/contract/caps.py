"""What the commune's caps allow: quiet hours and loudness by Vietnamese time, and minutes of sound a day. Pure.

One rule for three: the loudspeaker obeys it, the office plans by it, the signer checks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from langso.contract import BroadcastClass, Caps, IssuerRule, Plan, Programme, QuietHours, TrustDocument
from langso.contract.outcomes import Ending, Reason
from langso.contract.vouched import may_relay
from langso.timekeeping.clock import VIETNAM

EVERYONE = "*"


@dataclass(frozen=True)
class PlannedSound:
    """One planned sound: when its first sample sounds (chime included), its length, and the device ids that play it
    (`*`: all).
    """

    id: str
    begins: datetime
    length: timedelta
    devices: tuple[str, ...] = (EVERYONE,)


@dataclass(frozen=True)
class Breach:
    """A sound that loudspeakers would refuse. `reason`: as they would report it; `clear`: the time from which this
    rule allows it.
    """

    sound: PlannedSound
    reason: Reason
    clear: datetime

    @property
    def why(self) -> str:
        """The rule that is broken, as a sentence."""
        return self.reason.why


@dataclass(frozen=True)
class Limits:
    """The commune's caps, the office's own minutes a day (None: no limit of its own), and whose streams may be
    relayed.
    """

    caps: Caps
    minutes_a_day: int | None = None
    relay_hosts: tuple[str, ...] = ()

    @classmethod
    def of(cls, trust: TrustDocument, rule: IssuerRule) -> Limits:
        """From the trust document in force and the issuer's rule in it."""
        return cls(trust.caps, rule.minutes_a_day, trust.relay_hosts)


def quiet_hours(hours: tuple[QuietHours, ...], begin: datetime, end: datetime) -> QuietHours | None:
    """The first quiet hours that touch [begin, end), by the Vietnamese wall clock, or None. Equal start and end mean
    the whole day.
    """
    found = _quiet(hours, begin, end)
    return None if found is None else found[0]


def loudest(caps: Caps, broadcast_class: BroadcastClass, begin: datetime, end: datetime) -> int:
    """How loud (0-100) what is of this class may be that sounds in [begin, end)."""
    tighter = (
        cap.volume
        for cap in caps.loudness
        if broadcast_class in cap.classes and _closes(cap.start, cap.end, begin, end) is not None
    )
    return min((caps.volume, *tighter))


def quiet_from(hours: tuple[QuietHours, ...], now: datetime) -> tuple[QuietHours, datetime] | None:
    """The quiet hours that begin next, and when: `now` where they have begun; None where there are none."""
    day = _date(now)
    begins = []
    for quiet in hours:
        opens, closes = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
        for offset in (-1, 0, 1):
            since = datetime.combine(day + timedelta(days=offset), opens, VIETNAM)
            until = datetime.combine(day + timedelta(days=offset + (closes <= opens)), closes, VIETNAM)
            if until > now:
                begins.append((max(since, now), quiet))
    if not begins:
        return None
    at, quiet = min(begins, key=lambda one: one[0])
    return quiet, at


def quiet_refusal(quiet: QuietHours) -> Reason:
    """The reason a loudspeaker gives for quiet hours."""
    return Reason(Ending.QUIET, {"start": quiet.start, "end": quiet.end})


def minutes_refusal(minutes: int | None) -> Reason:
    """The reason it gives for the commune's minutes a day."""
    return Reason(Ending.MINUTES, {"minutes": minutes or 0})


def issuer_minutes_refusal(minutes: int | None) -> Reason:
    """The reason it gives for the issuer's own minutes a day."""
    return Reason(Ending.ISSUER_MINUTES, {"minutes": minutes or 0})


def too_long_a_day(minutes: int | None, heard: timedelta, length: timedelta) -> bool:
    """Whether `length` more, after what was heard on this Vietnamese day, exceeds the minutes a day
    (None: no limit).
    """
    return minutes is not None and heard + length > timedelta(minutes=minutes)


def vietnamese_day(moment: datetime) -> str:
    """The calendar day in Vietnam at an instant, as ISO text: the day that "minutes a day" counts."""
    return moment.astimezone(VIETNAM).date().isoformat()


def breaches(
    sounds: Iterable[PlannedSound], caps: Caps, minutes_a_day: int | None = None, *, after: datetime | None = None
) -> list[Breach]:
    """Which of these sounds (no emergencies) loudspeakers would refuse, each judged after the allowed ones before it.

    `minutes_a_day`: the issuer's own limit. What begins before `after` counts as heard and is not judged.
    """
    heard: dict[tuple[str, str], timedelta] = {}
    found = []
    for sound in sorted(sounds, key=lambda one: (one.begins, one.id)):
        day = vietnamese_day(sound.begins)
        breach = None if after is not None and sound.begins < after else _breach(sound, caps, minutes_a_day, heard)
        if breach is not None:
            found.append(breach)
            continue
        for device in sound.devices:
            heard[day, device] = heard.get((day, device), timedelta()) + sound.length
    return found


def breaches_of(sounds: Iterable[PlannedSound], limits: Limits, after: datetime | None = None) -> list[Breach]:
    """`breaches` under these limits."""
    return breaches(sounds, limits.caps, limits.minutes_a_day, after=after)


def plan_breaches(plan: Plan, limits: Limits) -> list[Breach]:
    """The occurrences of a plan that loudspeakers would refuse, of those that begin after it was issued."""
    sounds = []
    for occurrence in plan.occurrences:
        programme = plan.programmes[occurrence.programme]
        chime = 0 if programme.chime is None else plan.media[programme.chime].duration_ms
        sounds.append(
            PlannedSound(
                occurrence.id,
                occurrence.start - timedelta(milliseconds=chime),
                timedelta(milliseconds=chime + plan.duration_ms(programme)),
                plan.target_sets[occurrence.targets].devices,
            )
        )
    return breaches_of(sounds, limits, plan.issued)


def too_loud(plan: Plan, caps: Caps) -> Iterator[tuple[Programme, int]]:
    """Programmes that are louder at one of their times than the caps allow then, with how loud they may be; of those
    times that begin after the plan was issued.
    """
    for occurrence in plan.occurrences:
        programme = plan.programmes[occurrence.programme]
        chime = 0 if programme.chime is None else plan.media[programme.chime].duration_ms
        begins = occurrence.start - timedelta(milliseconds=chime)
        ends = occurrence.start + timedelta(milliseconds=plan.duration_ms(programme))
        most = loudest(caps, programme.broadcast_class, begins, ends)
        if begins >= plan.issued and programme.volume > most:
            yield programme, most


def relayable(plan: Plan, hosts: Sequence[str]) -> Iterator[bool]:
    """Of each play of a station that begins after the plan was issued, whether loudspeakers relay it; of others they
    play the programme's own media.
    """
    for occurrence in plan.occurrences:
        programme = plan.programmes[occurrence.programme]
        if programme.stream is not None and occurrence.start >= plan.issued:
            yield may_relay(programme.stream, programme.broadcast_class, hosts)


def _breach(
    sound: PlannedSound, caps: Caps, minutes_a_day: int | None, heard: dict[tuple[str, str], timedelta]
) -> Breach | None:
    quiet = _quiet(caps.quiet_hours, sound.begins, sound.begins + sound.length)
    if quiet is not None:
        return Breach(sound, quiet_refusal(quiet[0]), quiet[1])
    most = _most_heard(sound, heard)
    midnight = datetime.combine(_date(sound.begins) + timedelta(days=1), time(), VIETNAM)
    if too_long_a_day(minutes_a_day, most, sound.length):
        return Breach(sound, issuer_minutes_refusal(minutes_a_day), midnight)
    if too_long_a_day(caps.minutes_a_day, most, sound.length):
        return Breach(sound, minutes_refusal(caps.minutes_a_day), midnight)
    return None


def _most_heard(sound: PlannedSound, heard: dict[tuple[str, str], timedelta]) -> timedelta:
    """On the loudspeaker that has played the longest of those meant: sounds for all count on every one."""
    day = vietnamese_day(sound.begins)
    named = {device for when, device in heard if when == day} if EVERYONE in sound.devices else set(sound.devices)
    most = max((heard.get((day, device), timedelta()) for device in named - {EVERYONE}), default=timedelta())
    return most + heard.get((day, EVERYONE), timedelta())


def _quiet(hours: tuple[QuietHours, ...], begin: datetime, end: datetime) -> tuple[QuietHours, datetime] | None:
    for quiet in hours:
        closes = _closes(quiet.start, quiet.end, begin, end)
        if closes is not None:
            return quiet, closes
    return None


def _closes(start: str, end: str, begin: datetime, until: datetime) -> datetime | None:
    """When the first span of these hours ends that touches [begin, until); None where none does."""
    first = _date(begin) - timedelta(days=1)
    opens, closes = time.fromisoformat(start), time.fromisoformat(end)
    for day in (first + timedelta(days=n) for n in range((_date(until) - first).days + 1)):
        since = datetime.combine(day, opens, VIETNAM)
        over = datetime.combine(day + timedelta(days=1 if closes <= opens else 0), closes, VIETNAM)
        if since < until and begin < over:
            return over
    return None


def _date(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()
