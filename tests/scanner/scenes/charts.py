"""Papers whose every colour is known by place: what a clean page keeps and what it loses is measured on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from scenes import cards, wording
from scenes.ink import BLUE, Page, handwrite, seal
from scenes.model import A4, MM_PER_INCH, Sheet
from scenes.sheets import DPI, PAPERS

PENCIL = 0.62
"""Share of light that graphite drawn lightly leaves."""
MARKERS = {"yellow marker": (120, 250, 255), "pink marker": (190, 150, 255), "green marker": (140, 255, 170)}
FILLS = {
    "navy band": (105, 50, 20),
    "orange cell": (70, 160, 245),
    "sky cell": (240, 215, 175),
    "grey cell": (205,) * 3,
}


@dataclass(frozen=True)
class Chart:
    """`zones`: bool masks (h, w) of the sheet's pixels by name, each of one colour but those in `mixed`: strokes and
    pictures, of which the mean tells.
    """

    sheet: Sheet
    zones: dict[str, Any]
    mixed: tuple[str, ...] = ("pencil", "blue ink", "red seal", "photo", "gold")


def office_page(rng: Any, paper: str = "white", *, photo: bool = True) -> Chart:
    """An A4 of text, a navy band, coloured cells, markers over writing, ink, pencil, a seal and a portrait."""
    page = Page((round(A4[0] / MM_PER_INCH * DPI), round(A4[1] / MM_PER_INCH * DPI)), PAPERS[paper], "serif", 12, DPI)
    width, height = page.size
    boxes = {
        "navy band": (0.08, 0.05, 0.92, 0.10),
        "orange cell": (0.08, 0.14, 0.35, 0.19),
        "sky cell": (0.35, 0.14, 0.63, 0.19),
        "grey cell": (0.63, 0.14, 0.92, 0.19),
    }
    image = page.image()
    for name, box in boxes.items():
        x0, y0, x1, y1 = _pixels(box, page.size)
        image[y0:y1, x0:x1] = FILLS[name]
    page.replace(image)
    page.put((width * 0.5, height * 0.085), wording.NATION, bold=True, anchor="ms", ink=(250, 250, 250))
    y = height * 0.25
    written = []
    for line in page.wrap(wording.paragraph(rng, 9), width * 0.80):
        if y > height * 0.66:
            break
        page.put((width * 0.1, y), line)
        written.append(y)
        y += page.em * 1.9
    image = page.image()
    zones = {name: np.zeros((height, width), bool) for name in (*boxes, *MARKERS)}
    for name, box in boxes.items():
        x0, y0, x1, y1 = _pixels(box, page.size)
        zones[name][y0:y1, x0:x1] = True
    for place, (name, colour) in enumerate(MARKERS.items()):
        base = round(written[2 * place + 2])
        area = (
            slice(base - page.em, base + page.em // 3),
            slice(round(width * 0.15), round(width * (0.5 + 0.1 * place))),
        )
        image[area] = (image[area].astype(float) * np.array(colour) / 255).astype(np.uint8)
        zones[name][area] = True
    plain = image.copy()
    handwrite(image, (width * 0.1, height * 0.72), width * 0.35, page.em * 1.0, rng, BLUE)
    zones["blue ink"] = _changed(plain, image)
    plain = image.copy()
    drawn = np.full_like(image, 255)
    handwrite(drawn, (width * 0.1, height * 0.78), width * 0.35, page.em * 1.0, rng, (0, 0, 0))
    image = (image * (1 - (1 - PENCIL) * (255 - drawn.astype(float)) / 255)).astype(np.uint8)
    zones["pencil"] = _changed(plain, image)
    plain = image.copy()
    seal(image, (width * 0.72, height * 0.80), round(18 / MM_PER_INCH * DPI), rng)
    zones["red seal"] = _changed(plain, image, 60)
    if photo:
        portrait = cards.portrait(rng, (round(30 / MM_PER_INCH * DPI), round(40 / MM_PER_INCH * DPI)))
        x, y = round(width * 0.1), round(height * 0.82)
        image[y : y + len(portrait), x : x + portrait.shape[1]] = portrait
        zones["photo"] = np.zeros((height, width), bool)
        zones["photo"][y : y + len(portrait), x : x + portrait.shape[1]] = True
    zones["paper"] = np.abs(image.astype(int) - PAPERS[paper]).max(axis=2) < 4
    return Chart(Sheet(image, A4, "chart"), zones)


def dark_cover(rng: Any, colour: tuple[int, int, int] = (92, 44, 30)) -> Chart:
    """A booklet's cover of one dark colour with golden letters, the size of a passport."""
    size_mm = (88.0, 125.0)
    page = Page(
        (round(size_mm[0] / MM_PER_INCH * DPI), round(size_mm[1] / MM_PER_INCH * DPI)), colour, "serif", 12, DPI
    )
    gold = (95, 175, 205)
    for share, text in ((0.2, "CỘNG HÒA MẪU"), (0.75, "SỔ MẪU")):
        page.put((page.size[0] / 2, page.size[1] * share), text, bold=True, anchor="ms", ink=gold)
    image = page.image()
    cv2.circle(image, (page.size[0] // 2, page.size[1] * 9 // 20), page.size[0] // 6, gold, -1, cv2.LINE_AA)
    grain = rng.normal(0, 3, image.shape[:2])[:, :, None]
    image = np.clip(image + grain, 0, 255).astype(np.uint8)
    flat = image.astype(int)
    return Chart(
        Sheet(image, size_mm, "cover"),
        {"cover": np.abs(flat - colour).max(axis=2) < 16, "gold": np.abs(flat - gold).max(axis=2) < 16},
    )


def _pixels(box: tuple[float, float, float, float], size: tuple[int, int]) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (round(share * size[index % 2]) for index, share in enumerate(box))
    return x0, y0, x1, y1


def _changed(before: Any, after: Any, least: int = 25) -> Any:
    return np.abs(after.astype(int) - before).max(axis=2) > least
