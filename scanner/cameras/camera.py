"""What every camera offers: frames one after the other, a best still picture, and how the camera is."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, Self

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from scanner.arrays import Image

Condition = Literal["ok", "starting", "away", "black", "frozen"]

SAYS: dict[Condition, str] = {
    "ok": "",
    "starting": "Đang mở máy ảnh, xin chờ một chút",
    "away": "Máy ảnh bị tuột dây, xin gọi cán bộ",
    "black": "Máy ảnh không thấy gì, xin bỏ vật che hoặc bật đèn",
    "frozen": "Hình bị đứng, đang mở lại máy ảnh, xin chờ",
}
"""One sentence a condition, "" where all is well."""


@dataclass(frozen=True)
class Frame:
    """`image`: BGR uint8 (h, w, 3), not to be written to; `sequence`: rises by one a frame; `finer`: how many times
    as many pixels across the same scene has in a still.
    """

    image: NDArray[numpy.uint8]
    sequence: int
    finer: float = 1.0


@dataclass(frozen=True)
class Health:
    """How the camera is now. "starting": no frame yet; "away": unplugged; "black": sees nothing at all;
    "frozen": gives the same frame again and again, or none though it is open.
    """

    condition: Condition

    @property
    def good(self) -> bool:
        """Whether its picture may be believed."""
        return self.condition == "ok"

    @property
    def sentence(self) -> str:
        """What to tell the person before it, "" where all is well."""
        return SAYS[self.condition]


@dataclass(frozen=True)
class Locks:
    """What the camera itself says is held fast; None: it has no such control, or keeps silent about it."""

    focus: bool | None = None
    exposure: bool | None = None
    colour: bool | None = None


class Camera(Protocol):
    """A camera. `read` never raises for one that went away; it waits for a frame, three seconds at most.

    One thread uses it; `health` and `locks` may be read from any.
    """

    @property
    def health(self) -> Health:
        """How it is since the last `read`."""

    @property
    def locks(self) -> Locks:
        """What is held fast since the last settling."""

    def read(self) -> Frame | None:
        """The newest frame of the quick stream, or None while there is none (unplugged, starting, frozen)."""

    def still(self) -> Frame | None:
        """The best single picture the camera can give (it may switch modes); None while there is none."""

    def close(self) -> None:
        """Let the device go."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Closing:
    """Makes a class with `close` usable in a `with`."""

    def close(self) -> None:
        """Let the device go."""

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
