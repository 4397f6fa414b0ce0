"""Folders of marked pictures: photographs or drawn scenes with the corners of every sheet in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
import cv2
import numpy as np
from pydantic import BaseModel, Field, ValidationError

from langso.durable.files import read_limited
from langso.words.catalogue import Sentence
from scanner.errors import DataRefused
from scanner.pages.geometry import order_corners

if TYPE_CHECKING:
    from scanner.arrays import Image, Quad

MANIFEST = "manifest.json"
MAX_BYTES = 16 << 20
"""Bytes of a manifest: ten thousand pictures."""

_HELD_OUT_OF = 4
"""One picture in so many is kept apart to judge by."""

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
"""A folder of marked pictures, as an argument."""

_Corner = tuple[float, float]
_Corners = tuple[_Corner, _Corner, _Corner, _Corner]


@dataclass(frozen=True)
class Marked:
    """A picture's file and the corners of every sheet in it, in its pixels, clockwise from the top left."""

    path: Path
    quads: tuple[Quad, ...]

    def image(self) -> Image:
        """BGR. Raises DataRefused where the file is no picture."""
        image = cv2.imread(str(self.path))
        if image is None:
            raise DataRefused(Sentence("fitting-no-picture", name=self.path.name))
        return image

    @property
    def held_out(self) -> bool:
        """Whether it is kept apart to judge by: told by its name, so that every program keeps the same ones apart."""
        return hashlib.sha256(self.path.name.encode()).digest()[0] % _HELD_OUT_OF == 0


class _Entry(BaseModel):
    image: Annotated[str, Field(pattern=r"^[\w.-]+$", max_length=120)]
    quad: _Corners | None = None
    quads: Annotated[list[_Corners], Field(max_length=50)] = []


class _Manifest(BaseModel):
    images: Annotated[list[_Entry], Field(min_length=1, max_length=10_000)]


def marked(folders: Sequence[Path]) -> Iterator[Marked]:
    """Every picture of these folders, in the order of their manifests. Raises DataRefused."""
    for folder in folders:
        try:
            told = _Manifest.model_validate_json(read_limited(folder / MANIFEST, MAX_BYTES))
        except ValidationError as error:
            raise DataRefused(Sentence("fitting-no-manifest", file=folder / MANIFEST)) from error
        for entry in told.images:
            corners = entry.quads if entry.quad is None else [entry.quad]
            yield Marked(folder / entry.image, tuple(order_corners(np.array(four)) for four in corners))


def parted(folders: Sequence[Path], judge: Sequence[Path]) -> tuple[list[Marked], list[Marked]]:
    """What is learnt from, and what is kept apart: the folders in `judge`, or one picture in four."""
    pictures = list(marked(folders))
    if judge:
        return pictures, list(marked(judge))
    return [one for one in pictures if not one.held_out], [one for one in pictures if one.held_out]


def fingerprint(folders: Sequence[Path]) -> str:
    """SHA-256 over all pictures and their corners, whatever the folders are called."""
    whole = hashlib.sha256()
    for one in marked(folders):
        corners = json.dumps([np.round(quad, 2).tolist() for quad in one.quads])
        whole.update(f"{one.path.name} {corners}\n".encode())
        whole.update(hashlib.sha256(one.path.read_bytes()).digest())
    return whole.hexdigest()
