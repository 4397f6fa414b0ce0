"""The real screen, drawn, under a hand that wanders: nothing is sent, and the kiosk is there for the next visitor."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fetched import FETCHED

pytestmark = [FETCHED, pytest.mark.timeout(300)]

WIDE, HIGH = 600, 1024
AS_FAR_AS_THE_NAMES = [
    {"touch": "Quét giấy tờ"},
    {"wait": "Trang này đọc rõ không?"},
    {"gone": "Đang làm rõ, xin chờ một chút"},
    {"touch": "Đủ giấy rồi"},
    {"wait": "Đây là giấy gì?"},
]


def wandering(seed: int, touches: int) -> list[dict[str, Any]]:
    """Taps, double taps and a few drags anywhere on the glass."""
    hand, steps = random.Random(seed), []

    def somewhere() -> list[int]:
        return [hand.randrange(1, WIDE - 1), hand.randrange(1, HIGH - 1)]

    while len(steps) < touches:
        match hand.random():
            case share if share < 0.04:
                steps.append({"drag": [*somewhere(), *somewhere()]})
            case share if share < 0.25:
                steps += [{"tap": somewhere()}] * 2
            case _:
                steps.append({"tap": somewhere()})
    return steps


def test_a_hand_that_wanders_over_the_drawn_screen_sends_nothing(
    drive: Callable[..., Any], commune: Any, cameras: dict[str, Path], desk: Any
) -> None:
    commune.teach()
    question = [{"touch": "Giấy khai sinh"}, {"wait": "Gửi giấy này cho xã?"}]
    home = [{"idle": 3_600}, {"wait": "Nộp phí bằng"}]
    visit = drive(
        [*AS_FAR_AS_THE_NAMES, *wandering(8, 8), *home, *AS_FAR_AS_THE_NAMES, *question, *wandering(7, 25), *home],
        camera=cameras["paper"],
        size=(WIDE, HIGH),
    )
    assert visit.status == 0, visit.printed
    assert (desk.finished, list((commune.state / "outgoing").iterdir())) == ({}, [])
    assert visit.result["workspace"] == []
