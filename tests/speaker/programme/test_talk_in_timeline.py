"""A talk among what is ordered: only an emergency cuts in on it, and nothing of it ever comes back."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

from langso.contract import Media
from langso.contract.outcomes import Ending
from speaker.programme.shows import TALK, Show
from speaker.programme.situation import Begin, Decision, Entry, Playing, Situation
from speaker.programme.sources import LineSource, files
from speaker.programme.timeline import decide

NOW = datetime(2026, 12, 3, 3, 0, tzinfo=UTC)
MEDIUM = Media(sha256="ab" * 32, size=1, duration_ms=30_000, codec="wav")


def _talk(id: str = "t") -> Show:
    ends = NOW + timedelta(minutes=5)
    return Show(id, "", "office", "priority", NOW, (LineSource(),), urgent=True, expires=ends, kind=TALK, epoch=1)


def _alarm(**more: Any) -> Show:
    fields: dict[str, Any] = {"urgent": True, "expires": NOW + timedelta(hours=1), "kind": "urgent", "epoch": 1}
    return Show("lu", "", "office", "emergency", NOW, files((MEDIUM,)), **(fields | more))


def _speaking(**more: Any) -> Decision:
    talk = _talk()
    playing = (Playing(talk, NOW, NOW + timedelta(minutes=5)),)
    return decide(Situation(now=NOW, trusted=True, playing=playing, **({"urgent": (talk,)} | more)))


def test_a_talk_begins_where_nothing_plays_and_waits_where_something_does() -> None:
    talk = _talk()
    assert decide(Situation(now=NOW, trusted=False, urgent=(talk,))).begin == Begin(talk)
    news = Show("a", "", "office", "normal", NOW, files((MEDIUM,)), kind="plan", epoch=1)
    playing = (Playing(news, NOW, NOW + timedelta(seconds=30)),)
    assert decide(Situation(now=NOW, trusted=True, scheduled=(news,), urgent=(talk,), playing=playing)).begin is None


def test_it_goes_on_while_the_key_is_held_and_ends_as_played_when_it_is_let_go() -> None:
    assert _speaking().idle
    (cut,) = _speaking(urgent=(), let_go=frozenset({_talk().play})).cuts
    assert (cut.keep, cut.outcome, cut.reason.code) == (False, "played", Ending.RELEASED)
    (cut,) = _speaking(urgent=(), let_go=frozenset({_talk("other").play})).cuts
    assert (cut.keep, cut.outcome, cut.reason.code) == (False, "cut", Ending.WITHDRAWN)


def test_an_emergency_ends_it_for_good_and_no_lesser_order_touches_it() -> None:
    (cut,) = _speaking(urgent=(_talk(), _alarm())).cuts
    assert (cut.keep, cut.outcome, cut.reason.code) == (False, "cut", Ending.GAVE_WAY)
    lesser = dataclasses.replace(_alarm(), broadcast_class="priority")
    assert _speaking(urgent=(_talk(), lesser)).idle or not _speaking(urgent=(_talk(), lesser)).cuts
    assert _speaking(urgent=(_talk(), lesser)).begin is None


def test_a_muted_loudspeaker_ends_it_for_good() -> None:
    (cut,) = _speaking(muted=True).cuts
    assert (cut.keep, cut.reason.code) == (False, Ending.MUTED)


def test_one_that_a_power_cut_ended_is_told_as_that() -> None:
    entry = Entry("t", "claimed", NOW, NOW, urgent=True, issuer="office", kind=TALK, epoch=1)
    (finish,) = decide(Situation(now=NOW, trusted=True, entries={entry.play: entry})).finishes
    assert (finish.play, finish.outcome, finish.reason.code) == (_talk().play, "cut", Ending.POWER)
