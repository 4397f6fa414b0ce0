"""Citizen's cards as a camera sees them: a made-up layout of true size, marked MẪU, with a code of the same kind."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from scenes import wording
from scenes.codes import citizen, draw_code, paste_code, rounded
from scenes.ink import Page, scribble, seal
from scenes.model import ID1, MM_PER_INCH, Sheet
from scenes.strips import by_strips

DPI = 600
MODULE_MM = 0.30
"""About 49 modules on 15 mm, as on the real card."""


def front(rng: Any, text: str | None = None, *, module_mm: float = MODULE_MM) -> Sheet:
    """Side with the portrait and the code at the upper right."""
    payload = text or citizen(rng)
    fields = payload.split("|")
    page = Page(_size(), (222, 236, 226), "be-vietnam", 5.2, DPI)
    page.replace(_print_ground(page.image(), rng))
    w, h = page.size
    page.put((w * 0.50, h * 0.10), wording.NATION, bold=True, anchor="ms", scale=0.92)
    page.put((w * 0.50, h * 0.17), wording.MOTTO, anchor="ms", scale=0.82)
    page.put((w * 0.48, h * 0.29), "THẺ MẪU", bold=True, anchor="ms", scale=1.6, ink=(40, 40, 200))
    left = w * 0.34
    name = next((f for f in fields[2:4] if f and not f[0].isdigit()), "")
    rows = (
        ("Số", fields[0]), ("Họ và tên", name.upper()), ("Ngày sinh", _dashed(fields[3])), ("Giới tính", fields[4]),
    )  # fmt: skip
    y = h * 0.42
    for label, value in rows:
        page.put(
            (left, y), f"{label}: {value}", scale=1.1 if label in ("Số", "Họ và tên") else 0.95, bold=label == "Số"
        )
        y += h * 0.095
    for part in page.wrap(f"Nơi cư trú: {fields[5]}", w * 0.62)[:2]:
        page.put((left, y), part, scale=0.85)
        y += h * 0.08
    image = page.image()
    _portrait(image, (int(w * 0.05), int(h * 0.34)), (int(w * 0.24), int(h * 0.50)), rng)
    drawn = draw_code(payload, max(2, round(module_mm / MM_PER_INCH * DPI)), quiet=3)
    corner = (w - drawn[0].shape[1] - int(w * 0.02), int(h * 0.05))
    code = paste_code(image, drawn, corner, ink=12)
    return Sheet(image, ID1, "card_front", tuple(page.lines), (code,), _corners(), gloss=0.75)


def back(rng: Any) -> Sheet:
    """Side with the chip, a red seal and three lines for machines."""
    page = Page(_size(), (222, 236, 226), "sans", 5.2, DPI)
    page.replace(_print_ground(page.image(), rng))
    w, h = page.size
    page.put((w * 0.30, h * 0.12), "Đặc điểm nhận dạng: MẪU", scale=0.9)
    d, m, y = wording.day(rng, 2021, 2025)
    page.put((w * 0.30, h * 0.21), f"Ngày cấp: {d:02d}/{m:02d}/{y}", scale=0.9)
    page.put((w * 0.60, h * 0.31), "NGƯỜI KÝ MẪU", bold=True, anchor="ms", scale=0.85)
    image = page.image()
    chip = (int(w * 0.07), int(h * 0.24)), (int(w * 0.20), int(h * 0.44))
    cv2.rectangle(image, *chip, (90, 175, 205), -1)
    cv2.rectangle(image, *chip, (60, 120, 140), 4)
    for share in (0.33, 0.66):
        y_line = int(chip[0][1] + (chip[1][1] - chip[0][1]) * share)
        cv2.line(image, (chip[0][0], y_line), (chip[1][0], y_line), (60, 120, 140), 3)
    scribble(image, (w * 0.52, h * 0.46), (w * 0.18, h * 0.08), rng, pen=4)
    seal(image, (w * 0.53, h * 0.46), round(7.5 / MM_PER_INCH * DPI), rng, words="CƠ QUAN MẪU CẤP THẺ MẪU")
    page.replace(image)
    digits = "".join(str(n) for n in rng.integers(0, 10, 18))
    letters = (
        ("IDVNM" + digits).ljust(30, "<"),
        (digits[::-1][:14] + "VNM").ljust(30, "<"),
        "MAU<<VI<DU".ljust(30, "<"),
    )
    for number, line in enumerate(letters):
        step = (w * 0.9) / 30
        for k, letter in enumerate(line):
            page.put((w * 0.05 + k * step, h * (0.74 + 0.09 * number)), letter, scale=1.3, noted=False)
        page.lines.append(line)
    return Sheet(page.image(), ID1, "card_back", tuple(page.lines), (), _corners(), gloss=0.75)


def _size() -> tuple[int, int]:
    return round(ID1[0] / MM_PER_INCH * DPI), round(ID1[1] / MM_PER_INCH * DPI)


def _corners() -> Any:
    width, height = _size()
    return rounded(width, height, round(3.18 / MM_PER_INCH * DPI))


def _print_ground(image: Any, rng: Any) -> Any:
    """Fine wavy lines and a soft change of colour, as security printing looks."""
    height, width = image.shape[:2]
    x, ys = np.arange(width, dtype=np.float32)[None, :], np.arange(height, dtype=np.float32)
    turned = rng.uniform(0, 6)

    def printed(rows: slice) -> Any:
        y = ys[rows, None]
        waves = np.sin(y / 4.0 + 6 * np.sin(x / 90.0 + turned) + 3 * np.sin(y / 130.0))
        blend = (x / width * 0.6 + y / height * 0.4)[:, :, None]
        return image[rows] * (1 - blend * 0.10 * np.array([1.6, 0.4, -0.4], np.float32)) - 7 * (waves[:, :, None] + 1)

    return by_strips(height, width, printed)


def portrait(rng: Any, size: tuple[int, int]) -> Any:
    """A face-like drawing (w, h), BGR: nobody."""
    w, h = size
    patch = np.full((h, w, 3), (225, 190, 150), np.uint8)
    skin = tuple(int(v) for v in np.array([140, 175, 215]) * rng.uniform(0.75, 1.05))
    cv2.ellipse(patch, (w // 2, h), (int(w * 0.46), int(h * 0.30)), 0, 180, 360, (90, 60, 50), -1, cv2.LINE_AA)
    cv2.ellipse(
        patch, (w // 2, int(h * 0.46)), (int(w * 0.25), int(h * 0.28)), 0, 0, 360, (30, 25, 25), -1, cv2.LINE_AA
    )
    cv2.ellipse(patch, (w // 2, int(h * 0.52)), (int(w * 0.20), int(h * 0.23)), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for dx in (-0.08, 0.08):
        cv2.circle(patch, (int(w * (0.5 + dx)), int(h * 0.48)), max(2, w // 45), (40, 40, 40), -1, cv2.LINE_AA)
    cv2.ellipse(patch, (w // 2, int(h * 0.61)), (w // 14, h // 60), 0, 0, 360, (90, 90, 170), -1, cv2.LINE_AA)
    return cv2.GaussianBlur(patch, (0, 0), 3)


def _portrait(image: Any, corner: tuple[int, int], size: tuple[int, int], rng: Any) -> None:
    image[corner[1] : corner[1] + size[1], corner[0] : corner[0] + size[0]] = portrait(rng, size)


def _dashed(text: str) -> str:
    return f"{text[:2]}/{text[2:4]}/{text[4:]}" if len(text) == 8 else text
