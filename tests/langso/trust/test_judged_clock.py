"""What cannot wait for the card: an urgent document is held before it is kept, the clock judged by the last word."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from refusals import refusal

from langso.timekeeping.clock import ClockEvidence, SimulatedClock
from langso.trust.judged_clock import JudgedClock


def test_what_cannot_wait_is_held_before_the_card_has_it_and_on_the_card_afterwards(world: Any) -> None:
    keeper = world.paired()
    seen: list[Any] = []

    def before() -> None:
        held = keeper.held("plan", "office")
        seen.append((held.document.version, keeper.files.names("held/*.json"), keeper.clock_trust().trusted))

    raw = world.sealed(world.plan(5))
    assert keeper.take("plan", raw, before_kept=before).fresh
    assert seen == [(5, [], True)]
    assert not keeper.take("plan", raw, before_kept=before).fresh
    assert refusal(keeper.take, "plan", world.sealed(world.plan(4)), before_kept=before) == "rolled_back"
    assert len(seen) == 1
    again = world.keeper()
    assert again.held("plan", "office").document.version == 5
    assert refusal(again.take, "plan", world.sealed(world.plan(4))) == "rolled_back"


def test_what_fails_before_it_is_kept_keeps_it_all_the_same(world: Any) -> None:
    keeper = world.paired()

    def before() -> None:
        raise ValueError("whoever could not wait")

    with pytest.raises(ValueError, match="could not wait"):
        keeper.take("plan", world.sealed(world.plan(5)), before_kept=before)
    assert world.keeper().held("plan", "office").document.version == 5


def test_the_clock_is_judged_by_the_last_word_while_the_card_takes_its_time(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = world.paired()
    assert keeper.clock_trust().trusted
    words: list[Any] = []
    write = keeper.files.write

    def slow(*args: Any, **more: Any) -> None:
        asker = threading.Thread(target=lambda: words.append(keeper.clock_trust()))
        asker.start()
        asker.join(60)
        write(*args, **more)

    monkeypatch.setattr(keeper.files, "write", slow)
    keeper.take("plan", world.sealed(world.plan(5)))
    assert words
    assert all(word.trusted for word in words), "nobody waited for the lock"


def test_a_word_on_the_clock_counts_for_two_seconds_and_no_longer(tmp_path: Path) -> None:
    clock = SimulatedClock(datetime(2026, 11, 22, tzinfo=UTC))
    judged = JudgedClock(clock, "host", ClockEvidence, tmp_path)
    assert judged.lately() is None
    word = judged.judge(None, None)
    clock.advance(2)
    assert judged.lately() == word
    clock.advance(0.001)
    assert judged.lately() is None
