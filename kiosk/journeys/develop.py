"""From a picture taken to a page: the clean page, a quick draft of it for the screen, and what is odd about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from scanner.cameras.keeping import TableKeeper
    from scanner.clean import CleanPage
    from scanner.guide import Side
    from scanner.guide.same_page import Look
    from scanner.live.eye import Seen

DRAFT_SIDE = 1000
BLANK = "Hình như không có chữ, nên xem lại"
REMARKS = {
    "blank": BLANK,
    "blur": "Chữ bị nhòe, nên chụp lại",
    "glare": "Giấy bị bóng, nên chụp lại",
    "dark": "Hình tối quá, nên chụp lại",
    "bright": "Hình sáng quá, nên chụp lại",
    "cut_off": "Giấy bị mất mép, nên chụp lại",
    "far": "Chữ nhỏ quá, nên đưa giấy lại gần",
    "tilt": "Giấy nghiêng quá, nên chụp lại",
}
"""Of the guide's codes, those that tell something about a page already taken."""

NO_EDGES = "Chưa thấy mép giấy, nên chạm Chỉnh góc"


class Shown(Protocol):
    """Anything with a BGR picture and the page's corners in it (None: not found)."""

    @property
    def image(self) -> Any:
        """BGR uint8 (h, w, 3)."""

    @property
    def quad(self) -> Any:
        """(4, 2) in its pixels, or None."""


@dataclass(frozen=True)
class Shot:
    """A picture taken; `quad`: the page's corners in its pixels, None where nobody knows."""

    image: Any
    quad: Any


def shot_of(seen: Seen, still: Any) -> Shot:
    """The best picture there is of what was seen; `still`: what the camera gave at the shutter, None for nothing."""
    from scanner.live.watch import corners_in

    image = seen.image if still is None else still
    return Shot(image, None if seen.quad is None else corners_in(image, seen))


def straighten(shot: Shown, paper: str | None = None, table: TableKeeper | None = None) -> CleanPage:
    """The page in a picture; where none was found, the whole picture as it is. `paper`: its size where known;
    `table`: what was measured of the table under this camera.
    """
    from scanner.clean import finish

    corners = _corners(shot)
    if table is None or shot.quad is None:
        return finish(shot.image, corners, paper)
    known = table.at(shot.image, corners)
    return finish(shot.image, corners, paper, px_per_mm=known.px_per_mm, white=known.white)


def draft(shot: Shown, paper: str | None = None, table: TableKeeper | None = None) -> Any:
    """The same page as BGR picture, no larger than the screen needs: there at once, while the page is made.

    A curled sheet is still curled in it, a pale colour may be the lamp's.
    """
    import math

    import cv2
    import numpy as np

    from scanner.clean import rectify, upright

    quad, image = _corners(shot), shot.image
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


def remarks(shot: Shown, table: TableKeeper | None = None, *, fixed: bool = False) -> tuple[str, ...]:
    """What the villager should know about this page before keeping it; nothing where all is well. `fixed`: no paper
    can come nearer.
    """
    from scanner.guide import faults
    from scanner.pages import PageFound

    if shot.quad is None:
        return (NO_EDGES,)
    fixed = fixed or (table is not None and table.measured)
    wrong = faults(shot.image, PageFound(_corners(shot), 1.0, ()), fixed=fixed)
    return tuple(REMARKS[one.code] for one in wrong if one.code in REMARKS)


def look_of(shot: Shown) -> Look | None:
    """What the page holds, to be told from others; None where its corners are unknown or make no sheet."""
    from scanner.guide.same_page import look_at
    from scanner.guide.stance import usable

    if shot.quad is None or not usable(_corners(shot)):
        return None
    return look_at(shot.image, _corners(shot))


def side_of(shot: Shown) -> Side | None:
    """The side of a card that the picture shows; None where it cannot be told."""
    from scanner.guide import card_side
    from scanner.guide.glimpse import glimpse
    from scanner.guide.stance import usable

    corners = _corners(shot)
    return card_side(glimpse(shot.image, corners)) if usable(corners) else None


def _corners(shot: Shown) -> Any:
    import numpy as np

    from scanner.pages.geometry import frame_of

    return frame_of(shot.image) if shot.quad is None else np.asarray(shot.quad, dtype=np.float64)
