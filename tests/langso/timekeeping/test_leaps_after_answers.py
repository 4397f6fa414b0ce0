"""A leap just before or just after an answer of the office: what the answer does not decide moves nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from langso.timekeeping.clock import ClockEvidence, SimulatedClock
from langso.timekeeping.proven_clock import LEAP_S, ProvenClock

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
NETWORK = ClockEvidence(ntp_synchronised=True, rtc_set_at=None, nonce_age_s=None, ntp_age_s=0.0)
SLACK_S = 120.0


class Device:
    """A settled clock, so long after its machine began; `error_s`: of the time that it acts by."""

    def __init__(self, up_s: float) -> None:
        self.clock = SimulatedClock(START)
        self.proven = ProvenClock(self.clock)
        self._begun = self.clock.monotonic()
        while self.clock.monotonic() < self._begun + up_s:
            self.clock.advance(up_s / 40)
            self.look()

    def look(self) -> None:
        self.proven.judge(NETWORK, START - timedelta(days=1))

    @property
    def true(self) -> datetime:
        return START + timedelta(seconds=self.clock.monotonic() - self._begun)

    @property
    def error_s(self) -> float:
        return (self.proven.now() - self.true).total_seconds()

    def leap(self, seconds: float) -> None:
        self.clock.jump(seconds)
        self.look()

    def hear_office(self) -> None:
        assert self.proven.confirm(self.true, 1.0, SLACK_S)
        self.look()


@pytest.mark.parametrize("up_s", [1800.0, 30 * 86400.0])
@pytest.mark.parametrize("sign", [1, -1])
def test_two_steps_around_an_answer_are_one_leap(up_s: float, sign: int) -> None:
    device = Device(up_s)
    device.leap(sign * 118)
    device.hear_office()
    assert device.error_s == pytest.approx(sign * 118, abs=0.1), "it is near enough to be acted by"
    device.leap(sign * 119)
    assert abs(device.error_s) <= LEAP_S
    device.leap(sign * -237)
    assert device.error_s == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("up_s", [1800.0, 30 * 86400.0])
def test_an_answer_does_not_open_the_way_for_small_steps(up_s: float) -> None:
    """However long the machine has been up: what it may follow is counted from the answer."""
    device = Device(up_s)
    device.hear_office()
    for _ in range(3):
        device.leap(119)
    assert abs(device.error_s) <= LEAP_S


def test_an_undecided_answer_puts_nothing_in_doubt_that_was_not() -> None:
    device = Device(1800.0)
    device.hear_office()
    device.look()
    assert device.proven.doubt is None
    device.clock.advance(30)
    device.look()
    assert device.proven.doubt is None
