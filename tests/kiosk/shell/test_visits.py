"""What the shell makes of a visit's process, whatever that does: the screen goes on, what was sent is not denied."""

from __future__ import annotations

from typing import Any

import pytest
from stage.seat import HANDED, SEALED, Process, Seat

from kiosk.errors import NotReady
from kiosk.journeys.showing import SorryShows
from kiosk.sending.sealing import HandedIn, SealedDocument
from kiosk.shell.protocol import BROKE_OFF, STRAY, Destination, Letters
from kiosk.shell.told import (
    Alive,
    Change,
    Did,
    Hurry,
    Keep,
    KeepAnswer,
    NewPage,
    OnTheGlass,
    Over,
    Prepared,
    Styled,
)
from kiosk.shell.visits import AGAIN_S, GIVEN_UP_S, HUNG_S, LATE_S, SPARE_AFTER_S, START_S


@pytest.fixture
def seat() -> Seat:
    return Seat()


def begun(process: Process) -> list[Any]:
    return [told for told in process.told if not isinstance(told, OnTheGlass)]


def test_the_first_page_stands_there_before_any_process_does(seat: Seat) -> None:
    assert seat.seen == [("home", "the first page")]
    process = seat.ready()
    assert begun(process)[0] == ("begin", process.folder)
    seat.says(NewPage(1, Destination("home", "now")))
    assert seat.seen[-1] == ("", "now"), "changed, not drawn anew"


def test_what_was_pressed_too_early_is_done_as_soon_as_it_can_be(seat: Seat) -> None:
    seat.visits.emit("fee")
    seat.visits.emit("scan")
    seat.visits.emit(STRAY)
    process = seat.ready()
    seat.visits.emit(STRAY)
    assert Did(1, "scan") not in process.told
    seat.says(NewPage(1, Destination("home")))
    assert begun(process)[1:] == [Did(1, "scan")]
    seat.visits.emit(STRAY)
    assert process.told[-1] == Did(1, STRAY), "a journey hears of touches that mean nothing"


def test_whoever_waits_is_told_so_and_at_last_that_it_comes_to_nothing(seat: Seat) -> None:
    seat.starts = False
    seat.visits.emit("scan")
    assert not seat.visits.late
    seat.passes(LATE_S + 0.1)
    assert seat.visits.late
    for _ in range(9):
        seat.visits.emit("scan")
        seat.passes(GIVEN_UP_S / 10)
    assert seat.places[-1] == "home"
    seat.passes(GIVEN_UP_S / 10)
    assert seat.seen[-1] == ("sorry", SorryShows())
    assert not seat.visits.late
    check = seat.visits.check()
    assert (check.level, check.code) == ("bad", "kiosk-visits-none")
    seat.visits.emit("done")
    assert seat.places[-1] == "home", "that needs no process"
    seat.starts = True
    seat.passes(AGAIN_S[-1])
    seat.at("scan")
    assert seat.visits.check().level == "ok"


def test_only_the_last_of_many_changes_is_drawn_and_each_is_answered(seat: Seat) -> None:
    process = seat.at("scan")
    seat.seen.clear()
    process.says.extend([Change(2, 1), Change(2, 2), Change(1, "of a page before"), Change(2, 3)])
    seat.visits.tick()
    assert seat.seen == [("", 3)]
    assert process.told.count(OnTheGlass()) == 4
    process.says.append(Change(1, "late"))
    seat.visits.tick()
    assert seat.seen == [("", 3)]


def test_one_page_is_drawn_a_round(seat: Seat) -> None:
    process = seat.at("scan")
    process.says.extend(NewPage(number, Destination("preview")) for number in range(3, 9))
    seat.seen.clear()
    seat.visits.tick()
    assert seat.places == ["preview"]


