"""A slip as a black-and-white picture for an 80 mm thermal printer, or to be photographed from the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from langso.settings import assets
from langso.words.catalogue import t

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

WIDTH = 576
_MARGIN = 28
_QR = 360


def draw_slip(
    *,
    heading: str,
    place: str,
    lines: Sequence[tuple[str, str]],
    modules: Sequence[Sequence[bool]],
    foot: str,
) -> Image.Image:
    """A grey picture, 576 dots wide; `lines` with an empty value are left out. Raises AssetMissing."""
    from PIL import Image, ImageDraw, ImageFont

    small, normal, bold, large = (
        ImageFont.truetype(str(assets.font(name)), size)
        for name, size in (("medium", 22), ("medium", 26), ("bold", 28), ("bold", 52))
    )
    page = Image.new("L", (WIDTH, 2400), 255)
    draw = ImageDraw.Draw(page)
    y = _MARGIN
    y = _centred(draw, y, heading, bold)
    y = _centred(draw, y, place, small)
    y = _centred(draw, y + 8, t("journeys-slip-heading"), bold) + 8
    for index, (name, value) in enumerate(line for line in lines if line[1]):
        draw.text((_MARGIN, y), name, font=small, fill=0)
        y = _wrapped(draw, y + 28, value, large if index == 0 else normal) + 10
    qr = _picture(modules)
    page.paste(qr, ((WIDTH - qr.width) // 2, y))
    y += qr.height
    y = _centred(draw, y, t("journeys-slip-foot"), normal)
    y = _centred(draw, y, foot, small)
    return page.crop((0, 0, WIDTH, y + _MARGIN))


def _picture(modules: Sequence[Sequence[bool]]) -> Image.Image:
    from PIL import Image

    side = len(modules)
    picture = Image.new("L", (side, side), 255)
    picture.putdata([0 if dark else 255 for row in modules for dark in row])
    whole = max(1, _QR // side)
    return picture.resize((side * whole, side * whole), Image.Resampling.NEAREST)


def _centred(draw: ImageDraw.ImageDraw, y: int, text: str, font: ImageFont.FreeTypeFont) -> int:
    for line in _lines(draw, text, font):
        left = (WIDTH - draw.textlength(line, font=font)) / 2
        draw.text((left, y), line, font=font, fill=0)
        y += round(float(font.size) * 1.35)
    return y


def _wrapped(draw: ImageDraw.ImageDraw, y: int, text: str, font: ImageFont.FreeTypeFont) -> int:
    for line in _lines(draw, text, font):
        draw.text((_MARGIN, y), line, font=font, fill=0)
        y += round(float(font.size) * 1.35)
    return y


def _lines(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """Broken at spaces to the slip's width; a word too long for a line is cut, never lost."""
    room = WIDTH - 2 * _MARGIN
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font=font) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if draw.textlength(lines[-1] + letter, font=font) > room:
                lines.append("")
            lines[-1] += letter
    return lines
