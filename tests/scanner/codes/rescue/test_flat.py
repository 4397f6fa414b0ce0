"""Codes that finder patterns give away are laid flat and read, beside those already read."""

from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np
import segno

from scanner.codes.engines import zxing
from scanner.codes.places import polygon
from scanner.codes.rescue import flat


def table(*texts: str, side: int = 260) -> Any:
    """Codes side by side, tilted a little."""
    sheet = np.full((side + 120, len(texts) * (side + 60) + 60), 235, np.uint8)
    for number, text in enumerate(texts):
        rows = np.array([list(row) for row in segno.make(text, error="m", micro=False).matrix], np.uint8)
        code = cv2.resize(np.where(rows, 25, 235).astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST)
        left = 60 + number * (side + 60)
        sheet[60 : 60 + side, left : left + side] = code
    height, width = sheet.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    moved = corners + np.array([(40, 60), (-10, 0), (-30, -20), (0, -70)], np.float32)
    warped = cv2.warpPerspective(
        sheet, cv2.getPerspectiveTransform(corners, moved), (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    return cv2.GaussianBlur(warped, (0, 0), 1.2)


def test_all_codes_are_read_with_their_places() -> None:
    picture = table("Làng Số", "xã Hoa Sơn")
    look = flat.look(picture, 4000, (), time.monotonic() + 20)
    assert sorted(reading.text for reading in look.readings) == ["Làng Số", "xã Hoa Sơn"]
    assert {reading.engine for reading in look.readings} == {"flat"}


def test_what_was_read_already_is_passed_over() -> None:
    picture = table("Làng Số", "xã Hoa Sơn")
    (known,) = [reading for reading in zxing(picture).readings if reading.text == "Làng Số"]
    look = flat.look(picture, 4000, (known.polygon,), time.monotonic() + 20)
    assert [reading.text for reading in look.readings] == ["xã Hoa Sơn"]


def test_a_code_that_cannot_be_mended_is_a_hint() -> None:
    picture = table("0123456789" * 3)
    height, width = picture.shape
    noise = np.random.default_rng(5).integers(0, 256, (height // 3, width // 3), np.uint8)
    picture[height // 2 - 20 : height // 2 - 20 + height // 3, width // 2 : width // 2 + width // 3] = noise
    look = flat.look(picture, 4000, (), time.monotonic() + 20)
    assert look.readings == ()
    assert len(look.unread) == 1


def test_nothing_is_begun_when_the_time_is_up_and_nothing_seen_in_nothing() -> None:
    assert flat.look(table("a"), 4000, (), time.monotonic() - 1).readings == ()
    blank = flat.look(
        np.full((300, 400), 200, np.uint8), 4000, [polygon([(0, 0), (9, 0), (9, 9), (0, 9)])], time.monotonic() + 5
    )
    assert blank.readings == blank.unread == ()


def test_places_are_the_pictures_own_when_it_was_made_smaller() -> None:
    picture = table("Làng Số", side=700)
    (whole,) = flat.look(picture, 4000, (), time.monotonic() + 20).readings
    (small,) = flat.look(picture, 400, (), time.monotonic() + 20).readings
    assert np.abs(np.subtract(whole.polygon, small.polygon)).max() < 8
