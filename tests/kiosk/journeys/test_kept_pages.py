"""What becomes of kept pages: looked at, put in order, handed in. Each event at each place, without a screen."""

from __future__ import annotations

from typing import Any

import pytest
from stage.walking import Walker

from kiosk.journeys.presses import SURE_S, Twice
from kiosk.shell.protocol import Event, Home

PAGES, SORT, ASK = "pages", "sort", "ask"


# The pages kept.


@pytest.fixture
def looking(walker: Walker) -> Walker:
    walker.take(3)
    walker.do(("page", 1))
    return walker


def files(walker: Walker) -> list[str]:
    return [page.path.name for page in walker.journey("scan").papers.pages]


@pytest.mark.parametrize(("to", "index"), [(0, 0), (2, 2), (-5, 0), (9, 2)])
def test_another_page_is_turned_to_or_the_nearest_there_is(looking: Walker, to: int, index: int) -> None:
    assert looking.do(("turn_to", to)) == PAGES
    assert looking.shows.index == index


def test_a_page_moves_and_is_followed(looking: Walker) -> None:
    first, second, third = files(looking)
    looking.do(("move", 1))
    assert (files(looking), looking.shows.index) == ([first, third, second], 2)
    assert looking.do(("move", 1)) == PAGES
    assert files(looking) == [first, third, second], "beyond the last there is no place"


def test_a_page_goes_only_at_the_second_touch(looking: Walker) -> None:
    first, _, third = files(looking)
    looking.do("remove")
    assert (looking.shows.asking, len(files(looking))) == (True, 3)
    looking.do("remove")
    assert (files(looking), looking.shows.asking, looking.shows.index) == ([first, third], False, 1)
    assert looking.do("remove", "remove", "remove", "remove") == "scan", "no page is left to look at"
    assert looking.workspace.files() == []


