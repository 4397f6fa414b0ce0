"""Leaps of the wall clock: what is believed, when, and for how long time goes on that nobody confirms any more.

Cases of others, told again: a time server that says 1970 until it has a fix; a receiver that forgot a roll-over of
the GPS week; a hardware clock without its battery; schedulers that ran, or skipped, all when the clock was set.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from langso.timekeeping.clock import RTC_PPM, ClockEvidence, ClockTrust, HandSet, SimulatedClock, proof_life
from langso.timekeeping.proven_clock import (
    DOUBT_S,
    LEAP_S,
    SETTLE_S,
    ClockReading,
    Memory,
    ProvenClock,
    acted_by,
    confirmed,
    doubtful_after,
    weigh,
)

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DAY_S = 86400.0
NETWORK, NOTHING = ClockEvidence(ntp_synchronised=True), ClockEvidence()


@dataclass
class Machine:
    """True time, and a wall clock that is off from it by `off` seconds; looked at as a device does."""

    evidence: ClockEvidence = NETWORK
    floor: datetime | None = START - timedelta(days=1)
    off: float = 0.0
    steady: float = 100.0
    memory: Memory = field(default_factory=Memory)
    trust: ClockTrust = field(init=False)

    def __post_init__(self) -> None:
        self.look()

    @property
    def true(self) -> datetime:
        return START + timedelta(seconds=self.steady - 100)

    @property
    def reading(self) -> ClockReading:
        return ClockReading(self.true + timedelta(seconds=self.off), self.steady)

    @property
    def error_s(self) -> float:
        """How far the time to act by is from the truth."""
        return (acted_by(self.memory, self.reading) - self.true).total_seconds()

    def look(self) -> ClockTrust:
        self.memory, self.trust = weigh(self.memory, self.reading, self.evidence, self.floor)
        return self.trust

    def pass_by(self, seconds: float, *, every: float = 30.0) -> None:
        end = self.steady + seconds
        while self.steady < end:
            self.steady = min(end, self.steady + every)
            self.look()

    def leap(self, seconds: float, evidence: ClockEvidence | None = None) -> None:
        self.off += seconds
        self.evidence = self.evidence if evidence is None else evidence
        self.look()

    def reboot(self) -> None:
        self.memory = Memory()
        self.look()

    def hear_office(self, *, waited_s: float = 1.0) -> None:
        issued = self.true - timedelta(seconds=waited_s / 2)
        self.memory = confirmed(self.memory, self.reading, issued, waited_s, 120.0)
        self.look()


@pytest.fixture
def settled() -> Machine:
    """Network time has agreed for ten minutes."""
    machine = Machine()
    machine.pass_by(SETTLE_S)
    return machine


LEAPS = [
    pytest.param(20 * DAY_S, id="a server lies by twenty days"),
    pytest.param(-20 * DAY_S, id="and back"),
    pytest.param(-1024 * 7 * DAY_S, id="GPS week"),
    pytest.param(-START.timestamp(), id="1970"),
    pytest.param(-(START - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds(), id="2000"),
    pytest.param(11 * 365 * DAY_S, id="years ahead"),
    pytest.param(7 * 3600.0, id="local time taken for UTC"),
    pytest.param(LEAP_S + 1, id="just over two minutes"),
    pytest.param(-LEAP_S - 1, id="just over two minutes back"),
]


@pytest.mark.parametrize("seconds", LEAPS)
def test_a_lie_of_the_network_moves_nothing_for_as_long_as_it_stands_alone(settled: Machine, seconds: float) -> None:
    settled.leap(seconds)
    assert (settled.trust.trusted, settled.trust.reason) == (True, "kept")
    settled.pass_by(10)
    assert abs(settled.error_s) < 1e-3
    settled.pass_by(6 * 3600)
    assert abs(settled.error_s) < 1e-3, "one source against two: not after hours either"
    settled.leap(-seconds)
    assert settled.trust.reason == "ntp"
    assert doubtful_after(settled.memory, settled.steady) is None, "nothing was moved, so nothing is in doubt"


def test_what_the_office_confirmed_of_the_clock_before_says_nothing_for_the_one_after() -> None:
    machine = Machine()
    machine.leap(4000 * DAY_S, replace(NETWORK, nonce_age_s=10.0))
    assert machine.error_s == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("seconds", [-100.0, -1.0, 1.0, 1.4, 100.0])
def test_a_small_step_is_believed_at_once_as_is_a_leap_second(settled: Machine, seconds: float) -> None:
    settled.leap(seconds)
    assert settled.trust.reason == "ntp"
    assert settled.error_s == pytest.approx(seconds)
    doubt = doubtful_after(settled.memory, settled.steady)
    if seconds > 1:
        # What the step jumped over was judged by a clock that had just leapt.
        assert doubt is not None
        assert abs(doubt - settled.true) < timedelta(seconds=0.1)
    else:
        assert doubt is None


def test_small_steps_do_not_add_up_to_a_leap(settled: Machine) -> None:
    """A server that moves a minute and a half every quarter of an hour."""
    for _ in range(200):
        settled.leap(90)
        settled.pass_by(900)
    drag = 300e-6 * 200 * 900
    assert settled.error_s <= LEAP_S + drag + 1


def test_the_office_is_believed_at_once(settled: Machine) -> None:
    late, kept = 3 * 3600.0, settled.memory.anchor
    assert kept is not None
    wrong = replace(kept, offset=kept.offset - late)
    settled.memory = replace(settled.memory, anchor=wrong, last=wrong.offset)
    settled.look()
    assert settled.error_s == pytest.approx(-late)
    settled.hear_office()
    assert (settled.trust.reason, settled.error_s) == ("ntp", 0)
    assert doubtful_after(settled.memory, settled.steady) is not None


def test_the_office_says_that_the_wall_clock_lies(settled: Machine) -> None:
    settled.leap(20 * DAY_S)
    settled.hear_office()
    assert settled.trust.reason == "kept"
    assert abs(settled.error_s) < 1e-3
    settled.pass_by(30 * DAY_S, every=3600)
    assert settled.trust.trusted
    settled.pass_by(6 * DAY_S, every=3600)
    assert settled.trust.reason != "kept", "a minute off by now: no longer proven"


def test_an_answer_that_came_soon_is_the_time_itself() -> None:
    """No network time, no battery, the card's old clock: the office is there, so nothing has to wait."""
    machine = Machine(evidence=NOTHING, off=-5 * 3600)
    assert not machine.trust.trusted
    machine.hear_office()
    assert machine.trust.trusted
    assert abs(machine.error_s) <= 1
    stale = Machine(evidence=NOTHING, off=-5 * 3600)
    stale.hear_office(waited_s=300)
    assert not stale.trust.trusted


