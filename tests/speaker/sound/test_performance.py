"""Placing a show's items on the player: gaps, repeats, resumption, clocks that jump, devices that vanish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from langso.contract import Media
from speaker.programme.shows import Show
from speaker.programme.sources import StreamSource, files

START = datetime(2026, 11, 22, 5, 0, 10, tzinfo=UTC)


def sound(name: str, seconds: float) -> Media:
    return Media(sha256=name * 64, size=1, duration_ms=int(seconds * 1000), codec="wav")


def show(**more: Any) -> Show:
    options: dict[str, Any] = {"sources": files((sound("a", 3), sound("b", 2)))}
    return Show("s", "s", "office", "normal", START, **options | more)


def test_items_follow_one_another_and_the_chime_comes_before(stage: Any) -> None:
    performance = stage.perform(show(chime=sound("c", 1.5)), at=START)
    assert performance.first_sound == 8.5
    stage.run(performance, 30)
    assert performance.finished
    assert stage.placed() == [("c", -1.5, 0), ("a", 0, 0), ("b", 3, 0)]
    assert performance.heard_ms(stage.clock.monotonic()) == 6500
    assert performance.error_ms == pytest.approx(0.1)


def test_repeats_have_their_pause(stage: Any) -> None:
    stage.run(stage.perform(show(repeat=2, pause_ms=1000), at=START), 60)
    assert stage.placed() == [("a", 0, 0), ("b", 3, 0), ("a", 6, 0), ("b", 9, 0)]


def test_it_resumes_in_the_middle_of_an_item(stage: Any) -> None:
    performance = stage.perform(show(chime=sound("c", 1)), at=START, position_ms=4000)
    stage.run(performance, 60)
    assert stage.placed() == [("b", 0, 1000)]
    assert performance.finished


def test_a_jumping_clock_moves_nothing_that_plays(stage: Any) -> None:
    performance = stage.perform(show(), at=START)
    stage.run(performance, 11)
    stage.clock.jump(3600)
    stage.run(performance, 30)
    assert stage.placed() == [("a", 0, 0), ("b", 3, 0)]


def test_a_drifting_clock_is_followed_at_the_next_item(stage: Any) -> None:
    performance = stage.perform(show(), at=START)
    stage.run(performance, 11)
    stage.clock.jump(-0.09)
    stage.run(performance, 30)
    assert stage.placed() == [("a", 0, 0), ("b", 3.09, 0)]


def test_a_lost_device_loses_only_what_it_missed(stage: Any) -> None:
    performance = stage.perform(show(sources=files((sound("a", 20),))), at=START)
    stage.run(performance, 15)
    stage.player.broken = True
    stage.player.voices[0].state = "failed"
    stage.run(performance, 3)
    stage.player.broken = False
    stage.run(performance, 60)
    assert performance.finished
    (_, first, _), (_, again, from_ms) = stage.placed()
    assert first == 0
    assert 8 <= again <= 9.5
    assert from_ms == pytest.approx(again * 1000, abs=2)


def test_an_unreadable_item_is_passed_over(stage: Any) -> None:
    performance = stage.perform(show(), at=START)
    stage.run(performance, 9)
    stage.player.voices[0].state, stage.player.voices[0].why = "failed", "bad file"
    stage.run(performance, 30)
    assert performance.finished
    assert performance.fault == "bad file"
    assert [name for name, _, _ in stage.placed()] == ["a", "b"]


def test_a_broken_stream_is_joined_again_until_it_expires(stage: Any) -> None:
    relay = show(sources=(StreamSource("http://x/y"),), urgent=True, expires=START + timedelta(seconds=20))
    performance = stage.perform(relay, not_before=10.0)
    stage.run(performance, 14)
    stage.player.voices[0].state = "failed"
    stage.run(performance, 5)
    assert len(stage.player.voices) == 2
    stage.run(performance, 60)
    assert performance.finished
    assert stage.player.voices[1].state == "cut"


def test_a_cut_tells_where_it_was(stage: Any) -> None:
    performance = stage.perform(show(), at=START)
    stage.run(performance, 12)
    assert performance.cut() == pytest.approx(2000, abs=20)
    assert performance.finished
    assert {voice.state for voice in stage.player.voices} <= {"cut"}


def test_a_device_that_is_back_before_anybody_looked_costs_the_item_nothing_more(stage: Any) -> None:
    performance = stage.perform(show(sources=files((sound("a", 20),))), at=START)
    stage.run(performance, 15)
    lost = stage.player.voices[0]
    lost.state, lost.lost, lost.why = "failed", True, "device lost"
    stage.run(performance, 60)
    (_, _, _), (_, again, from_ms) = stage.placed()
    assert again <= 5.8, "it looks twice a second, and is called where the real player tells"
    assert from_ms == pytest.approx(again * 1000, abs=2), "it goes on where it would have been"


def test_a_cut_while_the_device_is_away_tells_how_far_it_was_heard(stage: Any) -> None:
    performance = stage.perform(show(sources=files((sound("a", 20),))), at=START)
    stage.run(performance, 13)
    stage.player.broken = True
    stage.player.voices[0].state = "failed"
    stage.run(performance, 4)
    assert performance.cut() == pytest.approx(3000, abs=600)


def test_a_cut_before_any_of_it_sounded_loses_none_of_it(stage: Any) -> None:
    performance = stage.perform(show(sources=files((sound("a", 20),))), at=START)
    stage.run(performance, 9)
    stage.clock.advance(6)
    stage.player.voices[0].heard = 0
    assert performance.cut() == 0


@pytest.mark.parametrize(
    ("heard_ms", "why", "outcome", "code"),
    [
        (5000, "", "played", None),
        (4600, "", "played", None),
        (2000, "", "cut", "short"),
        (0, "", "missed", "silent"),
        (2000, "bad file", "cut", "sound"),
        (0, "bad file", "missed", "sound"),
        (4900, "bad file", "played", None),
    ],
)
def test_how_it_ends_is_what_was_heard(stage: Any, heard_ms: int, why: str, outcome: str, code: str | None) -> None:
    performance = stage.perform(show(sources=files((sound("a", 5),))), at=START)
    stage.run(performance, 9)
    voice = stage.player.voices[0]
    voice.heard, voice.why, voice.state = heard_ms, why, "failed" if why else "done"
    stage.run(performance, 20)
    told, reason = performance.ending(stage.clock.monotonic())
    assert (told, None if reason is None else str(reason.code)) == (outcome, code)


def test_a_relay_that_never_sounds_is_missed_and_not_played(stage: Any) -> None:
    relay = show(sources=(StreamSource("http://x/y"),), urgent=True, expires=START + timedelta(seconds=20))
    performance = stage.perform(relay, not_before=10.0)
    stage.run(performance, 11)
    for voice in stage.player.voices:
        voice.heard = 0
    stage.run(performance, 60)
    assert performance.finished
    told, reason = performance.ending(stage.clock.monotonic())
    assert (told, str(reason.code)) == ("missed", "silent")


def test_what_was_proven_unplayable_is_never_given_to_the_player(stage: Any) -> None:
    performance = stage.perform(show(), at=START, unplayable=lambda medium: "dies" if medium.sha256[0] == "a" else "")
    stage.run(performance, 30)
    assert performance.finished
    assert stage.placed() == [("b", 3, 0)]
    told, reason = performance.ending(stage.clock.monotonic())
    assert (told, str(reason.code), reason.why) == ("cut", "sound", "dies")


def test_what_follows_a_sound_that_begins_as_soon_as_can_be_follows_where_it_began(stage: Any) -> None:
    stage.player.settles_later = True
    performance = stage.perform(show(sources=files((sound("a", 1), sound("b", 2))), urgent=True), not_before=0.05)
    expected = performance.begins
    performance.tick()
    assert stage.player.soon_from == [0.05]
    assert stage.placed() == [("a", 0.2 - 10, 0)], "nothing is placed after what is not placed itself"
    stage.clock.advance(0.02)
    stage.player.voices[0].placed = 0.07
    performance.tick()
    assert stage.player.soon_from == [0.05, None]
    assert stage.player.voices[1].at == pytest.approx(1.07)
    assert performance.begins == expected - timedelta(seconds=0.13)
    assert performance.first_sound == pytest.approx(0.07)


def test_a_planned_one_is_never_sooner_than_planned(stage: Any) -> None:
    stage.run(stage.perform(show(), at=START), 30)
    assert stage.player.soon_from == [None, None]


def test_a_sound_that_fails_before_it_is_placed_holds_nothing_up(stage: Any) -> None:
    stage.player.settles_later = True
    performance = stage.perform(show(urgent=True))
    performance.tick()
    stage.player.voices[0].state = "failed"
    performance.tick()
    assert len(stage.player.voices) == 1
    stage.clock.advance(2)
    performance.tick()
    assert [str(voice.sound.path) for voice in stage.player.voices] == ["a", "b"]
