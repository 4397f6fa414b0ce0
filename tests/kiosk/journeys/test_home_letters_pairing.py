"""The small journeys: the first page, letters, and the page of a kiosk that is not paired."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stage.walking import Walker, walking

from kiosk.journeys.pairing import PairingJourney
from kiosk.shell.means import WaitingMeans
from kiosk.shell.protocol import Changed, Event, Letters
from kiosk.style.theme import SIZES
from langso.device.pairing_stand import LOOK_S, Stand


@pytest.fixture
def walker(tmp_path: Path) -> Iterator[Walker]:
    with walking(tmp_path) as made:
        yield made
        assert made.faults == []


@pytest.mark.parametrize(
    ("name", "place"), [("scan", "scan"), ("fee", "fee"), ("back", "home"), ("done", "home"), ("keep", "home")]
)
def test_each_press_on_the_first_page(walker: Walker, name: str, place: str) -> None:
    assert walker.do(name) == place


def test_letters_grow_step_by_step_and_begin_again_and_contrast_stays(walker: Walker) -> None:
    walker.do("contrast")
    grown = []
    for _ in SIZES:
        walker.do("size")
        grown.append(walker.letters)
    assert grown == [Letters(size, True) for size in (*SIZES[1:], SIZES[0])]
    walker.do("contrast")
    assert walker.letters == Letters()


def test_the_clock_of_the_first_page_goes_on_by_the_minute(walker: Walker) -> None:
    assert (walker.shows.hour, walker.shows.place, walker.shows.commune) == (
        "7:05",
        "Nhà văn hóa thôn 2",
        "Xã Hoa Sơn",
    )
    before = walker.shows
    walker.clock.advance(59)
    walker.router.tick()
    assert walker.shows is before
    walker.clock.advance(1)
    walker.router.tick()
    assert walker.shows.hour == "7:06"


def test_the_first_page_that_is_gone_back_to_shows_the_hour_of_now(walker: Walker) -> None:
    walker.do("letters")
    walker.clock.advance(3600)
    walker.do("back")
    assert walker.shows.hour == "8:05"


@pytest.mark.parametrize(
    ("event", "letters"),
    [
        (("size", 1.6), Letters(1.6)),
        (("contrast", True), Letters(1.0, True)),
        (("size", 3.0), Letters()),
        (("size", None), Letters()),
        (("size", "1.6"), Letters()),
        (("contrast", "yes"), Letters()),
        (("contrast", None), Letters()),
        ("keep", Letters()),
    ],
)
def test_letters_are_chosen_from_those_there_are(walker: Walker, event: Any, letters: Letters) -> None:
    walker.do("letters")
    assert walker.do(event) == "letters"
    assert walker.letters == walker.shows.letters == letters


@pytest.mark.parametrize("name", ["back", "done"])
@pytest.mark.parametrize("journey", ["home", "scan", "fee"])
def test_letters_lead_back_to_where_one_was(walker: Walker, journey: str, name: str) -> None:
    walker.do(journey, "letters", ("size", 1.25))
    assert walker.do(name) == journey
    assert walker.letters == Letters(1.25)


def test_the_page_before_the_pairing_follows_its_files_and_falls_silent_when_paired(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, stands = [100.0], [Stand("new")]
    monkeypatch.setattr("kiosk.journeys.pairing.time.monotonic", lambda: now[0])
    journey = PairingJourney(WaitingMeans("Xã Hoa Sơn", "kiosk-thu", lambda: stands[0], Letters))
    assert journey.begin().shows.code == ""
    stands[0] = Stand("asked", "1234 5678 9012", "kiosk-thu.json")
    now[0] += LOOK_S - 0.1
    assert journey.tick("pairing") is None
    now[0] += 0.1
    answer = journey.tick("pairing")
    assert isinstance(answer, Changed)
    assert (answer.shows.code, len(answer.shows.steps)) == ("1234 5678 9012", 3)
    now[0] += LOOK_S
    assert journey.tick("pairing") is None, "nothing new"
    stands[0] = Stand("paired")
    now[0] += LOOK_S
    assert journey.tick("pairing") is None
    for name in ("back", "done", "scan"):
        assert journey.answer(Event("pairing", name)) is None


# After a restart.


def test_the_code_handed_out_before_a_restart_is_shown_again_and_whither_the_papers_came(tmp_path: Path) -> None:
    with walking(tmp_path) as walker:
        handed = walker.dossiers.hand_in(b"%PDF", title="Giấy khai sinh", pages=2, recipient=walker.recipient)
        assert walker.do(("given", (handed.dossier, handed.pages))) == "receipt"
        assert (walker.shows.code, walker.shows.pages) == (handed.code, 2)
        assert "khai sinh" not in str(walker.shows.title), "what it is about is kept nowhere in clear"
        assert walker.said == "Đang gửi về xã"
        walker.dossiers.path(handed.dossier).unlink()
        walker.router.tick()
        assert walker.said == "Xã đã nhận được"
        assert walker.do("letters", "back") == "receipt"
        assert walker.do("stray") == "receipt"
        assert walker.do("done") == "home"
        assert walker.faults == []


@pytest.mark.parametrize("wrong", [None, "TN-261130-482173", ("TN-261130-482173",), (1, 2), ("TN", "x")])
def test_what_is_no_code_is_not_shown(tmp_path: Path, wrong: Any) -> None:
    with walking(tmp_path) as walker:
        assert walker.do(("given", wrong)) == "home"
