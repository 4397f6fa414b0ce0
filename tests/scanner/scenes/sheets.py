"""Vietnamese paper at 300 dpi: running text, forms, tables, receipts, booklets, blanks."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from scenes import wording
from scenes.ink import FACES, Page, handwrite, scribble, seal
from scenes.model import A4, A5, MM_PER_INCH, Sheet
from scenes.strips import by_strips

DPI = 300
WHITE = (250, 250, 250)
PAPERS = {
    "white": WHITE,
    "old": (222, 238, 244),
    "yellow": (150, 232, 252),
    "pink": (214, 200, 250),
    "green": (205, 240, 214),
    "blue": (245, 226, 200),
}


def text_page(
    rng: Any,
    *,
    size_mm: tuple[float, float] = A4,
    face: str | None = None,
    points: float | None = None,
    paper: str = "white",
) -> Sheet:
    """Running text under the nation's heading, filling the page; no seal, so every mark is text."""
    page = _page(size_mm, paper, face or wording.pick(rng, FACES), points or float(rng.choice([11, 12, 13, 14])))
    y = _heading(page, wording.pick(rng, wording.TITLES))
    left, right = page.size[0] * 0.12, page.size[0] * 0.92
    bottom = page.size[1] * 0.93
    for text in wording.paragraph(rng, 22).replace(". ", ".\n").split("\n"):
        lines = page.wrap(text, right - left)
        if y + len(lines) * page.em * 1.5 > bottom:
            continue
        for line in lines:
            page.put((left, y), line)
            y += page.em * 1.5
        y += page.em * 0.35
    return _sheet(page, page.image(), size_mm, "text")


def table_page(rng: Any, *, size_mm: tuple[float, float] = A4, face: str | None = None, rows: int = 18) -> Sheet:
    """A ruled list of people; a row's cells make one line of text."""
    page = _page(size_mm, "white", face or wording.pick(rng, FACES), 11)
    y = _heading(page, "DANH SÁCH NỘP HỒ SƠ")
    edges = [page.size[0] * share for share in (0.07, 0.14, 0.37, 0.50, 0.78, 0.94)]
    step = page.em * 2.1
    top = y - page.em
    for row in range(rows + 1):
        if top + (row + 1) * step > page.size[1] * 0.93:
            break
        cells = wording.TABLE_HEAD
        if row:
            place = wording.pick(rng, wording.PLACES).split(",")[0]
            year = str(rng.integers(1950, 2008))
            cells = (str(row), wording.person(rng), year, place, wording.pick(rng, wording.REMARKS))
        for left, cell in zip(edges, cells, strict=False):
            page.put(
                (left + page.em * 0.4, top + row * step + step * 0.66), cell, bold=row == 0, scale=0.9, noted=False
            )
        page.lines.append(" ".join(cells))
        page.rule((edges[0], top + row * step), (edges[-1], top + row * step))
        bottom = top + (row + 1) * step
    page.rule((edges[0], bottom), (edges[-1], bottom))
    for x in edges:
        page.rule((x, top), (x, bottom))
    return _sheet(page, page.image(), size_mm, "table")


def form(
    rng: Any,
    *,
    size_mm: tuple[float, float] = A4,
    face: str | None = None,
    paper: str = "white",
    number: int | None = None,
    typed: bool = False,
    sealed: bool = True,
    framed: bool | None = None,
) -> Sheet:
    """A form filled by hand in blue (or typed), signed, with the commune's red seal. `number`: which form; the same
    number with another rng is the same form filled differently.
    """
    title, fields = wording.FORMS[number if number is not None else int(rng.integers(len(wording.FORMS)))]
    page = _page(size_mm, paper, face or "serif", 13 if size_mm == A4 else 10)
    y = _heading(page, title)
    left, right = page.size[0] * 0.12, page.size[0] * 0.91
    written = []
    for name in fields:
        label = f"{name}:"
        page.put((left, y), label, noted=typed)
        start = left + page.width(label) + page.em * 0.4
        if typed:
            value = wording.person(rng) if "tên" in name else wording.pick(rng, wording.PLACES)
            value = page.wrap(value, right - start)[0]
            page.put((start, y), value, noted=False)
            page.lines[-1] += f" {value}"
        else:
            dots = "." * max(0, int((right - start) / page.width(".")))
            page.put((start, y), dots, noted=False)
            page.lines.append(f"{label} {dots}")
            written.append((start + page.em * 0.3, y - page.em * 0.12, (right - start) * rng.uniform(0.3, 0.9)))
        y += page.em * 2.0
    y += page.em
    d, m, year = wording.day(rng, 2023, 2026)
    page.put((page.size[0] * 0.70, y), f"Ngày {d} tháng {m} năm {year}", anchor="ms")
    y += page.em * 1.6
    page.put((page.size[0] * 0.25, y), "Người khai", bold=True, anchor="ms", noted=False)
    page.put((page.size[0] * 0.70, y), "TM. ỦY BAN NHÂN DÂN", bold=True, anchor="ms", noted=False)
    page.lines.append("Người khai TM. ỦY BAN NHÂN DÂN")
    if framed if framed is not None else "KHAI SINH (" in title:
        for inset, width in ((0.035, 9), (0.045, 3)):
            x0, y0 = page.size[0] * inset, page.size[0] * inset
            corners = [
                (x0, y0),
                (page.size[0] - x0, y0),
                (page.size[0] - x0, page.size[1] - y0),
                (x0, page.size[1] - y0),
            ]
            for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
                page.rule(a, b, width, (60, 60, 170))
    image = page.image()
    for x, base, length in written:
        handwrite(image, (x, base), length, page.em * 0.9, rng)
    foot = y + page.em * 3.2
    scribble(image, (page.size[0] * 0.17, foot), (page.size[0] * 0.16, page.em * 1.4), rng)
    scribble(image, (page.size[0] * 0.64, foot), (page.size[0] * 0.16, page.em * 1.6), rng, ink=(120, 40, 20))
    if sealed:
        # Seals of communes are 36 mm across; pressed over a third of the signature, as the rule is.
        seal(image, (page.size[0] * 0.63, foot), round(17 / MM_PER_INCH * DPI), rng)
    return _sheet(page, image, size_mm, "form")


