"""A sink's own clock: how late it sounds is read off, and put right where nobody hears the step."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from speaker.sound import sink_clock
from speaker.sound.sink_clock import DRIFT_S, HAIR_S, STEP_S, SinkClock, densest, lateness

SETTLED = sink_clock.IN_A_MOMENT * (sink_clock.SETTLE_MOMENTS + sink_clock.ENOUGH_MOMENTS + 1)


@dataclass
class Device:
    """A device `late_s` behind, for a GStreamer that knows no more of it than its clock."""

    late_s: float
    now: float = 100.0
    moved_ns: int = 0
    has_clock: bool = True

    def provide_clock(self) -> Device | None:
        return self if self.has_clock else None

    def get_calibration(self) -> Any:
        return SimpleNamespace(internal=0, external=self.moved_ns, rate_num=1, rate_denom=1)

    @property
    def behind(self) -> float:
        return self.late_s - self.moved_ns / 1e9


class Gst:
    class Clock:
        @staticmethod
        def get_time(device: Device) -> int:
            return int((device.now - device.behind) * 1e9)

        @staticmethod
        def set_calibration(device: Device, internal: int, external: int, num: int, denom: int) -> None:
            assert (internal, num, denom) == (0, 1, 1)
            device.moved_ns = external


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    def read(device: Device, times: int, *, idle: bool, clock: SinkClock | None = None) -> SinkClock:
        clock = clock or SinkClock(Gst, device)
        monkeypatch.setattr(sink_clock.time, "monotonic", lambda: device.now)
        for _ in range(times):
            device.now += 0.02
            clock.look(idle=idle)
        return clock

    return read


def test_a_sink_that_is_late_is_put_right_while_nothing_plays(read: Any) -> None:
    device = Device(0.0123)
    clock = read(device, 30, idle=True)
    assert device.behind == pytest.approx(0, abs=1e-6)
    assert clock.late == pytest.approx(0, abs=1e-6)


def test_what_plays_is_not_moved_and_says_how_late_it_is(read: Any) -> None:
    device = Device(0.0)
    clock = read(device, 30, idle=True)
    device.late_s = 0.0123
    read(device, SETTLED, idle=False, clock=clock)
    assert device.moved_ns == 0
    assert clock.late == pytest.approx(0.0123, abs=1e-6)
    read(device, sink_clock.IN_A_MOMENT, idle=True, clock=clock)
    assert device.behind == pytest.approx(0, abs=1e-6)


def test_a_server_that_counts_unevenly_for_a_moment_moves_nothing(read: Any) -> None:
    device = Device(0.0)
    clock = read(device, 30, idle=True)
    for late_s in (0.0008, 0.0, -0.0008, 0.0) * 16:
        device.late_s = late_s
        read(device, sink_clock.IN_A_MOMENT, idle=True, clock=clock)
    assert device.moved_ns == 0
    assert clock.late == 0.0


def test_a_sink_that_fell_behind_amid_a_sound_goes_on_at_its_place(read: Any) -> None:
    device = Device(0.0)
    clock = read(device, 30, idle=False)
    device.late_s = 0.3
    read(device, 30, idle=False, clock=clock)
    assert device.behind == pytest.approx(0, abs=1e-6)


def test_a_hair_is_not_chased(read: Any) -> None:
    device = Device(0.0)
    clock = read(device, 30, idle=True)
    device.late_s = 0.0004
    read(device, SETTLED, idle=True, clock=clock)
    assert device.moved_ns == 0
    assert clock.late == pytest.approx(0.0004, abs=1e-6)


def test_a_device_that_does_not_play_evenly_yet_is_not_believed(read: Any) -> None:
    device = Device(0.0)
    clock = SinkClock(Gst, device)
    for _ in range(40):
        device.late_s += 0.02
        read(device, 1, idle=True, clock=clock)
    assert not clock.steady
    assert device.moved_ns == 0
    read(device, sink_clock.STEADY_READINGS, idle=True, clock=clock)
    assert clock.steady or device.moved_ns


def test_one_reading_that_came_late_does_not_make_it_uneven(read: Any) -> None:
    device = Device(0.0)
    clock = read(device, 10, idle=True)
    device.late_s = 0.03
    read(device, 1, idle=True, clock=clock)
    device.late_s = 0.0
    read(device, 3, idle=True, clock=clock)
    assert clock.steady
    assert device.moved_ns == 0


def test_a_sink_without_a_clock_is_on_time_as_far_as_anybody_knows(read: Any) -> None:
    clock = read(Device(0.5, has_clock=False), 30, idle=True)
    assert clock.steady
    assert clock.late == 0.0


def test_what_a_server_says_while_it_settles_moves_no_start(read: Any) -> None:
    device = Device(0.0)
    clock = read(device, 30, idle=True)
    for late_s in (0.001, 0.005, 0.008, 0.006, 0.003) * 4:
        device.late_s = late_s
        read(device, sink_clock.IN_A_MOMENT - 1, idle=True, clock=clock)
        assert clock.late == 0.0
    assert device.moved_ns == 0


def test_starts_do_not_follow_every_answer_of_a_server_only_what_a_minute_of_them_says(read: Any) -> None:
    device = Device(0.0)
    clock = read(device, 30, idle=True)
    read(device, SETTLED, idle=False, clock=clock)
    acted_by = set()
    for number in range(200):
        device.late_s = (0.0009, -0.0004, 0.0001, -0.0008, 0.0002)[number % 5]
        read(device, sink_clock.IN_A_MOMENT, idle=True, clock=clock)
        acted_by.add(clock.late)
    assert max(acted_by) - min(acted_by) <= 2 * HAIR_S
    assert device.moved_ns == 0


def test_a_card_that_drifts_is_followed_all_the_way(read: Any) -> None:
    device = Device(0.0)
    clock = read(device, 30, idle=False)
    for _ in range(60):
        for _ in range(sink_clock.IN_A_MOMENT * 2):
            device.late_s += 0.02 * 50e-6
            read(device, 1, idle=False, clock=clock)
    assert device.late_s == pytest.approx(0.003, abs=0.0001)
    assert clock.late == pytest.approx(device.behind, abs=2 * HAIR_S)


def test_too_few_moments_say_nothing() -> None:
    few = [0.002] * (sink_clock.ENOUGH_MOMENTS - 1)
    assert lateness(few) is None
    found = lateness([*few, 0.002])
    assert found is not None
    assert (found.late_s, found.stepped) == (0.002, False)


@pytest.mark.parametrize(("off", "late", "stepped"), [(1.02, 1.02, True), (0.98, 0.0, False)])
def test_a_hole_is_told_from_an_answer_that_is_off(off: float, late: float, stepped: bool) -> None:
    before, newest = [0.0] * 40, [off * STEP_S] * sink_clock.ENOUGH_MOMENTS
    found = lateness([*before, *newest])
    assert found is not None
    assert found.stepped is stepped
    assert found.late_s == pytest.approx(late * STEP_S)


@pytest.mark.parametrize(("off", "late"), [(1.04, 1.56), (0.96, 0.48)])
def test_halves_that_differ_by_less_than_a_drift_are_one(off: float, late: float) -> None:
    found = lateness([0.0] * 20 + [off * DRIFT_S] * 20)
    assert found is not None
    assert found.late_s == pytest.approx(late * DRIFT_S)


def test_halves_that_scatter_as_much_as_they_differ_are_one() -> None:
    found = lateness([0.001, -0.001] * 10 + [0.0025, 0.0005] * 10)
    assert found is not None
    assert found.late_s == pytest.approx(0.00075, abs=0.0003)


@pytest.mark.parametrize("side", [1, -1])
def test_answers_that_came_too_late_move_nothing_though_they_spoil_half_a_minute(side: int) -> None:
    quiet, spoilt = [0.0] * 31, [side * 0.0015 / (at % 16 + 1) for at in range(29)]
    for moments in ([*spoilt, *quiet], [*quiet, *spoilt], [*quiet[:15], *spoilt, *quiet[15:]]):
        found = lateness(moments)
        assert found is not None
        assert abs(found.late_s) < 0.0002, moments
    assert densest([*spoilt, *quiet]) == 0.0


def test_the_densest_half_is_found_wherever_it_lies() -> None:
    assert densest([5.0, 1.0, 9.0, 1.1, 0.9]) == 1.0
    assert densest([5.0, 9.0, 9.1, 0.0]) == 9.0
    assert densest([2.0, 4.0]) == 3.0
    assert densest([7.0]) == 7.0
