"""An office without internet: its clock is judged by a hardware clock and by people, and the advice works offline."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.doctor.office_clock import UNTOUCHED_S, confirmed, judge_office_clock, rtc_off
from langso.contract.health import Check

NOW = datetime(2026, 11, 30, 1, 15, tzinfo=UTC)
SIGNED = NOW - timedelta(days=10)


def judged(now: datetime = NOW, issued: datetime | None = SIGNED, **more: Any) -> Check:
    return judge_office_clock(now, issued, **{"synchronised": False, "confirmed": False, "rtc_off_s": None, **more})


@pytest.mark.parametrize(
    "known", [{"synchronised": True}, {"confirmed": True}, {"rtc_off_s": 3.0}, {"rtc_off_s": -60.0}]
)
def test_any_of_network_person_and_battery_keeps_the_time(known: dict[str, Any]) -> None:
    assert judged(**known).level == "ok"
    assert judged(issued=None, **known).level == "ok"


@pytest.mark.parametrize("doubt", [{}, {"rtc_off_s": 61.0}, {"rtc_off_s": -3 * 86_400.0}])
def test_without_them_somebody_compares_with_a_telephone_and_no_network_is_asked_for(doubt: dict[str, Any]) -> None:
    check = judged(**doubt)
    assert check.level == "warn"
    assert "08:15 ngày 30/11/2026" in check.why, "the time here, to compare"
    assert "điện thoại" in check.fix
    assert "sudo langso setup --time" in check.fix
    assert "nối mạng" not in check.fix.lower()


def test_how_far_the_two_clocks_lie_apart_is_told() -> None:
    assert "2 phút" in judged(rtc_off_s=-150.0).why
    assert "5 giờ" in judged(rtc_off_s=5 * 3600.0).why
    assert "3 ngày" in judged(rtc_off_s=3 * 86_400.0).why


@pytest.mark.parametrize("known", [{"synchronised": True}, {"confirmed": True}, {"rtc_off_s": 0.0}, {}])
def test_a_clock_behind_what_was_signed_is_red_whoever_vouches_for_it(known: dict[str, Any]) -> None:
    check = judged(datetime(2019, 12, 2, tzinfo=UTC), **known)
    assert check.level == "bad"
    assert "02/12/2019" in check.why
    assert "sudo langso setup --time" in check.fix
    assert judged(SIGNED - timedelta(hours=23), **known).level != "bad"
    assert judged(SIGNED - timedelta(hours=25), **known).level == "bad"


def test_a_person_s_word_lasts_while_the_clock_runs_on_untouched(tmp_path: Path) -> None:
    latch, now = tmp_path / "latch", datetime.now(UTC)
    assert not confirmed(latch, now)
    latch.write_text(f"{now.timestamp() - time.clock_gettime(time.CLOCK_BOOTTIME)}\n")
    assert confirmed(latch, now)
    assert confirmed(latch, now + timedelta(seconds=UNTOUCHED_S - 5))
    assert not confirmed(latch, now + timedelta(seconds=UNTOUCHED_S + 5))
    assert not confirmed(latch, now - timedelta(seconds=UNTOUCHED_S + 5))
    latch.write_text("ngày mai")
    assert not confirmed(latch, now)


def test_the_note_is_the_one_that_set_up_writes(tmp_path: Path) -> None:
    from deploy.machine_setup.dialogue import Dialogue
    from deploy.machine_setup.time_of_day import put_right

    latch = tmp_path / "latch"
    given = f"{datetime.now(UTC) + timedelta(hours=7):%d/%m/%Y %H:%M}"
    put_right(Dialogue(asks=False), SIGNED - timedelta(days=9000), given=given, latch=latch, set_clock=lambda _: None)
    assert confirmed(latch, datetime.now(UTC))


def test_the_hardware_clock_is_read(tmp_path: Path) -> None:
    assert rtc_off(tmp_path, NOW) is None
    (tmp_path / "since_epoch").write_text(f"{int(NOW.timestamp()) + 90}\n")
    assert rtc_off(tmp_path, NOW) == 90
    (tmp_path / "since_epoch").write_text("?")
    assert rtc_off(tmp_path, NOW) is None
