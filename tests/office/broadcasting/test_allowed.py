"""Quiet hours and minutes a day: refused before they are sent, with the nearest time that is allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from langso.contract import Caps, IssuerRule, LoudnessCap, Media, QuietHours, Threshold
from langso.contract.caps import Limits, PlannedSound, breaches, plan_breaches, too_loud, vietnamese_day
from langso.timekeeping.clock import VIETNAM
from office.broadcasting.allowed import allowed, first_allowed, obstacle, refused
from office.broadcasting.plans import Head, Piece, Planned, clash, make_plan
from speaker.programme.policy import Policy
from speaker.programme.shows import shows_of_plan

NIGHT = Caps(quiet_hours=(QuietHours(start="21:30", end="05:00"),))


def local(hour: int, minute: int = 0, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


def planned(id: str, start: datetime, minutes: float = 10, *devices: str, chime_s: int = 0) -> Planned:
    def medium(ms: int) -> Media:
        return Media(sha256="a" * 64, size=1, duration_ms=ms, codec="opus")

    chime = medium(chime_s * 1000) if chime_s else None
    show = Piece(id, id, "normal", (medium(int(minutes * 60_000)),), devices or ("*",), chime)
    return Planned(id, show, start)


def test_quiet_hours_refuse_and_name_the_time_they_end() -> None:
    late = planned("a", local(21, 25), 10, chime_s=7)
    breach = refused(late, [], Limits(NIGHT))
    assert breach is not None
    assert breach.why == "giờ yên tĩnh 21:30 đến 05:00"
    # The chime sounds before the planned minute, so 05:00 itself would be too early.
    assert first_allowed(late, [], Limits(NIGHT), local(0, day=25)) == local(5, 1, day=23)
    assert refused(planned("a", local(21, 20), 10), [], Limits(NIGHT)) is None


def test_minutes_a_day_are_counted_for_each_loudspeaker() -> None:
    limits = Limits(Caps(minutes_a_day=25))
    others = [planned("all", local(6)), planned("one", local(7), 10, "loa-1")]
    assert refused(planned("new", local(8), 10, "loa-2"), others, limits) is None
    for devices in (("loa-1",), ("*",), ("loa-1", "loa-2")):
        breach = refused(planned("new", local(8), 10, *devices), others, limits)
        assert breach is not None
        assert breach.why == "quá 25 phút mỗi ngày"
    assert first_allowed(planned("new", local(8)), others, limits, local(0, day=30)) == local(0, day=23)


def test_a_new_show_may_not_push_a_later_one_over_the_minutes() -> None:
    limits = Limits(Caps(minutes_a_day=15))
    breach = refused(planned("new", local(6)), [planned("old", local(18))], limits)
    assert breach is not None
    assert breach.sound.id == "old"


def test_the_offices_own_minutes_count_too() -> None:
    breach = refused(planned("new", local(6), 10), [], Limits(Caps(), 5))
    assert breach is not None
    assert breach.why == "quá 5 phút mỗi ngày của nơi ra lệnh"


def test_what_never_fits_has_no_allowed_time() -> None:
    assert first_allowed(planned("a", local(8), 60), [], Limits(Caps(minutes_a_day=30)), local(0, day=29)) is None
    always = Caps(quiet_hours=(QuietHours(start="00:00", end="00:00"),))
    assert first_allowed(planned("a", local(8)), [], Limits(always), local(0, day=29)) is None


def test_caps_made_tighter_leave_out_what_is_to_come_and_keep_what_has_begun() -> None:
    begun, coming, fine = planned("b", local(22)), planned("c", local(23)), planned("f", local(12, day=23))
    assert allowed([begun, coming, fine], Limits(NIGHT), local(22, 5)) == [begun, fine]
    # What begins at this very moment is still to come.
    assert allowed([coming], Limits(NIGHT), coming.start) == []


times = st.tuples(st.integers(0, 47), st.integers(0, 59)).map(
    lambda t: local(0) + timedelta(hours=t[0], minutes=t[1])
)
targets = st.sampled_from([("*",), ("loa-1",), ("loa-2",), ("loa-1", "loa-2")])
clock_times = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]:02}:{t[1]:02}")
all_caps = st.builds(
    Caps,
    minutes_a_day=st.integers(0, 120),
    quiet_hours=st.lists(st.builds(QuietHours, start=clock_times, end=clock_times), max_size=2).map(tuple),
)


@given(st.lists(st.tuples(times, st.integers(1, 40), targets, st.integers(0, 30)), max_size=6), all_caps)
def test_office_signer_and_loudspeaker_judge_alike(wanted: list[Any], caps: Caps) -> None:
    made = [planned(f"s{n}", at, m, *d, chime_s=c) for n, (at, m, d, c) in enumerate(wanted)]
    limits, issued = Limits(caps), local(0) - timedelta(hours=1)
    kept = allowed(made, limits, issued)
    head = Head("office", "hoa-son", 0, 1, issued)
    assert plan_breaches(make_plan(kept, head), limits) == []
    key = Threshold(keys=("0" * 64,), threshold=1)
    policy = Policy(caps, (IssuerRule(name="office", signers=key, epoch=0, kinds=("plan",)),))
    for device in ("loa-1", "loa-2", "loa-3"):
        heard: dict[tuple[str, str], int] = {}
        for show in shows_of_plan(make_plan(kept, head), device):
            day = vietnamese_day(show.audible)
            assert policy.refusal(show, show.audible, {"": heard.get(("", day), 0)}) is None
            heard["", day] = heard.get(("", day), 0) + show.duration_ms + int(show.lead.total_seconds() * 1000)
    if not wanted:
        return
    free = first_allowed(made[0], kept, limits, local(0, day=28))
    if free is not None:
        there = Planned("s0", made[0].show, free)
        assert free >= made[0].start
        assert clash(there, kept) is None
        assert refused(there, kept, limits) is None


def test_a_refused_sound_does_not_count_as_heard() -> None:
    sounds = [
        PlannedSound("long", local(8), timedelta(minutes=20)),
        PlannedSound("short", local(9), timedelta(minutes=10)),
    ]
    assert [breach.sound.id for breach in breaches(sounds, Caps(minutes_a_day=15))] == ["long"]


def test_quiet_hours_hold_past_midnight_and_end_with_their_minute() -> None:
    minute = timedelta(minutes=1)
    for start in (local(2), local(5) - minute, local(21, 30), local(21, 30) - minute):
        assert refused(planned("a", start), [], Limits(NIGHT)) is not None, start
    for start in (local(5), local(21, 20)):
        assert refused(planned("a", start), [], Limits(NIGHT)) is None, start


def test_exactly_the_minutes_of_a_day_are_allowed() -> None:
    limits = Limits(Caps(minutes_a_day=20))
    others = [planned("old", local(6))]
    assert refused(planned("new", local(7)), others, limits) is None
    assert refused(planned("new", local(7), 10.5), others, limits) is not None


def test_the_latest_time_is_a_time_too() -> None:
    new = planned("a", local(8))
    assert first_allowed(new, [], Limits(Caps()), new.start) == new.start
    assert first_allowed(new, [], Limits(Caps()), new.start - timedelta(minutes=1)) is None


def test_what_is_in_the_way_is_told_by_code_with_the_nearest_time() -> None:
    now, latest = local(0), local(0, day=25)
    at_noon = planned("noon", local(12))
    taken = obstacle(planned("new", local(12, 5)), [at_noon], Limits(NIGHT), now, latest)
    assert taken is not None
    assert (taken.id, dict(taken.parameters)["title"]) == ("broadcasting-taken", "noon")
    assert str(dict(taken.parameters)["free"]) == "12:11 hôm nay"
    barred = obstacle(planned("new", local(22)), [at_noon], Limits(NIGHT), now, latest)
    assert barred is not None
    assert (barred.id, str(dict(barred.parameters)["free"])) == ("broadcasting-barred", "05:00 ngày mai")
    both = obstacle(planned("new", local(22)), [planned("late", local(22))], Limits(NIGHT), now, latest)
    assert both is not None
    assert both.id == "broadcasting-taken"
    for code, other in (("taken", planned("long", local(8), 60)), ("barred", at_noon)):
        never = obstacle(planned("a", local(8), 60), [other], Limits(Caps(minutes_a_day=30)), now, latest)
        assert never is not None
        assert never.id == f"broadcasting-{code}-throughout"
    assert obstacle(planned("new", local(15)), [at_noon], Limits(NIGHT), now, latest) is None


def test_caps_on_loudness_that_became_tighter_take_out_what_is_too_loud_and_block_nothing_else() -> None:
    """What has begun is not judged: the loudspeaker turns it down."""
    night = LoudnessCap(start="21:00", end="06:00", volume=60)
    for limits in (Limits(Caps(loudness=(night,))), Limits(Caps(volume=60))):
        loud = [planned("dem", local(20, 50), 10), planned("lan", local(20, 50), 11), planned("som", local(5, 59))]
        soft = replace(loud[1], id="nho", show=replace(loud[1].show, volume=60))
        kept = {one.id for one in allowed([*loud, soft], limits, local(5, 59) + timedelta(seconds=1))}
        assert kept == {"som", "nho", *(("dem",) if limits.caps.volume == 100 else ())}
        told = [one for one in [*loud, soft] if one.id in kept]
        head = Head("office", "xa", 1, 1, local(5, 59) + timedelta(seconds=1))
        assert list(too_loud(make_plan(told, head), limits.caps)) == []
        assert list(too_loud(make_plan([*loud, soft], head), limits.caps)) != []
