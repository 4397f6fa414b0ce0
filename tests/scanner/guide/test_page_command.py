"""langso scan page: one JSON line an image with everything that is wrong, a plain sentence without --json."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import scenes
from click.testing import CliRunner
from scenes import cards

from scanner.commands import scan
from scanner.guide import SAYS

LIMIT_MS = 700


def told(file: Path, *options: str) -> Any:
    said = CliRunner().invoke(scan, ["page", "--json", *options, str(file)])
    assert said.exit_code == 0, said.output
    (line,) = said.stdout.splitlines()
    return json.loads(line)


def test_a_good_page_gets_no_advice_within_the_time(photo: Callable[..., Any], tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), photo())
    line = told(tmp_path / "a.png")
    assert set(line) == {"image", "ms", "quad", "confidence", "advice"}
    assert line["advice"] == []
    assert 0 < line["ms"] < LIMIT_MS


def test_every_fault_is_advised_once(photo: Callable[..., Any], tmp_path: Path) -> None:
    blurred = cv2.GaussianBlur(photo(), (0, 0), 5)
    cv2.imwrite(str(tmp_path / "a.png"), blurred)
    advice = told(tmp_path / "a.png")["advice"]
    assert str(SAYS["blur"]) in advice
    assert len(set(advice)) == len(advice)


def test_a_small_sheet_with_dots_enough_is_not_called_far(tmp_path: Path) -> None:
    scene = scenes.lay(cards.front(np.random.default_rng(1)), table="dark_wood")
    conditions = scenes.Conditions(size=(2400, 1600), fill=0.27, tilt=2.0)
    image = scenes.shoot(scene, conditions, np.random.default_rng(1)).image
    cv2.imwrite(str(tmp_path / "a.png"), image)
    cv2.imwrite(str(tmp_path / "b.png"), cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    assert told(tmp_path / "a.png")["advice"] == []
    assert told(tmp_path / "b.png")["advice"] == [str(SAYS["far"])]


def test_without_a_page_there_is_no_quad_and_a_reason(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((480, 640, 3), 90, np.uint8))
    line = told(tmp_path / "a.png")
    assert line["quad"] is None
    assert len(line["advice"]) >= 1


def test_a_busy_machine_judges_as_a_calm_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = scenes.sample("blank", "easy", 7, size=(1280, 960)).image
    cv2.imwrite(str(tmp_path / "a.png"), image)
    calm = told(tmp_path / "a.png")
    monkeypatch.setattr("time.perf_counter", itertools.count(0.0, 5.0).__next__)
    late = told(tmp_path / "a.png")
    monkeypatch.undo()
    assert late["ms"] >= 5000
    assert late["advice"] == calm["advice"] == [str(SAYS["blank"])]


def test_people_read_a_sentence(photo: Callable[..., Any], tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), photo())
    said = CliRunner().invoke(scan, ["page", str(tmp_path / "a.png")])
    assert "giấy ở" in said.stdout
    assert "Chụp được." in said.stdout


def test_every_sheet_is_answered_for_when_asked(photo: Callable[..., Any], tmp_path: Path) -> None:
    left, right = (
        ((90, 250), (700, 250), (700, 1050), (90, 1050)),
        ((900, 250), (1510, 250), (1510, 1050), (900, 1050)),
    )
    both = photo(left)
    both[:, 800:] = photo(right)[:, 800:]
    cv2.imwrite(str(tmp_path / "a.png"), both)
    line = told(tmp_path / "a.png", "--all")
    assert set(line) == {"image", "ms", "pages"}
    assert len(line["pages"]) == 2
    assert all(set(sheet) == {"quad", "confidence", "advice"} for sheet in line["pages"])
    said = CliRunner().invoke(scan, ["page", "--all", str(tmp_path / "a.png")])
    assert "2 tờ." in said.stdout
