"""The timeline at its edges: one situation, one decision, on either side of the moment that decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from langso.contract import Late, Media
from langso.contract.outcomes import Ending, Reason
from speaker.programme.shows import Show, Stop
from speaker.programme.situation import Begin, Cut, Entry, Finish, Playing, Situation
from speaker.programme.sources import StreamSource, files
from speaker.programme.timeline import decide

T0 = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
TICK = timedelta(milliseconds=1)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def sound(seconds: float) -> Media:
    return Media(sha256="a" * 64, size=1, duration_ms=int(seconds * 1000), codec="wav")


def show(id: str, start: float, seconds: float = 60, **more: Any) -> Show:
    fields: dict[str, Any] = {"title": id, "issuer": "office", "broadcast_class": "normal", "start": at(start)}
    return Show(id=id, **{**fields, "sources": files((sound(seconds),)), **more})


def alarm(id: str, start: float, seconds: float = 10, **more: Any) -> Show:
    fields: dict[str, Any] = {"broadcast_class": "emergency", "urgent": True, "expires": at(start + 600)}
    return show(id, start, seconds, **{**fields, **more})


def now(seconds: float, **more: Any) -> Situation:
    return Situation(now=at(seconds), trusted=True, **more)


def playing(one: Show, seconds: float) -> Playing:
    return Playing(one, one.start, at(seconds))


def test_a_late_show_counts_its_chime_before_one_that_is_on_time() -> None:
    late = show("late", 0, 50, chime=sound(5), late=Late(rule="always"))
    for coming, fits in ((55, True), (54.999, False)):
        decision = decide(now(0.5, scheduled=(late, show("next", coming + 0.5))))
        assert (decision.begin == Begin(late)) is fits


def test_what_was_interrupted_goes_on_before_a_show_that_is_older_but_only_late() -> None:
    older, cut = show("older", 0, late=Late(rule="always")), show("cut", 60, late=Late(rule="always"))
    entries = {"cut": Entry("cut", "interrupted", at(60), at(70), 10_000)}
    assert decide(now(90, scheduled=(older, cut), entries=entries)).begin == Begin(cut, 10_000, chime=False)


def test_of_two_late_ones_priority_goes_first_then_the_older() -> None:
    one, two = show("a", 10, late=Late(rule="always")), show("b", 0, late=Late(rule="always"))
    assert decide(now(90, scheduled=(one, two))).begin == Begin(two)
    urgent = show("c", 20, late=Late(rule="always"), broadcast_class="priority")
    assert decide(now(90, scheduled=(one, two, urgent))).begin == Begin(urgent)


def test_what_is_found_a_moment_before_its_time_begins_at_once_with_its_chime() -> None:
    one = show("a", 10, chime=sound(3))
    assert decide(now(9.701, scheduled=(one,))).begin == Begin(one)
    assert decide(now(9.7, scheduled=(one,))).begin == Begin(one, 0, at(10), chime=False)
    assert decide(now(7, scheduled=(one,))).begin == Begin(one, 0, at(10), chime=False)
    assert decide(now(6.7, scheduled=(one,))).begin == Begin(one, 0, at(10))


def test_it_looks_again_when_an_alarm_that_cannot_be_heard_ends() -> None:
    one = alarm("a", 0)
    assert decide(now(10, urgent=(one,), muted=True)).wake == at(600)
    assert decide(now(599.999, urgent=(one,), muted=True)).finishes == ()
    ended = decide(now(600, urgent=(one,), muted=True))
    assert ended.finishes == (Finish("a", "refused", Reason(Ending.MUTED_WHEN_DUE)),)
    assert ended.wake is None


def test_an_alarm_without_an_end_is_heard_and_asks_for_no_second_look() -> None:
    one = alarm("a", 0, expires=None)
    decision = decide(now(10, urgent=(one,), muted=True))
    assert (decision.finishes, decision.wake) == ((), None)
    assert decide(now(10, urgent=(one,))).begin == Begin(one)


def test_muting_stops_an_alarm_that_comes_back_and_a_show_that_does_not() -> None:
    one, two = alarm("a", 0), show("b", 0)
    muted = Reason(Ending.MUTED)
    cut = decide(now(5, urgent=(one,), playing=(playing(one, 10),), muted=True))
    assert cut.cuts == (Cut(one, keep=True, reason=muted),)
    cut = decide(now(5, scheduled=(two,), playing=(playing(two, 60),), muted=True))
    assert cut.cuts == (Cut(two, keep=False, reason=muted),)
    entries = {"a": Entry("a", "interrupted", at(0), at(5), 5000, urgent=True)}
    assert decide(now(60, urgent=(one,), entries=entries, muted=True)).begin is None
    assert decide(now(60, urgent=(one,), entries=entries)).begin == Begin(one, 5000)


def test_an_alarm_that_plays_when_its_order_ends_is_cut_a_relay_ends_by_itself() -> None:
    one = alarm("a", 0, 10_000)
    assert decide(now(599.999, urgent=(one,), playing=(playing(one, 10_000),))).cuts == ()
    assert decide(now(600, urgent=(one,), playing=(playing(one, 10_000),))).cuts == (
        Cut(one, keep=False, reason=Reason(Ending.EXPIRED)),
    )
    relay = alarm("r", 0, sources=(StreamSource("https://dai.vn/a"),))
    assert decide(now(600, urgent=(relay,), playing=(playing(relay, 600),))).cuts == ()


def test_an_order_that_is_no_emergency_waits_for_what_is_due() -> None:
    order, due = alarm("a", 0, broadcast_class="priority"), show("b", 10)
    assert decide(now(8, scheduled=(due,), urgent=(order,))).begin == Begin(due, 0, at(10))
    assert decide(now(8, urgent=(order,))).begin == Begin(order)


def test_of_two_alarms_of_one_moment_the_first_listed_is_heard() -> None:
    one, two = alarm("a", 0), alarm("b", 0)
    assert decide(now(1, urgent=(one, two))).begin == Begin(one)
    assert decide(now(1, urgent=(one, two), playing=(playing(one, 10),))).cuts == ()


@pytest.mark.parametrize(("seconds", "again"), [(3600.001, False), (3600, True)])
def test_after_an_hour_what_was_cut_does_not_come_back(seconds: float, again: bool) -> None:
    one = show("a", 0, late=Late(rule="always"))
    entries = {"a": Entry("a", "interrupted", at(0), at(0), 5000)}
    decision = decide(now(seconds, scheduled=(one,), entries=entries))
    assert (decision.begin == Begin(one, 5000, chime=False)) is again
    assert (decision.finishes == (Finish("a", "cut", Reason(Ending.GAVE_WAY)),)) is not again
    waits = decide(now(100, scheduled=(one,), entries=entries, ready=lambda show: False))
    assert (waits.begin, waits.wake) == (None, at(3600) + TICK)
    other = show("b", 50, 300)
    busy = decide(now(100, scheduled=(one, other), entries=entries, playing=(playing(other, 350),)))
    assert (busy.begin, busy.wake) == (None, at(350))


@pytest.mark.parametrize(("seconds", "again"), [(120.001, False), (120, True)])
def test_what_begins_anew_after_a_power_cut_follows_its_rule_for_late_shows(seconds: float, again: bool) -> None:
    one = show("a", 0, after_cut="restart", late=Late(rule="within", minutes=2))
    decision = decide(now(seconds, scheduled=(one,), entries={"a": Entry("a", "claimed", at(0), at(0))}))
    assert (decision.begin == Begin(one, 0, chime=False)) is again
    assert (decision.finishes == (Finish("a", "cut", Reason(Ending.POWER)),)) is not again


@pytest.mark.parametrize(("seconds", "missed"), [(1, False), (1.001, True)])
def test_a_show_that_is_dropped_when_late_has_one_second(seconds: float, missed: bool) -> None:
    one = show("a", 0, late=Late(rule="drop"))
    decision = decide(now(seconds, scheduled=(one,)))
    assert (decision.finishes == (Finish("a", "missed", Reason(Ending.LATE)),)) is missed
    assert (decision.begin == Begin(one)) is not missed


def test_the_next_may_be_prepared_while_the_last_twenty_milliseconds_sound() -> None:
    one, two = show("a", 0, 10), show("b", 10)
    for ends, fits in ((10.02, True), (10.021, False)):
        decision = decide(now(8, scheduled=(one, two), playing=(playing(one, ends),)))
        assert (decision.begin == Begin(two, 0, at(10))) is fits


@pytest.mark.parametrize(("lead", "chime"), [(0, 0), (1, 0), (0.5, 3)])
def test_a_show_is_prepared_two_and_a_half_seconds_ahead_and_its_sink_s_own_lead(lead: float, chime: float) -> None:
    one = show("a", 100, chime=sound(chime) if chime else None)
    first = 100 - chime - 2.5 - lead
    early = decide(now(first - 0.001, scheduled=(one,), lead_ready=timedelta(seconds=lead)))
    assert (early.begin, early.wake) == (None, at(first))
    assert decide(now(first, scheduled=(one,), lead_ready=timedelta(seconds=lead))).begin == Begin(one, 0, at(100))


def test_a_play_of_which_no_position_is_recorded_goes_on_from_its_beginning() -> None:
    one = show("a", 0)
    entries = {"a": Entry("a", "interrupted", at(0), at(5))}
    assert decide(now(60, scheduled=(one,), entries=entries)).begin == Begin(one, 0, chime=False)
    assert Entry("a", "claimed", at(0), at(0)).play == "a"


def test_what_sounds_and_is_listed_no_more_ends_for_good_and_says_why() -> None:
    one, two = show("a", 0), alarm("u", 0)
    for gone, cleared, why in (
        (one, (), Ending.WITHDRAWN),
        (two, (), Ending.WITHDRAWN),
        (two, ("u",), Ending.ALL_CLEAR),
        (two, ("office:*",), Ending.ALL_CLEAR),
        (two, ("tinh:*", "v"), Ending.WITHDRAWN),
    ):
        decision = decide(now(5, playing=(playing(gone, 60),), cleared=frozenset(cleared)))
        assert decision.cuts == (Cut(gone, keep=False, reason=Reason(why)),)
        entry = Entry(gone.id, "interrupted", at(0), at(1), issuer="office", urgent=gone.urgent)
        decision = decide(now(5, entries={entry.play: entry}, cleared=frozenset(cleared)))
        assert decision.finishes == (Finish(gone.id, "cut", Reason(why)),)
    ended = Entry("a", "ended", at(0), at(1))
    assert decide(now(5, entries={"a": ended})).finishes == ()


def test_what_sounds_under_an_id_that_now_means_something_else_ends_as_it_was_ordered() -> None:
    one = show("a", 0)
    assert decide(now(5, playing=(playing(one, 60),), reused=frozenset({"a"}))).cuts == ()
    assert decide(now(5, playing=(playing(one, 60),), reused=frozenset({"b"}))).cuts != ()


def test_an_alarm_that_policy_forbids_is_refused_or_if_it_had_begun_cut() -> None:
    one, why = alarm("a", 0), Reason(Ending.NOT_HERE)
    told: list[datetime] = []

    def refusal(_: Show, when: datetime) -> Reason:
        told.append(when)
        return why

    assert decide(now(5, urgent=(one,), refusal=refusal)).finishes == (Finish("a", "refused", why),)
    entries = {"a": Entry("a", "interrupted", at(0), at(5), 5000, urgent=True)}
    assert decide(now(9, urgent=(one,), entries=entries, refusal=refusal)).finishes == (Finish("a", "cut", why),)
    assert told == [at(5), at(9)]


def test_an_alarm_that_ends_unheard_says_what_kept_it() -> None:
    one = alarm("a", 0)
    over: dict[str, Any] = {"urgent": (one,)}
    assert decide(now(600, **over)).finishes == (Finish("a", "missed", Reason(Ending.EXPIRED)),)
    assert decide(now(600, **over, ready=lambda _: False)).finishes == (Finish("a", "missed", Reason(Ending.MEDIA)),)
    entries = {"a": Entry("a", "interrupted", at(0), at(5), 5000, urgent=True)}
    assert decide(now(600, **over, entries=entries, muted=True)).finishes == (
        Finish("a", "cut", Reason(Ending.MUTED_WHEN_DUE)),
    )


def test_an_alarm_goes_on_after_a_power_cut_where_the_wall_clock_is() -> None:
    one = alarm("a", 0, 60)
    claimed = {"a": Entry("a", "claimed", at(0), at(0), urgent=True)}
    assert decide(now(20, urgent=(one,), entries=claimed)).begin == Begin(one, 20_000)
    assert decide(now(-1, urgent=(one,), entries=claimed)).begin == Begin(one, 0)
    assert decide(now(59.999, urgent=(one,), entries=claimed)).begin == Begin(one, 59_999)
    power = (Finish("a", "cut", Reason(Ending.POWER)),)
    assert decide(now(60, urgent=(one,), entries=claimed)).finishes == power
    relay = alarm("a", 0, sources=(StreamSource("https://dai.vn/a"),))
    assert decide(now(599, urgent=(relay,), entries=claimed)).begin == Begin(relay, 0)
    unproven = Situation(now=at(20), trusted=False, urgent=(one,), entries=claimed)
    assert decide(unproven).finishes == power
    stopped = decide(now(20, urgent=(one,), stops=(Stop("office", True, ("a",), at(1)),)))
    assert stopped.finishes == (Finish("a", "cut", Reason(Ending.STOPPED)),)


def test_what_was_interrupted_has_the_right_to_end_and_a_late_show_has_not() -> None:
    one, coming = show("a", 0, late=Late(rule="always")), show("b", 100)
    entries = {"a": Entry("a", "interrupted", at(0), at(10), 10_000)}
    assert decide(now(90, scheduled=(one, coming), entries=entries)).begin == Begin(one, 10_000, chime=False)
    assert decide(now(90, scheduled=(one, coming))).begin is None


def test_a_journal_plays_what_is_due_from_its_first_moment_on() -> None:
    one = show("a", 10)
    for born, missed in ((10, False), (10.001, True)):
        decision = decide(now(10.2, scheduled=(one,), born=at(born)))
        assert (decision.finishes == (Finish("a", "missed", Reason(Ending.BEFORE_JOURNAL)),)) is missed


def test_policy_is_asked_about_the_moment_at_which_it_would_sound() -> None:
    one = show("a", 10, chime=sound(2), late=Late(rule="always"))
    told: list[datetime] = []

    def refusal(_: Show, when: datetime) -> Reason:
        told.append(when)
        return Reason(Ending.NOT_HERE)

    waits = decide(now(6, scheduled=(one,), refusal=refusal))
    assert (waits.finishes, waits.wake) == ((), at(8))
    refused = (Finish("a", "refused", Reason(Ending.NOT_HERE)),)
    assert decide(now(8, scheduled=(one,), refusal=refusal)).finishes == refused
    assert decide(now(30, scheduled=(one,), refusal=refusal)).finishes == refused
    assert told == [at(8), at(8), at(30)]


def test_what_was_claimed_ahead_of_its_time_is_on_time_after_a_power_cut() -> None:
    one = show("a", 10, after_cut="stay_cut")
    entries = {"a": Entry("a", "claimed", at(10), at(7.5))}
    for seconds, begins in ((8, True), (9.7, True), (9.701, False)):
        decision = decide(now(seconds, scheduled=(one,), entries=entries))
        assert (decision.begin == Begin(one, 0, at(10), chime=False)) is begins
        assert (decision.finishes == (Finish("a", "cut", Reason(Ending.POWER)),)) is not begins
    waits = decide(now(8, scheduled=(one,), entries=entries, ready=lambda _: False))
    assert (waits.begin, waits.finishes, waits.wake) == (None, (), at(9.7))
    other = show("b", -50)
    busy = decide(now(8, scheduled=(one, other), entries=entries, playing=(playing(other, 9.9),)))
    assert (busy.begin, busy.finishes) == (None, ())


def test_what_had_begun_comes_back_with_what_is_left_of_it() -> None:
    one = show("a", 0, 60)
    for position, again in ((59_999, True), (60_000, False)):
        entries = {"a": Entry("a", "interrupted", at(0), at(5), position)}
        decision = decide(now(70, scheduled=(one,), entries=entries))
        assert (decision.begin == Begin(one, position, chime=False)) is again
        assert (decision.finishes == (Finish("a", "cut", Reason(Ending.GAVE_WAY)),)) is not again
    claimed = {"a": Entry("a", "claimed", at(0), at(0))}
    assert decide(now(20, scheduled=(one,), entries=claimed)).begin == Begin(one, 20_000, chime=False)
    assert decide(now(60, scheduled=(one,), entries=claimed)).finishes == (Finish("a", "cut", Reason(Ending.POWER)),)
    restarts = show("a", 0, 60, after_cut="restart")
    entries = {"a": Entry("a", "interrupted", at(0), at(5), 5000)}
    assert decide(now(70, scheduled=(restarts,), entries=entries)).begin == Begin(restarts, 0, chime=False)


def test_what_may_not_come_back_says_what_cut_it_and_what_forbids_it() -> None:
    one, entries = show("a", 0), {"a": Entry("a", "interrupted", at(0), at(5), 5000)}
    why = Reason(Ending.MINUTES, {"minutes": 5})
    forbidden = decide(now(70, scheduled=(one,), entries=entries, refusal=lambda *_: why))
    assert forbidden.finishes == (Finish("a", "cut", why.after(Reason(Ending.GAVE_WAY))),)
    muted = decide(now(70, scheduled=(one,), entries=entries, muted=True))
    assert muted.finishes == (Finish("a", "cut", Reason(Ending.MUTED_WHEN_DUE).after(Reason(Ending.GAVE_WAY))),)
    power = {"a": Entry("a", "claimed", at(0), at(0))}
    muted = decide(now(20, scheduled=(one,), entries=power, muted=True))
    assert muted.finishes == (Finish("a", "cut", Reason(Ending.MUTED_WHEN_DUE).after(Reason(Ending.POWER))),)


def test_a_show_whose_sounds_are_not_here_is_looked_at_again_just_after_its_last_moment() -> None:
    for late, last in ((Late(rule="drop"), 1), (Late(minutes=0), 1), (Late(minutes=2), 120)):
        one = show("a", 0, late=late)
        waits = decide(now(0.5, scheduled=(one,), ready=lambda _: False))
        assert (waits.begin, waits.finishes, waits.wake) == (None, (), at(last) + TICK)
        over = decide(now(last + 0.001, scheduled=(one,), ready=lambda _: False))
        assert over.finishes == (Finish("a", "missed", Reason(Ending.MEDIA)),)


INSTEAD = {"ready": lambda show: False, "instead": lambda show: bool(show.fallback)}
SIREN = files((sound(6),))


def entry(state: Any, position_ms: int = 0) -> Entry:
    return Entry("a", state, at(0), at(5), position_ms, urgent=True)


def test_the_substitute_of_words_that_do_not_come_is_heard_once_and_ends_as_what_it_was() -> None:
    one = alarm("a", 0, fallback=SIREN)
    assert decide(now(6, urgent=(one,), **INSTEAD)).begin == Begin(one, instead=True)
    assert decide(now(6, urgent=(one,), ready=lambda show: False)).begin is None
    assert decide(now(6, urgent=(one,), instead=INSTEAD["instead"])).begin == Begin(one)
    assert decide(now(6, urgent=(one,), **INSTEAD, muted=True)).begin is None
    stood_in = {"a": entry("stood_in")}
    assert decide(now(60, urgent=(one,), **INSTEAD, entries=stood_in)).begin is None
    assert decide(now(60, urgent=(one,), entries=stood_in)).begin == Begin(one)
    over = (Finish("a", "cut", Reason(Ending.FALLBACK)),)
    assert decide(now(600, urgent=(one,), **INSTEAD, entries=stood_in)).finishes == over
    assert decide(now(60, **INSTEAD, entries=stood_in)).finishes == over


def test_the_words_themselves_cut_in_on_their_substitute_and_begin_at_their_beginning() -> None:
    one = alarm("a", 0, fallback=SIREN)
    stand_in = replace(playing(one, 60), instead=True)
    (cut,) = decide(now(10, urgent=(one,), playing=(stand_in,))).cuts
    assert (cut.keep, cut.leaves) == (True, "interrupted")
    assert decide(now(10, urgent=(one,), playing=(stand_in,), **INSTEAD)).cuts == ()
    (cut,) = decide(now(600, urgent=(one,), playing=(stand_in,), **INSTEAD)).cuts
    assert (cut.keep, cut.reason) == (False, Reason(Ending.FALLBACK))


def test_a_station_that_stalls_gives_way_to_its_substitute_and_is_taken_up_again_after_it() -> None:
    relay = alarm("a", 0, broadcast_class="normal", sources=(StreamSource("https://dai.vn/a"),), fallback=SIREN)
    instead = {"instead": INSTEAD["instead"]}
    dead = replace(playing(relay, 600), stalled=True)
    (cut,) = decide(now(60, urgent=(relay,), playing=(dead,), **instead)).cuts
    assert (cut.keep, cut.leaves, cut.reason.code) == (True, "lacking", Ending.FALLBACK)
    assert decide(now(60, urgent=(relay,), playing=(dead,))).cuts == (), "without a substitute it is waited for"
    assert decide(now(60, urgent=(relay,), playing=(playing(relay, 600),), **instead)).cuts == ()
    lacking, stood_in = {"a": entry("lacking", 5)}, {"a": entry("stood_in")}
    assert decide(now(60, urgent=(relay,), entries=lacking, **instead)).begin == Begin(relay, instead=True)
    assert decide(now(66, urgent=(relay,), entries=stood_in, **instead)).begin == Begin(relay, 66_000)
    stand_in = replace(playing(relay, 66), instead=True)
    assert decide(now(62, urgent=(relay,), playing=(stand_in,), **instead)).cuts == (), "not cut by its own media"


@pytest.mark.parametrize(("ahead", "waits"), [(299.9, True), (300, True), (300.1, False), (20 * 86400, False)])
def test_what_a_clock_claimed_that_has_gone_back_since_is_not_waited_for(ahead: float, waits: bool) -> None:
    """Before: a power cut under a lie of twenty days, and nothing else of the programme sounded for twenty days."""
    one, other = show("a", 0), show("b", 0.5)
    claimed = {"a": Entry("a", "claimed", at(ahead), at(ahead))}
    decision = decide(now(0, scheduled=(one, other), entries=claimed))
    ended = [(finish.play, finish.outcome, finish.reason.code) for finish in decision.finishes]
    assert ended == ([] if waits else [("a", "cut", Ending.POWER)])


@pytest.mark.parametrize(("seconds", "taken"), [(60, ("a",)), (60.001, ()), (99, ())])
def test_what_a_lying_clock_ended_unheard_is_taken_back_while_it_can_still_be_played(
    seconds: float, taken: tuple[str, ...]
) -> None:
    one = show("a", 0, late=Late(rule="within", minutes=1))
    entries = {"a": Entry("a", "ended", at(0), at(86_400), provisional=True)}
    decision = decide(now(seconds, scheduled=(one,), entries=entries))
    assert decision.take_back == taken