def receipt(rng: Any) -> Sheet:
    """A till slip on thermal paper, 80 mm wide."""
    entries = [wording.pick(rng, wording.GOODS) for _ in range(int(rng.integers(6, 13)))]
    size = (80.0, 62.0 + 9.0 * len(entries))
    page = _page(size, "white", "sans", 9)
    width, y = page.size[0], page.em * 2.2
    for text, bold in (("HỢP TÁC XÃ DỊCH VỤ MẪU", True), ("PHIẾU THU TIỀN", True), ("Số phiếu: 000123", False)):
        page.put((width / 2, y), text, bold=bold, anchor="ms")
        y += page.em * 1.5
    for name, price in entries:
        page.put((width * 0.06, y), name, noted=False)
        page.put((width * 0.94, y), _dong(price), anchor="rs", noted=False)
        page.lines.append(f"{name} {_dong(price)}")
        y += page.em * 1.9
    page.rule((width * 0.06, y - page.em), (width * 0.94, y - page.em), 2)
    total = _dong(sum(price for _, price in entries))
    page.put((width * 0.06, y + page.em * 0.6), "Tổng cộng:", bold=True, noted=False)
    page.put((width * 0.94, y + page.em * 0.6), total, bold=True, anchor="rs", noted=False)
    page.lines.append(f"Tổng cộng: {total}")
    page.put((width / 2, y + page.em * 2.6), "Xin cảm ơn quý khách", anchor="ms")
    return _sheet(page, page.image(), size, "receipt")


def blank(rng: Any, *, size_mm: tuple[float, float] = A4, paper: str = "white", nearly: bool = False) -> Sheet:
    """Nothing on it, or (`nearly`) a page number and what shows through from behind."""
    page = _page(size_mm, paper, "serif", 12)
    if nearly:
        page.put((page.size[0] / 2, page.size[1] * 0.95), str(rng.integers(2, 9)), anchor="ms")
    image = page.image()
    if nearly:
        behind = cv2.flip(text_page(rng, size_mm=size_mm).image, 1)
        image = cv2.addWeighted(image, 0.94, cv2.GaussianBlur(behind, (0, 0), 3), 0.06, 0)
    return _sheet(page, image, size_mm, "blank")


def booklet(rng: Any, *, size_mm: tuple[float, float] = A5) -> Sheet:
    """An open booklet (sổ hộ khẩu's size and the like): two pages, a spine between them, rounded shading."""
    left = form(rng, size_mm=size_mm, typed=True, sealed=True, paper="old")
    right = text_page(rng, size_mm=size_mm, points=10, paper="old")
    image = np.hstack([left.image, right.image])
    height, width = image.shape[:2]
    x = np.abs(np.arange(width) - width / 2) / DPI * MM_PER_INCH
    shade = 1 - 0.45 * np.exp(-x / 4.0) - 0.12 * np.exp(-x / 20.0)
    shaded = by_strips(height, width, lambda rows: image[rows] * shade[None, :, None])
    return Sheet(shaded, (size_mm[0] * 2, size_mm[1]), "booklet", left.lines + right.lines)


