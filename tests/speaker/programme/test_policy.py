"""Caps, quiet hours in Vietnamese time, minutes a day, a village's own place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.contract import Caps, IssuerRule, LoudnessCap, Media, QuietHours, Threshold
from langso.contract.caps import loudest, quiet_hours, vietnamese_day
from langso.contract.outcomes import Ending, Reason
from langso.timekeeping.clock import VIETNAM
from speaker.programme.policy import Policy
from speaker.programme.shows import Show
from speaker.programme.sources import StreamSource, files

KEYS = Threshold(keys=("0" * 64,), threshold=1)


def rule(name: str, **more: Any) -> IssuerRule:
    return IssuerRule(name=name, signers=KEYS, epoch=1, kinds=("plan",), classes=("normal",), **more)


def show(minutes: float = 5, **more: Any) -> Show:
    medium = Media(sha256="a" * 64, size=1, duration_ms=int(minutes * 60_000), codec="opus")
    options: dict[str, Any] = {"issuer": "office", "broadcast_class": "normal"}
    return Show(id="a", title="a", start=datetime(2026, 1, 1, tzinfo=UTC), sources=files((medium,)), **options | more)


def local(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 22, hour, minute, tzinfo=VIETNAM)


POLICY = Policy(
    Caps(volume=80, minutes_a_day=60, quiet_hours=(QuietHours(start="21:30", end="05:00"),)),
    (rule("office"), rule("thon-1", places=("thon-1",), minutes_a_day=10)),
    village="thon-1",
    volume=60,
)


@pytest.mark.parametrize(
    ("when", "quiet"),
    [
        (local(4, 45), True),
        (local(4, 58), True),
        (local(5, 0), False),
        (local(17, 0), False),
        (local(21, 24), False),
        (local(21, 26), True),
        (local(23, 59), True),
    ],
)
def test_quiet_hours_are_vietnamese_and_pass_midnight(when: datetime, quiet: bool) -> None:
    refusal = POLICY.refusal(show(5), when.astimezone(UTC))
    assert (refusal == Reason(Ending.QUIET, {"start": "21:30", "end": "05:00"})) is quiet


def test_an_emergency_is_heard_at_night_and_beyond_the_minutes() -> None:
    alarm = show(5, broadcast_class="emergency", urgent=True)
    assert POLICY.refusal(alarm, local(3), {"": 60 * 60_000}) is None


def test_minutes_a_day_count_what_was_heard() -> None:
    assert POLICY.refusal(show(5), local(12), {"": 55 * 60_000}) is None
    assert POLICY.refusal(show(5), local(12), {"": 55 * 60_000 + 1}) == Reason(Ending.MINUTES, {"minutes": 60})


def test_a_village_speaks_on_its_own_loudspeakers_for_its_minutes() -> None:
    mine = show(5, issuer="thon-1", wide=False)
    assert POLICY.refusal(mine, local(12)) is None
    assert POLICY.refusal(mine, local(12), {"thon-1": 6 * 60_000}) == Reason(Ending.ISSUER_MINUTES, {"minutes": 10})
    elsewhere = Policy(POLICY.caps, POLICY.rules, village="thon-2")
    assert elsewhere.refusal(mine, local(12)) == Reason(Ending.NOT_HERE)
    assert Policy(POLICY.caps, POLICY.rules, village=None).refusal(mine, local(12)) is not None


def test_an_unknown_issuer_is_refused() -> None:
    assert POLICY.refusal(show(issuer="nobody"), local(12)) == Reason(Ending.NO_RIGHT)
    assert Policy.of(None, None, 50).refusal(show(), local(12)) is not None


def test_volume_is_the_least_of_cap_show_and_device_except_for_emergencies() -> None:
    assert POLICY.loudness(show()) == 60
    assert POLICY.loudness(show(volume=30)) == 30
    assert POLICY.loudness(show(broadcast_class="emergency")) == 80


NIGHT = LoudnessCap(start="21:00", end="06:00", volume=40)
ALARMS_AT_NIGHT = LoudnessCap(start="22:00", end="05:00", volume=70, classes=("emergency",))
NIGHTLY = replace(POLICY, caps=POLICY.caps.model_copy(update={"loudness": (NIGHT, ALARMS_AT_NIGHT)}))
TICK = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("begin", "end", "kind", "loudness"),
    [
        (local(20, 59), local(21), "normal", 60),
        (local(20, 59), local(21) + TICK, "normal", 40),
        (local(6) - TICK, local(6, 10), "priority", 40),
        (local(6), local(6, 10), "normal", 60),
        (local(21, 30), local(21, 40), "emergency", 80),
        (local(22), local(22, 1), "emergency", 70),
        (local(5), local(5, 1), "emergency", 80),
        (None, None, "emergency", 80),
    ],
)
def test_at_some_hours_some_classes_are_softer(begin: Any, end: Any, kind: Any, loudness: int) -> None:
    assert NIGHTLY.loudness(show(broadcast_class=kind), begin, end) == loudness


def test_of_two_caps_at_one_hour_the_tighter_counts_and_none_loosens_the_first() -> None:
    caps = Caps(volume=50, loudness=(NIGHT.model_copy(update={"volume": 90}), NIGHT, ALARMS_AT_NIGHT))
    assert loudest(caps, "normal", local(23), local(23, 1)) == 40
    assert loudest(caps, "emergency", local(23), local(23, 1)) == 50


def test_the_day_changes_at_vietnamese_midnight() -> None:
    assert vietnamese_day(datetime(2026, 11, 21, 16, 59, tzinfo=UTC)) == "2026-11-21"
    assert vietnamese_day(datetime(2026, 11, 21, 17, 0, tzinfo=UTC)) == "2026-11-22"


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 3 * 1440), st.integers(1, 300))
def test_quiet_hours_agree_with_looking_at_every_minute(opens: int, closes: int, begin: int, length: int) -> None:
    quiet = QuietHours(start=f"{opens // 60:02}:{opens % 60:02}", end=f"{closes // 60:02}:{closes % 60:02}")
    first = datetime(2026, 11, 20, tzinfo=VIETNAM)

    def inside(minute: int) -> bool:
        m = minute % 1440
        return opens <= m < closes if opens < closes else m >= opens or m < closes

    expected = any(inside(minute) for minute in range(begin, begin + length))
    since = first + timedelta(minutes=begin)
    assert (quiet_hours((quiet,), since, since + timedelta(minutes=length)) is not None) is expected


def test_a_loudspeaker_relays_only_what_the_root_allows() -> None:
    """Whoever signs urgent orders cannot have a stranger's stream heard, nor a warning that hangs on one."""
    allowed = replace(POLICY, relay_hosts=("stream.vov.vn",))
    at = local(10)

    def why(policy: Policy, url: str, broadcast_class: Any = "normal") -> Reason | None:
        relay = replace(show(), sources=(StreamSource(url),), urgent=True, broadcast_class=broadcast_class)
        return policy.refusal(replace(relay, expires=relay.start + timedelta(minutes=5)), at)

    assert why(allowed, "https://stream.vov.vn/vov1") is None
    for policy, url, kind in (
        (POLICY, "https://stream.vov.vn/vov1", "normal"),
        (allowed, "http://stream.vov.vn/vov1", "normal"),
        (allowed, "https://thief.vn/vov1", "normal"),
        (allowed, "https://stream.vov.vn/vov1", "emergency"),
    ):
        assert why(policy, url, kind) == Reason(Ending.RELAY)


def test_the_chime_is_part_of_what_quiet_hours_and_minutes_are_asked_about() -> None:
    chime = Media(sha256="b" * 64, size=1, duration_ms=60_000, codec="opus")
    long, short = show(5, chime=chime), show(5)
    assert POLICY.refusal(short, local(21, 25)) is None
    assert POLICY.refusal(long, local(21, 25)) == Reason(Ending.QUIET, {"start": "21:30", "end": "05:00"})
    assert POLICY.refusal(long, local(21, 24)) is None
    heard = {"": 55 * 60_000}
    assert POLICY.refusal(short, local(10), heard) is None
    assert POLICY.refusal(long, local(10), heard) == Reason(Ending.MINUTES, {"minutes": 60})


def test_a_device_of_no_village_plays_what_is_for_the_whole_commune_alone_and_at_full_loudness() -> None:
    nowhere = Policy(rules=POLICY.rules)
    assert nowhere.refusal(show(), local(10)) is None
    assert nowhere.refusal(show(issuer="thon-1"), local(10)) == Reason(Ending.NOT_HERE)
    assert nowhere.loudness(show()) == 100
