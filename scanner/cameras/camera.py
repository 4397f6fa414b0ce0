"""What every camera offers: frames one after another, a best still picture, and its own health."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, Self

from langso.words.catalogue import Sentence, Words

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from scanner.arrays import Image

Condition = Literal["ok", "starting", "away", "black", "frozen"]

SAYS: dict[Condition, Words] = {
    "ok": "",
    "starting": Sentence("prompts-camera-starting"),
    "away": Sentence("prompts-camera-away"),
    "black": Sentence("prompts-camera-black"),
    "frozen": Sentence("prompts-camera-frozen"),
}
"""One sentence a condition, "" where all is well."""


@dataclass(frozen=True)
class Frame:
    """`image`: BGR uint8 (h, w, 3), not to be written to; `sequence`: rises by one a frame; `finer`: how many times
    as many pixels across a still of the same scene has.
    """

    image: NDArray[numpy.uint8]
    sequence: int
    finer: float = 1.0


@dataclass(frozen=True)
class Health:
    """The camera's condition. "starting": no frame yet; "away": unplugged; "black": it sees nothing; "frozen": it is
    open but gives the same frame again and again, or none.
    """

    condition: Condition

    @property
    def good(self) -> bool:
        """Whether its picture can be trusted."""
        return self.condition == "ok"

    @property
    def sentence(self) -> Words:
        """What to tell the person before it, "" where all is well."""
        return SAYS[self.condition]


@dataclass(frozen=True)
class Locks:
    """What the camera itself says is held fixed (focus, exposure, colour); None: it has no such control, or does not
    tell.
    """

    focus: bool | None = None
    exposure: bool | None = None
    colour: bool | None = None


class Camera(Protocol):
    """A camera. `read` waits up to three seconds for a frame and never raises for a camera that was unplugged.

    One thread uses it; `health` and `locks` may be read from any thread.
    """

    @property
    def health(self) -> Health:
        """Its condition since the last `read`."""

    @property
    def locks(self) -> Locks:
        """What is held fixed since the light was last calm."""

    def read(self) -> Frame | None:
        """The newest frame of the quick stream, or None while there is none (unplugged, starting, frozen)."""

    def still(self) -> Frame | None:
        """The best single picture the camera can give (it may switch modes); None while there is none."""

    def close(self) -> None:
        """Closes the device."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Closing:
    """Makes a class with `close` usable in a `with`."""

    def close(self) -> None:
        """Closes the device."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def turned(image: Image, rotate: int) -> Image:
    """The image turned clockwise by 0, 90, 180 or 270 degrees."""
    import cv2

    ways = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return image if rotate == 0 else cv2.rotate(image, ways[rotate])
