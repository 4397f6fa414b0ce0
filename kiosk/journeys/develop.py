"""From a picture to a page: what is odd about it, what it holds, which side of a card it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langso.words.catalogue import Sentence
from scanner.live.capture import Shown, corners_of

if TYPE_CHECKING:
    from scanner.guide import Side
    from scanner.guide.same_page import Look
    from scanner.live.table_keeper import TableKeeper

BLANK = Sentence("prompts-odd-blank")
REMARKS = {
    "blank": BLANK,
    "blur": Sentence("prompts-odd-blur"),
    "glare": Sentence("prompts-odd-glare"),
    "dark": Sentence("prompts-odd-dark"),
    "bright": Sentence("prompts-odd-bright"),
    "cut_off": Sentence("prompts-odd-cut"),
    "far": Sentence("prompts-odd-far"),
    "tilt": Sentence("prompts-odd-tilt"),
}
"""Of the guide's codes, those that tell something about a page already taken."""

NO_EDGES = Sentence("prompts-odd-edges")


def remarks(shot: Shown, table: TableKeeper | None = None, *, fixed: bool = False) -> tuple[Sentence, ...]:
    """What the villager should know about this page before keeping it; nothing where all is well. `fixed`: no paper
    can come nearer.
    """
    from scanner.guide import faults
    from scanner.pages import PageFound

    if shot.quad is None:
        return (NO_EDGES,)
    fixed = fixed or (table is not None and table.measured)
    wrong = faults(shot.image, PageFound(corners_of(shot), 1.0, ()), fixed=fixed)
    return tuple(REMARKS[one.code] for one in wrong if one.code in REMARKS)


def look_of(shot: Shown) -> Look | None:
    """What the page holds, to recognise it again; None where its corners are unknown or make no sheet."""
    from scanner.guide.same_page import look_at
    from scanner.guide.stance import usable

    if shot.quad is None or not usable(corners_of(shot)):
        return None
    return look_at(shot.image, corners_of(shot))


def side_of(shot: Shown) -> Side | None:
    """The side of a card that the picture shows; None where it cannot be told."""
    from scanner.guide import card_side
    from scanner.guide.glimpse import glimpse
    from scanner.guide.stance import usable

    corners = corners_of(shot)
    return card_side(glimpse(shot.image, corners)) if usable(corners) else None
