"""The commune's caps at their edges: the chime counts, each device and everyone count together, the first day too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from plans import plan

from langso.contract import Caps, LoudnessCap, Media, Occurrence, Programme, QuietHours, TargetSet
from langso.contract.caps import (
    Breach,
    Limits,
    PlannedSound,
    breaches,
    issuer_minutes_refusal,
    minutes_refusal,
    plan_breaches,
    quiet_hours,
    too_loud,
)
from langso.contract.outcomes import Ending, Reason
from langso.timekeeping.clock import VIETNAM

NOON_REST = QuietHours(start="11:30", end="13:00")
TICK = timedelta(microseconds=1)


def local(hour: int, minute: int = 0, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


def planned(id: str, begins: datetime, minutes: float = 10, *devices: str) -> PlannedSound:
    return PlannedSound(id, begins, timedelta(minutes=minutes), devices or ("*",))


def ids(found: list[Breach]) -> list[str]:
    return [breach.sound.id for breach in found]


def test_a_sound_may_end_as_quiet_hours_begin_and_begin_as_they_end() -> None:
    hours = (NOON_REST,)
    assert quiet_hours(hours, local(11), local(11, 30)) is None
    assert quiet_hours(hours, local(11), local(11, 30) + TICK) == NOON_REST
    assert quiet_hours(hours, local(13), local(14)) is None
    assert quiet_hours(hours, local(13) - TICK, local(14)) == NOON_REST


def test_the_chime_counts_as_sound_and_comes_before_the_start() -> None:
    media = tuple(
        Media(sha256=c * 64, size=1, duration_ms=ms, codec="opus") for c, ms in (("a", 300_000), ("b", 120_000))
    )

    def of(start: datetime, chime: int | None, **caps: Any) -> list[Reason]:
        made = plan(
            issued=local(6),
            media=media,
            target_sets=(TargetSet(devices=("*",)),),
            programmes=(Programme(id="p", title="t", media=(0,), chime=chime),),
            occurrences=(Occurrence(id="o", programme=0, targets=0, start=start),),
        )
        return [breach.reason for breach in plan_breaches(made, Limits(Caps(**caps)))]

    rest = Reason(Ending.QUIET, {"start": "11:30", "end": "13:00"})
    assert of(local(13), None, quiet_hours=(NOON_REST,)) == []
    assert of(local(13, 1), 1, quiet_hours=(NOON_REST,)) == [rest]
    assert of(local(13, 2), 1, quiet_hours=(NOON_REST,)) == []
    assert of(local(11, 25), 1, quiet_hours=(NOON_REST,)) == []
    assert of(local(8), 1, minutes_a_day=7) == []
    assert of(local(8), 1, minutes_a_day=6) == [Reason(Ending.MINUTES, {"minutes": 6})]
    assert of(local(8), None, minutes_a_day=5) == []


def test_a_loudness_is_asked_of_chime_and_sound_and_of_what_is_still_to_begin() -> None:
    media = tuple(
        Media(sha256=c * 64, size=1, duration_ms=ms, codec="opus") for c, ms in (("a", 300_000), ("b", 120_000))
    )
    caps = Caps(loudness=(LoudnessCap(start="11:30", end="13:00", volume=40),))

    def most(start: datetime, issued: datetime, volume: int = 41) -> list[int]:
        made = plan(
            issued=issued,
            media=media,
            target_sets=(TargetSet(devices=("*",)),),
            programmes=(Programme(id="p", title="t", media=(0,), chime=1, volume=volume),),
            occurrences=(Occurrence(id="o", programme=0, targets=0, start=start),),
        )
        return [loud for _, loud in too_loud(made, caps)]

    second = timedelta(seconds=1)
    assert most(local(13, 2), local(6)) == [], "its chime begins as the hours end"
    assert most(local(13, 2) - second, local(6)) == [40]
    assert most(local(11, 25), local(6)) == []
    assert most(local(11, 25) + second, local(6)) == [40]
    assert most(local(12), local(6), 40) == []
    assert most(local(12), local(11, 58)) == [40], "it begins just now"
    assert most(local(12), local(11, 58) + second) == []


def test_what_begins_before_now_counts_as_heard_and_is_not_judged() -> None:
    sounds = [planned("old", local(12)), planned("now", local(12, 30)), planned("later", local(15))]
    caps = Caps(quiet_hours=(NOON_REST,), minutes_a_day=15)
    assert ids(breaches(sounds, caps, after=local(12, 30))) == ["now", "later"]
    assert ids(breaches(sounds, caps, after=local(12, 30) + TICK)) == ["later"]
    assert ids(breaches(sounds, caps)) == ["old", "now"]


def test_a_sound_is_barred_by_quiet_hours_that_begin_before_it_ends() -> None:
    caps = Caps(quiet_hours=(NOON_REST,))
    assert ids(breaches([planned("fits", local(11, 20))], caps)) == []
    (breach,) = breaches([planned("runs in", local(11, 21))], caps)
    assert (breach.sound.id, breach.clear) == ("runs in", local(13))


def test_minutes_of_one_loudspeaker_and_of_all_add_up() -> None:
    day = Caps(minutes_a_day=30)
    before = [planned("a", local(6), 10, "loa-1"), planned("b", local(7), 15), planned("c", local(8), 5, "loa-2")]
    for asked, devices, fits in (
        (5, ("loa-1",), True),
        (6, ("loa-1",), False),
        (10, ("loa-2",), True),
        (11, ("loa-2",), False),
        (15, ("loa-3",), True),
        (16, ("loa-3",), False),
        (5, ("*",), True),
        (6, ("*",), False),
        (6, ("loa-3", "loa-1"), False),
    ):
        found = ids(breaches([*before, planned("x", local(9), asked, *devices)], day))
        assert found == ([] if fits else ["x"]), (asked, devices)
    # Another day begins anew.
    assert breaches([*before, planned("x", local(9, day=23), 30)], day) == []


def test_the_issuers_own_minutes_count_beside_the_communes() -> None:
    sounds = [planned("a", local(6), 5), planned("b", local(7), 1)]
    (breach,) = breaches(sounds, Caps(minutes_a_day=60), 5)
    assert (breach.sound.id, breach.reason) == ("b", Reason(Ending.ISSUER_MINUTES, {"minutes": 5}))
    assert (breach.why, breach.clear) == (breach.reason.why, local(0, day=23))
    assert breaches(sounds, Caps(minutes_a_day=60), 6) == []
    assert breaches(sounds, Caps(), 0)[0].reason == Reason(Ending.ISSUER_MINUTES, {"minutes": 0})


@pytest.mark.parametrize("minutes", [None, 0, 7])
def test_a_refusal_names_the_minutes(minutes: int | None) -> None:
    assert minutes_refusal(minutes).parameters == {"minutes": minutes or 0}
    assert issuer_minutes_refusal(minutes).parameters == {"minutes": minutes or 0}
