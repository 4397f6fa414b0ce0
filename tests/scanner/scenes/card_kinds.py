"""Cards of other years and kinds than `cards` draws, made up after their published layouts and marked MẪU.

In 2024 the code went from the front to the back; a small child's card bears no portrait; before that the back bore
two fingerprints; a driving licence has no lines for machines but a table.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from scenes import wording
from scenes.cards import DPI, portrait
from scenes.codes import citizen, draw_code, paste_code, rounded
from scenes.ink import Page, seal
from scenes.model import ID1, MM_PER_INCH, Sheet

FRONTS = ("front_2024", "front_child", "front_licence")
BACKS = ("back_2024", "back_2021", "back_licence")

_PX = DPI / MM_PER_INCH
_GROUNDS = ((235, 235, 232), (225, 190, 150), (205, 200, 196), (250, 246, 240))


def card(kind: str, rng: Any) -> Sheet:
    """One side of a card; `kind` of FRONTS or BACKS."""
    tint = tuple(int(v) for v in rng.integers((195, 212, 205), (240, 245, 240)))
    page = Page((_mm(ID1[0]), _mm(ID1[1])), tint, "sans", 5.0, DPI)
    {
        "front_2024": _front,
        "front_child": _front_child,
        "front_licence": _front_licence,
        "back_2024": _back_2024,
        "back_2021": _back_2021,
        "back_licence": _back_licence,
    }[kind](page, rng)
    image = page.image()
    corners = rounded(image.shape[1], image.shape[0], _mm(3.18))
    return Sheet(image, ID1, kind, tuple(page.lines), (), corners, gloss=0.75)


def _front(page: Page, rng: Any, *, face: bool = True) -> None:
    _head(page, "CĂN CƯỚC MẪU")
    rows = ("Số định danh cá nhân", "".join(map(str, rng.integers(0, 10, 12))), "Họ, chữ đệm và tên khai sinh")
    _rows(page, (*rows, "NGUYỄN VĂN A", "Ngày, tháng, năm sinh", "01/01/2001", "Giới tính: Nam"), 28.0, 22.0)
    if face:
        _paste_portrait(page, rng, (3.5, 20.5), (20.0, 30.0))
    image = page.image()
    _emblem(image, (10.5, 10.0), 12.0)
    page.replace(image)


def _front_child(page: Page, rng: Any) -> None:
    _front(page, rng, face=False)


def _front_licence(page: Page, rng: Any) -> None:
    _head(page, "GIẤY PHÉP LÁI XE MẪU")
    _rows(page, ("Số: 000000000000", "Họ tên: NGUYỄN VĂN A", "Ngày sinh: 01/01/1990", "Hạng: A1"), 29.0, 24.0, 5.0)
    _paste_portrait(page, rng, (4.0, 22.0), (20.0, 26.0))


def _back_2024(page: Page, rng: Any) -> None:
    rows = ("Nơi cư trú: Thôn Mẫu, Xã Ví Dụ", "Nơi đăng ký khai sinh: Xã Ví Dụ", "Ngày cấp: 01/07/2024", "BỘ CÔNG AN")
    _rows(page, rows, 24.0, 6.0, 5.2)
    image = page.image()
    _chip(image, (5.0, 13.0))
    code = draw_code(citizen(rng), max(2, round(0.3 * _PX)), quiet=2)
    paste_code(image, code, (_mm(85.6 - 3) - code[0].shape[1], _mm(4)), ink=12)
    page.replace(image)
    _machine_lines(page, rng)


def _back_2021(page: Page, rng: Any) -> None:
    _rows(page, ("Đặc điểm nhận dạng: MẪU", "Ngày cấp: 01/01/2022", "CỤC TRƯỞNG MẪU"), 22.0, 6.0, 5.0)
    image = page.image()
    _chip(image, (6.0, 12.0))
    seal(image, (_mm(45), _mm(26)), _mm(7), rng, words="CƠ QUAN MẪU")
    for down in (4.0, 19.0):
        _fingerprint(image, (68.0, down), (13.0, 14.0), rng)
    page.replace(image)
    _machine_lines(page, rng)


def _back_licence(page: Page, rng: Any) -> None:
    page.put((page.size[0] / 2, _mm(6)), "CÁC LOẠI XE ĐƯỢC ĐIỀU KHIỂN", bold=True, anchor="ms", scale=0.9)
    for row in range(9):
        y = _mm(10 + 4.6 * row)
        page.rule((_mm(4), y), (_mm(81.6), y), 3)
        if row < 8:
            page.put((_mm(5), y + _mm(3.4)), f"A{row + 1}", bold=True)
            words = "Mô tô hai bánh, ô tô đến chín chỗ ngồi, máy kéo một rơ moóc"
            page.put((_mm(14), y + _mm(3.4)), words[: int(rng.integers(20, 60))], scale=0.8)
    for x in (4, 13, 81.6):
        page.rule((_mm(x), _mm(10)), (_mm(x), _mm(10 + 4.6 * 8)), 3)


def _head(page: Page, title: str) -> None:
    middle = _mm(50)
    page.put((middle, _mm(5.5)), wording.NATION, bold=True, anchor="ms", scale=0.9)
    page.put((middle, _mm(9)), wording.MOTTO, anchor="ms", scale=0.8)
    page.put((middle, _mm(15.5)), title, bold=True, anchor="ms", scale=1.5, ink=(40, 40, 200))


def _rows(page: Page, rows: tuple[str, ...], left: float, top: float, step: float = 4.2) -> None:
    for number, text in enumerate(rows):
        page.put((_mm(left), _mm(top + step * number)), text, scale=0.9)


def _machine_lines(page: Page, rng: Any) -> None:
    """Three lines of thirty signs, 2.54 mm apart, the lines 4.23 mm."""
    digits = "".join(map(str, rng.integers(0, 10, 40)))
    lines = ("IDVNM" + digits[:19] + "<<" + digits[20:23], digits[:7] + "M" + digits[8:15] + "VNM", "MAU<<VI<DU")
    for number, line in enumerate(lines):
        for place, sign in enumerate(line.ljust(30, "<")):
            page.put(
                (_mm(4.5 + 2.54 * place), _mm(39.6 + 4.23 * number + 2)), sign, scale=1.25, bold=True, noted=False
            )


def _paste_portrait(page: Page, rng: Any, at: tuple[float, float], size: tuple[float, float]) -> None:
    """On a ground of another colour than `cards` draws; on some cards it fades into the card."""
    image = page.image()
    w, h = _mm(size[0]), _mm(size[1])
    face = portrait(rng, (w, h))
    ground = _GROUNDS[int(rng.integers(len(_GROUNDS)))]
    bare = np.abs(face.astype(int) - (225, 190, 150)).max(axis=2) < 12
    face[bare] = ground
    x, y = _mm(at[0]), _mm(at[1])
    soft = np.zeros((h, w, 1), np.float32)
    soft[h // 40 : -(h // 40), w // 40 : -(w // 40)] = 1
    if rng.random() < 0.5:
        soft = cv2.GaussianBlur(soft, (0, 0), w / 40)[:, :, None]
    part = image[y : y + h, x : x + w].astype(np.float32)
    image[y : y + h, x : x + w] = (part * (1 - soft) + face * soft).astype(np.uint8)
    page.replace(image)


def _emblem(image: Any, centre: tuple[float, float], across: float) -> None:
    middle, radius = (_mm(centre[0]), _mm(centre[1])), _mm(across / 2)
    cv2.circle(image, middle, radius, (60, 190, 235), -1, cv2.LINE_AA)
    cv2.circle(image, middle, round(radius * 0.82), (40, 35, 205), -1, cv2.LINE_AA)
    cv2.circle(image, middle, round(radius * 0.22), (60, 210, 245), -1, cv2.LINE_AA)


def _chip(image: Any, at: tuple[float, float]) -> None:
    first, last = (_mm(at[0]), _mm(at[1])), (_mm(at[0] + 12), _mm(at[1] + 10))
    cv2.rectangle(image, first, last, (95, 180, 212), -1)
    for share in (0.33, 0.66):
        y = round(first[1] + (last[1] - first[1]) * share)
        cv2.line(image, (first[0], y), (last[0], y), (60, 120, 140), 4)


def _fingerprint(image: Any, at: tuple[float, float], size: tuple[float, float], rng: Any) -> None:
    x0, y0, w, h = _mm(at[0]), _mm(at[1]), _mm(size[0]), _mm(size[1])
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    away = np.hypot((x - w / 2) / (w / 2), (y - h * rng.uniform(0.4, 0.6)) / (h / 2))
    ridges = np.sin(away * 40 + 2 * np.sin(x / w * 6 + rng.uniform(0, 6))) > 0
    part = image[y0 : y0 + h, x0 : x0 + w]
    part[ridges & (away < 1)] = (70, 70, 75)


def _mm(length: float) -> int:
    return round(length * _PX)
