"""Places and journeys by name: loaded when they are first needed, and each looked at as long as it takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.shell.registry import JOURNEYS, PLACES, screen_of

ROOT = Path(__file__).parents[3]
LAZY = """
import sys
from kiosk.shell.registry import JOURNEYS, load
before = [name for name in sys.modules if name.startswith(("kivy", "kiosk.screens", "kiosk.journeys", "cv2"))]
load(JOURNEYS["letters"])
after = [name for name in sys.modules if name.startswith(("kivy", "kiosk.screens", "kiosk.journeys.", "cv2"))]
print(before, sorted(after))
"""


def test_nothing_is_loaded_before_it_is_needed_and_then_that_alone() -> None:
    done = subprocess.run([sys.executable, "-c", LAZY], cwd=ROOT, capture_output=True, text=True, check=True)
    alone = ["kiosk.journeys.kinds", "kiosk.journeys.letters", "kiosk.journeys.showing"]
    assert done.stdout.strip() == f"[] {alone}"


def test_what_is_copied_or_paid_by_phone_may_be_looked_at_longer() -> None:
    longer = {name: place.patience for name, place in PLACES.items() if place.patience != 1}
    assert longer == {"receipt": 2.0, "pay": 3.0, "slip": 2.0}


def test_each_place_is_drawn_by_a_screen_of_its_own() -> None:
    assert len({place.screen for place in PLACES.values()}) == len(PLACES)
    assert all(named.startswith("kiosk.journeys.") for named in JOURNEYS.values())
    assert set(JOURNEYS) <= set(PLACES), "a journey begins at the place that bears its name"


def test_a_place_that_is_not_registered_is_no_screen() -> None:
    with pytest.raises(KeyError):
        screen_of("nowhere")
