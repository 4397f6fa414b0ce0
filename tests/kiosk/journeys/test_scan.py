"""The scan journey: each event at each of its places, without a screen."""

from __future__ import annotations

from typing import Any

import pytest
from stage.walking import Eyeless, Walker

from kiosk.errors import WrongStep
from langso.words.catalogue import Sentence
from scanner.guide import SAYS

PREVIEW, CORNERS, PAGES, SORT = "preview", "corners", "pages", "sort"
POINTS = ((1.0, 1.0), (60.0, 1.0), (60.0, 80.0), (1.0, 80.0))


# The camera over the table.


def test_a_page_is_taken_by_itself_when_it_is_due_and_judged_before_it_is_kept(walker: Walker) -> None:
    assert walker.place == "scan"
    assert walker.lay() == "scan"
    assert walker.lay(due=True) == PREVIEW
    assert (walker.said, walker.shows.number, len(walker.workspace.files())) == ("Rõ nét", 1, 1)
    assert Eyeless.open is None, "the camera is let go while nobody looks through it"


def test_a_press_takes_what_is_seen_and_without_a_picture_says_to_wait(walker: Walker) -> None:
    assert walker.do("shoot") == "scan"
    assert walker.said == "Chưa có hình, xin chờ một chút"
    walker.lay(code="none")
    assert walker.do("shoot") == PREVIEW


def test_while_a_page_is_taken_only_leaving_is_possible(walker: Walker) -> None:
    walker.take()
    walker.lay()
    walker.router.emit("shoot")
    assert walker.shows.busy
    for name in ("shoot", "card", "enough"):
        walker.router.emit(name)
    assert (walker.place, len(walker.slow), walker.shows.busy) == ("scan", 1, True)
    walker.router.emit("back")
    walker.finish()
    assert walker.place == "home"


@pytest.mark.parametrize(("quad", "code"), [(None, "hold"), (POINTS, "unsure")])
def test_where_the_machine_is_unsure_the_villager_sets_the_corners(walker: Walker, quad: Any, code: str) -> None:
    import numpy as np

    walker.lay(quad=None if quad is None else np.array(quad), code=code)
    assert walker.do("shoot") == CORNERS
    assert walker.shows.found == (quad is not None)


def test_from_an_empty_table_back_leads_home_and_unknown_events_nowhere(walker: Walker) -> None:
    for name in ("nonsense", "leave_card", "keep", "kind", "moved"):
        assert walker.do(name) == "scan"
    assert walker.do("enough") == "scan", "nothing to send yet"
    assert walker.do(("page", 0)) == "scan", "no page to look at"
    assert walker.do("back") == "home"


def test_kept_pages_can_be_looked_at_and_sent(walker: Walker) -> None:
    walker.take(3)
    assert (walker.shows.many, [page.index for page in walker.shows.kept]) == (3, [1, 2])
    assert walker.do(("page", 1)) == PAGES
    assert (walker.shows.index, walker.shows.many) == (1, 3)
    assert walker.do("done", "enough") == SORT
    assert walker.shows.pages == 3


def test_before_they_are_sent_the_pages_are_looked_at_from_the_first(walker: Walker) -> None:
    walker.take(2)
    assert walker.do("enough", "look") == PAGES
    assert walker.shows.index == 0


def test_a_camera_that_fails_is_told_and_comes_back(walker: Walker) -> None:
    assert Eyeless.open is not None
    Eyeless.open.fault = Sentence("prompts-camera-away")
    walker.router.tick()
    assert walker.said == "Máy ảnh bị tuột dây, xin gọi cán bộ"
    assert walker.lay(due=True) == "scan", "a picture that is not to be believed is not captured"
    Eyeless.open.fault = ""
    assert walker.lay() == "scan", "nor what was due before the camera failed"
    assert walker.said == "Đã thấy giấy. Giữ yên…"


def test_light_is_wanted_only_while_the_camera_looks_into_the_dark(walker: Walker) -> None:
    assert walker.router.wants_light is False
    walker.lay(dark=True)
    assert walker.router.wants_light is True
    walker.do("shoot")
    assert (walker.place, walker.router.wants_light) == (PREVIEW, None)


