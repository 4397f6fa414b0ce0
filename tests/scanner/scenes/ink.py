"""Putting marks on a sheet: type, seals, handwriting, rules."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from langso.settings.assets import AssetMissing, font

_SYSTEM = Path("/usr/share/fonts/truetype")
# FreeSerif and the DejaVus hold every Vietnamese letter; Liberation Serif of Debian 12 does not.
_FILES = {
    ("serif", False): _SYSTEM / "freefont/FreeSerif.ttf",
    ("serif", True): _SYSTEM / "freefont/FreeSerifBold.ttf",
    ("sans", False): _SYSTEM / "dejavu/DejaVuSans.ttf",
    ("sans", True): _SYSTEM / "dejavu/DejaVuSans-Bold.ttf",
    ("book", False): _SYSTEM / "dejavu/DejaVuSerif.ttf",
    ("book", True): _SYSTEM / "dejavu/DejaVuSerif-Bold.ttf",
}
FACES = ("serif", "book", "sans", "be-vietnam")

BLACK = (35, 30, 30)
BLUE = (150, 60, 25)
RED = (45, 40, 205)


@lru_cache(maxsize=64)
def typeface(face: str, size: int, bold: bool = False) -> Any:
    """The font at `size` pixels; a face that is not installed falls back to Pillow's own search for DejaVu Sans."""
    if face == "be-vietnam":
        try:
            return ImageFont.truetype(str(font("bold" if bold else "regular")), size)
        except AssetMissing:
            face = "sans"
    file = _FILES[face, bold]
    return ImageFont.truetype(str(file) if file.is_file() else "DejaVuSans.ttf", size)


class Page:
    """A blank sheet being printed on; `lines` grows as text is put down."""

    def __init__(
        self, size: tuple[int, int], paper: tuple[int, int, int], face: str, points: float, dpi: int
    ) -> None:
        self._picture = Image.new("RGB", size, paper[::-1])
        self._draw = ImageDraw.Draw(self._picture)
        self.size = size
        self.face = face
        self.em = round(points * dpi / 72)
        self.lines: list[str] = []

    def width(self, text: str, scale: float = 1.0, bold: bool = False) -> float:
        """Pixels the text takes."""
        return float(typeface(self.face, round(self.em * scale), bold).getlength(text))

    def put(
        self,
        at: tuple[float, float],
        text: str,
        *,
        scale: float = 1.0,
        bold: bool = False,
        ink: tuple[int, int, int] = BLACK,
        anchor: str = "ls",
        noted: bool = True,
    ) -> None:
        """One line of type on the baseline `at`; `noted` text becomes part of the page's text."""
        text = unicodedata.normalize("NFC", text)
        self._draw.text(
            at, text, font=typeface(self.face, round(self.em * scale), bold), fill=ink[::-1], anchor=anchor
        )
        if noted:
            self.lines.append(text)

    def wrap(self, text: str, room: float) -> list[str]:
        """The text broken into lines no wider than `room` pixels."""
        lines, current = [], ""
        for word in text.split():
            longer = f"{current} {word}".strip()
            if current and self.width(longer) > room:
                lines.append(current)
                current = word
            else:
                current = longer
        return [*lines, current] if current else lines

    def rule(self, a: tuple[float, float], b: tuple[float, float], width: int = 3, ink: Any = BLACK) -> None:
        """A straight line."""
        self._draw.line([a, b], fill=ink[::-1], width=width)

    def replace(self, image: Any) -> None:
        """Go on printing on another ground (BGR, the same size)."""
        self._picture = Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        self._draw = ImageDraw.Draw(self._picture)

    def image(self) -> Any:
        """BGR uint8, a copy."""
        return cv2.cvtColor(np.asarray(self._picture), cv2.COLOR_RGB2BGR)


