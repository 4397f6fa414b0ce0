"""Colours (day and high contrast), three letter sizes, and lengths: designed at 1024x600, scaled to the screen."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

Rgba = tuple[float, float, float, float]

DESIGN_WIDTH, DESIGN_HEIGHT = 1024, 600
SIZES = (1.0, 1.25, 1.6)
OUTLINE = "#35D08A"
CAMERA_GROUND = "#3A3F45"
BROCADE = (("cham", 18), ("son", 8), ("gold", 6), ("cham", 18), ("white", 4))
Face = Literal["regular", "medium", "semibold", "bold"]
Tone = Literal["ok", "warn", "bad", "plain"]


@dataclass(frozen=True)
class Palette:
    """Colours in hex by token; `border`: a width in design pixels; `soft_fills`: whether pills have a fill of their
    own.
    """

    paper: str = "#FAF6EE"
    card: str = "#FFFFFF"
    ink: str = "#1C2733"
    soft: str = "#5A6672"
    line: str = "#DDD5C7"
    cham: str = "#1F3F77"
    cham_soft: str = "#E6ECF6"
    on_cham: str = "#FFFFFF"
    on_cham_soft: str = "#DCE5F5"
    lua: str = "#0B6B4B"
    lua_soft: str = "#E2F1EA"
    nghe: str = "#9A5B00"
    nghe_text: str = "#7A4800"
    nghe_soft: str = "#FCEFD6"
    son: str = "#A3261B"
    son_soft: str = "#F9E4E1"
    wait: str = "#EFE9DD"
    gold: str = "#E8B33A"
    white: str = "#FFFFFF"
    border: float = 2.0


DAY = Palette()
HIGH_CONTRAST = Palette(
    paper="#FFFFFF",
    card="#FFFFFF",
    ink="#000000",
    soft="#000000",
    line="#000000",
    cham="#0A1F44",
    cham_soft="#FFFFFF",
    on_cham="#FFFFFF",
    on_cham_soft="#FFFFFF",
    lua="#004D33",
    lua_soft="#FFFFFF",
    nghe="#5C3600",
    nghe_text="#5C3600",
    nghe_soft="#FFFFFF",
    son="#7A0F07",
    son_soft="#FFFFFF",
    wait="#E4E4E4",
    border=3.0,
)


@dataclass(frozen=True)
class Theme:
    """One choice of palette, text size (an element of SIZES) and scale of the screen (1 at 1024x600 and 600x1024).

    `wide`, `high`: the screen in design pixels.
    """

    palette: Palette = DAY
    text: float = 1.0
    scale: float = 1.0
    wide: float = DESIGN_WIDTH
    high: float = DESIGN_HEIGHT

    @property
    def upright(self) -> bool:
        """Whether the screen is higher than wide; it then has its own layouts."""
        return self.high > self.wide

    @property
    def large(self) -> bool:
        """Whether the largest letters are chosen: screens then leave out what is less important."""
        return self.text >= 1.5

    @property
    def target(self) -> float:
        """The least side of anything to touch, in design pixels: 9 mm and more, larger with the largest letters."""
        if not self.large:
            return 64
        return 76 if self.upright else 88

    @property
    def high_contrast(self) -> bool:
        """Whether the high-contrast palette is on."""
        return self.palette is HIGH_CONTRAST

    def px(self, length: float) -> float:
        """A design length in screen pixels."""
        return length * self.scale

    def font(self, size: float) -> float:
        """A design text size in screen pixels, grown by the chosen letter size; large texts grow less."""
        grown = 1 + (self.text - 1) * (1.0 if size <= 30 else 30 / size)
        return size * grown * self.scale

    def colour(self, token: str) -> Rgba:
        """A token's colour for drawing. Raises AttributeError for an unknown token."""
        return rgba(getattr(self.palette, token))

    def tone(self, tone: Tone) -> tuple[Rgba, Rgba]:
        """(fill, text colour) of a pill."""
        ground, ink = {
            "ok": ("lua_soft", "lua"),
            "warn": ("nghe_soft", "nghe_text"),
            "bad": ("son_soft", "son"),
            "plain": ("card", "ink"),
        }[tone]
        return self.colour(ground), self.colour(ink)


def theme_for(width: float, height: float, *, text: float = 1.0, high_contrast: bool = False) -> Theme:
    """The theme of a screen of so many pixels, with these letters."""
    scale = scale_for(width, height)
    return Theme(HIGH_CONTRAST if high_contrast else DAY, text, scale, width / scale, height / scale)


def scale_for(width: float, height: float) -> float:
    """How much larger than the design this screen is, by its narrower side; the same for upright screens."""
    if height > width:
        width, height = height, width
    return min(width / DESIGN_WIDTH, height / DESIGN_HEIGHT)


def rgba(hex_colour: str, alpha: float = 1.0) -> Rgba:
    """`#RRGGBB` as four numbers 0-1. Raises ValueError."""
    if len(hex_colour) != 7 or hex_colour[0] != "#":
        raise ValueError(f"not a colour: {hex_colour!r}")
    red, green, blue = (int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, alpha


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two hex colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens(palette: Palette) -> dict[str, str]:
    """All colours of a palette by token."""
    return {f.name: getattr(palette, f.name) for f in fields(palette) if f.name != "border"}


def _luminance(hex_colour: str) -> float:
    red, green, blue, _ = rgba(hex_colour)
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
