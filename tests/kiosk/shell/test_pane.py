"""The glass: an old page stays until the new one is drawn, one just come cannot be pressed, one that goes is mute."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fetched import FETCHED

pytestmark = FETCHED
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What happened on a real glass, in a process of its own: Kivy opens one window a process."""
    from stage.commune import Commune

    folder = tmp_path_factory.mktemp("glass")
    file = folder / "langso.toml"
    file.write_text(Commune(folder / "kiosk").settings_text(office_url="http://127.0.0.1:9", camera=folder))
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/kiosk/stage/fading.py"), str(file)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests/shared'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_first_page_is_there_at_once(told: dict[str, Any]) -> None:
    assert told["fading"]["first"] == [["one", 1]]


def test_the_old_page_stays_under_the_new_one_until_that_is_seen(told: dict[str, Any]) -> None:
    seen = told["fading"]
    assert (seen["second"], seen["kept"]) == ([["one", 1], ["two", 0]], [])
    assert (seen["rest"], seen["dropped"]) == ([["two", 1]], ["one"])


def test_a_third_page_during_a_fade_drops_the_first_and_keeps_the_second(told: dict[str, Any]) -> None:
    seen = told["fading"]
    assert (seen["third"], seen["dropped then"]) == ([["three", 1], ["four", 0]], ["one", "two"])
    assert seen["rest then"] == [["four", 1]]


def test_a_cleared_glass_holds_no_page(told: dict[str, Any]) -> None:
    assert told["fading"]["cleared"] == []
    assert told["fading"]["dropped last"] == ["one", "two", "three", "four"]


def test_the_fade_begins_when_the_new_page_has_been_drawn_and_not_before(told: dict[str, Any]) -> None:
    assert told["before_the_first_frame"] == {
        **{"at once": [], "later": ["two"], "of two in a row": ["four"]},
        "fade": 0.15,
    }


def test_for_three_tenths_of_a_second_a_new_page_cannot_be_pressed(told: dict[str, Any]) -> None:
    assert told["dead_time"] == {
        **{"before": False, "now": True, "nearly": True, "then": False, "again": True},
        "seconds": 0.3,
    }
    assert (told["window"]["dead"], told["window"]["alive"]) == (True, False)


def test_what_lies_over_a_page_stays_over_the_next_one_and_there_is_one_of_it(told: dict[str, Any]) -> None:
    seen = told["covering"]
    assert seen["covered"] == [["one", 1], ["cover", 1]]
    assert seen["under"] == [["one", 1], ["two", 0], ["cover", 1]]
    assert seen["rest"] == [["two", 1], ["cover", 1]]
    assert seen["one cover"] == [2, False]
    assert seen["uncovered"] == [["two", 1]]


def test_a_page_that_fades_away_says_nothing_any_more(told: dict[str, Any]) -> None:
    assert told["window"]["heard"] == ["done", "size"]


def test_a_second_press_silences_and_so_does_another_page(told: dict[str, Any]) -> None:
    assert told["window"]["read"] == ["spoken", "hush"]
    assert told["window"]["hushed"]


def test_slow_work_comes_back_while_its_visit_lasts_and_only_then(told: dict[str, Any]) -> None:
    assert told["window"]["work"] == ["7", "ZeroDivisionError"]
    assert (told["window"]["late"], told["window"]["left"]) == ([], False)


def test_however_the_window_ends_the_visit_is_wiped(told: dict[str, Any]) -> None:
    assert told["window"]["left by a fault"] is False
