"""Of a long plan a decision is given only what it can be about; that it decides the same, `simulated_day` asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from simulated_day import at, show, sound

from speaker.programme.shows import Show
from speaker.programme.situation import Entry
from speaker.programme.timeline import PREPARE
from speaker.programme.window import ProgrammeWindow

NONE = timedelta(0)
PLAN = tuple(show(f"s{number:04}", 100 * number) for number in range(4000))


def entry(id: str, state: str, start: float, *, provisional: bool = False) -> Entry:
    return Entry(id=id, state=state, began=at(start), at=at(start), provisional=provisional)  # type: ignore[arg-type]


def ids(shows: tuple[Show, ...]) -> list[str]:
    return [one.id for one in shows]


def test_of_thousands_it_gives_what_is_due_and_the_next_one() -> None:
    window = ProgrammeWindow(PLAN, (), {})
    assert ids(window.at(at(250), NONE, stops=False)) == ["s0000", "s0001", "s0002", "s0003"]
    assert len(window.plays) == 4000


def test_what_is_to_be_prepared_now_is_given_with_the_one_after_it() -> None:
    window = ProgrammeWindow(PLAN[:5], (), {})
    just = at(100) - PREPARE
    assert ids(window.at(just, NONE, stops=False)) == ["s0000", "s0001", "s0002"]
    assert ids(window.at(just - timedelta(microseconds=1), NONE, stops=False)) == ["s0000", "s0001"]
    lead = timedelta(seconds=3)
    assert ids(window.at(just - lead, lead, stops=False)) == ["s0000", "s0001", "s0002"]
    early = show("s0009", 103, chime=sound(4, "c"))
    assert ids(ProgrammeWindow((*PLAN[:2], early), (), {}).at(just, NONE, stops=False))[-1] == "s0001"


def test_what_has_ended_is_left_out_and_what_has_begun_is_not_wherever_it_stands() -> None:
    entries = {
        "s0000": entry("s0000", "ended", 0),
        "s0001": entry("s0001", "ended", 100, provisional=True),
        "s0900": entry("s0900", "claimed", 90_000),
        "s0901": entry("s0901", "interrupted", 90_100),
        "gone": entry("gone", "claimed", 5),
    }
    window = ProgrammeWindow(PLAN, (), entries)
    assert ids(window.at(at(210), NONE, stops=False)) == ["s0001", "s0002", "s0003", "s0900", "s0901"]
    assert set(window.entries) == {"s0001", "s0900", "s0901", "gone"}


def test_what_became_of_an_urgent_order_is_always_told() -> None:
    over = {"u": entry("u", "ended", 0), "v": entry("v", "ended", 0)}
    assert set(ProgrammeWindow((), (show("u", 0, urgent=True),), over).entries) == {"u"}


def test_beside_other_urgent_orders_it_is_the_same_programme_with_what_became_of_those() -> None:
    over = {"s0002": entry("s0002", "ended", 200), "u": entry("u", "ended", 0), "v": entry("v", "ended", 0)}
    first = ProgrammeWindow(PLAN[:4], (show("u", 0, urgent=True),), over)
    other = first.beside((show("v", 0, urgent=True),))
    assert (set(first.entries), set(other.entries)) == ({"u"}, {"v"})
    assert ids(other.at(at(400), NONE, stops=False)) == ids(first.at(at(400), NONE, stops=False))


def test_while_a_stop_is_in_force_all_that_has_not_ended_is_given() -> None:
    window = ProgrammeWindow(PLAN, (), {"s0007": entry("s0007", "ended", 700)})
    given = ids(window.at(at(0), NONE, stops=True))
    assert given == [id for id in ids(PLAN) if id != "s0007"]


@pytest.mark.parametrize(("now", "start"), [(0, 10), (9, 10), (10, 20), (15, 20), (20, None)])
def test_the_next_start_is_the_earliest_not_yet_begun(now: float, start: float | None) -> None:
    shows = (show("b", 20), show("a", 10), show("c", 15))
    window = ProgrammeWindow(shows, (), {"c": entry("c", "ended", 15)})
    assert window.next_start(at(now)) == (None if start is None else at(start))
