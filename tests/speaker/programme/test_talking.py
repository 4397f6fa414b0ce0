"""How long a village head may speak: whatever ends first, and nobody without a right for this very village."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from langso.contract import Caps, IssuerRule, QuietHours, TalkRight, Threshold
from langso.contract.outcomes import Ending
from speaker.programme.policy import Policy
from speaker.programme.shows import TALK, Show
from speaker.programme.talking import LEAST, LONGEST, SLACK, Bound, Granted, Talked, bound_of, talk_show

NOW = datetime(2026, 12, 3, 3, 0, tzinfo=UTC)
"""Ten in the morning in Vietnam."""
MINUTE = timedelta(minutes=1)


def _rule(**more: Any) -> IssuerRule:
    fields = {"name": "office", "signers": Threshold(keys=("ab" * 32,), threshold=1), "epoch": 1, "kinds": ("order",)}
    return IssuerRule.model_validate(fields | more)


def _bound(
    right: dict[str, Any] | None = None,
    rule: dict[str, Any] | None = None,
    caps: Caps | None = None,
    talked: Talked | None = None,
    now: datetime = NOW,
    village: str | None = "thon-1",
    **more: Any,
) -> Bound:
    fields = {"village": "thon-1", "minutes_a_day": 10, "minutes_a_month": 60} | (right or {})
    granted = Granted(TalkRight.model_validate(fields), "office", 1)
    policy = Policy(caps or Caps(), (_rule(**(rule or {})),), village)
    return bound_of(granted, policy, talked or Talked(), now=now, **more)


def test_nobody_speaks_without_a_right_for_this_village_from_somebody_who_may_order_here() -> None:
    policy = Policy(Caps(), (_rule(),), "thon-1")
    assert bound_of(None, policy, Talked(), now=NOW) == Bound(NOW, bound_of(None, policy, Talked(), now=NOW).why)
    assert bound_of(None, policy, Talked(), now=NOW).why.code is Ending.NO_RIGHT
    assert _bound(rule={"name": "tinh"}).why.code is Ending.NO_RIGHT
    assert _bound(rule={"kinds": ("plan",)}).why.code is Ending.NO_RIGHT
    assert _bound({"village": "thon-2"}).why.code is Ending.NOT_HERE
    assert _bound(village=None).why.code is Ending.NOT_HERE
    assert _bound(rule={"places": ("thon-2",)}).why.code is Ending.NOT_HERE
    assert _bound(rule={"places": ("thon-1",)}).at > NOW


@pytest.mark.parametrize(
    ("more", "left", "why"),
    [
        ({}, 10 * MINUTE, Ending.TALK_DAY),
        ({"right": {"minutes_a_day": 90, "minutes_a_month": 900}}, LONGEST, Ending.TALK_LONG),
        ({"talked": Talked(4 * MINUTE, 4 * MINUTE)}, 6 * MINUTE, Ending.TALK_DAY),
        ({"talked": Talked(day=MINUTE, month=58 * MINUTE)}, 2 * MINUTE, Ending.TALK_MONTH),
        ({"talked": Talked(11 * MINUTE, 11 * MINUTE)}, -MINUTE, Ending.TALK_DAY),
        ({"right": {"until": NOW + 3 * MINUTE}}, 3 * MINUTE, Ending.EXPIRED),
        ({"caps": Caps(minutes_a_day=20), "heard_ms": {"": 15 * 60_000}}, 5 * MINUTE, Ending.MINUTES),
        ({"rule": {"minutes_a_day": 8}, "heard_ms": {"office": 5 * 60_000}}, 3 * MINUTE, Ending.ISSUER_MINUTES),
    ],
)
def test_what_ends_first_bounds_a_talk(more: dict[str, Any], left: timedelta, why: Ending) -> None:
    bound = _bound(**more)
    assert (bound.at - NOW, bound.why.code) == (left, why)


@pytest.mark.parametrize(
    ("local", "left"),
    [((21, 55), 5 * MINUTE), ((22, 0), timedelta(0)), ((2, 0), timedelta(0)), ((5, 0), 10 * MINUTE)],
)
def test_quiet_hours_end_a_talk_and_bar_one_also_after_midnight(local: tuple[int, int], left: timedelta) -> None:
    caps = Caps(quiet_hours=(QuietHours(start="22:00", end="05:00"),))
    now = datetime(2026, 12, 3, *local, tzinfo=UTC) - timedelta(hours=7)
    assert _bound(caps=caps, now=now).at - now == left


def test_a_talk_is_over_before_what_is_planned_is_prepared() -> None:
    following = Show("a", "Bản tin sáng", "office", "normal", NOW + 5 * MINUTE, ())
    bound = _bound(following=following, lead=timedelta(seconds=1.5))
    assert bound.why.code is Ending.BUSY
    assert dict(bound.why.parameters) == {"title": "Bản tin sáng"}
    assert timedelta(seconds=5) <= following.start - bound.at < timedelta(seconds=10)


def test_the_talk_lasts_until_its_bound_and_too_little_is_none_at_all() -> None:
    bound = _bound()
    granted = Granted(TalkRight(village="thon-1", minutes_a_day=10, minutes_a_month=60), "office", 7)
    lead = timedelta(seconds=1.5)
    show = talk_show(granted, bound, NOW, id="t", title="Nói", lead=lead)
    assert show is not None
    assert show.live
    assert show.relayed
    assert not show.emergency
    assert (show.kind, show.issuer, show.epoch, show.why_until) == (TALK, "office", 7, bound.why)
    assert show.expires == bound.at - lead - SLACK
    enough = dataclasses.replace(bound, at=NOW + lead + SLACK + LEAST)
    assert talk_show(granted, enough, NOW, id="t", title="Nói", lead=lead) is not None
    short = dataclasses.replace(enough, at=enough.at - timedelta(milliseconds=1))
    assert talk_show(granted, short, NOW, id="t", title="Nói", lead=lead) is None
