"""A kiosk whose table was measured: the sheet's true size in the dossier, pale paper left pale, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import scenes
from scenes import sheets
from scenes.model import A4, A5, Placed, Scene, Sheet

from kiosk.journeys.develop import remarks
from langso.settings.model import ScannerSettings
from scanner.live.capture import Shot, draft, straighten
from scanner.live.table import FILE, identity, save_table
from scanner.live.table_keeper import TableKeeper
from scanner.live.table_measuring import measure_table

GOOD = scenes.Conditions(size=(1920, 1080), fill=0.8, tilt=3.0, cast=(0.86, 1.0, 1.1), exposure=0.85)


def shoot(sheet: Any, conditions: scenes.Conditions = GOOD) -> Any:
    return scenes.shoot(Scene((Placed(sheet, (0.0, 0.0), 90.0),), "dark_wood"), conditions, np.random.default_rng(1))


@pytest.fixture(scope="module")
def empty_a4() -> Any:
    return shoot(Sheet(np.full((1680, 2376, 3), 250, np.uint8)[:, ::1], (A4[0], A4[1]), "plain")).image


@pytest.fixture(scope="module")
def small_form() -> Any:
    """A form of size A5 under the same camera."""
    form = sheets.form(np.random.default_rng(2), number=0)
    return shoot(replace(form, size_mm=A5), replace(GOOD, fill=0.8 * A5[1] / A4[1]))


def test_an_a5_keeps_its_size_and_is_not_called_too_far(empty_a4: Any, small_form: Any, tmp_path: Path) -> None:
    save_table(measure_table(empty_a4, "a"), tmp_path / FILE)
    table = TableKeeper(tmp_path / FILE, lambda: "a")
    shot = Shot(small_form.image, small_form.sheets[0].quad)
    page = straighten(shot, table=table)
    assert page.paper == "A5"
    assert sorted(page.size_mm) == sorted(A5)
    assert remarks(shot, table) == ()
    assert remarks(shot) != (), "a camera that was not measured may be held in a hand"
    picture = draft(shot, table=table)
    assert max(picture.shape[:2]) <= 1100


def test_the_dossier_of_a_measured_kiosk_and_a_camera_that_was_changed(
    drive: Callable[..., Any], commune: Any, cameras: dict[str, Path], empty_a4: Any, small_form: Any
) -> None:
    commune.teach()
    cv2.imwrite(str(cameras["paper"] / "1.jpg"), small_form.image)
    camera = identity(ScannerSettings(camera="replay", source=str(cameras["paper"])))
    save_table(measure_table(empty_a4, camera), commune.state / FILE)
    steps = [
        {"touch": "Quét giấy tờ"},
        {"wait": "Trang này đọc rõ không?"},
        {"wait": "Rõ nét"},
        {"shot": "measured"},
        {"camera": str(cameras["nothing"])},
        {"touch": "Chụp lại"},
        {"wait": "Chưa thấy giấy"},
    ]
    visit = drive(steps, camera=cameras["paper"])
    assert visit.status == 0, visit.printed
    keeper = TableKeeper(commune.state / FILE, lambda: "khác")
    keeper.at(small_form.image, small_form.sheets[0].quad)
    assert keeper.check().parameters == {"why": "other_camera"}