def test_ten_minutes_in_which_two_sources_agree(settled: Machine) -> None:
    """Here the kept time is wrong: network and a hardware clock that did not move with it say so together."""
    assert settled.memory.anchor is not None
    true = settled.reading.offset
    rtc = replace(NETWORK, rtc_set_at=settled.true - timedelta(days=1), rtc_offset_s=true)
    wrong = replace(settled.memory.anchor, offset=true - 4000, rtc_offset=true)
    settled.memory, settled.evidence = replace(settled.memory, anchor=wrong), rtc
    settled.look()
    settled.pass_by(SETTLE_S - 30)
    assert settled.error_s == pytest.approx(-4000, abs=1)
    settled.pass_by(60)
    assert settled.error_s == 0
    # A hardware clock that the kernel set along with the lie is no second source.
    moved = replace(wrong, rtc_offset=true - 4000)
    settled.memory = replace(settled.memory, anchor=moved)
    settled.look()
    settled.pass_by(2 * SETTLE_S)
    assert settled.error_s == pytest.approx(-4000, abs=1)


def test_a_document_from_later_than_the_kept_time_is_a_source_too(settled: Machine) -> None:
    assert settled.memory.anchor is not None
    behind = replace(settled.memory.anchor, offset=settled.memory.anchor.offset - 4000)
    settled.memory = replace(settled.memory, anchor=behind)
    settled.floor = settled.true - timedelta(minutes=10)
    settled.look()
    settled.pass_by(SETTLE_S + 30)
    assert settled.error_s == 0


def test_documents_that_show_the_kept_time_to_be_days_behind_end_it() -> None:
    machine = Machine(evidence=replace(NOTHING, rtc_set_at=START - timedelta(days=1)))
    assert machine.trust.reason == "rtc"
    machine.floor = machine.true + timedelta(days=2)
    assert (machine.look().trusted, machine.trust.reason) == (False, "far_from_floor")


