"""Which place is seen: back, home, places gone back to, and answers that come when the villager is elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy
import pytest

from kiosk.errors import WrongStep
from kiosk.shell.protocol import (
    Back,
    BeginJourney,
    Changed,
    Destination,
    Event,
    Home,
    Journey,
    Letters,
    Next,
    Restyle,
    Slow,
    is_plain,
)
from kiosk.shell.router import Router


@dataclass
class Screenless:
    """A glass that notes what it is asked; slow work waits until `finish`."""

    seen: list[tuple[str, Any]] = field(default_factory=list)
    letters: list[Letters] = field(default_factory=list)
    slow: list[tuple[Callable[[], Any], Callable[[Any], None], Callable[[BaseException], None]]] = field(
        default_factory=list
    )
    visits: int = 0
    faults: int = 0

    def show(self, there: Destination) -> None:
        self.seen.append((there.place, there.shows))

    def change(self, shows: Any) -> None:
        self.seen.append(("changed", shows))

    def restyle(self, letters: Letters) -> None:
        self.letters.append(letters)

    def work(self, what: Any, done: Any, failed: Any) -> None:
        self.slow.append((what, done, failed))

    def end_visit(self, *, fault: bool = False) -> None:
        self.visits += 1
        self.faults += fault

    def finish(self) -> None:
        what, done, failed = self.slow.pop(0)
        try:
            result = what()
        except Exception as error:  # noqa: BLE001 - as the window does
            failed(error)
        else:
            done(result)


class Walk(Journey):
    """Answers as the test says; notes what it was told."""

    def __init__(self, name: str, answers: dict[str, Next]) -> None:
        self.name = name
        self.answers = answers
        self.told: list[str] = []

    def begin(self) -> Destination:
        return Destination(self.name, "first")

    def answer(self, event: Event) -> Next:
        self.told.append(f"{event.place}:{event.name}")
        if event.name == "refuse":
            raise WrongStep("Chưa được.")
        if event.name == "break":
            raise RuntimeError("a fault of ours")
        return self.answers.get(event.name)

    def anew(self, there: Destination) -> Destination:
        return Destination(there.place, "anew")

    def opened(self, place: str) -> Next:
        self.told.append(f"opened {place}")
        return None

    def closed(self, place: str) -> None:
        self.told.append(f"closed {place}")

    def end(self) -> None:
        self.told.append("end")


class Floor:
    """A router over walks named "home", "scan" and "letters"."""

    def __init__(self, **answers: Next) -> None:
        self.glass = Screenless()
        self.answers = answers
        self.made: dict[str, Walk] = {}
        self.router = Router(self.glass, self.make, "home")
        self.router.go_home()

    def make(self, name: str) -> Walk:
        self.made[name] = Walk(name, self.answers)
        return self.made[name]

    def do(self, *events: str) -> list[str]:
        for name in events:
            self.router.emit(name)
        return self.router.places


def test_a_place_that_lies_behind_is_gone_back_to_and_others_are_laid_on_top() -> None:
    floor = Floor(look=Destination("preview"), more=Destination("scan", "second"), sort=Destination("sort"))
    floor.router.begin("scan")
    assert floor.do("look", "sort") == ["home", "scan", "preview", "sort"]
    assert floor.do("more") == ["home", "scan"]
    assert floor.glass.seen[-1] == ("scan", "second")
    assert "end" not in floor.made["scan"].told


def test_back_asks_the_journey_how_the_place_is_now() -> None:
    floor = Floor(look=Destination("preview"), back=Back())
    floor.router.begin("scan")
    assert floor.do("look", "back") == ["home", "scan"]
    assert floor.glass.seen[-1] == ("scan", "anew")
    assert floor.made["scan"].told[-2:] == ["closed preview", "opened scan"]


def test_back_to_the_first_page_ends_the_visit() -> None:
    floor = Floor(back=Back())
    floor.router.begin("scan")
    visits = floor.glass.visits
    scan = floor.made["scan"]
    assert floor.do("back") == ["home"]
    assert (floor.glass.visits, scan.told[-2:]) == (visits + 1, ["closed scan", "end"])
    assert floor.glass.letters[-1] == Letters(), "nobody finds another's letters"


def test_from_what_was_sent_no_way_leads_back() -> None:
    floor = Floor(look=Destination("preview"), send=Destination("receipt", alone=True), back=Back())
    floor.router.begin("scan")
    assert floor.do("look", "send") == ["home", "receipt"]
    assert floor.do("back") == ["home"]


def test_home_ends_every_journey_wherever_one_is() -> None:
    floor = Floor(other=BeginJourney("fee"), home=Home())
    floor.router.begin("scan")
    floor.do("other")
    scan, fee = floor.made["scan"], floor.made["fee"]
    assert floor.do("home") == ["home"]
    assert scan.told.count("end") == fee.told.count("end") == 1


def test_letters_are_chosen_from_anywhere_and_back_leads_to_where_one_was() -> None:
    big = Letters(1.6, True)
    floor = Floor(big=Restyle(big), back=Back())
    floor.router.begin("scan")
    assert floor.do("letters", "letters") == ["home", "scan", "letters"]
    floor.do("big")
    assert floor.glass.letters[-1] == big
    visits = floor.glass.visits
    assert floor.do("back") == ["home", "scan"]
    assert floor.do("letters", "back") == ["home", "scan"]
    floor.router.go_home()
    assert floor.do("letters", "big", "back") == ["home"]
    assert floor.glass.letters[-1] == big, "back from the letters is no end of a visit"
    assert floor.glass.visits == visits + 1


def test_slow_work_shows_what_goes_on_and_then_what_came_of_it() -> None:
    slow = Slow(lambda: 7, lambda result: Destination("preview", result), lambda _: None, shows="busy")
    floor = Floor(shoot=slow)
    floor.router.begin("scan")
    floor.do("shoot")
    assert floor.glass.seen[-1] == ("changed", "busy")
    floor.glass.finish()
    assert floor.glass.seen[-1] == ("preview", 7)


def test_slow_work_that_fails_is_answered_by_its_journey() -> None:
    slow = Slow(lambda: 1 / 0, lambda _: None, lambda error: Changed(type(error).__name__))
    floor = Floor(shoot=slow)
    floor.router.begin("scan")
    floor.do("shoot")
    floor.glass.finish()
    assert floor.glass.seen[-1] == ("changed", "ZeroDivisionError")


@pytest.mark.parametrize("left", ["look", "home"])
def test_what_comes_of_a_place_that_was_left_surprises_nobody(left: str) -> None:
    slow = Slow(lambda: 7, lambda _: Destination("preview"), lambda _: Destination("preview"))
    floor = Floor(look=Destination("sort"), home=Home(), shoot=slow, again=Destination("scan", "second"))
    floor.router.begin("scan")
    floor.do("shoot", *(["look", "again"] if left == "look" else ["home"]))
    seen = list(floor.glass.seen)
    floor.glass.finish()
    assert floor.glass.seen == seen


def test_what_comes_while_letters_are_chosen_waits_until_the_place_is_seen_again() -> None:
    slow = Slow(lambda: 7, lambda result: Destination("preview", result), lambda _: None)
    floor = Floor(shoot=slow, back=Back())
    floor.router.begin("scan")
    floor.do("shoot", "letters")
    floor.glass.finish()
    assert floor.router.place == "letters"
    assert floor.do("back") == ["home", "scan", "preview"]


def test_a_refusal_changes_nothing_and_a_fault_of_ours_ends_the_visit_not_the_kiosk() -> None:
    floor = Floor()
    floor.router.begin("scan")
    assert floor.do("refuse") == ["home", "scan"]
    visits = floor.glass.visits
    assert floor.glass.faults == 0
    assert floor.do("break") == ["home"]
    assert (floor.glass.visits, floor.glass.faults) == (visits + 1, 1)


def test_only_plain_values_cross() -> None:
    floor = Floor(bad=Changed({"a": 1}))
    picture = numpy.zeros((2, 2, 3), numpy.uint8)
    assert is_plain((1, "a", None, (2.5, b""), picture, Destination("x", picture), Letters()))
    for wrong in ({}, [], object(), lambda: 1, (1, [2]), Destination("x", {}), Letters):
        assert not is_plain(wrong)
        with pytest.raises(TypeError):
            floor.router.emit("event", wrong)
    floor.router.begin("scan")
    assert floor.do("bad") == ["home"], "a journey that shows anything else has a fault"


def test_it_is_at_the_first_page_only_there() -> None:
    floor = Floor(look=Destination("preview"), back=Back())
    assert floor.router.at_first
    floor.router.begin("scan")
    assert not floor.router.at_first
    floor.do("look", "back")
    assert not floor.router.at_first
    floor.do("back")
    assert floor.router.at_first
    floor.router.leave()
    assert not floor.router.at_first


def test_letters_asked_for_where_they_are_chosen_change_nothing() -> None:
    floor = Floor()
    floor.do("letters")
    letters, seen = floor.made["letters"], list(floor.glass.seen)
    floor.do("letters")
    assert (floor.made["letters"], floor.glass.seen) == (letters, seen)


def test_what_is_pressed_after_the_end_is_nothing() -> None:
    floor = Floor()
    floor.router.leave()
    seen = list(floor.glass.seen)
    floor.do("look", "letters")
    floor.router.tick()
    assert (floor.router.place, floor.router.places, floor.glass.seen) == ("", [], seen)
    assert floor.router.wants_light is None


def test_a_journey_is_not_even_asked_what_follows_at_a_place_that_was_left() -> None:
    asked: list[Any] = []
    slow = Slow(lambda: 7, asked.append, asked.append)
    floor = Floor(shoot=slow, home=Home())
    floor.router.begin("scan")
    floor.do("shoot", "home")
    floor.glass.finish()
    assert asked == []


def test_a_journey_is_asked_what_follows_when_its_place_is_seen_again_and_once() -> None:
    asked: list[Any] = []
    slow = Slow(lambda: 7, asked.append, asked.append)
    floor = Floor(shoot=slow, back=Back())
    floor.router.begin("scan")
    floor.do("shoot", "letters")
    floor.glass.finish()
    assert asked == []
    floor.do("back")
    assert asked == [7]
    floor.do("letters", "back")
    assert asked == [7]


@pytest.mark.parametrize(
    ("error", "places"), [(WrongStep("Chưa được."), ["home", "scan"]), (RuntimeError(), ["home"])]
)
def test_slow_work_whose_end_is_refused_or_a_fault_is_as_any_other(error: Exception, places: list[str]) -> None:
    def refused(_: Any) -> Next:
        raise error

    floor = Floor(shoot=Slow(lambda: 7, refused, refused))
    floor.router.begin("scan")
    floor.do("shoot")
    floor.glass.finish()
    assert floor.router.places == places


class Hasty(Walk):
    """Goes on from "scan" to `onward` as soon as it is seen."""

    onward = ""

    def opened(self, place: str) -> Next:
        return Destination(self.onward) if place == "scan" and self.onward else None


def test_what_waited_for_a_place_waits_on_where_that_place_is_left_at_once() -> None:
    asked: list[Any] = []
    floor = Floor()
    hasty = Hasty("scan", {"shoot": Slow(lambda: 7, asked.append, asked.append), "back": Back()})
    letters = Walk("letters", {"back": Back()})
    floor.router._make = lambda name: letters if name == "letters" else hasty
    floor.router.begin("scan")
    floor.do("shoot", "letters")
    floor.glass.finish()
    hasty.onward = "preview"
    assert floor.do("back") == ["home", "scan", "preview"]
    assert asked == []
    hasty.onward = ""
    assert floor.do("back") == ["home", "scan"]
    assert asked == [7]


class Steady(Walk):
    """Leaves a place that is gone back to as it was."""

    def anew(self, there: Destination) -> Destination:
        return there


def test_a_place_that_is_gone_back_to_shows_what_it_showed_last() -> None:
    floor = Floor()
    steady = Steady("scan", {"look": Changed("now"), "back": Back()})
    floor.router._make = lambda name: Walk(name, {"back": Back()}) if name == "letters" else steady
    floor.router.begin("scan")
    floor.do("look", "letters", "back")
    assert floor.glass.seen[-1] == ("scan", "now")


def test_a_journey_over_another_ends_when_it_is_gone_back_from_and_the_other_goes_on() -> None:
    floor = Floor(back=Back())
    floor.router.begin("scan")
    floor.do("letters", "back")
    assert floor.made["letters"].told[-2:] == ["closed letters", "end"]
    assert "end" not in floor.made["scan"].told


def test_other_letters_close_the_place_and_open_it_as_it_is_now() -> None:
    floor = Floor(big=Restyle(Letters(1.6)))
    floor.do("letters", "big")
    assert floor.made["letters"].told[-3:] == ["letters:big", "closed letters", "opened letters"]
    assert floor.glass.seen[-1] == ("letters", "anew")


def test_a_place_that_shows_no_plain_value_is_a_fault_too() -> None:
    floor = Floor(bad=Destination("sort", {"a": 1}))
    floor.router.begin("scan")
    assert floor.do("bad") == ["home"]


def test_what_comes_after_the_very_end_is_dropped() -> None:
    floor = Floor(shoot=Slow(lambda: 7, lambda _: Destination("preview"), lambda _: None))
    floor.router.begin("scan")
    floor.do("shoot")
    floor.router.leave()
    floor.glass.finish()
    assert floor.router.places == []