def seal(
    image: Any, centre: tuple[float, float], radius: int, rng: Any, words: str = "ỦY BAN NHÂN DÂN XÃ MẪU"
) -> None:
    """A round red office seal pressed over what is there: two rings, words around, a star; ink uneven."""
    side = 2 * radius + 8
    mask = np.zeros((side, side), np.uint8)
    middle = (side // 2, side // 2)
    cv2.circle(mask, middle, radius, 255, max(3, radius // 22), cv2.LINE_AA)
    cv2.circle(mask, middle, int(radius * 0.93), 255, max(1, radius // 60), cv2.LINE_AA)
    cv2.circle(mask, middle, int(radius * 0.58), 255, max(1, radius // 60), cv2.LINE_AA)
    star = [
        (
            middle[0] + radius * (0.34 if i % 2 == 0 else 0.14) * np.sin(i * np.pi / 5),
            middle[1] - radius * (0.34 if i % 2 == 0 else 0.14) * np.cos(i * np.pi / 5),
        )
        for i in range(10)
    ]
    cv2.fillPoly(mask, [np.array(star, np.int32)], 255, cv2.LINE_AA)
    letters = typeface("sans", max(8, round(radius * 0.2)), True)
    for number, letter in enumerate(words):
        angle = -230 + 280 * number / max(1, len(words) - 1)
        cell = Image.new("L", (radius // 2, radius // 2), 0)
        ImageDraw.Draw(cell).text((radius // 4, radius // 4), letter, font=letters, fill=255, anchor="mm")
        turned = np.asarray(cell.rotate(-(angle + 90), resample=Image.Resampling.BICUBIC))
        x = round(middle[0] + radius * 0.76 * np.cos(np.radians(angle)) - turned.shape[1] / 2)
        y = round(middle[1] + radius * 0.76 * np.sin(np.radians(angle)) - turned.shape[0] / 2)
        part = mask[y : y + turned.shape[0], x : x + turned.shape[1]]
        np.maximum(part, turned, out=part)
    patchy = cv2.GaussianBlur(rng.normal(0, 1, (side, side)).astype(np.float32), (0, 0), radius / 9)
    strength = np.clip(0.86 + patchy * radius / 9 * 0.16, 0.45, 0.97) * (mask / 255.0)
    _press(image, strength, (round(centre[0]) - side // 2, round(centre[1]) - side // 2), RED)


def scribble(
    image: Any, at: tuple[float, float], size: tuple[float, float], rng: Any, ink: Any = BLUE, pen: int = 5
) -> None:
    """A signature-like run of loops in ballpoint."""
    turns = int(rng.integers(5, 9))
    t = np.linspace(0, 1, 60 * turns)
    wobble = [rng.uniform(0.35, 1) * np.sin(2 * np.pi * (turns * k * t + rng.random())) for k in (1.0, 0.5, 1.7)]
    x = at[0] + size[0] * (t + 0.1 * wobble[0])
    y = at[1] + size[1] * (0.45 * wobble[0] + 0.3 * wobble[1] + 0.16 * wobble[2]) * (1 - 0.5 * t)
    cv2.polylines(image, [np.stack([x, y], 1).round().astype(np.int32)], False, ink, pen, cv2.LINE_AA)


def handwrite(image: Any, at: tuple[float, float], length: float, height: float, rng: Any, ink: Any = BLUE) -> None:
    """Joined letters-like strokes along a line: word after word, no readable text."""
    x, end = at[0], at[0] + length
    while x < end:
        word = min(end - x, rng.uniform(1.2, 4.0) * height)
        n = max(12, int(word / height * 24))
        t = np.linspace(0, 1, n)
        phase = np.cumsum(rng.uniform(0.35, 0.75, n))
        px = x + word * t + 0.16 * height * np.sin(phase * 1.3)
        tall = np.repeat(rng.choice([0.35, 0.4, 0.8], n // 6 + 1), 6)[:n]
        py = at[1] - height * tall * (0.5 + 0.5 * np.sin(phase))
        cv2.polylines(
            image, [np.stack([px, py], 1).round().astype(np.int32)], False, ink, max(2, int(height / 9)), cv2.LINE_AA
        )
        x += word + 0.5 * height


def _press(image: Any, strength: Any, corner: tuple[int, int], ink: tuple[int, int, int]) -> None:
    """Ink multiplied into the paper, cut at the sheet's edges."""
    height, width = image.shape[:2]
    x0, y0 = max(0, corner[0]), max(0, corner[1])
    x1, y1 = min(width, corner[0] + strength.shape[1]), min(height, corner[1] + strength.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = image[y0:y1, x0:x1].astype(np.float32)
    much = strength[y0 - corner[1] : y1 - corner[1], x0 - corner[0] : x1 - corner[0], None].astype(np.float32)
    covered = np.minimum(part, np.array(ink, np.float32))
    image[y0:y1, x0:x1] = (part * (1 - much) + covered * much).astype(np.uint8)
