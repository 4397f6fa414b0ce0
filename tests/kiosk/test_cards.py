"""Both sides of a card: which is asked for, which came, what becomes of them; no villager is held up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import scenes
from scenes import cards
from stage.pictures import draw_card, draw_paper

from kiosk.errors import WrongStep
from kiosk.journeys.develop import REMARKS
from kiosk.journeys.papers import Eye, Papers
from kiosk.sending.dossiers import Dossiers
from kiosk.shell.visit import Workspace
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey
from scanner.live.capture import Shot, straighten


@pytest.fixture
def journey(tmp_path: Path) -> Papers:
    store = Store(tmp_path / "kiosk.sqlite", (OUTBOX_MIGRATION,))
    dossiers = Dossiers(
        tmp_path, Outbox(store, SystemClock()), SystemClock(), SigningKey.generate(), device="k-1", commune="xa-thu"
    )
    return Papers(Workspace(tmp_path / "visit"), dossiers)


def upper_and_lower(page: Any) -> tuple[Any, Any]:
    """The two halves of the sheet that hold the card's sides."""
    image = cv2.imread(str(page.path))
    dot = image.shape[1] / 210
    return image[round(50 * dot) : round(104 * dot)], image[round(124 * dot) : round(178 * dot)]


def has_portrait(part: Any) -> bool:
    """Blue ground of the drawn portrait at the left."""
    blue, _, red = cv2.split(part.astype(int))
    return float(np.mean(blue - red > 40)) > 0.02


def test_where_no_paper_can_come_nearer_no_page_is_called_too_small(journey: Papers) -> None:
    rng = np.random.default_rng(1)
    scene = scenes.lay(cards.front(rng), table="dark_wood")
    far = scenes.shoot(scene, scenes.Conditions(size=(1200, 800), fill=0.27, tilt=2.0), rng).image
    seen = Eye(fixed=True).look(far)
    nearer = REMARKS["far"]
    assert nearer in journey.capture(seen).remarks
    journey.again()
    journey.fixed = True
    assert nearer not in journey.capture(seen).remarks


def test_both_sides_of_a_card_are_one_page(journey: Papers, card_sides: tuple[Any, Any]) -> None:
    front, back = (Eye().look(side) for side in card_sides)
    journey.begin_card()
    assert journey.capture_side(front) is None
    assert len(journey.known) == 1
    with pytest.raises(WrongStep, match="mặt kia"):
        journey.capture_side(front)
    page = journey.capture_side(back)
    assert page is not None
    assert (page.paper, page.size_mm, journey.step, journey.card) == ("A4", (210.0, 297.0), "preview", None)
    assert journey.shot is None
    with pytest.raises(WrongStep):
        journey.set_corners(front.quad)
    journey.keep()
    assert len(journey.known) == 2, "neither side is a new page afterwards"


@pytest.mark.parametrize("sides_before", [0, 1])
def test_a_card_left_while_its_side_is_made_stays_left(
    journey: Papers, card_sides: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch, sides_before: int
) -> None:
    journey.begin_card()
    for image in card_sides[:sides_before]:
        journey.capture_side(Eye().look(image))

    def leave(*arguments: Any) -> Any:
        journey.leave_card()
        return straighten(*arguments)

    monkeypatch.setattr("kiosk.journeys.papers.straighten", leave)
    with pytest.raises(WrongStep):
        journey.capture_side(Eye().look(card_sides[sides_before]))
    assert (journey.card, journey.step, journey.pages) == (None, "look", ())


def test_a_card_must_be_seen(journey: Papers, card_sides: tuple[Any, Any]) -> None:
    with pytest.raises(WrongStep):
        journey.capture_side(Shot(card_sides[0], None))
    journey.begin_card()
    with pytest.raises(WrongStep, match="thẻ"):
        journey.capture_side(Shot(card_sides[0], None))
    journey.leave_card()
    assert journey.card is None


@pytest.mark.parametrize("upside_down", [False, True])
def test_the_back_laid_first_is_known_and_stands_below(journey: Papers, upside_down: bool) -> None:
    journey.begin_card()
    assert journey.asked == "front"
    journey.capture_side(Eye().look(draw_card("back", upside_down=upside_down)))
    assert journey.asked == "front", "whoever insisted on the back first is asked for the front then"
    page = journey.capture_side(Eye().look(draw_card("front", upside_down=upside_down)))
    assert page is not None
    assert [has_portrait(part) for part in upper_and_lower(page)] == [True, False]


def test_the_front_laid_first_is_followed_by_the_back(journey: Papers, card_sides: tuple[Any, Any]) -> None:
    journey.begin_card()
    journey.capture_side(Eye().look(card_sides[0]))
    assert journey.asked == "back"
    page = journey.capture_side(Eye().look(card_sides[1]))
    assert page is not None
    assert [has_portrait(part) for part in upper_and_lower(page)] == [True, False]


def test_after_a_side_that_nobody_can_tell_any_other_is_taken(journey: Papers, card_sides: tuple[Any, Any]) -> None:
    journey.begin_card()
    journey.capture_side(Eye().look(draw_paper()))
    assert journey.card is not None
    assert journey.card[0].side is None
    assert journey.asked is None
    page = journey.capture_side(Eye().look(card_sides[0]))
    assert page is not None
    assert [has_portrait(part) for part in upper_and_lower(page)] == [True, False]


def test_whoever_insists_on_the_same_side_gets_it(journey: Papers, card_sides: tuple[Any, Any]) -> None:
    journey.begin_card()
    front = Eye().look(card_sides[0])
    journey.capture_side(front)
    with pytest.raises(WrongStep):
        journey.capture_side(front)
    assert journey.capture_side(front, insisted=True) is not None
