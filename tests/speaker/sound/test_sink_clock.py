"""A sink's own clock: how late it sounds is read off, and put right where nobody hears the step."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from speaker.sound import sink_clock
from speaker.sound.sink_clock import SinkClock


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
    read(device, 400, idle=False, clock=clock)
    assert device.moved_ns == 0
    assert clock.late == pytest.approx(0.0123, abs=1e-6)
    assert clock.slip == clock.late
    read(device, 10, idle=True, clock=clock)
    assert device.behind == pytest.approx(0, abs=1e-6)


def test_a_server_that_counts_unevenly_for_a_moment_moves_nothing(read: Any) -> None:
    device = Device(0.0)
    clock = read(device, 30, idle=True)
    for late_s in (0.0008, 0.0, -0.0008, 0.0) * 4:
        device.late_s = late_s
        read(device, 20, idle=True, clock=clock)
    assert device.moved_ns == 0
    assert clock.slip == 0.0


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
    read(device, 400, idle=True, clock=clock)
    assert device.moved_ns == 0


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
