"""What the papers of a visit refuse, and what they remember, without a camera or a screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from refusals import refused

from kiosk.errors import WrongStep
from kiosk.journeys.compressing import compressed
from kiosk.journeys.kinds import GENERAL_KINDS
from kiosk.journeys.papers import MAX_PAGES, Papers
from kiosk.journeys.pictures import PREVIEW_SIDE, SMALL_SIDE, picture_of, picture_of_page, shrunk
from kiosk.sending.dossiers import Dossiers
from kiosk.shell.visit import Workspace
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey
from langso.words.catalogue import Sentence
from scanner.live.capture import Shot


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    outbox = Outbox(Store(tmp_path / "kiosk.sqlite", (OUTBOX_MIGRATION,)), SystemClock())
    dossiers = Dossiers(tmp_path, outbox, SystemClock(), SigningKey.generate(), device="k-1", commune="xa-thu")
    return Papers(Workspace(tmp_path / "visit"), dossiers)


def seen(value: int = 200, quad: bool = True) -> Shot:
    image = np.full((240, 170, 3), value, np.uint8)
    cv2.putText(image, str(value), (20, 120), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (0, 0, 0), 4)
    return Shot(image, np.array([(2, 2), (167, 2), (167, 237), (2, 237)], float) if quad else None)


def keep(papers: Papers, many: int = 1) -> None:
    for _ in range(many):
        papers.capture(seen())
        papers.keep()


def files(papers: Papers) -> set[str]:
    return {Path(one).name for one in papers._workspace.files()}


def test_after_the_last_page_only_one_taken_anew_is_taken(papers: Papers) -> None:
    keep(papers)
    papers.pages = papers.pages * (MAX_PAGES - 1)
    keep(papers)
    assert len(papers.pages) == MAX_PAGES
    for wrong in (lambda: papers.capture(seen()), papers.begin_card):
        with refused(WrongStep, "journeys-enough-pages"):
            wrong()
    papers.retake(3)
    keep(papers)
    assert len(papers.pages) == MAX_PAGES


def test_a_card_is_not_taken_while_a_page_is_judged(papers: Papers) -> None:
    papers.begin_card()
    papers.capture_side(seen())
    papers.card, kept = None, papers.card
    papers.capture(seen(120))
    papers.card = kept
    with refused(WrongStep, "journeys-judge-first"):
        papers.capture_side(seen(90))
    assert papers.step == "preview"


def test_without_a_card_no_side_is_taken_and_without_edges_neither(papers: Papers) -> None:
    with refused(WrongStep, "journeys-card-not-begun"):
        papers.capture_side(seen())
    papers.begin_card()
    with refused(WrongStep, "journeys-card-unseen"):
        papers.capture_side(seen(quad=False))


def test_a_page_taken_out_may_lie_there_still(papers: Papers) -> None:
    keep(papers)
    looks = papers.pages[0].looks
    assert (papers.lying, papers.left) == (False, ())
    papers.remove(0)
    assert (papers.lying, papers.left, papers.known) == (True, looks, list(looks))


def test_turning_a_page_leaves_one_file(papers: Papers) -> None:
    papers.capture(seen())
    before = files(papers)
    papers.turn()
    assert len(files(papers)) == 1
    assert files(papers) != before


def test_a_page_that_goes_while_it_is_turned_leaves_no_file(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    papers.capture(seen())
    write = papers._write

    def taken_out_meanwhile(image: Any) -> Path:
        path = write(image)
        papers.again()
        return path

    monkeypatch.setattr(papers, "_write", taken_out_meanwhile)
    with refused(WrongStep, "journeys-nothing-taken"):
        papers.turn()
    assert files(papers) == set()


def test_pages_become_small_once_and_not_while_they_are_sent(papers: Papers) -> None:
    keep(papers, 2)
    assert [page.final for page in papers.pages] == [False, False]
    before = papers.pages
    for step in ("sending", "done"):
        papers.step = step  # type: ignore[assignment]
        papers.compress()
        assert papers.pages == before
    papers.step = "look"
    papers.compress()
    small = papers.pages
    assert [page.final for page in small] == [True, True]
    assert files(papers) == {page.path.name for page in small}
    papers.compress()
    assert papers.pages == small


def test_a_page_that_goes_or_is_sent_while_it_is_made_small_stays_as_it_is(
    papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(papers, 2)
    first, second = papers.pages
    real = compressed

    def taken_out(page: Any) -> Any:
        small = real(page)
        if page is first:
            papers.remove(0)
        else:
            papers.step = "sending"
        return small

    monkeypatch.setattr("kiosk.journeys.papers.compressed", taken_out)
    papers.compress()
    assert papers.pages == (second,)
    assert files(papers) == {second.path.name}


def test_nothing_is_handed_in_before_it_was_chosen(papers: Papers) -> None:
    keep(papers)
    with refused(WrongStep, "journeys-not-chosen"):
        papers.hand_in(GENERAL_KINDS[0], None)
    assert papers.step == "look"


def test_pictures_are_made_no_larger_than_they_are_shown(tmp_path: Path) -> None:
    assert (SMALL_SIDE, PREVIEW_SIDE) == (400, 1000)
    for height, width, side in ((800, 200, 400), (200, 800, 400), (400, 100, 400), (90, 30, 400)):
        image = np.zeros((height, width, 3), np.uint8)
        small = shrunk(image)
        assert max(small.shape[:2]) == min(max(height, width), side)
        assert (small is image) is (max(height, width) <= side)
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.zeros((3000, 10, 3), np.uint8))
    assert picture_of(path).shape[0] == 1000
    with pytest.raises(FileNotFoundError):
        picture_of(tmp_path / "b.png")


def test_of_a_sheet_with_a_card_only_the_card_is_shown(papers: Papers, tmp_path: Path) -> None:
    keep(papers)
    sheet = np.full((1800, 1200, 3), 255, np.uint8)
    sheet[600:900, 300:800] = 90
    path = tmp_path / "card.png"
    cv2.imwrite(str(path), sheet)
    from dataclasses import replace

    shown = picture_of_page(replace(papers.pages[0], path=path, card=True))
    assert shown.shape[:2] == (300 + 2 * 30, 500 + 2 * 30)
    assert picture_of_page(replace(papers.pages[0], path=path)).shape[0] == 1000


def test_a_card_that_was_left_may_lie_there_still(papers: Papers) -> None:
    papers.begin_card()
    papers.leave_card()
    assert (papers.card, papers.lying, papers.left) == (None, False, ())
    papers.begin_card()
    papers.capture_side(seen())
    assert papers.card
    look = papers.card[0].look
    papers.leave_card()
    assert (papers.card, papers.lying, papers.left) == (None, True, (look,))


def test_a_page_taken_twice_is_told_but_not_of_the_one_it_replaces(papers: Papers) -> None:
    same = Sentence("journeys-odd-same", page=1)
    keep(papers)
    assert papers.capture(seen()).remarks[:1] == (same,)
    papers.again()
    papers.retake(0)
    assert same not in papers.capture(seen()).remarks


def test_the_same_side_of_a_card_is_refused_unless_it_is_insisted_on(papers: Papers) -> None:
    papers.begin_card()
    assert papers.capture_side(seen()) is None
    with refused(WrongStep, "prompts-page-same-side"):
        papers.capture_side(seen())
    page = papers.capture_side(seen(), insisted=True)
    assert page is not None
    assert page.card
    assert papers.card is None


def test_no_side_is_taken_when_the_dossier_is_full(papers: Papers) -> None:
    keep(papers)
    papers.pages = papers.pages * MAX_PAGES
    papers.card = ()
    with refused(WrongStep, "journeys-enough-pages"):
        papers.capture_side(seen())


def test_a_page_taken_anew_leaves_no_file_of_the_one_before(papers: Papers) -> None:
    keep(papers, 2)
    papers.retake(0)
    keep(papers)
    assert files(papers) == {page.path.name for page in papers.pages}
    assert len(files(papers)) == 2


def test_the_table_learns_from_sheets_whose_edges_are_known(papers: Papers) -> None:
    class Table:
        learned = 0

        def learn(self, image: Any, quad: Any) -> None:
            self.learned += 1

    table: Any = Table()
    papers._learn(seen())
    papers.table = table
    papers._learn(seen(quad=False))
    assert table.learned == 0
    papers._learn(seen())
    assert table.learned == 1


def test_a_page_stays_known_by_what_the_camera_found_whatever_corners_are_set(papers: Papers) -> None:
    corners = np.array([(9, 9), (160, 9), (160, 230), (9, 230)], float)
    looks = papers.capture(seen()).looks
    assert len(looks) == 1
    assert papers.set_corners(corners).looks == looks
    papers.again()
    assert papers.capture(seen(quad=False)).looks == ()
    assert len(papers.set_corners(corners).looks) == 1
