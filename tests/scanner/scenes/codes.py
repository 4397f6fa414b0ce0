"""QR payloads and the things that carry them: payment slips and phone screens."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import segno

from langso.codes import emv
from scenes import wording
from scenes.ink import Page
from scenes.model import MM_PER_INCH, PrintedCode, Sheet, rectangle

_BINS = ("970405", "970415", "970418", "970422", "970436", "970407", "970454")
SCREEN = (720, 1560)
"""Pixels of a cheap phone's screen."""
SCREEN_MM = (67.0, 145.2)
CELL = 3
DIMMED = 0.4
"""Pixels of the drawing for one pixel of the screen (its three stripes), drawn at DIMMED of full light."""


def vietqr(rng: Any) -> str:
    """A VietQR transfer to a made-up account, with its checksum."""
    amount = None if rng.random() < 0.25 else int(rng.integers(2, 900)) * 1000
    bill = f"H29.16-25{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}-{rng.integers(1, 9999):04d}"
    return emv.write(
        emv.VietQr(
            bin=wording.pick(rng, _BINS),
            account="".join(str(d) for d in rng.integers(0, 10, int(rng.integers(8, 15)))),
            amount=amount,
            bill=bill if rng.random() < 0.6 else None,
            purpose="Nop le phi ho so" if rng.random() < 0.7 else None,
            name=wording.pick(rng, ("UBND XA MAU", "HTX VI DU", "NGUYEN VAN A")),
        )
    )


