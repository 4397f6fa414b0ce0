"""Where a show's sound comes from: files of the library one after another, or one stream while its order lasts.

A further kind (live sound) joins here, in `sound.sounds` and in a voice's chain; nothing else asks what it is. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from langso.contract import Media


@dataclass(frozen=True)
class FileSource:
    """A medium that is fetched ahead and lasts as long as the plan says."""

    media: Media


@dataclass(frozen=True)
class StreamSource:
    """A relay: an http(s) address without an end of its own."""

    url: str


Source = FileSource | StreamSource


def files(media: Iterable[Media]) -> tuple[Source, ...]:
    """These media as sources, in their order."""
    return tuple(FileSource(medium) for medium in media)
