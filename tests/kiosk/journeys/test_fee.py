"""The fee journey: each event at each of its places, without a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fetched import FETCHED
from stage.walking import Eyeless, Walker, walking

from langso.words.catalogue import Sentence, sentence_in


@dataclass(frozen=True)
class Read:
    """A code in view."""

    text: str
    polygon: tuple[tuple[float, float], ...] = ((1.0, 1.0), (9.0, 1.0), (9.0, 9.0), (1.0, 9.0))


@pytest.fixture
def walker(tmp_path: Path, commune: Any) -> Iterator[Walker]:
    with walking(tmp_path / "walk") as made:
        made.listed, made.payees = commune.catalogue(), commune.payees()
        made.do("fee")
        yield made
        assert made.faults == []


@pytest.fixture
def own(walker: Walker, make_code: Callable[..., str]) -> Walker:
    assert walker.lay(codes=(Read(make_code()),)) == "pay"
    return walker


@pytest.fixture
def stranger(walker: Walker, make_code: Callable[..., str]) -> Walker:
    assert walker.lay(codes=(Read(make_code("999900001111")),)) == "stranger"
    return walker


def test_the_camera_looks_until_a_code_is_found_and_is_then_let_go(own: Walker) -> None:
    assert (own.shows.dong, own.shows.amount, own.shows.in_words) == (8000, "8.000 đ", "tám nghìn đồng")
    assert (Eyeless.open, own.router.wants_light) == (None, None)


def test_what_it_sees_is_told_and_outlined(walker: Walker, make_code: Callable[..., str]) -> None:
    assert walker.lay(codes=()) == "fee"
    assert walker.shows.live.quad is None
    assert walker.lay(codes=(Read("https://xa.gov.vn"),)) == "fee"
    assert walker.shows.live.said.text == Sentence("journeys-fee-other-code")
    assert walker.shows.live.quad == Read("").polygon
    assert walker.lay(codes=(Read(make_code()), Read(make_code("99")))) == "fee"
    assert walker.shows.live.said.text == Sentence("journeys-fee-two-codes")
    assert walker.shows.live.quad is None, "which of the two?"


def test_a_frame_is_judged_once(walker: Walker) -> None:
    walker.lay(codes=())
    before = walker.shows
    walker.router.tick()
    assert walker.shows is before


def test_light_is_wanted_in_the_dark(walker: Walker) -> None:
    assert walker.router.wants_light is False
    walker.lay(codes=(), dark=True)
    assert walker.router.wants_light is True


def test_a_camera_that_fails_is_told(walker: Walker) -> None:
    assert Eyeless.open is not None
    Eyeless.open.fault = Sentence("prompts-camera-away")
    walker.router.tick()
    assert (walker.shows.live.said.text, walker.shows.live.said.tone) == (Sentence("prompts-camera-away"), "bad")
    walker.lay(codes=())
    assert walker.shows.live.said.tone == "bad"


@pytest.mark.parametrize(
    ("name", "place"), [("back", "home"), ("done", "home"), ("slip", "fee"), ("kind", "fee"), ("another", "fee")]
)
def test_each_press_while_it_looks(walker: Walker, name: str, place: str) -> None:
    assert walker.do(name) == place


@FETCHED
@pytest.mark.parametrize(("name", "place"), [("back", "fee"), ("done", "home"), ("slip", "slip"), ("keep", "pay")])
def test_each_press_where_it_is_paid(own: Walker, name: str, place: str) -> None:
    assert own.do(name) == place


@pytest.mark.parametrize(
    ("name", "place"), [("back", "fee"), ("another", "fee"), ("done", "home"), ("keep", "stranger")]
)
def test_each_press_at_a_strangers_code(stranger: Walker, name: str, place: str) -> None:
    assert stranger.do(name) == place


@FETCHED
@pytest.mark.parametrize(("name", "place"), [("back", "pay"), ("done", "home"), ("keep", "slip")])
def test_each_press_at_the_slip(own: Walker, name: str, place: str) -> None:
    own.do("slip")
    assert sorted(path.name for path in own.workspace.files()) == ["phieu.pdf", "phieu.png"]
    assert own.shows.picture is not None
    assert own.do(name) == place


@pytest.mark.parametrize("name", ["back", "another"])
def test_another_code_is_looked_for_anew(stranger: Walker, name: str, make_code: Callable[..., str]) -> None:
    stranger.do(name)
    assert stranger.router.places == ["home", "fee"]
    assert stranger.do("slip") == "fee", "the code before is forgotten"
    assert stranger.lay(codes=(Read(make_code()),)) == "pay"


def test_a_strangers_code_is_told_without_its_modules_and_never_becomes_a_slip(stranger: Walker) -> None:
    assert not hasattr(stranger.shows, "modules")
    assert stranger.shows.stranger
    stranger.do("slip")
    assert (stranger.workspace.files(), getattr(stranger.shows, "picture", None)) == ([], None)


def test_without_the_list_nobody_is_accused(walker: Walker, make_code: Callable[..., str]) -> None:
    walker.payees = None
    assert walker.lay(codes=(Read(make_code()),)) == "stranger"
    assert not walker.shows.stranger
    assert sentence_in(walker.shows.why) == Sentence("prompts-fee-no-list")


def test_a_slip_that_cannot_be_made_says_so_in_its_place(own: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise OSError("no room")

    monkeypatch.setattr(own.workspace, "write", full)
    assert own.do("slip") == "slip"
    assert own.shows.picture is None


def test_a_code_that_says_no_amount_leaves_it_to_the_payer(walker: Walker, make_code: Callable[..., str]) -> None:
    walker.lay(codes=(Read(make_code(amount=None)),))
    assert (walker.place, walker.shows.dong, str(walker.shows.amount)) == ("pay", 0, "Chưa ghi số tiền")
