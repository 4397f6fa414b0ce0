"""A glass that is touched at random: thousands of touches send nothing, and never end where no way leads home."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from stage.walking import Walker, walking

from kiosk.journeys.presses import CALM_S
from kiosk.shell.registry import PLACES

TOUCHES = 2_500
# By place, what lies there to be touched; everything else that is touched means nothing.
BUTTONS = {
    "home": ("scan", "scan", "fee", "size", "contrast"),
    "letters": ("back", "done", ("size", 1.25), "contrast"),
    "scan": ("back", "letters", "shoot", "card", "leave_card", "enough", ("page", 0)),
    "preview": ("letters", "again", "turn", "corners", "keep", "enough"),
    "corners": ("back", "letters", "again", ("done", ((1.0, 1.0), (60.0, 1.0), (60.0, 80.0), (1.0, 80.0)))),
    "pages": ("back", "letters", "retake", "remove", "done", ("turn_to", 1), ("move", 1)),
    "sort": ("back", "letters", ("kind", 0), ("kind", 1), ("kind", 2), ("kind", 3), ("kind", 4), "look", "more"),
    "ask": ("back", "letters", "back", "send"),
    "receipt": ("done",),
    "fee": ("back", "letters", "done"),
}


def touched_at_random(walker: Walker, seed: int, *, gap_s: float, touches: int = TOUCHES) -> dict[str, int]:
    """How often each place was come to. Between two touches `gap_s` seconds pass on average, and never CALM_S."""
    fingers, seen = random.Random(seed), dict.fromkeys(PLACES, 0)
    for _ in range(touches):
        walker.clock.advance(min(fingers.expovariate(1 / gap_s), CALM_S * 0.99))
        walker.lay(due=fingers.random() < 0.3)
        before = walker.place
        walker.do(fingers.choice((*BUTTONS[before], "stray")))
        seen[walker.place] += walker.place != before
    return seen


def led_home(walker: Walker) -> bool:
    """Whether going back, or on where there is no way back, leads home. From a card or a page to be taken anew the
    first step leads to the same place.
    """
    for _ in range(12):
        for event in ("back", "back", "again", "done"):
            before = walker.place
            if walker.do(event) != before:
                break
        if walker.place == "home":
            return True
    return False


@pytest.mark.parametrize(("seed", "gap_s"), [(1, 0.05), (2, 0.4), (3, 1.5)])
def test_thousands_of_random_touches_send_nothing_and_a_way_leads_home(
    tmp_path: Path, seed: int, gap_s: float
) -> None:
    with walking(tmp_path) as walker:
        for part in range(5):
            seen = touched_at_random(walker, 10 * seed + part, gap_s=gap_s, touches=TOUCHES // 5)
            assert seen["ask"] > 3, "the monkey comes as far as the question"
            assert led_home(walker)
        assert walker.outbox.pending() == []
        assert walker.faults == []
        assert walker.left_over() == []


def test_the_same_touches_would_send_where_any_press_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.journeys.presses.CALM_S", 0.0)
    monkeypatch.setattr("kiosk.journeys.presses.CALMEST_S", 0.0)
    with walking(tmp_path) as walker:
        assert touched_at_random(walker, 20, gap_s=0.4, touches=TOUCHES // 5)["receipt"] > 1
