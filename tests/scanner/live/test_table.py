"""The table measured once with an A4 sheet: true millimetres, the lamp's white, and when it holds no more."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import scenes
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import sheets
from scenes.model import A4, A5, Placed, Scene, Sheet
from scenes.optics import Lens

from scanner.clean import finish
from scanner.commands import scan
from scanner.errors import TableRefused
from scanner.live.table import COLUMNS, MAX_BYTES, ROWS, Table, load_table, read_table, save_table
from scanner.live.table_keeper import Measured, TableKeeper
from scanner.live.table_measuring import measure_table

CAMERA = "v4l2:0:thử:0"
LAMP = (0.86, 1.0, 1.1)
GOOD = scenes.Conditions(size=(1920, 1080), fill=0.8, tilt=4.0, azimuth=40.0, roll=2.0, cast=LAMP, exposure=0.85)


def plain(size: tuple[float, float] = A4, tint: tuple[int, int, int] = (250, 250, 250)) -> Sheet:
    return Sheet(np.full((round(size[1] * 8), round(size[0] * 8), 3), tint, np.uint8), size, "plain")


def shoot(sheet: Any, conditions: scenes.Conditions = GOOD, table: str = "dark_wood", angle: float = 90.0) -> Any:
    scene = Scene((Placed(sheet, (0.0, 0.0), angle),), table)
    return scenes.shoot(scene, conditions, np.random.default_rng(1))


@pytest.fixture(scope="module")
def a4() -> Any:
    return shoot(plain()).image


@pytest.fixture(scope="module")
def table(a4: Any) -> Table:
    return measure_table(a4, CAMERA)


def lies(sheet: Any, at: tuple[float, float], angle: float) -> Any:
    """The picture, and the corners, of a sheet lying elsewhere under the camera that took `a4`."""
    anchor = Placed(plain(), (0.0, 0.0), 90.0)
    other = Placed(sheet, at, angle, clutter=True)
    shot = scenes.shoot(Scene((anchor, other), "dark_wood"), GOOD, np.random.default_rng(1))
    from scenes.camera import _aim
    from scenes.optics import Surface

    lens: Lens = _aim(Scene((anchor,), "dark_wood"), GOOD)
    return shot.image, lens.corners(Surface(other, GOOD.bend))


@pytest.mark.parametrize("conditions", [GOOD, replace(GOOD, tilt=12.0, azimuth=200.0), replace(GOOD, exposure=0.5)])
@pytest.mark.parametrize("ground", ["dark_wood", "wood", "cloth"])
def test_the_scale_is_true_to_half_a_percent(conditions: scenes.Conditions, ground: str) -> None:
    shot = shoot(plain(), conditions, ground)
    measured = measure_table(shot.image, CAMERA)
    size = measured.size_mm(shot.image, shot.sheets[0].quad)
    assert size is not None
    assert sorted(size) == pytest.approx(A4, rel=0.005)


@pytest.mark.parametrize(("at", "angle"), [((0.0, 0.0), 0.0), ((120.0, 20.0), 30.0), ((-150.0, -40.0), 80.0)])
def test_a_sheet_anywhere_on_the_table_has_its_size(table: Table, at: tuple[float, float], angle: float) -> None:
    image, quad = lies(plain(A5), at, angle)
    size = table.size_mm(image, quad)
    assert size is not None
    assert sorted(size) == pytest.approx(A5, rel=0.01)
    assert table.judge(image, quad) is True


def test_a_smaller_copy_of_the_picture_has_the_same_millimetres(table: Table, a4: Any) -> None:
    quad = np.array([(500.0, 300.0), (900.0, 300.0), (900.0, 700.0), (500.0, 700.0)])
    half = cv2.resize(a4, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert table.size_mm(half, quad / 2) == pytest.approx(table.size_mm(a4, quad))
    whole, small = table.px_per_mm(a4, quad), table.px_per_mm(half, quad / 2)
    assert whole is not None
    assert small == pytest.approx(whole / 2)


def test_an_a5_is_no_a4_and_pale_blue_stays_blue(table: Table) -> None:
    blue = replace(sheets.form(np.random.default_rng(2), number=0), size_mm=A5)
    tinted = replace(blue, image=np.minimum(blue.image, np.array((255, 232, 214), np.uint8)))
    shot = shoot(tinted, replace(GOOD, fill=0.8 * A5[1] / A4[1]))
    quad = shot.sheets[0].quad
    white, scale = table.white_at(shot.image, quad), table.px_per_mm(shot.image, quad)
    assert white is not None
    page = finish(shot.image, quad, px_per_mm=scale, white=white)
    assert page.paper == "A5"
    paper = np.median(page.image.reshape(-1, 3), axis=0)
    assert paper[0] - paper[2] > 20, "what the lamp did not do is the paper's"
    guessed = finish(shot.image, quad)
    assert guessed.paper != "A5" or np.ptp(np.median(guessed.image.reshape(-1, 3), axis=0)) < 35


@pytest.mark.parametrize("cast", [LAMP, (0.95, 1.0, 1.02), (0.75, 1.0, 1.2)])
@pytest.mark.parametrize("exposure", [0.5, 0.85])
def test_white_follows_what_the_camera_did_to_the_picture(
    table: Table, cast: tuple[float, float, float], exposure: float
) -> None:
    shot = shoot(plain(), replace(GOOD, cast=cast, exposure=exposure))
    white = table.white_at(shot.image, shot.sheets[0].quad)
    assert white is not None
    middle = shot.image[500:580, 900:1020].reshape(-1, 3).mean(axis=0)
    assert np.abs(np.log(np.array(white) / middle)).max() < 0.08


def test_another_colour_beside_the_sheet_is_another_table_and_no_white_is_told(table: Table) -> None:
    shot = shoot(plain(), GOOD, "cloth")
    assert table.white_at(shot.image, shot.sheets[0].quad) is None
    assert table.white_at(shot.image, np.array([(0.0, 0), (1919, 0), (1919, 1079), (0, 1079)])) is None


BAD = {
    "Không thấy tờ giấy": lambda: np.full((1080, 1920, 3), 60, np.uint8),
    "ra ngoài hình": lambda: shoot(plain(), replace(GOOD, shift=(0.2, 0.0)), "black").image,
    "không phải khổ A4": lambda: shoot(plain((215.9, 279.4)), GOOD, "black").image,
    "nhỏ quá": lambda: shoot(plain(), replace(GOOD, fill=0.25), "black").image,
    "nghiêng quá": lambda: shoot(plain(), replace(GOOD, tilt=32.0), "black").image,
    "Tối quá": lambda: shoot(plain(), replace(GOOD, exposure=0.22, noise=5.0), "black").image,
    "Sáng quá": lambda: shoot(plain(), replace(GOOD, exposure=1.4), "black").image,
    "giấy bị bóng": lambda: (
        shoot(replace(plain(), gloss=0.8), replace(GOOD, glares=2, glare_strength=220.0), "black").image
    ),
    "bóng đổ": lambda: shoot(plain(), replace(GOOD, shadow="hand", shadow_depth=0.4), "black").image,
    "không trắng": lambda: shoot(plain(tint=(150, 230, 250)), GOOD, "black").image,
    "có chữ": lambda: shoot(sheets.text_page(np.random.default_rng(2)), GOOD, "black").image,
}


@pytest.mark.parametrize("said", BAD)
def test_what_would_measure_badly_is_refused_with_what_to_do(said: str) -> None:
    with pytest.raises(TableRefused, match=said) as refused:
        measure_table(BAD[said](), CAMERA)
    assert "hãy" in str(refused.value)


def test_a_camera_that_still_moves_is_not_measured(a4: Any) -> None:
    moved = np.roll(a4, 14, axis=1)
    with pytest.raises(TableRefused, match="còn động"):
        measure_table(a4, CAMERA, moved)
    assert measure_table(a4, CAMERA, a4).camera == CAMERA


def test_a_table_saved_is_the_table_read(table: Table, tmp_path: Path) -> None:
    save_table(table, tmp_path / "kiosk" / "t.json")
    assert load_table(tmp_path / "kiosk" / "t.json") == table
    assert (tmp_path / "kiosk" / "t.json").stat().st_size < MAX_BYTES / 4


def changed(table: Table, **fields: Any) -> bytes:
    return json.dumps(json.loads(table.model_dump_json()) | fields).encode()


@pytest.mark.parametrize(
    "fields",
    [
        {"version": 2},
        {"size": [0, 5]},
        {"size": [1e9, 5]},
        {"to_mm": [0.0] * 9},
        {"to_mm": [1.0] * 8},
        {"to_mm": [1e-12, 0, 0, 0, 1e-12, 0, 0, 0, 1.0]},
        {"to_mm": [1.0, 0, 0, 0, 1.0, 0, -0.01, 0, 1.0]},
        {"white": [[1, 2, 3]]},
        {"white": [[0.0, 2.0, 3.0]] * (ROWS * COLUMNS)},
        {"around": [300.0, 1.0, 1.0]},
        {"camera": ""},
        {"more": 1},
    ],
)
def test_a_file_that_no_camera_measured_is_refused(table: Table, fields: dict[str, Any]) -> None:
    with pytest.raises(TableRefused, match="đo lại"):
        read_table(changed(table, **fields))
    with pytest.raises(TableRefused):
        read_table(b" " * (MAX_BYTES + 1))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=10) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=20,
)


@given(
    raw=st.binary(max_size=300)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.tuples(st.sampled_from(["version", "camera", "size", "to_mm", "white", "around"]), JSON)
)
@settings(max_examples=150, deadline=None)
def test_whatever_the_file_holds_it_is_a_table_or_refused(table: Table, raw: Any) -> None:
    raw = changed(table, **{raw[0]: raw[1]}) if isinstance(raw, tuple) else raw
    try:
        read = read_table(raw)
    except TableRefused:
        return
    image = np.zeros((read.size[1] // 8 + 1, read.size[0] // 8 + 1, 3), np.uint8)
    read.judge(image, np.array([(1.0, 1), (5, 1), (5, 5), (1, 5)]))


@given(
    to_mm=st.lists(st.floats(-1e6, 1e6), min_size=9, max_size=9),
    quad=st.lists(st.tuples(st.floats(-4000, 4000), st.floats(-4000, 4000)), min_size=4, max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_no_outline_makes_a_table_fail(table: Table, a4: Any, to_mm: list[float], quad: Any) -> None:
    try:
        other = read_table(changed(table, to_mm=to_mm))
    except TableRefused:
        other = table
    corners = np.array(quad)
    for one in (table, other):
        scale, white = one.px_per_mm(a4, corners), one.white_at(a4, corners)
        assert scale is None or scale > 0
        assert white is None or (min(white) >= 1 and max(white) <= 255)
        assert one.judge(a4, corners) in (True, False, None)


@pytest.fixture
def keeper(table: Table, tmp_path: Path) -> TableKeeper:
    save_table(table, tmp_path / "t.json")
    return TableKeeper(tmp_path / "t.json", lambda: CAMERA)


QUAD = np.array([(600.0, 300.0), (1200.0, 300.0), (1200.0, 700.0), (600.0, 700.0)])


def test_what_was_measured_is_used_until_the_camera_is_another(table: Table, a4: Any, tmp_path: Path) -> None:
    save_table(table, tmp_path / "t.json")
    camera = [CAMERA]
    keeper = TableKeeper(tmp_path / "t.json", lambda: camera[0])
    assert keeper.at(a4, QUAD).px_per_mm == table.px_per_mm(a4, QUAD)
    assert keeper.check().level == "ok"
    camera[0] = "v4l2:0:khác:0"
    assert keeper.at(a4, QUAD) == Measured()
    assert keeper.check().level == "warn"
    assert keeper.check().parameters == {"why": "other_camera"}
    assert keeper.check().why == "Đã thay máy ảnh sau khi đo bàn."
    assert not (tmp_path / "t.json").exists()
    camera[0] = CAMERA
    save_table(table, tmp_path / "t.json")
    assert keeper.at(a4, QUAD).px_per_mm is not None, "measured anew it is used without a restart"
    assert keeper.check().level == "ok"


def test_pictures_of_another_shape_end_it(keeper: TableKeeper, tmp_path: Path) -> None:
    assert keeper.at(np.zeros((1200, 1600, 3), np.uint8), QUAD) == Measured()
    assert keeper.check().parameters == {"why": "other_size"}
    assert not (tmp_path / "t.json").exists()


def test_sheets_of_no_papers_size_end_it_and_one_of_the_right_size_does_not(
    keeper: TableKeeper, table: Table, a4: Any, tmp_path: Path
) -> None:
    def sheet(short: float, long: float) -> Any:
        moved = np.linalg.inv(np.array(table.to_mm).reshape(3, 3))
        corners = np.array([(0, 0, 1), (long, 0, 1), (long, short, 1), (0, short, 1)]) @ moved.T
        return corners[:, :2] / corners[:, 2:]

    torn, right, larger = sheet(150, 280), sheet(210, 297), sheet(190, 269)
    for quad in (larger, larger, right, larger, larger, torn, torn, torn):
        keeper.learn(a4, quad)
    assert keeper.at(a4, right).px_per_mm is not None
    keeper.learn(a4, larger)
    assert keeper.at(a4, right) == Measured()
    assert keeper.check().parameters == {"why": "moved"}
    assert not (tmp_path / "t.json").exists()


def test_without_a_file_or_with_a_broken_one_nothing_is_known(tmp_path: Path, a4: Any) -> None:
    keeper = TableKeeper(tmp_path / "t.json", lambda: CAMERA)
    assert keeper.at(a4, QUAD) == Measured()
    assert keeper.check().level == "ok"
    (tmp_path / "t.json").write_text("{}")
    assert keeper.at(a4, QUAD) == Measured()
    assert keeper.check().level == "warn"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(scan, list(arguments))


def test_the_technician_measures_and_the_watch_uses_it(a4: Any, tmp_path: Path) -> None:
    folder, file = tmp_path / "bàn", tmp_path / "bàn.json"
    folder.mkdir()
    cv2.imwrite(str(folder / "1.png"), a4)
    measure = ("camera", "--measure", "--camera", str(folder), "--table", str(file), "--seconds", "0.3")
    said = run(*measure, "--json")
    assert said.exit_code == 0, said.output
    answer = json.loads(said.output)
    assert answer["measured"] is True
    assert answer["px_per_mm"] == pytest.approx(1920 / answer["seen_mm"][0], abs=0.01)
    assert "hãy lấy thước" in run(*measure).output.lower()
    blank = run("page", "--json", "--table", str(file), str(folder / "1.png"))
    assert sorted(json.loads(blank.output)["mm"]) == pytest.approx(A4, rel=0.02)
    half = sheets.form(np.random.default_rng(4), number=0)
    shot = shoot(replace(half, size_mm=A5), replace(GOOD, fill=0.8 * A5[1] / A4[1]))
    cv2.imwrite(str(folder / "1.png"), shot.image)
    watched = run("watch", "--camera", str(folder), "--table", str(file), "--json", "--seconds", "5")
    (taken,) = [event for event in map(json.loads, watched.output.splitlines()) if event["event"] == "captured"]
    assert taken["paper"] == "A5"
    made = ("pdf", "--json", "--no-text", "-o", str(tmp_path / "a.pdf"), str(folder / "1.png"))
    papers = [json.loads(run(*made, *more).output.splitlines()[0])["paper"] for more in ((), ("--table", str(file)))]
    assert papers == ["A4", "A5"], "of one shape: only the measure tells them apart"
    assert run(*made, "--table", str(tmp_path / "không có.json")).exit_code != 0


def test_a_refused_measure_leaves_the_old_one(a4: Any, table: Table, tmp_path: Path) -> None:
    folder, file = tmp_path / "bàn", tmp_path / "bàn.json"
    folder.mkdir()
    save_table(table, file)
    cv2.imwrite(str(folder / "1.png"), np.full((1080, 1920, 3), 60, np.uint8))
    measure = ("camera", "--measure", "--camera", str(folder), "--table", str(file), "--seconds", "0.2")
    said = run(*measure, "--json")
    assert said.exit_code == 1
    assert json.loads(said.output)["measured"] is False
    assert "Không thấy tờ giấy" in run(*measure).output
    assert load_table(file) == table


def test_a_file_that_was_named_is_told_of_and_left_alone(a4: Any, table: Table, tmp_path: Path) -> None:
    folder, file = tmp_path / "bàn", tmp_path / "bàn.json"
    folder.mkdir()
    cv2.imwrite(str(folder / "1.png"), cv2.resize(a4, (1280, 720)))
    watch = ("watch", "--camera", str(folder), "--table", str(file), "--frames", "3")
    assert run(*watch).exit_code != 0, "no such file"
    file.write_text("{}")
    assert run(*watch).exit_code != 0
    save_table(table, file)
    assert run(*watch).exit_code == 0
    keeper = TableKeeper(file, lambda: "khác", lasting=True)
    assert [keeper.at(a4, QUAD), keeper.at(a4, QUAD)] == [Measured(), Measured()]
    assert keeper.check().parameters == {"why": "other_camera"}
    assert load_table(file) == table