def citizen(rng: Any) -> str:
    """The text of a citizen's card: fields as the card has them, nobody's values."""
    day, month, year = wording.day(rng, 1945, 2012)
    woman = bool(rng.random() < 0.5)
    century = 2 * (year // 100 - 19) + woman
    province = wording.pick(rng, ("001", "038", "079", "092", "042", "014", "066", "004"))
    number = f"{province}{century}{year % 100:02d}{rng.integers(0, 10**6):06d}"
    old = "" if rng.random() < 0.4 else f"{rng.integers(10**8, 10**9)}"
    d, m, y = wording.day(rng, 2021, 2025)
    sex = "Nữ" if woman else "Nam"
    place = wording.pick(rng, wording.PLACES)
    return f"{number}|{old}|{wording.person(rng)}|{day:02d}{month:02d}{year}|{sex}|{place}|{d:02d}{m:02d}{y}"


def draw_code(
    text: str, module: int, *, error: str = "m", quiet: int = 4, version: int | None = None
) -> tuple[Any, PrintedCode]:
    """Grey uint8 picture with `module` pixels a module, and where the code lies in it."""
    qr = segno.make_qr(text, error=error, version=version, boost_error=False)
    matrix = np.array([list(row) for row in qr.matrix], dtype=np.uint8)
    side = matrix.shape[0]
    grey = np.where(np.pad(matrix, quiet) > 0, 0, 255).astype(np.uint8)
    picture = np.kron(grey, np.ones((module, module), np.uint8))
    return picture, PrintedCode(text, rectangle(side * module, side * module) + quiet * module, side)


def paste_code(image: Any, code: tuple[Any, PrintedCode], corner: tuple[int, int], ink: float = 0.0) -> PrintedCode:
    """Put a drawn code with its quiet zone at `corner` of a BGR image; returns it in the image's pixels."""
    grey, printed = code
    h, w = grey.shape
    x, y = corner
    part = image[y : y + h, x : x + w].astype(np.float32)
    white = grey[:, :, None] / 255.0
    image[y : y + h, x : x + w] = (part * white + (1 - white) * (28 + ink)).astype(np.uint8)
    return PrintedCode(printed.text, printed.polygon + np.array(corner), printed.modules)


def slip(rng: Any, text: str | None = None, module_mm: float = 0.7) -> Sheet:
    """A fee slip (A6 across) with a printed VietQR code."""
    size = (148.0, 105.0)
    dpi = 300
    page = Page(
        (round(size[0] / MM_PER_INCH * dpi), round(size[1] / MM_PER_INCH * dpi)), (248, 250, 250), "sans", 10, dpi
    )
    left = page.size[0] * 0.06
    page.put((left, page.em * 3), "PHIẾU NỘP LỆ PHÍ", bold=True, scale=1.3)
    rows = (
        f"Người nộp: {wording.pick(rng, wording.NAMES)}",
        "Nội dung: Cấp bản sao trích lục",
        "Số tiền: 8.000 đồng",
    )
    for number, row in enumerate((*rows, "Quét mã bằng ứng dụng ngân hàng")):
        page.put((left, page.em * (6 + 2.2 * number)), row)
    image = page.image()
    drawn = draw_code(text or vietqr(rng), max(2, round(module_mm / MM_PER_INCH * dpi)))
    corner = (round(page.size[0] * 0.97) - drawn[0].shape[1], (page.size[1] - drawn[0].shape[0]) // 2)
    return Sheet(image, size, "slip", tuple(page.lines), (paste_code(image, drawn, corner),))


def phone(rng: Any, text: str | None = None, *, bright: float = 1.0, dark_mode: bool | None = None) -> Sheet:
    """A phone showing a bank app's receive screen: every pixel drawn as its red, green and blue stripe, so that the
    camera's own grid beats against it.
    """
    night = bool(rng.random() < 0.25) if dark_mode is None else dark_mode
    ground = (42, 34, 30) if night else (246, 244, 240)
    letters = (235, 235, 235) if night else (60, 40, 30)
    page = Page(SCREEN, ground, "be-vietnam", 8, 300)
    page.put((SCREEN[0] / 2, 190), "NHẬN TIỀN", bold=True, anchor="ms", ink=letters, scale=1.3)
    page.put((SCREEN[0] / 2, 260), "Tài khoản mẫu", anchor="ms", ink=letters)
    page.put((SCREEN[0] / 2, 1130), "Quét mã để chuyển tiền", anchor="ms", ink=letters)
    screen = page.image()
    payload = text or vietqr(rng)
    modules = draw_code(payload, 1)[0].shape[0]
    drawn = draw_code(payload, int(rng.uniform(0.62, 0.86) * SCREEN[0]) // modules)
    side = drawn[0].shape[0]
    x, y = (SCREEN[0] - side) // 2, 330
    cv2.rectangle(screen, (x, y), (x + side, y + side), (255, 255, 255), -1)
    code = paste_code(screen, drawn, (x, y), ink=-20)
    # Bars of the system and a button, so that it is a screen and not a sheet.
    cv2.rectangle(screen, (0, 0), (SCREEN[0], 60), (60, 50, 45), -1)
    cv2.rectangle(screen, (90, 1250), (SCREEN[0] - 90, 1360), (60, 120, 30), -1)
    lit = _stripes(np.clip(screen * bright, 0, 255).astype(np.uint8))
    code = PrintedCode(code.text, code.polygon * CELL, code.modules)
    bezel = round(3 / SCREEN_MM[0] * lit.shape[1])
    body = cv2.copyMakeBorder(lit, bezel, bezel, bezel, bezel, cv2.BORDER_CONSTANT, value=(14, 14, 14))
    size = (SCREEN_MM[0] * body.shape[1] / lit.shape[1], SCREEN_MM[1] * body.shape[0] / lit.shape[0])
    moved = PrintedCode(code.text, code.polygon + bezel, code.modules)
    alpha = rounded(body.shape[1], body.shape[0], bezel * 2)
    return Sheet(body, size, "phone", tuple(page.lines), (moved,), alpha, gloss=1.0, cells=CELL)


def rounded(width: int, height: int, radius: int) -> Any:
    """Mask of a rectangle with round corners."""
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (radius, 0), (width - radius - 1, height - 1), 255, -1)
    cv2.rectangle(mask, (0, radius), (width - 1, height - radius - 1), 255, -1)
    for x in (radius, width - radius - 1):
        for y in (radius, height - radius - 1):
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    return mask


def _stripes(screen: Any) -> Any:
    """Each pixel as three vertical stripes (R, G, B) with the black matrix between rows."""
    cell = np.full((CELL, CELL, 3), 0.30, np.float32)
    for column, channel in ((0, 2), (1, 1), (2, 0)):
        cell[:, column, channel] = 1.55
    cell[CELL - 1] *= 0.62
    # The stripes share the light: their mean is that of the even pixel, as seen from afar.
    cell *= DIMMED / cell.mean(axis=(0, 1))
    big = np.empty((screen.shape[0] * CELL, screen.shape[1] * CELL, 3), np.uint8)
    tones = np.arange(256, dtype=np.float32)
    for row, column, channel in np.ndindex(CELL, CELL, 3):
        lit = np.clip(tones * cell[row, column, channel], 0, 255).astype(np.uint8)
        big[row::CELL, column::CELL, channel] = lit[screen[:, :, channel]]
    return big
