"""Papers, cards and codes as a kiosk's camera sees them, BGR 1920x1080."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, Literal

OWN_BIN, OWN_ACCOUNT = "970415", "000000000001"


def drawn_once(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Drawn once a process; every caller has a copy of its own."""
    remember = cache(draw)

    @wraps(draw)
    def copied(*arguments: Any, **more: Any) -> Any:
        return remember(*arguments, **more).copy()

    return copied


@drawn_once
def draw_paper() -> Any:
    import cv2
    import numpy

    rng = numpy.random.default_rng(3)
    sheet = numpy.full((1188, 840, 3), 238, numpy.uint8)
    cv2.putText(sheet, "GIAY KHAI SINH", (190, 170), cv2.FONT_HERSHEY_DUPLEX, 1.8, (40, 40, 40), 3)
    for line in range(18):
        y = 290 + line * 44
        right = int(620 + 150 * rng.random())
        for x in range(80, right, 26):
            cv2.putText(sheet, "aeonmhkt"[(x + line) % 8], (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (60, 50, 50), 2)
    cv2.circle(sheet, (640, 1040), 80, (60, 50, 190), 6)
    table = numpy.full((1080, 1920, 3), (58, 66, 74), numpy.uint8)
    table = cv2.add(table, rng.integers(0, 8, table.shape, dtype=numpy.uint8))
    corners = numpy.array([(640, 60), (1270, 75), (1300, 1010), (610, 1000)], numpy.float32)
    whole = numpy.array([(0, 0), (840, 0), (840, 1188), (0, 1188)], numpy.float32)
    move = cv2.getPerspectiveTransform(whole, corners)
    laid = cv2.warpPerspective(sheet, move, (1920, 1080), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(numpy.full(sheet.shape[:2], 255, numpy.uint8), move, (1920, 1080))
    table[mask > 127] = laid[mask > 127]
    return table


@drawn_once
def draw_table() -> Any:
    """The dark table, nothing on it."""
    import numpy

    rng = numpy.random.default_rng(3)
    return numpy.full((1080, 1920, 3), (58, 66, 74), numpy.uint8) + rng.integers(0, 8, (1080, 1920, 3), numpy.uint8)


@drawn_once
def draw_card(side: Literal["front", "back"], *, seed: int = 1, upside_down: bool = False) -> Any:
    """One side of an invented identity card on a dark table, from the scanner's scenes."""
    import cv2
    import numpy
    import scenes
    from scenes import cards

    rng = numpy.random.default_rng(seed)
    sheet = cards.front(rng) if side == "front" else cards.back(rng)
    good = scenes.Conditions(size=(1920, 1080), fill=0.75, tilt=3.0)
    picture = scenes.shoot(scenes.lay(sheet, table="black"), good, rng).image
    return cv2.rotate(picture, cv2.ROTATE_180) if upside_down else picture


def vietqr(account: str = OWN_ACCOUNT, *, amount: int | None = 8000, name: str = "UBND XA HOA SON") -> str:
    from langso import codes

    return codes.emv.write(
        codes.emv.VietQr(OWN_BIN, account, amount, bill="H29.16-250701-0001", purpose="LPH2916250701X0001", name=name)
    )


def draw_code(text: str) -> Any:
    """A sheet with the code on it, on the dark table."""
    import io

    import cv2
    import numpy
    import segno

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=9, border=6)
    code = cv2.imdecode(numpy.frombuffer(out.getvalue(), numpy.uint8), cv2.IMREAD_COLOR)
    table = numpy.full((1080, 1920, 3), (58, 66, 74), numpy.uint8)
    y, x = (1080 - code.shape[0]) // 2, (1920 - code.shape[1]) // 2
    table[y : y + code.shape[0], x : x + code.shape[1]] = code
    return table
