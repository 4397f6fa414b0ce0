"""The generator of scenes: the same seed the same pixels, and the truth it tells is true."""

from __future__ import annotations

import itertools
from typing import Any

import cv2
import numpy as np
import pytest
import scenes
from scenes import cards, codes, sheets
from scenes.camera import Conditions
from scenes.optics import Bend

from langso.codes import parse

SMALL = (640, 480)


def test_the_same_seed_gives_the_same_pixels_and_another_does_not() -> None:
    one, same, other = (scenes.sample("slip", "typical", seed, size=SMALL).image for seed in (3, 3, 4))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("kind", scenes.KINDS)
def test_every_kind_is_photographed_with_its_sheets_in_the_picture(kind: str) -> None:
    shot = scenes.sample(kind, "typical", 1, size=SMALL)
    assert shot.image.shape == (480, 640, 3)
    assert shot.image.dtype == np.uint8
    assert shot.sheets
    for sheet in shot.sheets:
        middle = sheet.quad.mean(0)
        assert 0 < middle[0] < 640
        assert 0 < middle[1] < 480


@pytest.mark.parametrize("bend", [Bend(), Bend(25, 0, "arch"), Bend(15, 1, "curl")])
def test_marks_on_the_sheet_are_photographed_where_the_truth_says(bend: Bend) -> None:
    board = np.full((1188, 840, 3), 250, np.uint8)
    for corner in ((0, 0), (780, 0), (780, 1128), (0, 1128)):
        cv2.rectangle(board, corner, (corner[0] + 59, corner[1] + 59), (0, 0, 220), -1)
    scene = scenes.lay(scenes.Sheet(board, (210.0, 297.0), "board"), table="black")
    conditions = Conditions(
        size=(1200, 1500), tilt=18, azimuth=40, roll=9, distortion=0.03, noise=0, bend=bend, jpeg=0
    )
    shot = scenes.shoot(scene, conditions, np.random.default_rng(1))
    quad = shot.sheets[0].quad
    inwards = (quad.mean(0) - quad) / np.hypot(*(quad.mean(0) - quad).T)[:, None]
    for corner, way in zip(quad, inwards, strict=True):
        assert reddish(shot.image, corner + way * 8)
        assert not reddish(shot.image, corner - way * 8)


def test_a_sharp_photograph_of_a_code_is_read_and_its_corners_are_the_readers() -> None:
    import zxingcpp

    for kind in ("slip", "phone", "card_front"):
        shot = scenes.sample(kind, "easy", 2)
        found = zxingcpp.read_barcodes(shot.image)
        assert [code.text for code in found] == [code.text for code in shot.codes], kind
        p = found[0].position
        read = np.array([(c.x, c.y) for c in (p.top_left, p.top_right, p.bottom_right, p.bottom_left)])
        assert np.abs(read - shot.codes[0].polygon).max() < 2.5 * shot.codes[0].px_per_module, kind


def test_live_frames_move_a_little_and_keep_their_table() -> None:
    shots = list(scenes.live("card_front", "typical", 5, seconds=0.6, fps=10, size=SMALL))
    assert len(shots) == 6
    moves = [np.abs(a.sheets[0].quad - b.sheets[0].quad).max() for a, b in itertools.pairwise(shots)]
    assert 0 < max(moves) < 60
    assert len({shot.codes[0].text for shot in shots}) == 1


def test_payloads_are_sound_codes_of_their_kind() -> None:
    rng = np.random.default_rng(7)
    for _ in range(40):
        payment, card = parse(codes.vietqr(rng)), parse(codes.citizen(rng))
        assert (payment.kind, payment.problems) == ("emv", [])
        assert (card.kind, card.problems) == ("citizen_card", [])


def test_a_text_page_tells_the_lines_it_shows() -> None:
    sheet = sheets.text_page(np.random.default_rng(1))
    assert sheet.image.shape[:2] == (3508, 2480)
    assert sheet.lines[0] == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert len(sheet.lines) > 20


def test_the_same_form_is_filled_differently() -> None:
    one, two = (sheets.form(np.random.default_rng(seed), number=1, sealed=False) for seed in (1, 2))
    assert one.lines[2] == two.lines[2]
    assert not np.array_equal(one.image, two.image)


def test_a_card_is_of_true_size_and_carries_the_code_its_face_tells() -> None:
    card = cards.front(np.random.default_rng(1))
    assert card.size_mm == (85.6, 53.98)
    number = card.codes[0].text.split("|")[0]
    assert any(number in line for line in card.lines)


def reddish(image: Any, at: Any) -> bool:
    blue, green, red = (int(v) for v in image[round(at[1]), round(at[0])])
    return red > 90 and red > blue + 50 and red > green + 50