def test_the_next_one_is_prepared_while_somebody_is_there_and_serves_at_once(seat: Seat) -> None:
    first = seat.at("scan")
    assert len(seat.made) == 1
    seat.passes(SPARE_AFTER_S + 0.1)
    assert len(seat.made) == 2
    seat.made[1].says.append(Prepared())
    seat.visits.tick()
    assert seat.served is first
    assert not begun(seat.made[1]), "it knows nothing of this visit"
    wiped = seat.wiped
    seat.says(Over())
    assert (first.killed, seat.wiped, seat.places[-1]) == (True, wiped + 1, "home")
    assert seat.served is seat.made[1]
    assert first.folder != seat.served.folder


def test_a_process_that_dies_before_anybody_came_is_replaced_unseen(seat: Seat) -> None:
    process = seat.ready()
    seat.says(NewPage(1, Destination("home")))
    process.ended = True
    seat.visits.emit("scan")
    seat.visits.tick()
    assert set(seat.places) <= {"home", ""}
    assert seat.ready() is not process


@pytest.mark.parametrize("how", ["dies", "never ready", "cannot be started"])
def test_one_that_comes_to_nothing_at_its_start_is_tried_again_ever_more_slowly(seat: Seat, how: str) -> None:
    starts: list[float] = []
    for _ in range(8):
        seat.starts = how != "cannot be started"
        before, begun_at = len(seat.made), seat.now
        while seat.starts and len(seat.made) == before and not (seat.made and not seat.made[-1].ended):
            seat.passes(0.5)
        if how == "dies":
            seat.made[-1].ended = True
            seat.passes(0.0)
        else:
            seat.passes(START_S + 1 if how == "never ready" else AGAIN_S[-1])
        starts.append(seat.now - begun_at)
    assert seat.visits.check().code == "kiosk-visits-none"
    if how == "dies":
        assert starts[1] < starts[4] <= starts[7] <= AGAIN_S[-1] + 1
    assert all(one.killed for one in seat.made if one.ended)
    seat.starts = True
    seat.passes(AGAIN_S[-1])
    seat.at("fee")
    assert seat.visits.check().code == "kiosk-visits-good"


@pytest.mark.parametrize("how", ["dies", "hangs", "tells a fault", "tells nonsense"])
def test_a_visit_that_breaks_off_is_told_in_her_letters_and_the_next_begins_there(seat: Seat, how: str) -> None:
    process = seat.ready()
    seat.says(NewPage(1, Destination("home")), Styled(Letters(1.6)), NewPage(2, Destination("scan")))
    seat.passes(HUNG_S - 1)
    assert seat.places[-1] == "scan"
    if how == "dies":
        process.ended = True
        seat.visits.tick()
    elif how == "hangs":
        seat.passes(HUNG_S + 1, word=False)
    elif how == "tells a fault":
        seat.says(Over(fault=True))
    else:
        seat.says(NewPage("x", None))  # type: ignore[arg-type]
    assert (seat.seen[-1], seat.letters, process.killed) == (("sorry", SorryShows()), Letters(1.6), True)
    assert seat.visits.check().code == "kiosk-visits-broke"
    spare = seat.loaded()
    assert not begun(spare), "nobody needs it before she does something"
    seat.visits.emit("letters")
    seat.visits.tick()
    assert seat.served is spare
    seat.says(NewPage(1, Destination("home")))
    assert begun(spare)[1:] == [Did(1, BROKE_OFF, "")]
    assert seat.places[-1] == "sorry", "nothing flashes up"
    seat.says(NewPage(2, Destination("sorry", SorryShows())))
    assert seat.places.count("sorry") == 1
    assert spare.told[-1] == Did(2, "letters")
    seat.visits.emit("done")
    assert spare.told[-1] == Did(2, "done")
    seat.passes(24 * 3600)
    assert seat.visits.check().level == "ok", "of yesterday nobody need be told"


