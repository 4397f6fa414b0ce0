"""The time that a person set: with this boot, and over a restart with the hardware clock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from langso.timekeeping.clock import HandSet
from langso.timekeeping.hand_set import FILE, changed_at, hand_set, set_by_hand, told_of, withdraw_hand_set

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
DAY_S = 86400.0


def at(
    folder: Path, *, steady: float, boot: str = "a", rtc: float | None = None, ppm: float = 25.0
) -> HandSet | None:
    return hand_set(folder, steady=steady, boot=boot, rtc=rtc, rtc_ppm=ppm)


def test_it_goes_on_with_the_seconds_of_this_boot(tmp_path: Path) -> None:
    assert at(tmp_path, steady=5) is None
    assert changed_at(tmp_path) is None
    set_by_hand(tmp_path, NOON, steady=100, boot="a", rtc=None, who="ông Sơn")
    found = at(tmp_path, steady=700)
    assert found is not None
    assert found.offset_s + 700 == NOON.timestamp() + 600
    assert at(tmp_path, steady=340 * DAY_S) is not None
    assert at(tmp_path, steady=350 * DAY_S) is None, "ten minutes off by now"
    assert at(tmp_path, steady=5, boot="b") is None, "nothing counted while it was switched off"
    told = told_of(tmp_path)
    assert told is not None
    assert (told.moment, told.who, told.made) == (NOON, "ông Sơn", found.made)
    assert changed_at(tmp_path) is not None


def test_over_a_restart_it_goes_on_with_the_hardware_clock_however_wrong_that_is(tmp_path: Path) -> None:
    set_by_hand(tmp_path, NOON, steady=100, boot="a", rtc=1000.0, who="")
    found = at(tmp_path, steady=30, boot="b", rtc=1000.0 + 7200)
    assert found is not None
    assert found.offset_s + 30 == NOON.timestamp() + 7200
    assert at(tmp_path, steady=30, boot="b", rtc=500.0) is None, "it lost its battery"
    assert at(tmp_path, steady=30, boot="b", rtc=1000 + 300 * DAY_S) is None
    assert at(tmp_path, steady=30, boot="b", rtc=1000 + 300 * DAY_S, ppm=3.5) is not None


@pytest.mark.parametrize("junk", [b"", b"[]", b'{"seconds": -1}', b'{"seconds": 1e300}', b"9" * 5000])
def test_damaged_memory_is_none(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / FILE).write_bytes(junk)
    assert at(tmp_path, steady=5) is None
    assert told_of(tmp_path) is None


def test_it_is_withdrawn_once_something_better_proves_the_time(tmp_path: Path) -> None:
    withdraw_hand_set(tmp_path)
    set_by_hand(tmp_path, NOON, steady=100, boot="a", rtc=None, who="")
    withdraw_hand_set(tmp_path)
    assert at(tmp_path, steady=101) is None
