"""The lamp: on for want of light, never flickering, off after the visit; broken, it is no fault of the kiosk."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import until

from firmware_bridge.errors import LinkLost
from kiosk.devices.lamp import OFF_AFTER_S, ON_AFTER_S, Lamp, LampRule, open_lamp
from langso.contract.health import Check
from langso.settings.reading import parse_settings

LEAST = '[commune]\ncode = "xa-thu"\nname = "Xã Thử"\n[device]\nid = "kiosk-1"\nrole = "kiosk"\n'


def test_a_moment_of_darkness_lights_nothing() -> None:
    rule = LampRule()
    assert not rule.see(True, 0.0)
    assert not rule.see(True, ON_AFTER_S - 0.1)
    assert not rule.see(False, ON_AFTER_S)
    assert not rule.see(True, ON_AFTER_S + 0.1)


def test_lasting_darkness_lights_it_and_its_own_light_does_not_put_it_out() -> None:
    rule = LampRule()
    seen = [rule.see(True, tenth / 10) for tenth in range(20)]
    assert seen == [False] * 7 + [True] * 13
    assert all(rule.see(False, 2 + tenth / 10) for tenth in range(600))


def test_a_preview_keeps_it_on_and_a_long_rest_puts_it_out() -> None:
    rule = LampRule()
    for tenth in range(20):
        rule.see(True, tenth / 10)
    assert rule.rest(2 + OFF_AFTER_S - 1)
    assert not rule.rest(2 + OFF_AFTER_S)


def test_the_end_of_the_visit_puts_it_out() -> None:
    rule = LampRule()
    for tenth in range(20):
        rule.see(True, tenth / 10)
    rule.over()
    assert not rule.on
    assert not rule.rest(2.1)


@given(st.lists(st.tuples(st.sampled_from(["dark", "light", "rest"]), st.floats(0.01, 2.0)), max_size=200))
def test_it_never_flickers(story: list[tuple[str, float]]) -> None:
    rule, now, switched, on = LampRule(), 0.0, -1000.0, False
    for what, wait in story:
        now += wait
        after = rule.rest(now) if what == "rest" else rule.see(what == "dark", now)
        if after != on:
            assert after or now - switched >= OFF_AFTER_S - 1e-6, "off only long after it was lit"
            on, switched = after, now


class Board:
    """A switchboard that is acted."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bool]] = []
        self.broken = False
        self.closed = False

    def set_output(self, name: str, on: bool) -> None:
        if self.broken:
            raise LinkLost("Mất liên lạc với mạch; hãy xem dây.")
        self.told.append((name, on))

    def close(self) -> None:
        self.closed = True

    def health(self) -> Check:
        return Check.good("bridge", "")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    original = LampRule.__init__
    monkeypatch.setattr(LampRule, "__init__", lambda self: original(self, on_after_s=0.0, off_after_s=0.05))


@pytest.mark.usefixtures("quick")
def test_the_board_is_switched_on_its_own_thread_and_given_back() -> None:
    board = Board()
    lamp = Lamp(lambda: board, "lamp")
    for _ in range(3):
        lamp.see(True)
    until(lambda: board.told == [("lamp", True)])
    assert lamp.check().level == "ok"
    lamp.over()
    until(lambda: board.told == [("lamp", True), ("lamp", False)])
    lamp.close()
    assert board.closed


@pytest.mark.usefixtures("quick")
def test_a_lamp_that_cannot_be_switched_is_a_warning_and_nothing_more() -> None:
    board = Board()
    board.broken = True
    lamp = Lamp(lambda: board, "lamp")
    lamp.see(True)
    lamp.see(True)
    until(lambda: lamp.check().level == "warn")
    board.broken = False
    lamp.over()
    until(lambda: lamp.check().level == "ok")
    lamp.close()


@pytest.mark.usefixtures("quick")
def test_pins_that_are_not_there_end_nothing() -> None:
    def absent() -> Any:
        raise RuntimeError("no pin factory")

    lamp = Lamp(absent, "lamp")
    lamp.see(True)
    lamp.see(True)
    until(lambda: lamp.check().level == "warn")
    lamp.close()


def test_without_a_lamp_nothing_is_switched() -> None:
    lamp = open_lamp(parse_settings(LEAST.encode()))
    lamp.see(True)
    assert lamp.check().level == "ok"
    lamp.close()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("written", "port", "output"),
    [('lamp = "gpio:27"', "gpio:lamp=27", "lamp"), ('lamp = "bridge:light"', "/dev/board", "light")],
)
def test_the_settings_name_pin_or_output(
    monkeypatch: pytest.MonkeyPatch, written: str, port: str, output: str
) -> None:
    board, opened = Board(), []

    def open_board(settings: Any) -> Board:
        opened.append(settings.port)
        return board

    monkeypatch.setattr("firmware_bridge.opening.open_switchboard", open_board)
    lamp = open_lamp(parse_settings(f'{LEAST}[bridge]\nport = "/dev/board"\n[kiosk]\n{written}\n'.encode()))
    lamp.see(True)
    lamp.see(True)
    until(lambda: board.told == [(output, True)])
    lamp.close()
    assert opened == [port]
