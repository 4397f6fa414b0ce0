"""The time to act by: wall time while it goes on as it was proven, and what was proven while wall time leaps away.

One lying answer of a time server must not make a fortnight's broadcasts "over". What was proven goes on by the
seconds since boot, which nobody sets, until that may be a minute off. A leap is believed once the office has signed
an answer to this device's question, or after ten minutes in which as many sources say it as the time before rests on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from langso.timekeeping.clock import (
    BEHIND_FLOOR,
    STEADY_PPM,
    Clock,
    ClockEvidence,
    ClockReason,
    ClockTrust,
    SystemClock,
    judge_clock,
    proof_life,
    since_boot,
    whole_day,
)
from langso.words.catalogue import Sentence

LEAP_S = 120.0
"""A step of more than this is believed only when it is confirmed."""
SETTLE_S = 600.0
FOLLOWED = 300e-6
"""As a part of the time that passes, how fast small steps move what a leap is measured from: no liar drags it far."""
STEP_S = 1.0
ASK_AGAIN_S = 3600.0
DOUBT_S = 26 * 3600.0
MOST_LEAPS = 8
_LIFE_S = proof_life(STEADY_PPM).total_seconds()


@dataclass(frozen=True)
class ClockReading:
    """The wall clock and the seconds since boot, read together."""

    wall: datetime
    steady: float

    @property
    def offset(self) -> float:
        """Seconds of the epoch minus seconds since boot: constant while nobody sets the clock."""
        return self.wall.timestamp() - self.steady


@dataclass(frozen=True)
class Anchor:
    """The proven time, as an offset to the seconds since boot. `until` (seconds since boot): how long it is proven.

    `strong`: it rests on more than one source, or on the office's signed answer; `by_network`: on the network's word
    at first. `ntp_since`: since when network time has agreed; `rtc_offset`: of the hardware clock, as it was with it.
    """

    offset: float
    since: float
    until: float
    source: ClockReason
    strong: bool = False
    by_network: bool = False
    ntp_since: float | None = None
    rtc_offset: float | None = None
    followed: float = 0.0


@dataclass(frozen=True)
class Memory:
    """All that the rule remembers. `pending`: (offset, since) of a leap not yet believed; `leaps`: (offset before,
    when) of steps forward that were; `last`: the offset acted by; `hand`: the hand-set time already heard; `denied`:
    (offset, when) of a wall clock that the office said is wrong.
    """

    anchor: Anchor | None = None
    pending: tuple[float, float] | None = None
    leaps: tuple[tuple[float, float], ...] = ()
    last: float | None = None
    hand: str | None = None
    denied: tuple[float, float] | None = None


def weigh(
    before: Memory, reading: ClockReading, evidence: ClockEvidence, floor: datetime | None
) -> tuple[Memory, ClockTrust]:
    """The rule, pure: what is remembered now, and whether the time to act by is proven."""
    memory, steady = _still_proven(before, reading.steady, floor), reading.steady
    base = judge_clock(reading.wall, evidence, floor=floor)
    anchor = memory.anchor
    hand = evidence.by_hand
    if hand is not None and hand.made != memory.hand:
        memory = replace(memory, hand=hand.made)
        proven = anchor is not None and (anchor.strong or anchor.by_network)
        network = base.trusted and _network(evidence)
        if hand.lasts_s > 0 and not proven and not network and base.reason != "nonce":
            anchor = Anchor(hand.offset_s, steady, steady + hand.lasts_s, "hand", rtc_offset=evidence.rtc_offset_s)
            memory = _moved(memory, anchor, steady)
    if anchor is None:
        if not base.trusted:
            return replace(memory, last=reading.offset), base
        anchor = _anchored(reading, evidence, base.reason)
        return _moved(memory, anchor, steady), _said(base, anchor, reading)
    if abs(reading.offset - anchor.offset) <= LEAP_S:
        return _in_line(memory, anchor, reading, evidence, base)
    return _leapt(memory, anchor, reading, evidence, floor)


def acted_by(memory: Memory, reading: ClockReading) -> datetime:
    """The time to act by."""
    anchor = memory.anchor
    if anchor is None or (anchor.source != "hand" and abs(reading.offset - anchor.offset) <= LEAP_S):
        return reading.wall
    return _moment(anchor.offset + reading.steady)


def confirmed(memory: Memory, reading: ClockReading, issued: datetime, waited_s: float, slack_s: float) -> Memory:
    """After the office's answer to a nonce: the true time lies between `issued` and `waited_s` later. The wall clock
    or what was kept is proven where it lies there; where neither does, an answer that came soon is the time itself.
    """
    lowest, highest = issued.timestamp() - slack_s, issued.timestamp() + waited_s + slack_s
    steady = reading.steady
    fresh = Anchor(reading.offset, steady, steady + _LIFE_S, "nonce", strong=True, followed=steady)
    if lowest <= reading.wall.timestamp() <= highest:
        kept = memory.anchor
        if kept is not None and kept.source != "hand" and abs(kept.offset - fresh.offset) <= LEAP_S:
            fresh = replace(fresh, ntp_since=kept.ntp_since, rtc_offset=kept.rtc_offset)
            if lowest <= kept.offset + steady <= highest:
                # The answer does not decide between the two: what a leap is measured from stays where it was.
                return replace(_moved(memory, fresh, steady), anchor=replace(fresh, offset=kept.offset))
        return _moved(memory, fresh, steady)
    kept = memory.anchor
    # While it is this near to what was kept, the wall clock is acted by, and the office has just denied it.
    near = kept is not None and abs(reading.offset - kept.offset) <= LEAP_S and waited_s <= LEAP_S
    if kept is not None and not near and lowest <= kept.offset + steady <= highest:
        proven = replace(kept, strong=True, until=steady + _LIFE_S)
        return replace(memory, anchor=proven, pending=None, denied=(reading.offset, steady))
    if waited_s > LEAP_S:
        return replace(memory, anchor=None, pending=None)
    answer = replace(fresh, offset=issued.timestamp() + waited_s / 2 - steady)
    return replace(_moved(memory, answer, steady), denied=(reading.offset, steady))


def doubtful_after(memory: Memory, steady: float) -> datetime | None:
    """What was due after this moment is judged over by a clock that has just leapt; None: nothing is in doubt."""
    moments = [before + steady for before, at in memory.leaps if steady - at < DOUBT_S]
    anchor = memory.anchor
    if anchor is not None and anchor.by_network and not anchor.strong:
        # One source, and not yet for ten minutes: nothing says that its first word was true.
        moments.append(0.0)
    return _moment(min(moments)) if moments else None


class ProvenClock:
    """A Clock that acts by what is proven. `steady`: seconds since boot (default: the machine's, suspension
    included). Thread-safe.
    """

    def __init__(self, clock: Clock, *, steady: Callable[[], float] | None = None) -> None:
        self._clock = clock
        self._steady = steady or (since_boot if isinstance(clock, SystemClock) else clock.monotonic)
        self._lock = threading.Lock()
        self._memory = Memory()

    def now(self) -> datetime:
        """The time to act by: wall time, but what was proven while it has leapt away."""
        reading = self._read()
        with self._lock:
            return acted_by(self._memory, reading)

    def monotonic(self) -> float:
        """Seconds that only grow, as the clock beneath has them."""
        return self._clock.monotonic()

    def judge(self, evidence: ClockEvidence, floor: datetime | None) -> ClockTrust:
        """Looks at the clock with what speaks for it now. To be called again every few seconds."""
        reading = self._read()
        with self._lock:
            self._memory, trust = weigh(self._memory, reading, evidence, floor)
        return trust

    def confirm(self, issued: datetime, waited_s: float, slack_s: float) -> bool:
        """Hears the office's answer; whether the time to act by is proven by it."""
        reading = self._read()
        with self._lock:
            self._memory = confirmed(self._memory, reading, issued, waited_s, slack_s)
            return self._memory.anchor is not None

    @property
    def asks(self) -> bool:
        """Whether a leap waits to be confirmed: the office is to be asked, of the same leap once an hour."""
        reading = self._read()
        with self._lock:
            anchor, denied = self._memory.anchor, self._memory.denied
        if anchor is None or abs(reading.offset - anchor.offset) <= LEAP_S:
            return False
        answered = denied is not None and abs(reading.offset - denied[0]) <= LEAP_S
        return denied is None or not answered or reading.steady - denied[1] >= ASK_AGAIN_S

    @property
    def settled(self) -> bool:
        """Whether more than one source proves it, or the office's answer."""
        with self._lock:
            return self._memory.anchor is not None and self._memory.anchor.strong

    @property
    def doubt(self) -> datetime | None:
        """As `doubtful_after`, now."""
        steady = self._steady()
        with self._lock:
            return doubtful_after(self._memory, steady)

    def _read(self) -> ClockReading:
        before = self._steady()
        wall = self._clock.now()
        return ClockReading(wall, (before + self._steady()) / 2)


