"""`langso scan page`: the sheets of paper in pictures, and what is wrong with the capture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.words.catalogue import t
from scanner.commands.devices import TABLE
from scanner.commands.pictures import CAMERA, IMAGES, JSON, Answer, each, pictures

if TYPE_CHECKING:
    from scanner.arrays import Picture
    from scanner.live.table import Table
    from scanner.pages import PageFound


@click.command()
@click.argument("images", type=IMAGES, nargs=-1)
@click.option("--all", "every", is_flag=True)
@TABLE
@JSON
@CAMERA
def page(images: tuple[Path, ...], every: bool, table_file: Path | None, as_json: bool, camera: Path | None) -> None:
    """The sheet's four corners in each picture, and what to mend; with --table the paper's size too."""
    # Outside the answer: loading the engines is no part of an image's time.
    from scanner.live.table import load_table
    from scanner.pages import find_page, find_pages

    table = None if table_file is None else load_table(table_file)

    def told(image: Picture, found: PageFound) -> Answer:
        answer = _told(image, found)
        return answer if table is None else {**answer, "mm": _measured(table, image, found)}

    def one(image: Picture) -> Answer:
        return told(image, find_page(image))

    def several(image: Picture) -> Answer:
        return {"pages": [told(image, found) for found in find_pages(image)]}

    answer = several if every else one
    _warm(answer)
    each(pictures(images, camera), answer, _sentence, as_json)


def _told(image: Picture, found: PageFound) -> Answer:
    """The answer for one sheet, which a busy machine gives later and not otherwise."""
    from scanner.guide import SAYS, faults

    advice = [one.code for one in faults(image, found)]
    # The finder says why it sees no sheet; of one that it sees the guide knows more.
    if found.quad is None and found.advice:
        advice = [*found.advice, *(code for code in advice if code != "none" and code not in found.advice)]
    quad = None if found.quad is None else [[round(float(x), 1), round(float(y), 1)] for x, y in found.quad]
    return {"quad": quad, "confidence": found.confidence, "advice": [str(SAYS[code]) for code in advice]}


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
        return t("scan-page-none")
    told = (f"[{n}] {_of_sheet(sheet)}" for n, sheet in enumerate(sheets, 1))
    return " ".join((t("scan-page-sheets", sheets=len(sheets)), *told))


def _of_sheet(sheet: Answer) -> str:
    advice = [t("scan-page-advice", advice=sentence) for sentence in sheet["advice"]]
    if sheet["quad"] is None:
        return " ".join((t("scan-page-none"), *advice))
    corners, sure = " ".join(f"({x:.0f},{y:.0f})" for x, y in sheet["quad"]), f"{sheet['confidence']:.0%}"
    if sheet.get("mm"):
        size = f"{sheet['mm'][0]:.0f} × {sheet['mm'][1]:.0f}"
        found = t("scan-page-found-mm", corners=corners, size=size, sure=sure)
    else:
        found = t("scan-page-found", corners=corners, sure=sure)
    return " ".join((found, *(advice or [t("scan-page-good")])))
