"""zxing-cpp first, then retries on the picture changed, as long as the time allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from langso import codes

BUDGET_S = 0.7
MAX_TEXT = 4296
_MAX_CODES = 64


@dataclass(frozen=True)
class Code:
    """`text` as the code's own character set gives it; `polygon`: four (x, y) in the picture's pixels, clockwise;
    `engine`: what read it; `kind`: emv, url, health_card, citizen_card, dossier_code or unknown.
    """

    text: str
    polygon: tuple[tuple[float, float], ...]
    engine: str
    kind: str


def read_codes(image: Any, budget_s: float = BUDGET_S) -> list[Code]:
    """All QR codes in a BGR or gray picture, top to bottom. Retries stop at the first that finds any, and at
    `budget_s` seconds.
    """
    start = time.monotonic()
    gray = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    for name, change in _TRIES:
        if name != "zxing" and time.monotonic() - start > budget_s * 0.8:
            break
        changed, scale = change(gray)
        found = _zxing(changed, scale, name)
        if found:
            return found
    return []


def _zxing(gray: Any, scale: float, engine: str) -> list[Code]:
    import zxingcpp

    results = zxingcpp.read_barcodes(
        np.ascontiguousarray(gray),
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode]),
    )
    found: list[Code] = []
    for result in results[:_MAX_CODES]:
        text = _text(result)
        if not result.valid or not text or len(text) > MAX_TEXT:
            continue
        place = result.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        polygon = tuple((round(point.x / scale, 1), round(point.y / scale, 1)) for point in corners)
        found.append(Code(text, polygon, engine, codes.parse(text).kind))
    return sorted(found, key=lambda code: (code.polygon[0][1], code.polygon[0][0]))


def _text(result: Any) -> str:
    """The code's text. Where the code names a character set (ECI, "]Q2" and up), that is used.

    Otherwise bytes that are valid UTF-8 are UTF-8: phones, banks and the ID card write it without saying so, and a
    guess between Asian character sets garbles short Vietnamese words.
    """
    said = str(result.symbology_identifier)
    if said in ("]Q0", "]Q1"):
        try:
            return bytes(result.bytes).decode("utf-8")
        except UnicodeDecodeError:
            pass
    return str(result.text)


def _to_side(side: int) -> Callable[[Any], tuple[Any, float]]:
    def change(gray: Any) -> tuple[Any, float]:
        scale = side / max(gray.shape)
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        return cv2.resize(gray, None, fx=scale, fy=scale, interpolation=how), scale

    return change


def _limited(gray: Any, side: int = 1600) -> tuple[Any, float]:
    return _to_side(side)(gray) if max(gray.shape) > side else (gray, 1.0)


def _as_is(gray: Any) -> tuple[Any, float]:
    return gray, 1.0


def _twice(gray: Any) -> tuple[Any, float]:
    scale = min(2.0, 3000 / max(gray.shape))
    return cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), scale


def _even(gray: Any) -> tuple[Any, float]:
    small, scale = _limited(gray)
    return cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(small), scale


def _adaptive(gray: Any) -> tuple[Any, float]:
    small, scale = _limited(gray)
    side = max(15, (max(small.shape) // 24) | 1)
    return cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, side, 5), scale


def _sharper(gray: Any) -> tuple[Any, float]:
    small, scale = _limited(gray)
    return cv2.addWeighted(small, 2.2, cv2.GaussianBlur(small, (0, 0), 3), -1.2, 0), scale


def _smoother(gray: Any) -> tuple[Any, float]:
    small, scale = _limited(gray)
    return cv2.medianBlur(small, 5), scale


_TRIES: tuple[tuple[str, Callable[[Any], tuple[Any, float]]], ...] = (
    ("zxing", _as_is),
    ("zxing+1600", _to_side(1600)),
    ("zxing+800", _to_side(800)),
    ("zxing+double", _twice),
    ("zxing+clahe", _even),
    ("zxing+adaptive", _adaptive),
    ("zxing+sharpen", _sharper),
    ("zxing+median", _smoother),
)
