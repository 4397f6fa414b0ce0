"""What a loudspeaker says of its next broadcasts: the plans held, what is missing, what would keep one silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from plans import plan

from langso.contract import Caps, IssuerRule, Media, Occurrence, Plan, Programme, QuietHours, TargetSet, Threshold
from langso.contract.outcomes import Ending, Reason
from speaker.programme.upcoming import Upcoming, in_library, scheduled, upcoming

T0 = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
SOUND = Media(sha256="a" * 64, size=9, duration_ms=60_000, codec="opus")
CHIME = Media(sha256="b" * 64, size=9, duration_ms=1000, codec="opus")
KEYS = Threshold(keys=("0" * 64,), threshold=1)


def held(issuer: str, *hours: float, chime: int | None = None, title: str = "Tin") -> Plan:
    return plan(
        issued=T0,
        media=(SOUND, CHIME),
        target_sets=(TargetSet(devices=("*",)),),
        programmes=(Programme(id="p", title=title, media=(0, 0), chime=chime),),
        occurrences=tuple(
            Occurrence(id=f"o{hour}", programme=0, targets=0, start=T0 + timedelta(hours=hour)) for hour in hours
        ),
    ).model_copy(update={"issuer": issuer})


def keeper(*plans: Plan, caps: Caps | None = None) -> Any:
    def rule(name: str, *places: str) -> IssuerRule:
        return IssuerRule(name=name, signers=KEYS, epoch=1, kinds=("plan",), classes=("normal",), places=places)

    rules = (rule("office", "*"), rule("thon-1", "thon-1"))
    trust = SimpleNamespace(caps=caps or Caps(), issuers=rules, relay_hosts=())
    return SimpleNamespace(trust=trust, all_held=lambda kind: [SimpleNamespace(document=one) for one in plans])


def test_the_plans_of_all_issuers_come_by_audible_start_each_under_its_own_ids() -> None:
    shows, policy = scheduled(keeper(held("office", 3, 1), held("thon-1", 2), held("x", 4)), "loa-1", "thon-1")
    assert [(show.id, show.wide) for show in shows] == [
        ("o1", True),
        ("thon-1:o2", False),
        ("o3", True),
        ("x:o4", False),
    ]
    assert policy.village == "thon-1"


def test_the_next_three_that_have_not_begun_are_told_with_what_is_missing() -> None:
    shows, policy = scheduled(keeper(held("office", 0, 1, 2, 3, 4, chime=1)), "loa-1", "thon-1")

    def told(now: datetime, **more: Any) -> list[tuple[str, int]]:
        found = upcoming(shows, policy, now, ready=lambda medium: medium == CHIME, **more)
        return [(f"o{round((one.start - T0) / timedelta(hours=1))}", one.missing) for one in found]

    assert told(T0) == [("o1", 1), ("o2", 1), ("o3", 1)]
    assert told(T0 - timedelta(milliseconds=1), count=1) == [("o0", 1)]
    assert told(T0, begun=("o1", "o3")) == [("o2", 1), ("o4", 1)]


def test_it_says_why_one_will_not_play_and_nothing_where_it_will() -> None:
    # 05:00 UTC is noon in Viet Nam: the chime still falls into the rest, the words do not.
    caps = Caps(quiet_hours=(QuietHours(start="12:30", end="13:00"),), minutes_a_day=5)
    shows, policy = scheduled(keeper(held("office", 1, 2, chime=1, title="Tin trưa"), caps=caps), "loa-1", "thon-1")
    rest = Reason(Ending.QUIET, {"start": "12:30", "end": "13:00"}).why
    assert upcoming(shows, policy, T0, ready=lambda medium: True) == (
        Upcoming("Tin trưa", T0 + timedelta(hours=1), 0, rest),
        Upcoming("Tin trưa", T0 + timedelta(hours=2), 0, ""),
    )
    much = {"office": 4 * 60_000, "": 4 * 60_000}
    (_, late) = upcoming(shows, policy, T0, ready=lambda medium: True, heard_ms=much)
    assert late.refusal


def test_a_sound_is_there_when_its_file_is_whole(tmp_path: Path) -> None:
    there = in_library(tmp_path)
    assert not there(SOUND)
    (tmp_path / SOUND.sha256).write_bytes(b"x" * 8)
    assert not there(SOUND)
    (tmp_path / SOUND.sha256).write_bytes(b"x" * 9)
    assert there(SOUND)
