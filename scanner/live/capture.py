"""From a page seen live to the captured page: the best picture, where the page lies in it, and the clean page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from scanner.arrays import Image, Quad
    from scanner.cameras import Camera
    from scanner.clean import CleanPage
    from scanner.live.eye import Seen
    from scanner.live.table_keeper import TableKeeper

DRAFT_SIDE = 1000
"""Longer side of a draft in pixels, at most: what a screen can show of a page."""

_AS_SURE = 0.8
"""Corners found in the still are believed when this share as sure as those of the live frame."""


class Shown(Protocol):
    """Anything that has a BGR picture and the page's corners in it (None: no page found)."""

    @property
    def image(self) -> Image:
        """BGR uint8 (h, w, 3)."""

    @property
    def quad(self) -> Quad | None:
        """(4, 2) in its pixels, or None."""


@dataclass(frozen=True)
class Shot:
    """A picture that was taken; `quad`: the page's corners in its pixels, None where not known."""

    image: Image
    quad: Quad | None


def shot_of(seen: Seen, still: Image | None) -> Shot:
    """The best picture of what was seen; `still`: what the camera gave at the capture, None for nothing."""
    image = seen.image if still is None else still
    return Shot(image, None if seen.quad is None else corners_in(image, seen))


def take(camera: Camera, seen: Seen, table: TableKeeper | None = None) -> CleanPage:
    """Captures the page through the camera at once, and lets `table` learn from it. Raises CornersRefused where the
    sheet has moved away.
    """
    still = camera.still()
    shot = shot_of(seen, None if still is None else still.image)
    page = straighten(shot, table=table)
    if table is not None and shot.quad is not None:
        table.learn(shot.image, shot.quad)
    return page


def straighten(shot: Shown, paper: str | None = None, table: TableKeeper | None = None) -> CleanPage:
    """The page in a picture; where none was found, the whole picture as it is. `paper`: its size where known;
    `table`: what was measured of the table under this camera.
    """
    from scanner.clean import finish

    corners = corners_of(shot)
    if table is None or shot.quad is None:
        return finish(shot.image, corners, paper)
    known = table.at(shot.image, corners)
    return finish(shot.image, corners, paper, px_per_mm=known.px_per_mm, white=known.white)


def draft(shot: Shown, paper: str | None = None, table: TableKeeper | None = None) -> Image:
    """The same page quickly, no larger than the screen needs (BGR), to be seen while the page is made.

    A curled sheet is still curled in it, and a pale colour may be the lamp's.
    """
    import cv2
    import numpy as np

    from scanner.clean import rectify, upright

    quad, image = corners_of(shot), shot.image
    side = float(np.ptp(quad, axis=0).max())
    # Whole steps: shrinking by a fraction takes eight times as long.
    step = max(1, math.ceil(side / DRAFT_SIDE))
    if step > 1:
        height, width = (length // step for length in image.shape[:2])
        image = image[: height * step, : width * step]
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    shrink = 1 / step
    known = None if table is None or shot.quad is None else table.at(shot.image, quad)
    scale = None if known is None or known.px_per_mm is None else known.px_per_mm * shrink
    return upright(rectify(image, quad * shrink, paper, px_per_mm=scale)).image


def corners_of(shot: Shown) -> Quad:
    """The page's corners in a picture; the picture's own where the page's are not known."""
    import numpy as np

    from scanner.pages.geometry import frame_of

    return frame_of(shot.image) if shot.quad is None else np.asarray(shot.quad, dtype=np.float64)


def corners_in(image: Image, seen: Seen) -> Quad:
    """Where the page lies in a picture taken just after `seen`: found anew where that is sure, else carried over;
    the whole picture where no page was seen.
    """
    import numpy as np

    from scanner.pages import find_page
    from scanner.pages.geometry import frame_of

    if seen.quad is None:
        return frame_of(image)
    if image is seen.image:
        return np.asarray(seen.quad, dtype=np.float64)
    height, width = image.shape[:2]
    carried: Quad = np.asarray(seen.quad, dtype=np.float64) * (
        width / seen.image.shape[1],
        height / seen.image.shape[0],
    )
    found = find_page(image)
    if found.quad is not None and found.confidence >= _AS_SURE * seen.confidence:
        return found.quad
    return carried