def test_the_first_word_of_the_network_after_a_boot_is_followed_and_its_verdicts_are_in_doubt() -> None:
    machine = Machine(evidence=NETWORK, off=20 * DAY_S)
    assert (machine.trust.trusted, machine.error_s) == (True, 20 * DAY_S)
    assert doubtful_after(machine.memory, machine.steady) == datetime(1970, 1, 1, tzinfo=UTC)
    machine.pass_by(10, every=1)
    machine.leap(-20 * DAY_S)
    assert machine.error_s == 0
    machine.pass_by(SETTLE_S)
    assert doubtful_after(machine.memory, machine.steady) is None
    machine.leap(20 * DAY_S)
    assert machine.error_s == 0


def test_a_clock_that_booted_late_and_was_set_leaves_a_doubt_for_26_hours() -> None:
    """A board without a battery goes on from when it was switched off, until the network answers."""
    machine = Machine(evidence=NOTHING, off=-8 * 3600)
    machine.pass_by(60)
    machine.leap(8 * 3600, NETWORK)
    assert machine.error_s == 0
    machine.pass_by(SETTLE_S + 60)
    doubt = doubtful_after(machine.memory, machine.steady)
    assert doubt is not None
    assert abs(doubt - (machine.true - timedelta(hours=8))) < timedelta(seconds=1)
    machine.pass_by(DOUBT_S)
    assert doubtful_after(machine.memory, machine.steady) is None


def test_a_hardware_clock_is_believed_until_its_drift_is_a_minute() -> None:
    set_at = START
    machine = Machine(evidence=ClockEvidence(rtc_set_at=set_at, rtc_ppm=3.5))
    machine.pass_by(190 * DAY_S, every=DAY_S)
    assert machine.trust.reason == "rtc", "half a year with a compensated one"
    machine.pass_by(10 * DAY_S, every=DAY_S)
    assert not machine.trust.trusted
    plain = Machine(evidence=ClockEvidence(rtc_set_at=set_at))
    plain.pass_by(proof_life(RTC_PPM).total_seconds() - 60, every=3600)
    assert plain.trust.trusted
    plain.pass_by(120)
    assert not plain.trust.trusted


def test_one_source_is_overruled_by_another_after_ten_minutes() -> None:
    machine = Machine(evidence=ClockEvidence(rtc_set_at=START - timedelta(days=20)), off=-200)
    assert machine.trust.reason == "rtc"
    machine.leap(200, NETWORK)
    machine.pass_by(SETTLE_S - 30)
    assert machine.error_s == -200
    machine.pass_by(60)
    assert machine.error_s == 0


def test_network_time_that_agrees_keeps_the_time_proven_however_old_the_documents(settled: Machine) -> None:
    """An office that is silent for two months must not silence who has network time."""
    settled.pass_by(60 * DAY_S, every=600)
    assert settled.trust.trusted
    assert settled.error_s == 0


def test_without_network_the_time_goes_on_for_a_month_and_says_until_when(settled: Machine) -> None:
    settled.evidence = NOTHING
    settled.look()
    assert settled.trust.reason == "kept"
    until = settled.trust.until
    assert until is not None
    assert timedelta(days=33) < until - settled.true < timedelta(days=35)
    settled.pass_by(33 * DAY_S, every=3600)
    assert settled.trust.trusted
    assert settled.trust.until == until
    settled.pass_by(2 * DAY_S, every=3600)
    assert not settled.trust.trusted


def test_a_reboot_amid_a_lie_is_as_any_first_word_of_the_network(settled: Machine) -> None:
    settled.leap(20 * DAY_S)
    settled.reboot()
    assert settled.error_s == 20 * DAY_S
    assert doubtful_after(settled.memory, settled.steady) is not None
    settled.leap(-20 * DAY_S)
    assert settled.error_s == 0


