"""The two sides of a card: which side to lay down next, and the one sheet that both become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from langso.words.catalogue import Sentence

if TYPE_CHECKING:
    from scanner.clean import CleanPage
    from scanner.guide import Side
    from scanner.guide.same_page import Look

CARD = "ID-1"


@dataclass(frozen=True)
class CardSide:
    """One side that was taken and waits for the other. `side`: which side it is, None where it cannot be told."""

    page: CleanPage
    look: Look | None
    remarks: tuple[Sentence, ...]
    side: Side | None = None


def asked_after(sides: tuple[CardSide, ...]) -> Side | None:
    """Which side to lay down next; None: either (the first one could not be told)."""
    if not sides:
        return "front"
    first = sides[0].side
    return None if first is None else "back" if first == "front" else "front"


def sheet_of(first: CardSide, second: CardSide) -> CleanPage:
    """Both sides on one A4 page, the front above, whichever came first."""
    from scanner.document import card_sheet

    turned = first.side != second.side and (first.side == "back" or second.side == "front")
    both = (second, first) if turned else (first, second)
    return card_sheet([one.page for one in both])


OTHER_SIDE = Sentence("journeys-side-other")


def side_words(side: Side | None, unknown: Sentence = OTHER_SIDE) -> Sentence:
    """A side's name as people call it; `unknown` where it cannot be told."""
    return (
        unknown
        if side is None
        else Sentence("journeys-side-front")
        if side == "front"
        else Sentence("journeys-side-back")
    )
