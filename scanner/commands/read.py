"""`langso scan read`: the codes in pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.words.catalogue import t
from scanner.commands.pictures import CAMERA, IMAGES, JSON, Answer, each, pictures

if TYPE_CHECKING:
    from scanner.arrays import Picture


@click.command()
@click.argument("images", type=IMAGES, nargs=-1)
@JSON
@CAMERA
def read(images: tuple[Path, ...], as_json: bool, camera: Path | None) -> None:
    """The codes in each picture: what they say, their kind and place."""
    from scanner.codes import read_codes, warm

    # Outside the answer: starting the workers is no part of an image's time.
    warm()

    def answer(image: Picture) -> Answer:
        return {
            "codes": [
                {"text": c.text, "polygon": [list(p) for p in c.polygon], "engine": c.engine, "kind": c.kind}
                for c in read_codes(image)
            ]
        }

    def sentence(result: Answer) -> str:
        if not result["codes"]:
            return t("scan-read-none")
        return "; ".join(f"[{code['kind']}] {code['text']}" for code in result["codes"])

    each(pictures(images, camera, gray=True), answer, sentence, as_json)
