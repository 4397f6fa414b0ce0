"""Pages retaken, moved, turned, cornered and compressed; both sides of a card; what is odd is said and kept."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.errors import KioskError, WrongStep
from kiosk.journeys.develop import BLANK, NO_EDGES
from kiosk.journeys.kinds import GENERAL_KINDS
from kiosk.journeys.papers import Eye, Papers
from kiosk.journeys.table_view import _eye_for
from kiosk.sending.dossiers import Dossiers
from kiosk.shell.visit import Workspace
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey
from langso.words.catalogue import Sentence
from scanner.live.capture import Shot, draft, shot_of


def journey_in(folder: Path) -> tuple[Papers, Workspace]:
    store = Store(folder / "kiosk.sqlite", (OUTBOX_MIGRATION,))
    workspace = Workspace(folder / "visit")
    dossiers = Dossiers(
        folder, Outbox(store, SystemClock()), SystemClock(), SigningKey.generate(), device="k-1", commune="xa-thu"
    )
    return Papers(workspace, dossiers), workspace


@pytest.fixture
def journey(tmp_path: Path) -> Papers:
    return journey_in(tmp_path)[0]


@pytest.fixture
def other(paper: Any) -> Any:
    """Another paper in the same place."""
    changed = paper.copy()
    for y in range(180, 900, 60):
        cv2.line(changed, (680, y), (1240, y + 12), (40, 40, 40), 14)
    return changed


def level(page: Any) -> float:
    return float(cv2.imread(str(page.path)).mean())


def plain(value: int) -> Shot:
    image = np.full((240, 170, 3), value, np.uint8)
    return Shot(image, np.array([(2, 2), (167, 2), (167, 237), (2, 237)], float))


def test_a_page_is_retaken_in_its_place(journey: Papers, paper: Any, other: Any) -> None:
    for image in (paper, other):
        journey.capture(Eye().look(image))
        journey.keep()
    first, second = journey.pages
    journey.retake(0)
    fresh = journey.capture(Eye().look(paper))
    assert fresh.remarks == (), "the page itself is no other page that it could be the same as"
    assert first.path.exists(), "until the new one is kept the old one stays"
    journey.keep()
    assert journey.pages == (fresh, second)
    assert not first.path.exists()
    assert journey.replacing is None


def looked_at(papers: Papers, image: Any, *, frames: int = 30) -> list[str]:
    """What the camera of these papers says of each frame, ten a second, and "!" where it captures by itself."""
    eye, said = _eye_for(papers), []
    for number in range(frames):
        seen = eye.look(image, at=number / 10)
        said.append("!" if seen.capture else seen.code)
    return said


def took(papers: Papers, image: Any) -> None:
    papers.capture(Eye().look(image))


def kept(papers: Papers, image: Any) -> None:
    took(papers, image)
    papers.keep()


def taken_and_left(papers: Papers, image: Any) -> None:
    took(papers, image)
    papers.leave()


def once_more(papers: Papers, image: Any) -> None:
    took(papers, image)
    papers.again()


def taken_out(papers: Papers, image: Any) -> None:
    kept(papers, image)
    papers.remove(0)


def one_side_only(papers: Papers, image: Any) -> None:
    papers.begin_card()
    papers.capture_side(Eye().look(image))
    papers.leave_card()


WALKED_AWAY: dict[str, Callable[[Papers, Any], None]] = {
    "back from the page just taken": taken_and_left,
    "once more, please": once_more,
    "taken out of the dossier": taken_out,
    "no card after all": one_side_only,
}


@pytest.mark.parametrize("way", WALKED_AWAY)
def test_what_was_walked_away_from_is_not_taken_again_while_it_lies_there(
    way: str, journey: Papers, paper: Any, other: Any
) -> None:
    WALKED_AWAY[way](journey, paper)
    said = looked_at(journey, paper)
    assert "!" not in said
    assert said[-1] in ("left", "same"), "and it says what to do"
    eye = _eye_for(journey)
    for number in range(14):
        assert not eye.look(paper, at=number / 10).capture
    assert any(eye.look(other, at=1.4 + number / 10).capture for number in range(30)), "another sheet is taken"
    assert journey.capture(eye.look(paper)).remarks == (), "and whoever presses gets it"


def test_a_page_that_is_to_be_taken_anew_was_not_taken_already(journey: Papers, paper: Any) -> None:
    kept(journey, paper)
    assert "!" not in looked_at(journey, paper)
    journey.retake(0)
    assert "!" in looked_at(journey, paper)
    took(journey, paper)
    journey.again()
    assert "!" not in looked_at(journey, paper)


def test_retaking_can_be_left(journey: Papers, paper: Any) -> None:
    journey.capture(Eye().look(paper))
    journey.keep()
    kept = journey.pages
    journey.retake(0)
    journey.leave_retake()
    journey.sort()
    assert journey.pages == kept


def test_pages_are_moved(journey: Papers) -> None:
    for value in (60, 120, 180):
        journey.capture(plain(value))
        journey.keep()
    a, b, c = journey.pages
    journey.move(2, 0)
    assert journey.pages == (c, a, b)
    journey.move(0, 1)
    assert journey.pages == (a, c, b)
    with pytest.raises(WrongStep):
        journey.move(0, 3)


def test_the_same_page_is_flagged_and_kept(journey: Papers, paper: Any, other: Any) -> None:
    journey.capture(Eye().look(paper))
    journey.keep()
    assert len(journey.known) == 1
    assert journey.capture(Eye().look(other)).remarks == ()
    journey.keep()
    assert journey.capture(Eye().look(paper)).remarks[0] == Sentence("journeys-odd-same", page=1)
    journey.keep()
    assert len(journey.pages) == 3, "never dropped silently"


def test_a_blank_side_is_flagged_and_kept(journey: Papers) -> None:
    table = np.full((900, 1200, 3), 70, np.uint8)
    table[100:800, 350:850] = 235
    quad = np.array([(350, 100), (849, 100), (849, 799), (350, 799)], float)
    for _ in range(2):
        assert journey.capture(Shot(table, quad)).remarks[0] == BLANK
        journey.keep()
    assert len(journey.pages) == 2


def test_a_picture_without_edges_says_so_and_corners_may_be_set(journey: Papers, paper: Any) -> None:
    fresh = journey.capture(Shot(paper, None))
    assert fresh.remarks == (NO_EDGES,)
    assert journey.shot is not None
    corners = np.array([(640, 60), (1270, 75), (1300, 1010), (610, 1000)], float)
    again = journey.set_corners(corners)
    assert journey.fresh is again
    assert not fresh.path.exists()
    assert NO_EDGES not in again.remarks
    height, width = cv2.imread(str(again.path)).shape[:2]
    assert height > width * 1.3
    assert journey.pages == ()
    journey.keep()
    assert journey.shot is None, "the photograph itself is not kept"


def test_a_page_is_turned_by_quarters(journey: Papers, paper: Any) -> None:
    fresh = journey.capture(Eye().look(paper))
    upright = cv2.imread(str(fresh.path))
    turned = journey.turn()
    assert turned.size_mm == (fresh.size_mm[1], fresh.size_mm[0])
    assert cv2.imread(str(turned.path)).shape[:2] == upright.shape[1::-1]
    for _ in range(3):
        turned = journey.turn()
    assert np.abs(cv2.imread(str(turned.path)).astype(int) - upright).mean() < 4
    assert turned.size_mm == fresh.size_mm


def test_pages_are_compressed_meanwhile_and_the_document_is_the_same(journey: Papers, paper: Any) -> None:
    journey.capture(Eye().look(paper))
    journey.keep()
    before = journey.pages[0]
    journey.compress()
    (page,) = journey.pages
    assert page.final
    assert not before.path.exists()
    assert page.path.stat().st_size <= 500_000
    journey.sort()
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    assert journey.hand_in(GENERAL_KINDS[0], recipient).pages == 1


def test_what_a_visit_left_behind_touches_no_page_of_the_next(tmp_path: Path, paper: Any) -> None:
    journey, workspace = journey_in(tmp_path)
    journey.capture(Eye().look(paper))
    journey.keep()
    workspace.wipe()
    following = Papers(workspace, Dossiers.__new__(Dossiers))
    page = following.capture(Eye().look(paper))
    journey.remove(0)
    assert page.path.exists()


def test_a_draft_is_quick_small_and_the_same_page(paper: Any) -> None:
    large = cv2.resize(paper, None, fx=2.4, fy=2.4, interpolation=cv2.INTER_CUBIC)
    seen = Eye().look(paper)
    shot = shot_of(seen, large)
    picture = draft(shot)
    assert max(picture.shape[:2]) <= 1100
    assert picture.shape[0] > picture.shape[1]
    assert shot.image is large
    assert np.abs(shot.quad - np.asarray(seen.quad) * 2.4).max() < 40


def test_without_a_still_the_frame_that_was_seen_is_taken(paper: Any) -> None:
    seen = Eye().look(paper)
    shot = shot_of(seen, None)
    assert shot.image is seen.image
    assert np.array_equal(shot.quad, seen.quad)


PRESSES = (
    "capture",
    "keep",
    "again",
    "turn",
    "corners",
    "remove",
    "move",
    "retake",
    "leave",
    "sort",
    "more",
    "compress",
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PRESSES), max_size=25))
def test_whatever_is_pressed_every_page_has_its_file_and_no_file_is_left(
    tmp_path_factory: pytest.TempPathFactory, presses: list[str]
) -> None:
    journey, workspace = journey_in(tmp_path_factory.mktemp("room"))
    shot = plain(150)
    does = {
        "capture": lambda: journey.capture(shot),
        "corners": lambda: journey.set_corners(shot.quad),
        "remove": lambda: journey.remove(0),
        "move": lambda: journey.move(0, 1),
        "retake": lambda: journey.retake(len(journey.pages) - 1),
        "leave": journey.leave_retake,
    }
    for press in presses:
        with contextlib.suppress(KioskError):
            (does.get(press) or getattr(journey, press))()
        kept = {page.path for page in journey.pages} | ({journey.fresh.path} if journey.fresh else set())
        assert set(workspace.files()) == kept
        assert (journey.fresh is not None) == (journey.step == "preview")
        assert journey.replacing is None or journey.replacing < len(journey.pages)
