"""Every registered place is drawn, in every size of letters and screen: nothing cut, nothing over another, nothing
too small to touch or too pale to read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from fetched import FETCHED
from stage.pairs import pairwise
from stage.places import DRAWN, SCREENS, STAGE, asked, draw
from stage.samples import samples

from kiosk.shell.protocol import is_plain
from kiosk.shell.registry import JOURNEYS, PLACES, load
from kiosk.style.theme import SIZES
from langso.words.language import LANGUAGES

COLUMNS: list[list[Any]] = [DRAWN, list(SCREENS), list(SIZES), [False, True], list(LANGUAGES)]


@FETCHED
@pytest.mark.timeout(7200 if os.environ.get("LANGSO_SHOTS") else 900)
def test_every_place_can_be_read_and_touched_in_all_letters_on_all_screens() -> None:
    """LANGSO_SHOTS=DIR draws all combinations instead of pairs, and keeps what they looked like."""
    kept = os.environ.get("LANGSO_SHOTS")
    rows = list(product(*COLUMNS)) if kept else pairwise(COLUMNS)
    wanted = [asked(*row) for row in rows]
    found = draw(wanted, Path(kept) / "places" if kept else None)
    wrong = [f"{row}: {fault}" for row, faults in zip(rows, found, strict=True) for fault in faults]
    assert not wrong, "\n".join(wrong)


def test_every_registered_place_has_something_to_be_drawn_with() -> None:
    assert set(samples()) == set(PLACES)
    for shown in samples().values():
        assert all(is_plain(shows) for shows in shown.values())


def test_every_registered_journey_can_be_loaded() -> None:
    for named in JOURNEYS.values():
        assert callable(load(named).begin)


def test_the_rows_hold_every_pair() -> None:
    rows = set(pairwise(COLUMNS))
    for one, other in combinations(range(len(COLUMNS)), 2):
        pairs = {(row[one], row[other]) for row in rows}
        assert pairs == set(product(COLUMNS[one], COLUMNS[other]))
    assert len(rows) < len(list(product(*COLUMNS))) / 4


BAD = """
import sys
sys.path[:0] = [{stage!r}, {tests!r}]
import drawing
from kiosk.style.theme import theme_for
from kiosk.widgets.basic import RoundedBox, Text
from kiosk.widgets.buttons import WordButton
from kiosk.widgets.frame import FramedPage
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

class Bad(FramedPage):
    def __init__(self, theme, shows, emit):
        super().__init__(theme, emit, title="Trang", letters=shows != "letters")
        put = {{
            "cut": lambda: Text(theme, "một dòng chữ " * 60),
            "narrow": lambda: Text(theme, "khôngmộtchỗngắt" * 9, 40),
            "small": lambda: RoundedBox(theme, fill=theme.colour("card")),
            "pale": lambda: Text(theme, "chữ nhạt", token="line"),
            "over": lambda: FloatLayout(),
            "letters": lambda: Widget(),
            "silent": lambda: Widget(),
            "foreign": lambda: Text(theme, "chữ rời"),
        }}[shows]()
        self.main.add_widget(put)
        if shows == "cut":
            self.main.size_hint_y, self.main.height = None, 40
        if shows == "small":
            button = WordButton(theme, "x", print)
            button.size = (40, 40)
            put.add_widget(button)
        if shows == "over":
            for _ in range(2):
                button = WordButton(theme, "trên nhau", print)
                button.pos = (300, 300)
                put.add_widget(button)

drawing.screen_of = lambda place: Bad
drawing.samples = lambda: {{"sort": {{name: name for name in {names!r}}}}}
import json
rows = json.load(sys.stdin)
print(json.dumps([drawing.draw(row) for row in rows]))
"""
WRONG = {
    "cut": "sticks out",
    "narrow": "is broken",
    "small": "less than 63",
    "pale": "contrast",
    "over": "overlap",
    "letters": "cannot be reached",
    "silent": "says nothing aloud",
    "foreign": "outside the catalogue",
}


@FETCHED
def test_the_drawing_itself_sees_what_is_wrong() -> None:
    wanted = [
        asked(("sort", name), SCREENS[0], 1.0, high_contrast=False, tongue="qps" if name == "foreign" else "vi")
        for name in WRONG
    ]
    code = BAD.format(stage=str(STAGE), tests=str(STAGE.parent), names=list(WRONG))
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(wanted),
        cwd=STAGE.parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for (name, said), faults in zip(WRONG.items(), json.loads(done.stdout), strict=True):
        assert any(said in fault for fault in faults), f"{name}: {faults}"