def test_a_capture_that_is_refused_says_why_and_the_next_press_insists(
    walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []

    def refuse(_: Any, *, insisted: bool) -> None:
        told.append(insisted)
        raise WrongStep(SAYS["same_side"])

    monkeypatch.setattr("kiosk.journeys.papers.Papers.capture_side", lambda _, shot, **how: refuse(shot, **how))
    walker.do("card")
    walker.lay()
    assert walker.do("shoot") == "scan"
    assert (walker.said, walker.shows.busy) == (str(SAYS["same_side"]), False)
    walker.do("shoot")
    assert told == [False, True]
    walker.do("back", "card")
    walker.lay()
    walker.do("shoot")
    assert told == [False, True, False], "what was insisted on is over when the camera is looked through anew"


# Both sides of a card.


@pytest.mark.parametrize(
    ("first", "asked", "turn"),
    [
        ("front", "Mặt sau", "Xong mặt trước. Xin lật thẻ sang mặt sau"),
        ("back", "Mặt trước", "Xong mặt sau. Xin lật thẻ sang mặt trước"),
        (None, "Mặt kia", "Xong một mặt. Xin lật thẻ sang mặt kia"),
    ],
)
def test_a_card_asks_for_the_side_it_lacks_and_shows_both_on_one_sheet(
    walker: Walker, first: Any, asked: str, turn: str
) -> None:
    assert walker.do("card") == "scan"
    assert str(walker.shows.card.asked) == "Mặt trước"
    walker.side = first
    walker.lay()
    assert walker.do("shoot") == "scan"
    assert (str(walker.shows.card.asked), str(walker.shows.hint), walker.said) == (asked, turn, turn)
    walker.lay()
    assert walker.do("shoot") == PREVIEW
    assert (walker.shows.card, walker.shows.corners) == (True, False)
    assert walker.do("corners") == PREVIEW, "of a sheet made of two pictures no corners can be set"
    assert walker.do("keep") == "scan"
    assert walker.shows.card is None


@pytest.mark.parametrize("name", ["back", "leave_card"])
def test_a_card_can_be_left_without_leaving_the_visit(walker: Walker, name: str) -> None:
    walker.take()
    walker.do("card")
    walker.lay()
    walker.do("shoot")
    assert walker.do(name) == "scan"
    assert (walker.shows.card, walker.shows.many) == (None, 1)


def test_a_card_nobody_sees_is_cornered_by_hand(walker: Walker) -> None:
    walker.do("card")
    walker.lay(quad=None)
    assert walker.do("shoot") == CORNERS
    assert walker.do(("done", POINTS)) == "scan"
    assert str(walker.shows.card.asked) == "Mặt kia"


# A page just taken.


@pytest.fixture
def judging(walker: Walker) -> Walker:
    walker.lay()
    walker.do("shoot")
    assert walker.place == PREVIEW
    return walker


@pytest.mark.parametrize(
    ("name", "place", "kept"),
    [
        ("again", "scan", 0),
        ("back", "scan", 0),
        ("keep", "scan", 1),
        ("enough", SORT, 1),
        ("turn", PREVIEW, 0),
        ("corners", CORNERS, 0),
        ("shoot", PREVIEW, 0),
        ("kind", PREVIEW, 0),
    ],
)
def test_each_press_on_a_page_just_taken(judging: Walker, name: str, place: str, kept: int) -> None:
    assert judging.do(name) == place
    papers = judging.journey("scan").papers
    assert len(papers.pages) == kept
    assert len(judging.workspace.files()) == kept + (papers.fresh is not None)


def test_turning_shows_the_turned_page(judging: Walker) -> None:
    before = judging.shows.picture.shape
    judging.do("turn")
    assert judging.shows.picture.shape[:2] == (before[1], before[0])


def test_a_press_while_the_page_is_made_waits_is_lit_and_a_second_one_changes_nothing(walker: Walker) -> None:
    walker.lay()
    walker.router.emit("shoot")
    _, what, done, _ = walker.slow.pop(0)
    done(what())
    assert (walker.place, len(walker.slow)) == (PREVIEW, 1), "the draft is seen, the page is being made"
    walker.router.emit("keep")
    assert walker.shows.lit == "keep"
    walker.router.emit("enough")
    assert (walker.place, walker.shows.lit) == (PREVIEW, "keep")
    walker.finish()
    assert (walker.place, walker.shows.many) == ("scan", 1)


def test_what_is_odd_with_a_page_is_said_and_stays_with_it(walker: Walker) -> None:
    walker.odd = (Sentence("prompts-odd-blur"),)
    walker.lay()
    walker.do("shoot")
    assert (walker.said, walker.shows.said.tone) == ("Chữ bị nhòe, nên chụp lại", "warn")
    walker.do("keep")
    assert [page.odd for page in walker.shows.kept] == [True]


def test_a_page_that_could_not_be_made_leads_back_to_the_camera(
    walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise OSError("the disk")

    monkeypatch.setattr("kiosk.journeys.papers.straighten", broken)
    walker.lay()
    walker.do("shoot")
    assert (walker.place, walker.said, walker.shows.said.tone) == (
        PREVIEW,
        "Máy gặp lỗi, xin chụp lại trang này.",
        "bad",
    )
    for name in ("turn", "corners"):
        assert walker.do(name) == PREVIEW
    assert walker.do("keep") == "scan"
    assert walker.shows.many == 0
    walker.lay()
    assert walker.do("shoot") == PREVIEW
    assert walker.do("enough") == "scan", "there is nothing to send"


# Its corners.


def test_corners_that_were_set_make_the_page_anew(judging: Walker) -> None:
    judging.do("corners", ("moved", POINTS))
    assert judging.do("letters") == "letters"
    assert judging.do("back") == CORNERS
    assert judging.shows.quad == POINTS, "where the finger left them"
    assert judging.do(("done", POINTS)) == PREVIEW
    assert len(judging.workspace.files()) == 1


@pytest.mark.parametrize(("name", "place"), [("back", PREVIEW), ("again", "scan"), ("keep", CORNERS)])
def test_corners_can_be_left(judging: Walker, name: str, place: str) -> None:
    judging.do("corners")
    assert judging.do(name) == place


@pytest.mark.parametrize("name", ["back", "again"])
def test_corners_of_what_is_no_page_yet_lead_back_to_the_camera(walker: Walker, name: str) -> None:
    walker.lay(quad=None)
    walker.do("shoot")
    assert walker.do(name) == "scan"


@pytest.mark.parametrize(
    "wrong", [None, "x", (1, 2), ((1.0, 2.0),) * 3, (("a", "b"),) * 4, ((float("nan"), 1.0),) * 4]
)
def test_corners_that_are_none_change_nothing(judging: Walker, wrong: Any) -> None:
    judging.do("corners")
    before = judging.shows
    assert judging.do(("done", wrong), ("moved", wrong)) == CORNERS
    assert judging.shows is before


def test_while_the_page_is_made_from_its_corners_nothing_else_can_be_done(judging: Walker) -> None:
    judging.do("corners")
    judging.router.emit("done", POINTS)
    for name in ("back", "again", "done"):
        judging.router.emit(name, POINTS)
    assert (judging.place, len(judging.slow), judging.shows.busy) == (CORNERS, 1, True)