def test_the_question_is_withdrawn_after_a_while(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("kiosk.journeys.kept_pages.Twice", lambda: Twice(clock=lambda: now[0]))
    walker.take(2)
    walker.do(("page", 1), "remove")
    now[0] += SURE_S - 0.1
    walker.router.tick()
    assert walker.shows.asking
    now[0] += 0.1
    walker.router.tick()
    assert not walker.shows.asking
    walker.do("remove")
    assert (walker.shows.asking, len(files(walker))) == (True, 2)


def test_a_page_is_taken_again_in_its_place_and_that_can_be_left(looking: Walker) -> None:
    before = files(looking)
    assert looking.do("retake") == "scan"
    assert (looking.shows.replacing, looking.shows.number) == (True, 2)
    assert looking.do("back") == "scan"
    assert not looking.shows.replacing
    looking.do(("page", 1), "retake")
    looking.lay()
    looking.do("shoot")
    assert looking.shows.replacing
    looking.do("keep")
    after = files(looking)
    assert (len(after), after[0], after[2], after[1] == before[1]) == (3, before[0], before[2], False)


@pytest.mark.parametrize("name", ["done", "back"])
def test_the_pages_are_left_to_where_one_came_from(looking: Walker, name: str) -> None:
    assert looking.do(name) == "scan"
    assert looking.do("enough", "look") == PAGES
    assert looking.do(name) == SORT


# Handing in.


@pytest.fixture
def sorting(walker: Walker) -> Walker:
    walker.take(2)
    walker.do("enough")
    return walker


def calm(walker: Walker, seconds: float = 2.0) -> Walker:
    """Nobody touches the glass for so long."""
    walker.clock.advance(seconds)
    walker.router.tick()
    return walker


@pytest.fixture
def asking(sorting: Walker) -> Walker:
    assert sorting.do(("kind", 0)) == ASK
    return calm(sorting)


def test_a_touch_on_a_name_asks_and_sends_nothing(sorting: Walker) -> None:
    assert sorting.do(("kind", 0)) == ASK
    assert (str(sorting.shows.title), sorting.shows.pages, sorting.shows.ready) == ("Giấy khai sinh", 2, False)
    assert sorting.outbox.pending() == []
    assert sorting.do("back") == SORT
    assert len(files(sorting)) == 2


def test_the_answer_sends_once_and_no_way_leads_back(asking: Walker) -> None:
    asking.router.emit("send")
    assert asking.said == "Đang niêm phong giấy tờ…"
    for name in ("send", "back", "more"):
        asking.router.emit(name)
    assert (asking.place, len(asking.slow), asking.shows.busy) == (ASK, 1, True)
    asking.finish()
    assert asking.router.places == ["home", "receipt"]
    assert (str(asking.shows.title), asking.shows.pages, asking.hurried) == ("Giấy khai sinh", 2, 1)
    assert len(asking.outbox.pending()) == 1
    assert asking.workspace.files() == []
    assert asking.do("done") == "home"


def test_an_answer_counts_only_once_the_glass_has_rested(sorting: Walker) -> None:
    sorting.do(("kind", 0))
    for _ in range(3):
        assert sorting.do("send") == ASK
        calm(sorting, 0.6)
    assert not sorting.shows.ready
    assert sorting.said == "Xin đọc lại. Nút gửi sáng sau 1 giây"
    calm(sorting, 0.3)
    assert sorting.shows.ready
    sorting.do("stray")
    sorting.router.tick()
    assert not sorting.shows.ready, "a hand that wanders makes it wait again"
    assert sorting.do("send") == ASK
    calm(sorting, 2.5)
    assert not sorting.shows.ready, "and longer"
    calm(sorting, 0.5)
    assert sorting.do("send") == "receipt"


def test_a_glass_that_is_touched_at_random_waits_ever_longer_wherever_it_was_touched(sorting: Walker) -> None:
    sorting.do(*["stray"] * 40, ("kind", 0))
    calm(sorting, 9.5)
    assert sorting.do("send") == ASK
    calm(sorting, 0.5)
    assert sorting.do("send") == "receipt", "but never longer than ten seconds"


def test_coming_back_to_the_question_begins_the_wait_anew(asking: Walker) -> None:
    assert asking.shows.ready
    asking.do("letters", "back")
    assert not asking.shows.ready
    assert asking.do("send") == ASK


@pytest.mark.parametrize(("name", "place"), [("more", "scan"), ("back", "scan"), ("look", PAGES), ("keep", SORT)])
def test_from_choosing_one_can_scan_on_or_look_again(sorting: Walker, name: str, place: str) -> None:
    assert sorting.do(name) == place
    assert len(files(sorting)) == 2


@pytest.mark.parametrize("wrong", [None, "x", -1, 99, 1.5])
def test_a_name_that_is_not_there_hands_in_nothing(sorting: Walker, wrong: Any) -> None:
    assert sorting.do(("kind", wrong)) == SORT
    assert sorting.outbox.pending() == []


def test_without_the_communes_key_the_papers_stay_and_it_is_said(asking: Walker) -> None:
    asking.recipient = None
    assert asking.do("send") == ASK
    assert (asking.shows.said.tone, len(files(asking))) == ("bad", 2)
    assert calm(asking).shows.said.tone == "bad", "what went wrong stays to be read"
    assert asking.shows.ready


def test_a_fault_while_sealing_loses_nothing(asking: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(asking.dossiers, "hand_in", broken)
    assert asking.do("send") == ASK
    assert asking.said == "Máy gặp lỗi, giấy vẫn còn; xin thử lại."
    assert len(files(asking)) == 2


def test_the_receipt_tells_where_the_papers_are_until_the_office_has_them(asking: Walker) -> None:
    asking.connected = False
    asking.do("send")
    assert asking.said == "Mất mạng, máy giữ kín và tự gửi sau"
    asking.connected = True
    asking.router.tick()
    assert asking.said == "Đang gửi về xã"
    (sealed,) = asking.dossiers.folder.iterdir()
    sealed.unlink()
    asking.router.tick()
    assert asking.said == "Xã đã nhận được"
    asking.connected = False
    asking.router.tick()
    assert asking.said == "Xã đã nhận được"


def test_only_what_says_so_ends_the_visit_at_the_receipt(asking: Walker) -> None:
    asking.do("send")
    for name in ("stray", "more_time", "keep", "kind", "send"):
        assert asking.do(name) == "receipt", "a hand that wanders does not take the code away"
    journey = asking.journey("scan")
    for name in ("back", "done"):
        assert isinstance(journey.answer(Event("receipt", name)), Home)