def folded(sheet: Sheet, rng: Any, folds: tuple[int, int] = (1, 1), strength: float = 1.0) -> Sheet:
    """The sheet once folded in so many lines across and down: light and dark sides, a worn crease."""
    height, width = sheet.image.shape[:2]
    shade = np.ones((height, width), np.float32)
    for count, along, size in ((folds[0], 0, height), (folds[1], 1, width)):
        for k in range(count):
            at = size * (k + 1) / (count + 1) + rng.normal(0, size * 0.004)
            away = np.arange(size) - at
            reach = size * 0.05
            side = float(rng.choice([-1, 1]))
            line = 1 + strength * (
                side * 0.10 * np.sign(away) * np.exp(-np.abs(away) / reach) - 0.22 * np.exp(-((away / 3.5) ** 2))
            )
            shade *= line[:, None].astype(np.float32) if along == 0 else line[None, :].astype(np.float32)
    image = by_strips(height, width, lambda rows: sheet.image[rows] * shade[rows, :, None])
    return _with(sheet, image, sheet.alpha)


def worn(sheet: Sheet, rng: Any, strength: float = 1.0) -> Sheet:
    """Scratches, a stain, crumpled shading, and perhaps a torn-off corner. Strength 0-1."""
    height, width = sheet.image.shape[:2]
    alpha = None if sheet.alpha is None else sheet.alpha.copy()
    small = cv2.resize(
        rng.normal(0, 1, (14, 10)).astype(np.float32), (width // 8, height // 8), interpolation=cv2.INTER_CUBIC
    )
    crumple = 1 + 0.05 * strength * cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    image = by_strips(height, width, lambda rows: sheet.image[rows] * crumple[rows, :, None])
    for _ in range(round(strength * rng.integers(2, 9))):
        a, b = rng.uniform(0, 1, (2, 2)) * (width, height)
        b = a + (b - a) * rng.uniform(0.05, 0.4)
        tone = int(rng.choice([200, 225, 245])) if sheet.gloss else int(rng.choice([170, 190, 215]))
        points = np.linspace(a, b, 6) + rng.normal(0, max(width, height) * 0.003, (6, 2))
        cv2.polylines(image, [points.astype(np.int32)], False, (tone,) * 3, max(1, width // 900), cv2.LINE_AA)
    if rng.random() < 0.6 * strength:
        spot = np.zeros((height // 8, width // 8), np.float32)
        where = (int(rng.uniform(0.1, 0.9) * width / 8), int(rng.uniform(0.1, 0.9) * height / 8))
        cv2.ellipse(spot, where, (width // 50, width // 70), rng.uniform(0, 180), 0, 360, 1.0, -1)
        spot = cv2.resize(cv2.GaussianBlur(spot, (0, 0), 2), (width, height))
        tea, clean = np.array([0.34, 0.2, 0.12], np.float32), image
        image = by_strips(height, width, lambda rows: clean[rows] * (1 - spot[rows, :, None] * tea))
    if rng.random() < 0.35 * strength:
        if alpha is None:
            alpha = np.full((height, width), 255, np.uint8)
        reach = min(width, height) * rng.uniform(0.03, 0.09)
        rim = [(0, 0), (reach, 0), (reach * 0.62, reach * 0.28), (reach * 0.45, reach * 0.6), (0, reach * 0.9)]
        cut = np.array(rim)
        corner = int(rng.integers(4))
        if corner in (1, 2):
            cut[:, 0] = width - cut[:, 0]
        if corner in (2, 3):
            cut[:, 1] = height - cut[:, 1]
        cv2.fillPoly(alpha, [cut.astype(np.int32)], 0)
    return _with(sheet, image, alpha)


def _with(sheet: Sheet, image: Any, alpha: Any) -> Sheet:
    return replace(sheet, image=image, alpha=alpha)


def _page(size_mm: tuple[float, float], paper: str, face: str, points: float) -> Page:
    pixels = (round(size_mm[0] / MM_PER_INCH * DPI), round(size_mm[1] / MM_PER_INCH * DPI))
    return Page(pixels, PAPERS[paper], face, points, DPI)


def _heading(page: Page, title: str) -> float:
    """Nation, motto, title; returns the baseline of the first line of text."""
    middle = page.size[0] / 2
    y = page.size[1] * 0.07
    page.put((middle, y), wording.NATION, bold=True, anchor="ms")
    y += page.em * 1.6
    page.put((middle, y), wording.MOTTO, bold=True, anchor="ms")
    half = page.width(wording.MOTTO, bold=True) / 2
    page.rule((middle - half, y + page.em * 0.55), (middle + half, y + page.em * 0.55))
    y += page.em * 3.2
    for line in page.wrap(title, page.size[0] * 0.6):
        page.put((middle, y), line, bold=True, scale=1.2, anchor="ms")
        y += page.em * 1.9
    return y + page.em * 0.8


def _sheet(page: Page, image: Any, size_mm: tuple[float, float], kind: str) -> Sheet:
    return Sheet(image, size_mm, kind, tuple(unicodedata.normalize("NFC", line) for line in page.lines))


def _dong(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + " đ"
