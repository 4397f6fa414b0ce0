"""What a show plays: files of the library one after another; or one stream, or a line input of the board, for as
long as its order lasts. Pure.

A new kind of source is added here, in `sound.sounds` and in `sound.voice`; no other module asks what kind it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from langso.contract import Media


@dataclass(frozen=True)
class FileSource:
    """A sound file that is fetched ahead and lasts as long as the plan says."""

    media: Media


@dataclass(frozen=True)
class StreamSource:
    """A relay: an http(s) address whose sound has no end of its own."""

    url: str


@dataclass(frozen=True)
class LineSource:
    """What is plugged into the board's line input: somebody speaks there."""


Source = FileSource | StreamSource | LineSource


def files(media: Iterable[Media]) -> tuple[Source, ...]:
    """These media as sources, in their order."""
    return tuple(FileSource(medium) for medium in media)
