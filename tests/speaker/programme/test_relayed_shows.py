"""What is decided of a station that the plan relays: at its time, late, silent, after an emergency."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conducted import SOUND, Desk, flood, show

from langso.contract import Late, Media
from speaker.programme.shows import Show
from speaker.programme.sources import StreamSource, files

OWN = Media(sha256="b" * 64, size=1, duration_ms=3000, codec="wav")
BELL = Media(sha256="c" * 64, size=1, duration_ms=2000, codec="wav")
URL = "https://dai.vn/a"
LASTS = 100.0


@pytest.fixture
def desk(stage: Any, tmp_path: Path) -> Desk:
    desk = Desk(stage, tmp_path)
    policy = dataclasses.replace(desk.orders.policy, relay_hosts=("dai.vn",))
    desk.orders = dataclasses.replace(desk.orders, policy=policy)
    return desk


def station(desk: Desk, **more: Any) -> Show:
    """Begins five seconds after now."""
    start = desk.clock.now() + timedelta(seconds=5)
    options: dict[str, Any] = {
        "start": start,
        "expires": start + timedelta(seconds=LASTS),
        "sources": (StreamSource(URL),),
        "fallback": files((OWN,)),
    }
    return show(desk, "thoi-su", **options | more)


def plan(desk: Desk, *shows: Show) -> None:
    desk.orders = dataclasses.replace(desk.orders, scheduled=shows)


def sounds(desk: Desk) -> list[str]:
    return [str(getattr(voice.sound, "path", "station")) for voice in desk.stage.player.voices]


def fall_silent(desk: Desk) -> Any:
    """The newest voice says nothing more."""
    voice = desk.stage.player.voices[-1]
    voice.heard = voice.heard_ms(desk.clock.monotonic())
    return voice


def ended(desk: Desk) -> Any:
    (one,) = [line.body for line in desk.journal.lines() if line.body.event == "ended"]
    return one


def test_a_station_is_relayed_at_its_time_for_as_long_as_was_planned(desk: Desk) -> None:
    plan(desk, station(desk))
    begin = desk.clock.monotonic() + 5
    desk.run(5 + LASTS + 5)
    assert sounds(desk) == ["station"]
    (voice,) = desk.stage.player.voices
    assert voice.at == pytest.approx(begin, abs=0.001)
    assert (ended(desk).outcome, ended(desk).fallback_ms) == ("played", None)
    assert ended(desk).heard_ms == pytest.approx(LASTS * 1000, abs=300)


def test_where_it_falls_silent_for_ten_seconds_its_own_media_are_heard_and_then_the_station_again(desk: Desk) -> None:
    plan(desk, station(desk))
    desk.run(25)
    first = fall_silent(desk)
    desk.run(9)
    assert sounds(desk) == ["station"]
    desk.run(2)
    assert sounds(desk) == ["station", "b"]
    assert first.state == "cut"
    desk.run(4)
    assert sounds(desk) == ["station", "b", "station"]
    desk.run(80)
    assert (ended(desk).outcome, ended(desk).code) == ("played", None)
    assert ended(desk).fallback_ms == pytest.approx(3000, abs=50)
    assert ended(desk).heard_ms == pytest.approx((LASTS - 10) * 1000, abs=1500)
    again = desk.stage.player.voices[-1]
    assert again.at + 100 > first.at + LASTS > again.at


def test_one_that_never_comes_is_stood_in_for_to_its_end_and_counts_as_cut(desk: Desk) -> None:
    plan(desk, station(desk, expires=desk.clock.now() + timedelta(seconds=45)))

    def silent() -> None:
        for voice in desk.stage.player.voices:
            if not hasattr(voice.sound, "path"):
                voice.heard = 0

    desk.run(60, watch=silent)
    assert sounds(desk) == ["station", "b", "station", "b", "station", "b", "station"][: len(sounds(desk))]
    assert len(sounds(desk)) >= 5
    assert (ended(desk).outcome, ended(desk).code) == ("cut", "fallback")
    assert ended(desk).heard_ms == ended(desk).fallback_ms >= 6000


def test_what_stands_in_for_it_ends_when_its_time_does(desk: Desk) -> None:
    """The next broadcast begins at its time, however long the media are."""
    hour = Media(sha256="b" * 64, size=1, duration_ms=3_600_000, codec="wav")
    relay = station(desk, expires=desk.clock.now() + timedelta(seconds=40), fallback=files((hour,)))
    after = show(desk, "sau", start=desk.clock.now() + timedelta(seconds=45))
    plan(desk, relay, after)
    begin = desk.clock.monotonic()
    desk.run(10)
    fall_silent(desk)
    desk.run(50)
    assert sounds(desk) == ["station", "b", "a"]
    _, instead, next_one = desk.stage.player.voices
    assert instead.state == "cut"
    assert next_one.at == pytest.approx(begin + 45, abs=0.001)
    bodies = [line.body for line in desk.journal.lines() if line.body.event == "ended"]
    assert [(body.occurrence, body.outcome, body.code) for body in bodies] == [
        ("thoi-su", "cut", "fallback"),
        ("sau", "played", None),
    ]


def test_a_loudspeaker_that_starts_late_joins_the_station_where_it_is(desk: Desk) -> None:
    desk.run(70)
    start = desk.clock.now() - timedelta(seconds=60)
    plan(desk, station(desk, start=start, expires=start + timedelta(seconds=LASTS), chime=BELL))
    begin = desk.clock.monotonic()
    desk.run(60)
    (voice,) = desk.stage.player.voices
    assert sounds(desk) == ["station"]
    assert ended(desk).outcome == "played"
    assert ended(desk).heard_ms == pytest.approx((LASTS - 60) * 1000, abs=3000)
    assert voice.at == pytest.approx(begin, abs=3)


@pytest.mark.parametrize("late", [Late(rule="always"), Late(rule="within", minutes=60), Late(rule="drop")])
def test_one_whose_time_is_over_is_missed(desk: Desk, late: Late) -> None:
    desk.run(LASTS + 5)
    start = desk.clock.now() - timedelta(seconds=LASTS + 1)
    plan(desk, station(desk, start=start, expires=start + timedelta(seconds=LASTS), late=late))
    desk.run(10)
    assert sounds(desk) == []
    assert (ended(desk).outcome, ended(desk).code) == ("missed", "late")


def test_after_an_emergency_the_station_is_joined_for_the_rest(desk: Desk) -> None:
    plan(desk, station(desk))
    desk.run(25)
    desk.orders = dataclasses.replace(desk.orders, urgent=(flood(desk, sources=files((SOUND,))),))
    desk.run(10)
    assert sounds(desk) == ["station", "a", "station"]
    desk.run(90)
    bodies = {line.body.occurrence: line.body for line in desk.journal.lines() if line.body.event == "ended"}
    assert bodies["thoi-su"].outcome == "played"
    assert (LASTS - 12) * 1000 < bodies["thoi-su"].heard_ms < (LASTS - 5) * 1000


def test_one_whose_time_ends_within_an_emergency_is_not_taken_up(desk: Desk) -> None:
    plan(desk, station(desk, expires=desk.clock.now() + timedelta(seconds=22)))
    desk.run(20)
    desk.orders = dataclasses.replace(desk.orders, urgent=(flood(desk, sources=files((SOUND,))),))
    desk.run(20)
    assert sounds(desk) == ["station", "a"]
    bodies = {line.body.occurrence: line.body for line in desk.journal.lines() if line.body.event == "ended"}
    assert bodies["thoi-su"].outcome == "cut"


def test_one_that_is_to_stay_cut_does(desk: Desk) -> None:
    plan(desk, station(desk, after_cut="stay_cut"))
    desk.run(25)
    desk.orders = dataclasses.replace(desk.orders, urgent=(flood(desk, sources=files((SOUND,))),))
    desk.run(15)
    assert sounds(desk) == ["station", "a"]


def test_one_that_stays_cut_is_stood_in_for_all_the_same(desk: Desk) -> None:
    plan(desk, station(desk, after_cut="stay_cut"))
    desk.run(25)
    fall_silent(desk)
    desk.run(20)
    assert sounds(desk) == ["station", "b", "station"]


def test_a_substitute_that_is_not_here_leaves_the_station_alone(desk: Desk) -> None:
    desk.library.missing = {OWN.sha256}
    plan(desk, station(desk))
    desk.run(20)
    fall_silent(desk)
    desk.run(30)
    assert sounds(desk) == ["station"]
    assert desk.stage.player.voices[0].state != "cut"


def test_the_substitute_is_fetched_ahead_with_everything_else(desk: Desk) -> None:
    plan(desk, station(desk, chime=BELL))
    assert desk.orders.media() == [BELL, OWN]
    assert list(desk.orders.media_from(desk.clock.now())) == [BELL, OWN]


def test_minutes_a_day_count_the_rest_of_what_is_joined(desk: Desk) -> None:
    policy = desk.orders.policy
    tight = dataclasses.replace(policy, caps=policy.caps.model_copy(update={"minutes_a_day": 2}))
    relay = station(desk)
    assert tight.refusal(relay, relay.start) is None
    assert tight.refusal(relay, relay.start, {"": 21_000}) is not None
    joined = relay.start + timedelta(seconds=50)
    assert tight.refusal(relay, joined, {"": 70_000}) is None
    assert tight.refusal(relay, joined, {"": 70_001}) is not None