def test_a_machine_that_slept_was_awake_to_the_seconds_since_boot() -> None:
    """CLOCK_MONOTONIC stands still meanwhile: by it each sleep would be a leap."""
    clock, slept = SimulatedClock(START), [0.0]
    proven = ProvenClock(clock, steady=lambda: clock.monotonic() + slept[0])
    for _ in range(30):
        clock.advance(30)
        assert proven.judge(NETWORK, START).reason == "ntp"
    clock.jump(8 * 3600)
    slept[0] += 8 * 3600
    assert proven.now() == clock.now()
    assert proven.judge(NETWORK, START).reason == "ntp"
    assert not proven.asks


def hand(machine: Machine, off: float = 0.0, made: str = "1") -> HandSet:
    offset = machine.true.timestamp() + off - machine.steady
    return HandSet(offset, lasts_s=300 * DAY_S, made=made)


def test_what_a_person_set_is_acted_by_where_nothing_proves_the_time() -> None:
    machine = Machine(evidence=NOTHING, off=-400 * DAY_S)
    assert not machine.trust.trusted
    machine.evidence = replace(NOTHING, by_hand=hand(machine, 20))
    assert (machine.look().trusted, machine.trust.reason) == (True, "hand")
    assert machine.error_s == pytest.approx(20, abs=1e-3)
    machine.pass_by(60 * DAY_S, every=3600)
    assert machine.trust.reason == "hand"
    machine.evidence = replace(NOTHING, by_hand=hand(machine, -5, made="2"))
    machine.look()
    assert machine.error_s == pytest.approx(-5, abs=1e-3)


def test_a_person_does_not_move_a_proven_clock(settled: Machine) -> None:
    settled.evidence = replace(NETWORK, by_hand=hand(settled, 9 * 3600))
    settled.pass_by(3600)
    assert settled.error_s == 0
    settled.evidence = replace(NOTHING, by_hand=settled.evidence.by_hand)
    settled.pass_by(3600)
    assert settled.error_s == 0


def test_network_time_and_the_office_overrule_what_was_typed_wrong() -> None:
    machine = Machine(evidence=NOTHING, off=-400 * DAY_S)
    machine.evidence = replace(NOTHING, by_hand=hand(machine, 12 * 3600))
    machine.look()
    machine.leap(400 * DAY_S, replace(machine.evidence, ntp_synchronised=True))
    assert machine.trust.reason == "hand"
    machine.pass_by(SETTLE_S + 30)
    assert (machine.trust.reason, machine.error_s) == ("ntp", 0)
    machine = Machine(evidence=NOTHING, off=-400 * DAY_S)
    machine.evidence = replace(NOTHING, by_hand=hand(machine, 12 * 3600))
    machine.look()
    machine.hear_office()
    assert abs(machine.error_s) <= 1
    assert machine.trust.reason != "hand"


_OFF = st.one_of(st.floats(-60 * DAY_S, 60 * DAY_S), st.floats(-4e8, 4e8), st.floats(-300, 300))
_LIE = st.tuples(_OFF, st.floats(1, SETTLE_S - 31), st.floats(0, 3600), st.booleans())
_LIES = st.lists(_LIE, min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(lies=_LIES)
def test_no_lie_shorter_than_ten_minutes_moves_a_settled_clock_by_more_than_two_minutes(
    lies: list[tuple[float, float, float, bool]],
) -> None:
    machine = Machine()
    machine.pass_by(SETTLE_S)
    for off, lasts, truth, office in lies:
        machine.leap(off)
        assert machine.trust.trusted
        machine.pass_by(lasts)
        assert machine.trust.trusted
        if office:
            machine.hear_office()
        assert abs(machine.error_s) <= LEAP_S + 1
        machine.leap(-machine.off)
        machine.pass_by(truth)
        assert machine.trust.trusted
        assert abs(machine.error_s) < 1e-3


@settings(max_examples=60, deadline=None)
@example(lies=[(-119.0, 1.0, 0.0, True), (-119.0, 1.0, 0.0, False)], network=True)
@given(lies=_LIES, network=st.booleans())
def test_whatever_leaps_and_reboots_the_truth_comes_back_with_the_office_alone(
    lies: list[tuple[float, float, float, bool]], network: bool
) -> None:
    machine = Machine(evidence=NETWORK if network else NOTHING)
    for off, lasts, _, reboot in lies:
        machine.leap(off)
        machine.pass_by(lasts)
        if reboot:
            machine.reboot()
    machine.hear_office()
    assert machine.trust.trusted
    assert abs(machine.error_s) <= LEAP_S + 2