def _still_proven(memory: Memory, steady: float, floor: datetime | None) -> Memory:
    """Without an anchor whose proof has run out, or that signed documents show to be behind."""
    anchor = memory.anchor
    if anchor is None:
        return memory
    behind = floor is not None and anchor.offset + steady < (floor - BEHIND_FLOOR).timestamp()
    if steady < anchor.until and not behind:
        return memory
    return replace(memory, anchor=None, pending=None)


def _anchored(reading: ClockReading, evidence: ClockEvidence, source: ClockReason) -> Anchor:
    steady = reading.steady
    return Anchor(
        reading.offset,
        steady,
        _until(reading, evidence, source),
        source,
        strong=source == "nonce",
        by_network=source != "nonce" and _network(evidence),
        ntp_since=steady if _network(evidence) else None,
        rtc_offset=evidence.rtc_offset_s,
        followed=steady,
    )


def _until(reading: ClockReading, evidence: ClockEvidence, source: ClockReason) -> float:
    if source == "rtc":
        return reading.steady + evidence.rtc_lasts(reading.wall).total_seconds()
    age = evidence.ntp_age_s if source == "ntp" else evidence.nonce_age_s or 0.0
    # The rule that believes the wall clock has limits of its own; this one only says for how long it goes on alone.
    return reading.steady + max(_LIFE_S - age, LEAP_S)


