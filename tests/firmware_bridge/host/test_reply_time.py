"""How long is waited for an answer follows the answers; damaged frames cost time in proportion to a good one."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.host import exchange as exchange_module
from firmware_bridge.host.exchange import Counters, Exchange
from firmware_bridge.host.reply_time import LONGEST_S, SHORTEST_S, ReplyTime
from firmware_bridge.wire.messages import Ping


class TimedLine:
    """A line on which an answer takes `delay_s`, and a share of the frames is damaged; its time is counted."""

    def __init__(self, board: Any, *, damaged: float, delay_s: float, seed: int = 1) -> None:
        self._board = board
        self._damaged = damaged
        self._delay = delay_s
        self._random = random.Random(seed)
        self._coming: list[tuple[float, bytes]] = []
        self._now = 0.0

    def monotonic(self) -> float:
        return self._now

    def write(self, data: bytes) -> None:
        reply = self._board.session.receive(self._spoil(data), self._board.now)
        if reply:
            jitter = self._random.uniform(0.8, 1.5)
            self._coming.append((self._now + self._delay * jitter, self._spoil(reply)))

    def read(self, timeout: float) -> bytes:
        due = self._coming[0][0] if self._coming else float("inf")
        if due > self._now + timeout:
            self._now += timeout
            return b""
        self._now = max(self._now, due)
        return self._coming.pop(0)[1]

    def _spoil(self, data: bytes) -> bytes:
        if self._random.random() >= self._damaged:
            return data
        spoiled = bytearray(data)
        spoiled[self._random.randrange(1, len(spoiled) - 1)] ^= 0x10
        return bytes(spoiled)


@pytest.mark.parametrize("delay_s", [0.0006, 0.005, 0.02])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ten_damaged_frames_in_a_hundred_leave_half_the_rate(
    delay_s: float, seed: int, make_board: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def seconds(damaged: float) -> float:
        line = TimedLine(make_board(), damaged=damaged, delay_s=delay_s, seed=seed)
        monkeypatch.setattr(exchange_module, "time", line)
        exchange = Exchange(line, Counters(), lambda _: None)
        exchange.connect(1)
        begin = line.monotonic()
        for token in range(500):
            assert exchange.command(Ping(token)).token == token
        return line.monotonic() - begin

    assert seconds(0.0) / seconds(0.1) >= 0.5


def test_nothing_is_known_before_the_first_answer() -> None:
    assert ReplyTime().wait(0) == LONGEST_S


def test_waits_double_and_end_at_the_longest() -> None:
    time = ReplyTime()
    time.took(0.004)
    waits = [time.wait(attempt) for attempt in range(10)]
    assert waits[0] == pytest.approx(0.012)
    assert waits[1] == pytest.approx(0.024)
    assert waits[-1] == LONGEST_S


@given(st.lists(st.floats(0, 10), max_size=50), st.integers(0, 1000))
def test_a_wait_is_never_shorter_or_longer_than_its_bounds(answers: list[float], attempt: int) -> None:
    time = ReplyTime()
    for seconds in answers:
        time.took(seconds)
    assert SHORTEST_S <= time.wait(attempt) <= LONGEST_S


@given(st.floats(0.0001, 0.05))
def test_steady_answers_are_never_asked_twice(seconds: float) -> None:
    time = ReplyTime()
    for _ in range(60):
        assert time.wait(0) > seconds
        time.took(seconds)
