"""What was played and what was heard meet at the same moments, whoever tells them and in what pieces."""

from __future__ import annotations

import math
import random
from array import array
from typing import Any

import pytest

from firmware_bridge.switchboard import Levels, Switchboard
from speaker.sound.ears import KEEP_S, Ears
from speaker.sound.heard import STEP_S, Sounding
from speaker.sound.hearing_check import hearing_check


class Board(Switchboard):
    """Hears what a test wants; `on` is its relay."""

    on: bool | None = True

    def set_output(self, name: str, on: bool) -> None: ...

    def close(self) -> None: ...

    def health(self) -> Any: ...

    def is_on(self, name: str) -> bool | None:
        return self.on


def programme(seconds: float, seed: int) -> list[float]:
    """One loudness a step."""
    source = random.Random(seed)
    out: list[float] = []
    while len(out) < seconds / STEP_S:
        out += [source.uniform(0.02, 0.3)] * source.randrange(2, 6) + [0.001] * source.randrange(0, 4)
    return out[: round(seconds / STEP_S)]


def play(ears: Ears, levels: list[float], begin: float) -> None:
    """In blocks of 10 ms, as the pipe's sink tells them."""
    for at, level in enumerate(levels):
        for part in range(5):
            peak = round(level * 32767)
            block = array("h", [peak, -peak] * 240).tobytes()
            ears.played(begin + at * STEP_S + part * 0.01, block)


def hear(ears: Ears, horn: list[float | None], microphone: list[float | None], begin: float) -> None:
    """Four at a time, as a board tells them."""
    for at in range(0, len(horn) - 3, 4):
        ended = begin + (at + 4) * STEP_S
        ears.heard(Levels(ended, STEP_S, tuple(horn[at : at + 4]), tuple(microphone[at : at + 4])))


def test_what_was_played_and_heard_is_proven() -> None:
    ears = Ears(Board())
    levels = programme(20, 1)
    play(ears, levels, 100.0)
    hear(ears, [0.05 + level / 3 for level in levels], [level / 4 for level in levels], 100.2)
    verdict = ears.verdict(100.0, 120.0)
    assert verdict is not None
    assert (verdict.finding, verdict.sensor) == (Sounding.HEARD, "microphone")
    assert verdict.sure > 0.9


def test_a_board_that_says_nothing_leaves_no_verdict() -> None:
    ears = Ears(Board())
    play(ears, programme(12, 2), 100.0)
    assert ears.verdict(100.0, 112.0) is None


def test_a_relay_that_the_board_says_has_fallen_is_found() -> None:
    board = Board()
    board.on = False
    ears = Ears(board)
    levels = programme(12, 3)
    play(ears, levels, 100.0)
    hear(ears, [0.0] * len(levels), [0.001] * len(levels), 100.0)
    verdict = ears.verdict(100.0, 112.0)
    assert verdict is not None
    assert verdict.finding is Sounding.FALLEN_RELAY


def test_what_was_heard_before_or_after_is_not_counted() -> None:
    ears = Ears(Board())
    levels = programme(12, 4)
    play(ears, levels, 100.0)
    hear(ears, [0.05 + level / 3 for level in levels], [level / 4 for level in levels], 130.0)
    assert ears.verdict(100.0, 112.0) is None


@pytest.mark.parametrize(("cut_at", "finding"), [(30, Sounding.CUT_CABLE), (150, Sounding.HEARD)])
def test_a_long_programme_is_what_most_of_its_pieces_are(cut_at: int, finding: Sounding) -> None:
    ears = Ears(Board())
    levels = programme(180, 5)
    play(ears, levels, 1000.0)
    line = [0.05 + level / 3 if at * STEP_S < cut_at else 0.0 for at, level in enumerate(levels)]
    hear(ears, line, [None] * len(levels), 1000.1)
    verdict = ears.verdict(1000.0, 1180.0)
    assert verdict is not None
    assert verdict.finding is finding


def test_memory_has_an_end() -> None:
    ears = Ears(Board())
    for second in range(round(KEEP_S) * 3):
        ears.heard(Levels(float(second), 0.5, (0.1, 0.1), (0.1, 0.1)))
    assert len(ears._moments) <= (KEEP_S + 60) / STEP_S


def test_loudness_is_the_root_mean_square() -> None:
    ears = Ears(Board())
    ears.played(5.0, array("h", [round(16384 * math.sin(at / 7)) for at in range(4800)]).tobytes() + b"\x01")
    moment = ears._moments[round(5.0 / STEP_S)]
    assert math.sqrt(moment.squares / moment.samples) == pytest.approx(16384 / math.sqrt(2), rel=0.02)


@pytest.mark.parametrize("finding", [None, *Sounding])
def test_each_finding_has_its_line_and_what_to_do(finding: Sounding | None) -> None:
    checks = hearing_check(finding)
    if finding in (None, Sounding.UNSURE):
        assert checks == []
        return
    (check,) = checks
    assert check.level == ("ok" if finding is Sounding.HEARD else "bad")
    assert (check.fix != "") is (finding is not Sounding.HEARD)