def _moved(memory: Memory, anchor: Anchor, steady: float) -> Memory:
    """Acts by another offset from now on; a step forward is remembered."""
    leaps = tuple(one for one in memory.leaps if steady - one[1] < DOUBT_S)
    if memory.last is not None and anchor.offset - memory.last > STEP_S:
        leaps = (*leaps, (memory.last, steady))[-MOST_LEAPS:]
    return replace(memory, anchor=anchor, pending=None, leaps=leaps, last=anchor.offset)


def _in_line(
    memory: Memory, anchor: Anchor, reading: ClockReading, evidence: ClockEvidence, base: ClockTrust
) -> tuple[Memory, ClockTrust]:
    steady = reading.steady
    if anchor.source == "hand":
        if not base.trusted:
            return replace(memory, pending=None), _said(None, anchor, reading)
        # What a person set is about right, and something better says the same.
        fresh = _anchored(reading, evidence, base.reason)
        return _moved(memory, replace(fresh, until=max(fresh.until, anchor.until)), steady), _said(
            base, fresh, reading
        )
    ntp_since = anchor.ntp_since if anchor.ntp_since is not None else steady
    agrees = _network(evidence)
    if agrees and not base.trusted:
        # Further from the documents than the network alone is believed; but it agrees with what was proven.
        base = ClockTrust(True, "ntp", Sentence("clock-by-network"))
    most = FOLLOWED * max(0.0, steady - anchor.followed)
    off = reading.offset - anchor.offset
    now = replace(
        anchor,
        offset=anchor.offset + max(-most, min(most, off)) if base.trusted else anchor.offset,
        followed=steady,
        until=max(anchor.until, _until(reading, evidence, base.reason)) if base.trusted else anchor.until,
        source=base.reason if base.trusted else anchor.source,
        strong=anchor.strong or base.reason == "nonce" or (agrees and steady - ntp_since >= SETTLE_S),
        ntp_since=ntp_since if agrees else None,
        rtc_offset=anchor.rtc_offset if evidence.rtc_offset_s is None else evidence.rtc_offset_s,
    )
    leaps = memory.leaps
    if memory.last is not None and reading.offset - memory.last > STEP_S:
        leaps = (*leaps, (memory.last, steady))[-MOST_LEAPS:]
    known = replace(memory, anchor=now, pending=None, leaps=leaps, last=reading.offset)
    return known, _said(base if base.trusted else None, now, reading)


