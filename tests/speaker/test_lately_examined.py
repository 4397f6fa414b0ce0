"""What was examined lately is known by all its bytes, for half a minute, and not across another trust document."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from langso.timekeeping.clock import SimulatedClock
from langso.trust import Refused
from speaker.lately_examined import LASTS_S, MOST, LatelyExamined


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def lately(clock: SimulatedClock) -> LatelyExamined:
    return LatelyExamined(clock.monotonic)


def test_a_refusal_is_known_again_by_kind_issuer_and_bytes(lately: LatelyExamined) -> None:
    refused = Refused("rolled_back")
    lately.refuse(lately.name("plan", None, b"a"), refused)
    found = lately.find(lately.name("plan", None, b"a"))
    assert found is not None
    assert found.refused is refused
    for other in (("plan", None, b"b"), ("urgent", None, b"a"), ("plan", "office", b"a")):
        assert lately.find(lately.name(*other)) is None


@pytest.mark.parametrize("reason", ["expired", "from_future", "needs_nonce", "no_trust", "revoked"])
def test_what_time_or_a_nonce_may_undo_is_judged_each_time(lately: LatelyExamined, reason: str) -> None:
    name = lately.name("plan", None, b"a")
    lately.refuse(name, Refused(reason))  # type: ignore[arg-type]
    assert lately.find(name) is None


def test_of_a_topic_only_what_was_taken_last_is_known(lately: LatelyExamined) -> None:
    first, second, other = (lately.name("plan", None, raw) for raw in (b"1", b"2", b"3"))
    village = lately.name("urgent", "thon-1", b"1")
    lately.took(first)
    lately.took(village)
    lately.took(second)
    assert lately.find(first) is None, "an older one is to be refused again as rolled back"
    assert lately.find(second) is not None
    assert lately.find(village) is not None
    assert lately.find(other) is None


def test_it_lasts_half_a_minute_and_until_another_trust(lately: LatelyExamined, clock: SimulatedClock) -> None:
    taken, bad = lately.name("plan", None, b"1"), lately.name("plan", None, b"2")
    for wait, known in ((LASTS_S, True), (LASTS_S + 0.1, False)):
        lately.took(taken)
        lately.refuse(bad, Refused("forged"))
        clock.advance(wait)
        assert (lately.find(taken) is not None) is known
        assert (lately.find(bad) is not None) is known
    lately.took(taken)
    lately.refuse(bad, Refused("forged"))
    lately.forget()
    assert lately.find(taken) is None
    assert lately.find(bad) is None


def test_so_many_are_known_and_the_oldest_is_forgotten(lately: LatelyExamined) -> None:
    names = [lately.name("plan", None, str(number).encode()) for number in range(MOST + 1)]
    for name in names:
        lately.refuse(name, Refused("forged"))
    assert lately.find(names[0]) is None
    assert lately.find(names[1]) is not None
    assert lately.find(names[-1]) is not None
