"""`langso scan page`: the sheets of paper in pictures, and what is wrong with the capture."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.commands.devices import TABLE
from scanner.commands.pictures import CAMERA, IMAGES, JSON, Answer, each, pictures

if TYPE_CHECKING:
    from scanner.arrays import Picture
    from scanner.live.table import Table
    from scanner.pages import PageFound

BUDGET_S = 0.7
"""Seconds an image may take altogether."""


@click.command()
@click.argument("images", type=IMAGES, nargs=-1)
@click.option("--all", "every", is_flag=True, help="Mọi tờ giấy trong ảnh, không chỉ một tờ.")
@TABLE
@JSON
@CAMERA
def page(images: tuple[Path, ...], every: bool, table_file: Path | None, as_json: bool, camera: Path | None) -> None:
    """Bốn góc của trang giấy trong mỗi ảnh, và cần sửa gì khi chụp. Có --table thì thêm cỡ giấy đo được."""
    # Outside the answer: loading the engines is no part of an image's time.
    from scanner.live.table import load_table
    from scanner.pages import find_page, find_pages

    table = None if table_file is None else load_table(table_file)

    def told(image: Picture, found: PageFound, begin: float) -> Answer:
        answer = _told(image, found, begin)
        return answer if table is None else {**answer, "mm": _measured(table, image, found)}

    def one(image: Picture) -> Answer:
        begin = time.perf_counter()
        return told(image, find_page(image), begin)

    def several(image: Picture) -> Answer:
        begin = time.perf_counter()
        return {"pages": [told(image, found, begin) for found in find_pages(image)]}

    answer = several if every else one
    _warm(answer)
    each(pictures(images, camera), answer, _sentence, as_json)


def _told(image: Picture, found: PageFound, begin: float) -> Answer:
    """The answer for one sheet. Late already (`begin`: when the image came): without the guide's measures."""
    from scanner.guide import faults

    advice = list(found.advice)
    if time.perf_counter() - begin < 0.8 * BUDGET_S:
        judged = faults(image, found)
        # The finder says why it sees no sheet; of one that it sees the guide knows more.
        if found.quad is not None or not advice:
            advice = [one.sentence for one in judged]
        else:
            advice += [one.sentence for one in judged if one.code != "none" and one.sentence not in advice]
    quad = None if found.quad is None else [[round(float(x), 1), round(float(y), 1)] for x, y in found.quad]
    return {"quad": quad, "confidence": found.confidence, "advice": advice}


def _measured(table: Table, image: Picture, found: PageFound) -> list[float] | None:
    """Width and height in millimetres as the sheet lies; None without a sheet, or in a picture of another camera."""
    size = None if found.quad is None else table.size_mm(image, found.quad)
    return None if size is None else [round(side, 1) for side in size]


def _warm(answer: Callable[[Picture], Answer]) -> None:
    """The first call of everything costs more; it must not be an image's."""
    import cv2
    import numpy as np

    drawn = np.full((480, 360, 3), 90, np.uint8)
    cv2.rectangle(drawn, (60, 60), (300, 400), (240, 240, 240), -1)
    cv2.putText(drawn, "a b c d", (90, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40, 40, 40), 2)
    answer(drawn)


def _sentence(result: Answer) -> str:
    if "pages" not in result:
        return _of_sheet(result)
    sheets = result["pages"]
    if not sheets:
        return "không thấy giấy."
    return f"{len(sheets)} tờ. " + " ".join(f"[{n}] {_of_sheet(sheet)}" for n, sheet in enumerate(sheets, 1))


def _of_sheet(sheet: Answer) -> str:
    said = "".join(f" {sentence}." for sentence in sheet["advice"])
    if sheet["quad"] is None:
        return f"không thấy giấy.{said}"
    corners = " ".join(f"({x:.0f},{y:.0f})" for x, y in sheet["quad"])
    size = f", {sheet['mm'][0]:.0f} × {sheet['mm'][1]:.0f} mm" if sheet.get("mm") else ""
    return f"giấy ở {corners}{size}, chắc {sheet['confidence']:.0%}.{said or ' Chụp được.'}"
