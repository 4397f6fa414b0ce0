"""The pure timeline, driven through simulated days: crashes, emergencies, withdrawals, late media."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_day import World, alarm, at, show, sound

from langso.contract import Late
from langso.contract.outcomes import Ending, Reason
from speaker.programme.shows import Stop
from speaker.programme.situation import Entry, Finish, Situation
from speaker.programme.timeline import decide


def test_it_begins_exactly_when_planned_and_the_chime_comes_before() -> None:
    world = World(scheduled=(show("a", 100, chime=sound(4, "c")),))
    world.run(90)
    assert world.playing == []
    world.run(97)
    assert [playing.begins for playing in world.playing] == [at(100)]
    world.run(200)
    assert world.outcome("a") == ("played", "")
    assert world.began("a") == [100]


def test_back_to_back_shows_both_begin_on_time() -> None:
    world = World(scheduled=(show("a", 10, 60), show("b", 70, 60, chime=sound(4, "c"))))
    world.run(200)
    assert world.began("a") == [10]
    assert world.began("b") == [70]


def test_of_two_that_overlap_the_running_one_goes_on_and_the_later_is_missed() -> None:
    world = World(scheduled=(show("a", 10, 600), show("b", 60, 60, late=Late(rule="drop"))))
    world.run(700)
    assert world.outcome("a") == ("played", "")
    assert world.outcome("b") == ("missed", "đang phát a")


def test_of_two_that_overlap_the_later_plays_late_within_its_rule() -> None:
    world = World(scheduled=(show("a", 10, 120), show("b", 60, 60, late=Late(rule="within", minutes=5))))
    world.run(700)
    assert world.outcome("b") == ("played", "")
    assert 130 <= world.began("b")[0] < 131


def test_priority_goes_first_where_two_are_due_at_once() -> None:
    world = World(scheduled=(show("a", 10), show("b", 10, broadcast_class="priority")))
    world.run(700)
    assert world.began("b") == [10]
    assert world.began("a")[0] >= 70


def test_a_late_show_never_makes_an_on_time_one_late() -> None:
    late = show("late", 0, 120, late=Late(rule="within", minutes=30))
    world = World(now=60, scheduled=(late, show("next", 130, 60)))
    world.run(600)
    assert world.began("next") == [130]
    assert world.began("late")[0] >= 190
    assert world.outcome("late") == ("played", "")


def test_late_rules_after_power_was_off() -> None:
    rules = {
        "drop": Late(rule="drop"),
        "within": Late(minutes=2),
        "old": Late(minutes=1),
        "always": Late(rule="always"),
    }
    shows = tuple(show(id, 0, 5, late=rule) for id, rule in rules.items())
    world = World(now=90, scheduled=shows)
    world.run(400)
    assert {id: (world.outcome(id) or ("",))[0] for id in rules} == {
        "drop": "missed",
        "within": "played",
        "old": "missed",
        "always": "played",
    }


def test_an_emergency_cuts_in_at_once_and_what_was_cut_follows_its_rule() -> None:
    for rule, expected in (("resume", 100 + 10 + 30), ("restart", 100 + 10 + 60), ("stay_cut", None)):
        world = World(scheduled=(show("a", 70, 60, after_cut=rule),))
        world.run(100)
        world.urgent = (alarm("lu", 100),)
        world.settle()
        assert [playing.show.id for playing in world.playing] == ["lu"]
        assert (world.playing[0].begins - at(100)).total_seconds() <= 1
        world.run(400)
        assert world.outcome("lu") == ("played", "")
        if expected is None:
            assert world.outcome("a") == ("cut", "nhường lệnh khẩn lu")
        else:
            assert world.outcome("a") == ("played", "")
            assert abs(world.intervals[-1][2] - expected) < 2


def test_only_an_emergency_cuts_in() -> None:
    world = World(scheduled=(show("a", 10, 60),))
    world.run(30)
    world.urgent = (alarm("x", 30, broadcast_class="priority"), alarm("y", 30, broadcast_class="normal"))
    world.run(300)
    assert world.began("x")[0] >= 70
    assert world.outcome("a") == ("played", "")
    assert world.outcome("y") == ("played", "")


def test_a_newer_emergency_cuts_in_on_an_older_and_a_village_never_on_the_commune() -> None:
    world = World(urgent=(alarm("old", 0, 60),))
    world.run(10)
    world.urgent += (alarm("new", 10, 10), alarm("thon", 20, 10, wide=False, issuer="thon-1"))
    world.settle()
    assert [playing.show.id for playing in world.playing] == ["new"]
    world.run(300)
    assert [name for name, _, _ in world.intervals] == ["old", "new", "old", "thon"]
    assert {world.outcome(id) for id in ("old", "new", "thon")} == {("played", "")}


def test_after_a_crash_it_resumes_where_the_wall_clock_is_or_says_power() -> None:
    for rule, away, outcome in (
        ("resume", 10, ("played", "")),
        ("resume", 100, ("cut", "power")),
        ("stay_cut", 10, ("cut", "power")),
        ("restart", 10, ("played", "")),
    ):
        world = World(scheduled=(show("a", 10, 60, after_cut=rule),))
        world.run(30)
        world.crash(away)
        world.run(300)
        assert world.outcome("a") == outcome
        if rule == "resume" and away == 10:
            assert abs(world.intervals[-1][2] - 70.2) < 0.1


def test_withdrawn_while_playing_is_cut_and_before_that_it_is_simply_gone() -> None:
    world = World(scheduled=(show("a", 10, 60), show("b", 100)))
    world.run(30)
    world.scheduled = ()
    world.run(300)
    assert world.outcome("a") == ("cut", "withdrawn")
    assert world.outcome("b") is None


def test_an_interrupted_show_that_is_withdrawn_ends_too() -> None:
    world = World(scheduled=(show("a", 10, 60),))
    world.run(30)
    world.urgent = (alarm("lu", 30, 60),)
    world.run(40)
    world.scheduled = ()
    world.run(300)
    assert world.outcome("a") == ("cut", "withdrawn")


def test_a_stop_order_ends_what_plays_and_not_what_comes_later() -> None:
    world = World(scheduled=(show("a", 10, 60), show("b", 100)))
    world.run(30)
    world.stops = (Stop("office", True, ("*",), at(30)),)
    world.run(300)
    assert world.outcome("a") == ("cut", "có lệnh dừng")
    assert world.outcome("b") == ("played", "")


def test_a_village_cannot_stop_the_commune() -> None:
    world = World(scheduled=(show("a", 10, 60),), stops=(Stop("thon-1", False, ("a", "*"), at(500)),))
    world.run(300)
    assert world.outcome("a") == ("played", "")


def test_without_a_trusted_clock_only_urgent_orders_play_and_once() -> None:
    world = World(trusted=False, scheduled=(show("a", 10, 60),), urgent=(alarm("lu", 0, 10),))
    world.run(100)
    assert world.outcome("lu") == ("played", "")
    assert world.outcome("a") is None
    world.entries["lu"] = replace(world.entries["lu"], state="claimed")
    world.ends.clear()
    world.run(200)
    assert world.outcome("lu") == ("cut", "power")
    world.trusted = True
    world.run(400)
    assert world.outcome("a") == ("played", "")


def test_media_that_comes_too_late_is_a_miss_that_says_so() -> None:
    world = World(scheduled=(show("a", 10, 60, late=Late(minutes=1)),), missing={"a"})
    world.run(300)
    assert world.outcome("a") == ("missed", "chưa tải xong âm thanh")


def test_refused_by_policy_at_its_time() -> None:
    world = World(scheduled=(show("a", 10),), refusals={"a": Reason(Ending.MINUTES, {"minutes": 60})})
    world.run(9)
    assert world.outcome("a") is None
    world.run(11)
    assert world.outcome("a") == ("refused", "quá 60 phút mỗi ngày")


def test_a_muted_emergency_waits_and_comes_back() -> None:
    world = World(muted=True, urgent=(alarm("lu", 0, 10), alarm("het", 0, 10, expires=at(50))))
    world.run(100)
    assert world.outcome("het") == ("refused", "loa đang tắt tiếng")
    assert world.outcome("lu") is None
    world.muted = False
    world.run(200)
    assert world.outcome("lu") == ("played", "")


def test_the_mute_never_takes_an_emergency_off_the_record() -> None:
    """All-clear, stop and withdrawal while it is mute: what ended it is the mute, not what came later."""
    world = World(muted=True, urgent=(alarm("lu", 0, 10), alarm("gio", 1, 10)))
    world.run(5)
    assert world.entries["lu"].state == world.entries["gio"].state == "muted"
    world.urgent = (alarm("gio", 1, 10),)
    world.stops = (Stop("office", True, ("gio",), at(6)),)
    world.run(10)
    assert world.outcome("lu") == world.outcome("gio") == ("refused", "loa đang tắt tiếng")


def test_of_an_emergency_that_was_muted_half_way_the_record_says_cut_by_the_mute() -> None:
    world = World(urgent=(alarm("lu", 0, 30),))
    world.run(10)
    world.muted = True
    world.run(20)
    assert world.entries["lu"].state == "muted"
    world.muted = False
    world.run(25)
    assert [playing.show.id for playing in world.playing] == ["lu"]
    world.muted = True
    world.run(30)
    world.urgent = ()
    world.run(40)
    assert world.outcome("lu") == ("cut", "muted")


def test_a_mute_holds_back_no_record_of_what_is_no_emergency_or_is_over() -> None:
    one, test = alarm("a", 0), alarm("b", 0, broadcast_class="normal")
    muted = {"trusted": True, "muted": True, "urgent": (one, test)}
    assert decide(Situation(now=at(10), **muted)).silenced == (one,)
    assert decide(Situation(now=at(10), trusted=True, urgent=(one, test))).silenced == ()
    assert decide(Situation(now=at(600), **muted)).silenced == ()
    entries = {"a": Entry("a", "muted", at(0), at(5), urgent=True)}
    assert decide(Situation(now=at(10), **muted, entries=entries)).silenced == ()


def test_what_was_due_before_this_journal_is_not_played_again() -> None:
    a = show("a", 10, 60)
    situation = Situation(now=at(20), trusted=True, scheduled=(a,), born=at(15))
    assert decide(situation).finishes == (Finish("a", "missed", Reason(Ending.BEFORE_JOURNAL)),)


LATES = st.one_of(
    st.just(Late(rule="drop")), st.just(Late(rule="always")), st.integers(1, 10).map(lambda m: Late(minutes=m))
)
SHOWS = st.lists(
    st.builds(
        lambda start, seconds, chime, late, cut, urgent: (start, seconds, chime, late, cut, urgent),
        st.integers(0, 900),
        st.integers(1, 120),
        st.sampled_from([0, 4]),
        LATES,
        st.sampled_from(["resume", "restart", "stay_cut"]),
        st.sampled_from(["normal", "normal", "priority"]),
    ),
    max_size=8,
)
EVENTS = st.lists(
    st.tuples(
        st.integers(1, 1200),
        st.sampled_from(["crash", "alarm", "alarm", "clear", "withdraw", "mute", "untrust", "media"]),
        st.integers(1, 90),
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(SHOWS, EVENTS)
def test_every_show_ends_exactly_once_and_two_never_sound_together(shows: list[Any], events: list[Any]) -> None:
    world = World(
        scheduled=tuple(
            show(
                f"s{n}",
                start,
                seconds,
                chime=sound(chime, "c") if chime else None,
                late=late,
                after_cut=cut,
                broadcast_class=kind,
            )
            for n, (start, seconds, chime, late, cut, kind) in enumerate(shows)
        )
    )
    world.scheduled = tuple(sorted(world.scheduled, key=lambda s: (s.audible, s.id)))
    withdrawn: set[str] = set()
    alarms: list[str] = []
    for number, (when, what, span) in enumerate(sorted(events)):
        world.run(max(when, world.now))
        if what == "crash":
            world.crash(span)
        elif what == "alarm":
            alarms.append(f"u{number}")
            world.now += 0.01
            world.urgent += (alarm(alarms[-1], world.now, span),)
            if not world.muted:
                world.settle()
                (now,) = [p for p in world.playing if p.show.id == alarms[-1]]
                # A short one leaves room for what is begun ahead of its time.
                assert all(p is now or p.begins - p.show.lead >= now.ends for p in world.playing)
        elif what == "clear":
            world.urgent = ()
        elif what == "withdraw" and world.scheduled:
            gone = world.scheduled[span % len(world.scheduled)]
            withdrawn.add(gone.id)
            world.scheduled = tuple(s for s in world.scheduled if s.id != gone.id)
        elif what == "mute":
            world.muted = not world.muted
        elif what == "untrust":
            world.trusted = not world.trusted
        elif what == "media" and world.scheduled:
            world.missing ^= {world.scheduled[span % len(world.scheduled)].id}
    world.trusted, world.muted = True, False
    world.missing.clear()
    world.run(world.now + 20_000)
    assert world.playing == []
    for id in (s.id for s in world.scheduled):
        assert world.outcome(id) is not None, id
    for id in alarms:
        if id in {s.id for s in world.urgent} or id in world.entries:
            assert world.outcome(id) is not None, id
    for id in withdrawn:
        if id in world.entries:
            assert world.outcome(id) is not None
    sounding = sorted((begin, end, id) for id, begin, end in world.intervals if end > begin)
    for (_, end, first), (begin, _, second) in pairwise(sounding):
        assert begin >= end - 0.025, (first, second)
