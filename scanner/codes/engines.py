"""The QR engines behind one interface: a grey picture in, texts with corners out. None limits its own time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from langso.settings import assets
from scanner.codes import texts
from scanner.codes.places import Polygon, overlap, polygon, same_place

if TYPE_CHECKING:
    import zxingcpp

    from scanner.arrays import Gray, Plane

_WECHAT = ("qr-detect.prototxt", "qr-detect.caffemodel", "qr-enlarge.prototxt", "qr-enlarge.caffemodel")
MAX_CODES = 255
"""Codes taken from one picture: a sheet of labels has a hundred."""

# Overlap from which two codes of other text at one place are one code read twice.
_WITHIN = 0.3
# The smallest Micro QR corrects nothing and holds five digits: checks and stripes are taken for one.
_UNCHECKED = "M1"
# Pixels from which the net's layers are worth letting go of.
_HELD_PIXELS = 500 * 500
# Pixels of the smallest picture a net takes.
_SPECK = np.zeros((16, 16), np.uint8)


@dataclass(frozen=True)
class Reading:
    """A decoded code: exact text, corners in pixels of the picture given, which engine."""

    text: str
    polygon: Polygon
    engine: str

    def repeats(self, other: Reading) -> bool:
        """Whether this is the same code seen again. A code printed inside another has another text and size."""
        if not same_place(self.polygon, other.polygon):
            return False
        return self.text == other.text or overlap(self.polygon, other.polygon) > _WITHIN


@dataclass(frozen=True)
class EngineLook:
    """What one engine made of one picture: what it read, and where it saw a code it could not read, with the version
    it took it for (0: not known).
    """

    readings: tuple[Reading, ...] = ()
    unread: tuple[Polygon, ...] = ()
    versions: tuple[int, ...] = ()

    def within(self, scale: float, left: float = 0.0, top: float = 0.0) -> EngineLook:
        """The same in the pixels of the picture that this one was cut from at (left, top) and scaled."""
        return replace(
            self,
            readings=tuple(replace(r, polygon=polygon(r.polygon, scale, left, top)) for r in self.readings),
            unread=tuple(polygon(place, scale, left, top) for place in self.unread),
        )


def zxing(gray: Gray, *, histogram: bool = False, pure: bool = False, invert: bool = True) -> EngineLook:
    """zxing-cpp: QR, and Micro QR but for M1. `histogram`: one threshold for the picture instead of local ones;
    `pure`: the picture is one drawn code.
    """
    import zxingcpp

    results = zxingcpp.read_barcodes(
        np.ascontiguousarray(gray),
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode]),
        binarizer=zxingcpp.Binarizer.GlobalHistogram if histogram else zxingcpp.Binarizer.LocalAverage,
        is_pure=pure,
        try_invert=invert,
        return_errors=True,
    )
    readings: list[Reading] = []
    unread: list[Polygon] = []
    versions: list[int] = []
    for result in results[:MAX_CODES]:
        at = result.position
        corners = ((p.x, p.y) for p in (at.top_left, at.top_right, at.bottom_right, at.bottom_left))
        place = polygon(corners)
        valid = result.valid and _said(result) != _UNCHECKED
        text = texts.of_zxing(result) if valid else ""
        if 0 < len(text) <= texts.MAX_TEXT:
            readings.append(Reading(text, place, "zxing"))
        elif not valid:
            unread.append(place)
            versions.append(_version(result))
    return EngineLook(tuple(readings), tuple(unread), tuple(versions))


def _version(result: zxingcpp.Barcode) -> int:
    """Version of a symbol not decoded; 0 for one of the small kinds, which three specks can look like."""
    said = _said(result)
    return int(said) if said.isdecimal() else 0


def _said(result: zxingcpp.Barcode) -> str:
    extra = result.extra
    return str(extra.get("Version", "")) if isinstance(extra, dict) else ""


class WeChat:
    """WeChat's reader (OpenCV contrib): a net finds codes, a net enlarges small ones. Best on the worn and small.

    Raises AssetMissing without its four model files.
    """

    def __init__(self) -> None:
        self._reader = cv2.wechat_qrcode.WeChatQRCode(*(str(assets.model(name)) for name in _WECHAT))

    def read(self, gray: Gray) -> EngineLook:
        """Texts with corners. A code whose bytes are no UTF-8 counts as unread: the binding drops its place."""
        try:
            found, corners = self._reader.detectAndDecode(np.ascontiguousarray(gray))
        except UnicodeDecodeError:
            return EngineLook()
        return EngineLook(
            tuple(
                Reading(text, polygon(points), "wechat")
                for text, points in zip(found, corners, strict=True)
                if texts.believable_of_wechat(text)
            )
        )


class Detector:
    """WeChat's finding net on its own: boxes that hold a code, read or not. Raises AssetMissing."""

    def __init__(self) -> None:
        self._net = cv2.dnn.readNetFromCaffe(str(assets.model(_WECHAT[0])), str(assets.model(_WECHAT[1])))
        # Its second copy of every weight makes this net no faster.
        self._net.enableWinograd(False)

    def boxes(self, gray: Gray, side: int, least: float = 0.2) -> list[Polygon]:
        """Upright boxes, surest first, from a look at `side` x `side` pixels' worth of the picture."""
        height, width = gray.shape
        scale = min(1.0, side / float(height * width) ** 0.5)
        small = gray
        if scale < 1.0:
            size = (max(8, round(width * scale)), max(8, round(height * scale)))
            small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
        found: list[tuple[float, Polygon]] = []
        for _, kind, sure, left, top, right, bottom in self._seen(small):
            if kind >= 1 and sure >= least and right > left and bottom > top:
                x0, y0, x1, y1 = left * width, top * height, right * width, bottom * height
                found.append((float(sure), polygon(((x0, y0), (x1, y0), (x1, y1), (x0, y1)))))
        return [place for _, place in sorted(found, reverse=True)]

    def _seen(self, small: Gray) -> Plane:
        def forward(gray: Gray) -> Plane:
            self._net.setInput(cv2.dnn.blobFromImage(gray, 1 / 255.0), "data")
            plane: Plane = self._net.forward("detection_output")[0, 0].copy()
            return plane

        rows = forward(small)
        if small.size > _HELD_PIXELS:
            # The net keeps its layers at the size last seen: a speck makes it let go of them.
            forward(_SPECK)
        return rows


def zbar(gray: Gray) -> EngineLook:
    """ZBar through pyzbar; only texts that its guess at the character set cannot have garbled."""
    from pyzbar import pyzbar

    readings: list[Reading] = []
    for result in pyzbar.decode(np.ascontiguousarray(gray), symbols=[pyzbar.ZBarSymbol.QRCODE]):
        text = result.data.decode("utf-8", "replace")
        if texts.believable_of_zbar(text) and len(result.polygon) >= 3:
            corners = cv2.boxPoints(cv2.minAreaRect(np.array(result.polygon, np.float32)))
            readings.append(Reading(text, polygon(corners), "zbar"))
    return EngineLook(tuple(readings))
