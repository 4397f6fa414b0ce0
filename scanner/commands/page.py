"""`langso scan page`: the sheet of paper in pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scanner.commands.pictures import CAMERA, IMAGES, JSON, each, pictures


@click.command()
@click.argument("images", type=IMAGES, nargs=-1)
@JSON
@CAMERA
def page(images: tuple[Path, ...], as_json: bool, camera: Path | None) -> None:
    """Bốn góc của trang giấy trong mỗi ảnh."""
    # Outside the answer: loading the engines is no part of an image's time.
    from scanner.guide import guide
    from scanner.pages import find_page

    def answer(image: Any) -> dict[str, Any]:
        found = find_page(image)
        told = guide(image, found)
        advice = found.advice if told.good or told.sentence in found.advice else (*found.advice, told.sentence)
        quad = None if found.quad is None else [[round(float(x), 1), round(float(y), 1)] for x, y in found.quad]
        return {"quad": quad, "confidence": found.confidence, "advice": list(advice)}

    def sentence(result: dict[str, Any]) -> str:
        if result["quad"] is None:
            return "không thấy giấy. " + ". ".join(result["advice"])
        corners = " ".join(f"({x:.0f},{y:.0f})" for x, y in result["quad"])
        return f"giấy ở {corners}, chắc {result['confidence']:.0%}. " + ". ".join(result["advice"])

    each(pictures(images, camera), answer, sentence, as_json)