def test_what_cannot_be_drawn_ends_the_visit_and_not_the_kiosk(seat: Seat, caplog: pytest.LogCaptureFixture) -> None:
    process = seat.ready()
    seat.says(NewPage(1, Destination("home")))
    seat.draws = False
    seat.says(NewPage(2, Destination("scan")))
    assert (seat.places[-1], process.killed) == ("sorry", True)
    assert "what she is called" not in caplog.text


def test_letters_that_there_are_not_are_not_taken(seat: Seat) -> None:
    seat.ready()
    seat.says(NewPage(1, Destination("home")), Styled(Letters(1e9)), NewPage(2, Destination("scan")))
    assert seat.letters == Letters()


def test_what_is_no_message_of_a_visit_is_passed_over(seat: Seat) -> None:
    seat.at("scan")
    seat.says("hello", Prepared(), Did(2, "done"), Hurry())
    assert (seat.places[-1], seat.hurried) == ("scan", 1)


def test_a_dossier_is_kept_and_answered_one_at_a_time(seat: Seat) -> None:
    process = seat.at("ask")
    seat.says(Keep(7, SEALED))
    assert not [told for told in process.told if isinstance(told, KeepAnswer)]
    seat.bring()
    assert process.told[-1] == KeepAnswer(7, HANDED)

    def full(_: SealedDocument) -> HandedIn:
        raise NotReady("hết chỗ")

    seat.keep = full
    seat.says(Keep(8, SEALED))
    seat.bring()
    assert process.told[-1] == KeepAnswer(8, None, "hết chỗ")
    seat.says(Keep(9, SEALED))
    seat.says(Keep(10, SEALED))
    assert seat.places[-1] == "sorry", "no visit asks for two at once"


@pytest.mark.parametrize("when", ["after", "meanwhile", "meanwhile, the next one serves", "a moment too late"])
def test_what_was_handed_in_before_it_broke_off_is_not_denied(seat: Seat, when: str) -> None:
    process = seat.at("ask")
    seat.says(Keep(7, SEALED))
    if when == "after":
        seat.bring()
    process.ended = True
    seat.visits.tick()
    seat.visits.emit("letters")
    after = seat.ready() if when != "after" else None
    if when == "meanwhile, the next one serves":
        seat.says(NewPage(1, Destination("home")), NewPage(2, Destination("sorry", SorryShows())))
    elif when == "a moment too late":
        seat.says(NewPage(1, Destination("home")))
    seat.bring()
    assert seat.seen[-1] == ("sorry", SorryShows(HANDED.code))
    if when == "a moment too late":
        seat.says(NewPage(2, Destination("sorry", SorryShows())))
    if after is None:
        after = seat.ready()
    if when in ("after", "meanwhile"):
        seat.says(NewPage(1, Destination("home")))
    told = [one.value for one in begun(after) if isinstance(one, Did) and one.name == BROKE_OFF]
    assert told[-1] == HANDED.code
    assert seat.seen[-1] == ("sorry", SorryShows(HANDED.code))


def test_the_code_of_one_visit_is_not_told_at_the_next(seat: Seat) -> None:
    seat.at("ask")
    seat.says(Keep(7, SEALED))
    seat.bring()
    seat.says(Over())
    process = seat.at("scan")
    process.ended = True
    seat.visits.tick()
    assert seat.seen[-1] == ("sorry", SorryShows())


def test_a_visit_that_ended_tells_nothing_more(seat: Seat) -> None:
    process = seat.at("scan")
    process.says.extend([Over(), NewPage(3, Destination("preview")), Alive(camera_fault="x")])
    seat.visits.tick()
    seat.passes(0.1)
    assert seat.places[-1] == "home"
    assert "alive" not in seat.places


def test_at_the_end_nothing_is_left_running(seat: Seat) -> None:
    seat.at("scan")
    seat.passes(SPARE_AFTER_S + 0.1)
    seat.visits.leave()
    seat.passes(100)
    assert len(seat.made) == 2
    assert all(one.killed for one in seat.made)
