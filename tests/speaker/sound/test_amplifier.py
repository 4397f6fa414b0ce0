"""The amplifier's power around the sound, and what is said of it when it is not as it was ordered."""

from __future__ import annotations

import time
from typing import Any

import pytest
from waiting import until

from firmware_bridge.errors import BridgeError
from firmware_bridge.switchboard import Switchboard
from langso.timekeeping.clock import SystemClock
from speaker.sound.amplifier import Amplifier


def test_the_amplifier_is_on_before_the_sound_and_off_after_the_tail() -> None:
    switched: list[tuple[float, bool]] = []

    class Board(Switchboard):
        def set_output(self, name: str, on: bool) -> None:
            assert name == "amplifier"
            switched.append((time.monotonic(), on))

        def close(self) -> None:
            switched.append((time.monotonic(), False))

        def health(self) -> Any: ...

    amplifier = Amplifier(Board(), SystemClock(), lead_ms=200, tail_ms=200)
    amplifier.start()
    begin = time.monotonic()
    ready = amplifier.power()
    assert 0.2 <= ready - begin < 0.3
    until(lambda: amplifier.on)
    assert amplifier.power() == ready
    amplifier.rest()
    rest = time.monotonic()
    until(lambda: not amplifier.on)
    assert [on for _, on in switched] == [True, False]
    assert switched[1][0] - rest >= 0.19
    amplifier.stop()


def test_a_bridge_that_does_not_answer_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speaker.sound.amplifier.RETRY_S", 0.05)
    tries: list[bool] = []

    class Board(Switchboard):
        def set_output(self, name: str, on: bool) -> None:
            tries.append(on)
            if len(tries) < 3:
                raise BridgeError("im lặng")

        def close(self) -> None: ...

        def health(self) -> Any: ...

    amplifier = Amplifier(Board(), SystemClock(), lead_ms=0, tail_ms=0)
    amplifier.start()
    amplifier.power()
    until(lambda: amplifier.on)
    assert tries == [True, True, True]
    amplifier.stop()


def test_an_amplifier_that_fell_is_not_told_as_on_and_is_switched_on_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speaker.sound.amplifier.LOOK_S", 60.0)

    class Board(Switchboard):
        really = False
        orders = 0

        def set_output(self, name: str, on: bool) -> None:
            self.really, self.orders = on, self.orders + 1

        def is_on(self, name: str) -> bool:
            return self.really

        def close(self) -> None: ...

        def health(self) -> Any: ...

    board = Board()
    amplifier = Amplifier(board, SystemClock(), lead_ms=0, tail_ms=0)
    amplifier.power()
    amplifier.start()
    until(lambda: amplifier.on)
    board.really = False
    assert not amplifier.on, "at once, before anybody looks"
    monkeypatch.setattr("speaker.sound.amplifier.LOOK_S", 0.02)
    amplifier.power()
    assert until(lambda: amplifier.on and board.orders > 1)
    amplifier.rest()
    assert until(lambda: not board.really)
    assert not amplifier.on
    amplifier.stop()


def test_the_sources_change_while_nobody_hears_it() -> None:
    said: list[Any] = []

    class Board(Switchboard):
        def set_output(self, name: str, on: bool) -> None:
            said.append(on)

        def select(self, source: str | None) -> None:
            said.append(source)

        def close(self) -> None: ...

        def health(self) -> Any: ...

    amplifier = Amplifier(Board(), SystemClock(), lead_ms=0, tail_ms=0)
    amplifier.start()
    amplifier.power()
    until(lambda: amplifier.on)
    amplifier.rest()
    assert until(lambda: said == ["ip", True, False, None])
    amplifier.stop()