def _leapt(
    memory: Memory, anchor: Anchor, reading: ClockReading, evidence: ClockEvidence, floor: datetime | None
) -> tuple[Memory, ClockTrust]:
    """The wall clock stands more than two minutes from what is proven."""
    steady, offset = reading.steady, reading.offset
    # An answer of the office confirmed the clock as it was before: it says nothing for this one.
    base = judge_clock(reading.wall, replace(evidence, nonce_age_s=None), floor=floor)
    again = base.trusted and _network(evidence) and anchor.by_network and not anchor.strong
    since = memory.pending[1] if memory.pending and abs(memory.pending[0] - offset) <= LEAP_S else steady
    enough = base.trusted and len(_witnesses(anchor, reading, evidence, base, floor)) >= (2 if anchor.strong else 1)
    if again or (enough and steady - since >= SETTLE_S):
        fresh = replace(_anchored(reading, evidence, base.reason), strong=not again)
        return _moved(memory, fresh, steady), _said(base, fresh, reading)
    memory = replace(memory, pending=(offset, since) if enough else None)
    kept = _said(None, anchor, reading)
    if anchor.source != "hand":
        minutes = round(abs(offset - anchor.offset) / 60)
        kept = replace(kept, reason="kept", why=Sentence("clock-leapt", minutes=minutes))
    return memory, kept


def _witnesses(
    anchor: Anchor, reading: ClockReading, evidence: ClockEvidence, base: ClockTrust, floor: datetime | None
) -> frozenset[str]:
    """Who says that the wall clock is right, and not what was proven; each independent of the others."""
    found = set()
    if base.trusted and _network(evidence):
        found.add("ntp")
    rtc = evidence.rtc_offset_s
    # The kernel copies its time to the hardware clock: one that has leapt along is no second source.
    stood = rtc is not None and anchor.rtc_offset is not None and abs(rtc - anchor.rtc_offset) <= LEAP_S
    if stood and rtc is not None and abs(rtc - reading.offset) <= LEAP_S and evidence.rtc_lasts(reading.wall) > _NONE:
        found.add("rtc")
    kept = anchor.offset + reading.steady
    if floor is not None and kept + LEAP_S < floor.timestamp() <= reading.wall.timestamp() + LEAP_S:
        found.add("documents")
    return frozenset(found)


_NONE = timedelta(0)


def _network(evidence: ClockEvidence) -> bool:
    return evidence.ntp_synchronised and evidence.ntp_age_s < SETTLE_S


def _said(base: ClockTrust | None, anchor: Anchor, reading: ClockReading) -> ClockTrust:
    until = whole_day(_moment(anchor.offset + anchor.until))
    if base is not None:
        return replace(base, until=until)
    if anchor.source == "hand":
        return ClockTrust(True, "hand", Sentence("clock-set-by-hand"), until)
    days = int((anchor.until - reading.steady) // 86400)
    return ClockTrust(True, "kept", Sentence("clock-kept", days=days), until)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(max(0.0, seconds), UTC)
