"""The camera over the table: what is said of each frame, for how long, and what the place shows when it opens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from stage.walking import QUAD, Eyeless, Walker

from kiosk.devices.camera_thread import Sight
from kiosk.journeys import table_view
from kiosk.journeys.card import CardSide
from kiosk.journeys.showing import Remark
from kiosk.journeys.table_view import OPENING, TOLD_S, TableView, scan_shows
from langso.words.catalogue import Sentence
from scanner.guide import SAYS
from scanner.live.eye import INSIST_MORE_S, INSIST_S, Eye, Seen
from scanner.live.looking import Looked


@pytest.fixture
def view(walker: Walker) -> TableView:
    made: TableView = walker.journey("scan")._view
    return made


def sees(code: str = "hold", *, good: bool = True, width: int = 64, **more: Any) -> None:
    """The camera's next frame, 64 dots wide, shown at another width."""
    picture, shown = np.zeros((90, 64, 3), np.uint8), np.zeros((90, width, 3), np.uint8)
    seen = Seen(picture, QUAD, SAYS.get(code, SAYS["hold"]), good=good, code=code, **more)
    watcher: Any = Eyeless.open
    number = 1 if watcher.newest is None else watcher.newest.number + 1
    watcher.newest = Sight(number, picture, Looked(seen, None, False), shown)


@pytest.mark.parametrize(
    ("code", "good", "icon", "tone"),
    [
        ("hold", True, "motion_photos_on", "ok"), ("hold", False, "motion_photos_on", "warn"),
        ("taken", True, "flip", "ok"), ("none", False, "info", "warn"), ("same", True, "flip", "warn"),
        ("left", False, "flip", "warn"),
        ("front", False, "flip", "warn"), ("back", False, "flip", "warn"), ("dark", False, "warning", "warn"),
        ("tilt", False, "info", "warn"),
    ],
)  # fmt: skip
def test_each_sentence_has_its_sign_and_only_a_page_well_seen_is_green(
    view: TableView, code: str, good: bool, icon: str, tone: str
) -> None:
    sees(code, good=good)
    assert view.look()
    assert view.live.said == Remark(SAYS[code], icon, tone)  # type: ignore[arg-type]


def test_of_a_card_its_own_sentences_are_said(walker: Walker) -> None:
    walker.do("card")
    view = walker.journey("scan")._view
    for code, said in (
        ("same", SAYS["same_side"]), ("none", Sentence("prompts-card-how")), ("hold", Sentence("prompts-card-seen")),
        ("dark", SAYS["dark"]),
    ):  # fmt: skip
        sees(code)
        view.look()
        assert view.live.said.text == said


def test_what_was_told_stays_three_and_a_half_seconds(view: TableView, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(table_view.time, "monotonic", lambda: now[0])
    told = Remark(Sentence("journeys-not-taken"), "warning")
    assert view.tell(told).said == told
    assert TOLD_S == 3.5
    for later, said in ((3.49, told.text), (3.5, SAYS["tilt"])):
        now[0] = 100 + later
        sees("tilt")
        assert view.look()
        assert view.live.said.text == said


def test_the_outline_is_told_in_dots_of_the_picture_that_is_shown(view: TableView) -> None:
    sees(width=32, progress=0.5)
    view.look()
    assert view.live.quad == tuple((x / 2, y / 2) for x, y in QUAD.tolist())
    assert view.live.progress == 0.5
    assert view.live.picture is Eyeless.open.newest.shown  # type: ignore[union-attr]
    before = view.live
    assert not view.look()
    assert view.live is before, "a frame is told once"
    Eyeless.open.newest = replace(Eyeless.open.newest, judged=None)  # type: ignore[union-attr]
    assert view.look()
    assert (view.live.said, view.live.quad, view.live.progress) == (before.said, None, 0.0)
    assert view.newest is not None


def test_a_fault_is_told_once_and_over_what_is_seen(view: TableView) -> None:
    assert not view.look()
    assert view.live.said == OPENING
    wrong = Remark(Sentence("prompts-camera-away"), "no_photography", "bad")
    Eyeless.open.fault = wrong.text  # type: ignore[union-attr]
    assert [view.look(), view.look(), view.live.said] == [True, False, wrong]
    sees(progress=0.5)
    assert view.look()
    assert (view.live.said, view.live.progress) == (wrong, 0.0)
    Eyeless.open.newest = None  # type: ignore[union-attr]
    assert view.look(), "what was seen before the camera went is not to be captured"
    assert (view.newest, view.live.said) == (None, wrong)


def test_what_is_due_is_captured_once_and_never_from_a_camera_at_fault(view: TableView) -> None:
    assert not view.due()
    sees()
    view.look()
    view._looking.due = due = view.newest
    assert view.due()
    assert view.newest is due
    assert not view.due()
    view._looking.due = due
    Eyeless.open.fault = "x"  # type: ignore[union-attr]
    assert not view.due()
    assert view._looking.due is None


def test_a_sheet_that_cannot_come_nearer_is_remembered_by_the_papers(view: TableView) -> None:
    view._looking._eye = Eye(fixed=True)
    sees()
    view.look()
    assert view._papers.fixed


def test_after_a_side_that_was_told_the_eye_insists_longer_on_the_other(walker: Walker) -> None:
    papers = walker.journey("scan").papers
    for card, side, seconds in (
        (None, None, INSIST_S),
        ((), "front", INSIST_S),
        ((CardSide(None, None, (), "front"),), "back", INSIST_MORE_S),  # type: ignore[arg-type]
        ((CardSide(None, None, (), None),), None, INSIST_S),  # type: ignore[arg-type]
    ):
        papers.card = card
        eye = table_view._eye_for(papers)
        assert (eye._insist_s, eye._side) == (seconds, side)
    papers.card = None


def test_the_place_opens_with_the_last_two_pages_and_says_which_one_is_looked_for(walker: Walker) -> None:
    papers = walker.journey("scan").papers
    for many, kept in ((0, []), (1, [0]), (2, [0, 1]), (4, [2, 3])):
        walker.take(many - len(papers.pages))
        shows = scan_shows(papers)
        assert (shows.many, [one.index for one in shows.kept], shows.number) == (many, kept, many + 1)
        assert (shows.card, shows.replacing, shows.busy, shows.live.said) == (None, False, False, OPENING)
        assert (shows.live.number, shows.live.progress, shows.live.picture, shows.live.quad) == (0, 0.0, None, None)
        assert shows.title == Sentence("journeys-scan-title")
        page = Sentence("screens-page", page=many + 1) if many else Sentence("journeys-scan-under")
        assert (shows.under, shows.hint) == (page, Sentence("prompts-paper-how"))
    papers.retake(1)
    shows = scan_shows(papers)
    assert (shows.replacing, shows.number) == (True, 2)
    assert (shows.title, shows.under) == (
        Sentence("journeys-retake-title", page=2),
        Sentence("journeys-retake-under"),
    )
