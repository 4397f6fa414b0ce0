"""The time by hand at the kiosk: what is typed, what it means, the PIN; wrong ones wait, nothing is left of any."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from stage.walking import Walker, texts, walking

from langso.device import clock_pin
from langso.device.clock_by_hand import wanted
from langso.device.clock_pin import FREE_TRIES, choose_pin
from langso.timekeeping.clock import ClockReason, ClockTrust
from langso.timekeeping.hand_set import told_of

PIN = "274953"
TIME = "031220261015"


@pytest.fixture
def walker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walker]:
    monkeypatch.setattr(clock_pin, "_SCRYPT", {"n": 2, "r": 1, "p": 1})
    with walking(tmp_path) as made:
        choose_pin(made.state, PIN)
        assert made.do("clock") == "clock"
        yield made
        assert made.faults == []


def press(walker: Walker, digits: str) -> None:
    walker.do(*(("digit", int(digit)) for digit in digits))


def test_the_time_is_said_back_and_set_by_the_pin(walker: Walker) -> None:
    press(walker, "0312")
    assert (walker.shows.typed, walker.shows.ready) == ("03/12/____ __:__", False)
    walker.do("next")
    assert walker.shows.step == "time", "it is not whole"
    press(walker, "202610159")
    assert (walker.shows.typed, walker.shows.ready) == ("03/12/2026 10:15", True)
    walker.do("next")
    assert walker.shows.step == "pin"
    assert "Thứ Năm" in walker.shows.meant or "thứ Năm" in walker.shows.meant
    press(walker, PIN[:5])
    assert (walker.shows.pin, walker.shows.ready) == (5, False)
    walker.do("next")
    assert told_of(walker.state) is None
    press(walker, PIN[5:])
    walker.do("next")
    assert walker.shows.step == "done"
    told = told_of(walker.state)
    assert told is not None
    assert abs(told.moment - datetime(2026, 12, 3, 3, 15, tzinfo=UTC)) < timedelta(seconds=1)
    assert told.who == "kiosk"
    assert walker.do("done") == "home"


def test_what_was_pressed_wrong_is_taken_back(walker: Walker) -> None:
    press(walker, TIME[:-1] + "9")
    walker.do("erase")
    press(walker, TIME[-1])
    walker.do("next")
    press(walker, "1")
    walker.do("erase", "erase")
    assert walker.shows.pin == 0
    walker.do("back")
    assert (walker.shows.step, walker.shows.typed) == ("time", "03/12/2026 10:15")
    assert walker.do("back") == "home"
    assert told_of(walker.state) is None


@pytest.mark.parametrize("number", [-1, 10, 26])
def test_what_is_no_digit_types_nothing(walker: Walker, number: int) -> None:
    walker.do(("digit", 0), ("digit", number), ("digit", 9))
    assert walker.shows.typed == "09/__/____ __:__"


@pytest.mark.parametrize("digits", ["310220261015", "031220262515", "031220001015", "000020261015"])
def test_what_is_no_time_or_cannot_be_now_is_refused_in_a_sentence(walker: Walker, digits: str) -> None:
    press(walker, digits)
    walker.do("next")
    assert walker.shows.step == "time"
    assert str(walker.shows.refused)
    walker.do("erase")
    assert str(walker.shows.refused) == ""


def test_wrong_pins_wait_and_the_right_one_waits_with_them(walker: Walker) -> None:
    press(walker, TIME)
    walker.do("next")
    for tried in range(FREE_TRIES):
        press(walker, "135790")
        walker.do("next")
        assert walker.shows.step == "pin"
        assert str(FREE_TRIES - 1 - tried) in str(walker.shows.refused)
        assert walker.shows.pin == 0, "a try leaves no digit"
    press(walker, PIN)
    walker.do("next")
    assert "15 phút" in str(walker.shows.refused)
    assert told_of(walker.state) is None


def test_a_time_that_is_proven_meanwhile_is_not_set_by_hand(walker: Walker) -> None:
    press(walker, TIME)
    walker.do("next")
    walker.unproven = False
    press(walker, PIN)
    walker.do("next")
    assert walker.shows.step == "pin"
    assert "không cần đặt" in str(walker.shows.refused)
    assert told_of(walker.state) is None


def test_no_digit_of_the_pin_is_ever_shown_and_a_visit_forgets_what_was_typed(walker: Walker) -> None:
    press(walker, TIME)
    walker.do("next")
    for digit in PIN:
        press(walker, digit)
        assert not any(PIN[:2] in text.replace("03/12/2026 10:15", "") for text in texts(walker.shows))
    walker.router.go_home()
    assert walker.left_over() == []
    walker.do("clock")
    assert walker.shows.typed == "__/__/____ __:__"


@pytest.mark.parametrize(
    ("trusted", "reason", "pin", "asked"),
    [
        (False, "unsynchronised", True, True),
        (False, "unsynchronised", False, False),
        (True, "hand", True, True),
        (True, "ntp", True, False),
    ],
)
def test_the_page_is_offered_where_only_a_person_knows_the_time_and_somebody_chose_a_pin(
    trusted: bool, reason: ClockReason, pin: bool, asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_pin, "_SCRYPT", {"n": 2, "r": 1, "p": 1})
    if pin:
        choose_pin(tmp_path, PIN)
    assert wanted(tmp_path, ClockTrust(trusted, reason, "")) is asked


def test_a_damaged_pin_offers_nothing(tmp_path: Path) -> None:
    (tmp_path / clock_pin.FILE).write_text("{")
    assert not wanted(tmp_path, ClockTrust(False, "unsynchronised", ""))
