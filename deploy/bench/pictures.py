"""A paper and a code as a camera sees them, drawn here, since a new machine has no pictures yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner.arrays import Quad

STILL = (4608, 2592)
"""Width and height of a Pi camera's picture; the quick stream has half as many pixels each way."""

_SHEET = (1680, 2376)
_CORNERS = ((1540, 150), (3050, 180), (3120, 2430), (1470, 2400))
_WORDS = ("UBND XA", "chung thuc", "ban sao", "dung voi", "ban chinh", "so quyen", "ngay", "thang", "nam")
CODE_TEXT = (
    "00020101021138540010A00000072701240006970415011000000000010208QRIBFTTA53037045404800058"
    "02VN5911UBND HOASON62190815H29.16-250701-6304"
)


def paper() -> tuple[Any, Quad]:
    """A printed A4 sheet lying a little askew on a dark table (BGR), and its corners."""
    import cv2
    import numpy

    rng = numpy.random.default_rng(3)
    sheet = numpy.full((_SHEET[1], _SHEET[0], 3), 238, numpy.uint8)
    cv2.putText(sheet, "GIAY KHAI SINH", (380, 330), cv2.FONT_HERSHEY_DUPLEX, 3.4, (40, 40, 40), 6)
    for line in range(22):
        words = " ".join(_WORDS[(line * 5 + n) % len(_WORDS)] for n in range(6))
        cv2.putText(sheet, words, (150, 520 + 76 * line), cv2.FONT_HERSHEY_SIMPLEX, 1.35, (60, 50, 50), 3)
    cv2.circle(sheet, (1290, 2150), 150, (60, 50, 190), 10)
    table: Any = rng.integers(52, 80, (STILL[1], STILL[0], 3), dtype=numpy.uint8)
    corners = numpy.array(_CORNERS, numpy.float32)
    whole = numpy.array([(0, 0), (_SHEET[0], 0), _SHEET, (0, _SHEET[1])], numpy.float32)
    move = cv2.getPerspectiveTransform(whole, corners)
    laid = cv2.warpPerspective(sheet, move, STILL, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(numpy.full(sheet.shape[:2], 255, numpy.uint8), move, STILL)
    table[mask > 127] = laid[mask > 127]
    return table, corners.astype(numpy.float64)


def live(still: Any) -> Any:
    """The same scene as the quick stream gives it."""
    import cv2

    return cv2.resize(still, (STILL[0] // 2, STILL[1] // 2), interpolation=cv2.INTER_AREA)


def code() -> Any:
    """A payment code on a sheet on the dark table, in the quick stream (BGR)."""
    import cv2
    import numpy

    small: Any = cv2.QRCodeEncoder.create().encode(CODE_TEXT)
    square = cv2.resize(small, None, fx=9, fy=9, interpolation=cv2.INTER_NEAREST)
    square = cv2.copyMakeBorder(square, 54, 54, 54, 54, cv2.BORDER_CONSTANT, value=255)
    rng = numpy.random.default_rng(4)
    table: Any = rng.integers(52, 80, (STILL[1] // 2, STILL[0] // 2, 3), dtype=numpy.uint8)
    y, x = (table.shape[0] - square.shape[0]) // 2, (table.shape[1] - square.shape[1]) // 2
    table[y : y + square.shape[0], x : x + square.shape[1]] = square[:, :, None]
    return table
