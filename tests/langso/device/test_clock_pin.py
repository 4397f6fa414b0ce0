"""The PIN that sets the time: none by default, none that is guessed, few tries, over kills and restarts."""

from __future__ import annotations

from pathlib import Path

import pytest
from refusals import refused

from langso.device import clock_pin
from langso.device.clock_pin import FILE, FREE_TRIES, WAIT_S, check_pin, choose_pin, has_pin
from langso.device.errors import PinRefused

GOOD = "274953"


class Boot:
    """What the module sees of the machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.name, self.steady = "a", 1000.0
        monkeypatch.setattr(clock_pin, "boot_id", lambda: self.name)
        monkeypatch.setattr("langso.device.clock_pin.since_boot", lambda: self.steady)
        # What it costs to try is no concern here.
        monkeypatch.setattr(clock_pin, "_SCRYPT", {"n": 2, "r": 1, "p": 1})


@pytest.fixture
def boot(monkeypatch: pytest.MonkeyPatch) -> Boot:
    return Boot(monkeypatch)


def test_there_is_none_until_one_is_chosen(tmp_path: Path, boot: Boot) -> None:
    assert not has_pin(tmp_path)
    for tried in ("", "0000", "123456", GOOD):
        with refused(PinRefused, "clock-pin-none"):
            check_pin(tmp_path, tried)
    choose_pin(tmp_path, GOOD)
    assert has_pin(tmp_path)
    check_pin(tmp_path, f" {GOOD} ")
    assert GOOD.encode() not in (tmp_path / FILE).read_bytes()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("pin", ["", "12345", "1" * 13, "27495x", "٢٧٤٩٥٣", "27 4953"])
def test_a_pin_is_six_to_twelve_digits(tmp_path: Path, pin: str) -> None:
    with refused(PinRefused, "clock-pin-form"):
        choose_pin(tmp_path, pin)


@pytest.mark.parametrize("pin", ["000000", "123456", "987654", "890123", "121212", "123123", "112211"])
def test_what_anybody_would_guess_is_refused(tmp_path: Path, pin: str) -> None:
    with refused(PinRefused, "clock-pin-guessed"):
        choose_pin(tmp_path, pin)
    assert not has_pin(tmp_path)


def test_after_five_wrong_ones_even_the_right_one_waits(tmp_path: Path, boot: Boot) -> None:
    choose_pin(tmp_path, GOOD)
    for _ in range(FREE_TRIES):
        with refused(PinRefused, "clock-pin-wrong"):
            check_pin(tmp_path, "000000")
    for _ in range(3):
        with refused(PinRefused, "clock-pin-wait"):
            check_pin(tmp_path, GOOD)
    boot.steady += WAIT_S - 1
    with refused(PinRefused, "clock-pin-wait"):
        check_pin(tmp_path, GOOD)
    boot.steady += 2
    with refused(PinRefused, "clock-pin-wrong"):
        check_pin(tmp_path, "000000")
    with refused(PinRefused, "clock-pin-wait"):
        check_pin(tmp_path, GOOD)
    # A pulled cord does not shorten it: nobody knows how long the machine was off.
    boot.name, boot.steady = "b", 20.0
    with refused(PinRefused, "clock-pin-wait"):
        check_pin(tmp_path, GOOD)
    boot.steady = WAIT_S + 1
    check_pin(tmp_path, GOOD)
    for _ in range(FREE_TRIES - 1):
        with refused(PinRefused, "clock-pin-wrong"):
            check_pin(tmp_path, "000000")
    check_pin(tmp_path, GOOD)


def test_a_try_counts_before_it_is_judged(tmp_path: Path, boot: Boot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is killed at the right moment would give tries without end."""
    choose_pin(tmp_path, GOOD)

    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(clock_pin, "_hash", killed)
        for _ in range(FREE_TRIES):
            with pytest.raises(KeyboardInterrupt):
                check_pin(tmp_path, "000000")
    with refused(PinRefused, "clock-pin-wait"):
        check_pin(tmp_path, GOOD)


@pytest.mark.parametrize("junk", [b"", b"{}", b"[]", b'{"salt": 1, "sha": "x"}', b"\xff"])
def test_a_damaged_file_opens_nothing(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / FILE).write_bytes(junk)
    with refused(PinRefused, "clock-pin-damaged"):
        check_pin(tmp_path, GOOD)
    choose_pin(tmp_path, GOOD)
    check_pin(tmp_path, GOOD)
