"""A number pad: the PIN opens, wrong ones wait with all others, and no bytes do more than that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from waiting import until

from langso.device import clock_pin
from langso.device.clock_pin import FREE_TRIES, choose_pin
from speaker.keypad import AGAIN, DIGITS, ENTER, ERASE, EVENT, FORGET_S, Keypad, PinTyped
from speaker.talk_door import TalkDoor

PIN = "274953"
CODE = {digit: code for code, digit in DIGITS.items()}


def typed(pin: str, *after: int) -> bytes:
    codes = [*(CODE[digit] for digit in pin), *after]
    return b"".join(EVENT.pack(1, 2, 1, code, value) for code in codes for value in (1, 2, 0))


@pytest.fixture
def pad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keypad:
    monkeypatch.setattr(clock_pin, "_SCRYPT", {"n": 2, "r": 1, "p": 1})
    choose_pin(tmp_path, PIN)
    return Keypad(tmp_path / "pad", tmp_path, TalkDoor(tmp_path))


def test_the_pin_and_enter_open_and_with_the_star_it_asks_for_the_announcement(pad: Keypad, tmp_path: Path) -> None:
    door = TalkDoor(tmp_path)
    pad.take(typed(PIN[:5], ENTER[0]), 1.0)
    pad.take(typed(PIN), 2.0)
    assert door.left_s() == 0
    pad.take(typed("", ENTER[1]), 3.0)
    assert door.left_s() > 0
    assert door.again == ""
    pad.take(typed(PIN, *AGAIN), 4.0)
    assert door.again


def test_what_was_typed_is_taken_back_and_forgotten() -> None:
    keys = PinTyped()
    for key in (*(CODE[digit] for digit in PIN), ERASE[0]):
        assert keys.press(key, 1.0) is None
    assert keys.press(ENTER[0], 1.0) is None
    for digit in PIN:
        keys.press(CODE[digit], 2.0)
    assert keys.press(ENTER[0], 2.0 + FORGET_S) == ("open", PIN)
    for digit in PIN:
        keys.press(CODE[digit], 20.0)
    assert keys.press(ENTER[0], 20.1 + FORGET_S) is None


def test_more_digits_than_any_pin_has_are_not_cut_to_one(pad: Keypad, tmp_path: Path) -> None:
    choose_pin(tmp_path, "274953274959")
    pad.take(typed("2749532749591", ENTER[0]), 1.0)
    assert TalkDoor(tmp_path).left_s() == 0


def test_wrong_pins_wait_and_the_right_one_with_them(pad: Keypad, tmp_path: Path) -> None:
    for _ in range(FREE_TRIES):
        pad.take(typed("135790", ENTER[0]), 1.0)
    pad.take(typed(PIN, ENTER[0]), 2.0)
    assert TalkDoor(tmp_path).left_s() == 0


def test_a_pad_that_comes_later_is_read(pad: Keypad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speaker.keypad.REOPEN_S", 0.02)
    pad.start()
    os.mkfifo(tmp_path / "pad")
    with (tmp_path / "pad").open("wb", buffering=0) as keys:
        keys.write(typed(PIN, ENTER[0]))
        assert until(lambda: TalkDoor(tmp_path).left_s() > 0)
    pad.stop()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=300))
def test_no_bytes_of_a_pad_open_anything(tmp_path: Path, raw: bytes) -> None:
    pad = Keypad(tmp_path / "pad", tmp_path, TalkDoor(tmp_path))
    pad.take(raw, 1.0)
    assert TalkDoor(tmp_path).left_s() == 0
