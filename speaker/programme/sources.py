"""What a show plays: files of the library one after another, or one stream for as long as its order lasts. Pure.

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


Source = FileSource | StreamSource


def files(media: Iterable[Media]) -> tuple[Source, ...]:
    """These media as sources, in their order."""
    return tuple(FileSource(medium) for medium in media)
