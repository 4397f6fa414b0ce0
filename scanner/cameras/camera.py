"""What every camera offers: frames one after the other, None while it is away."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Frame:
    """`image`: BGR uint8 (h, w, 3), not to be written to; `sequence`: rises by one a frame."""

    image: NDArray[numpy.uint8]
    sequence: int


class Camera(Protocol):
    """A camera. `read` waits at most about half a second and never raises for a camera that went away."""

    def read(self) -> Frame | None:
        """The newest frame, or None while there is none (unplugged, starting)."""

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


def turned(image: Any, rotate: int) -> Any:
    """The image turned clockwise by 0, 90, 180 or 270 degrees."""
    import cv2

    ways = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return image if rotate == 0 else cv2.rotate(image, ways[rotate])
