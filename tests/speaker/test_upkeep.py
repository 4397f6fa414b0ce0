"""What is done beside playing never ends the agent, and is tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from simulated_day import show, sound

from langso.contract import EndedReceipt
from langso.durable.errors import StoreFull
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.timekeeping.clock import ClockTrust, SimulatedClock
from langso.timekeeping.hand_set import set_by_hand
from speaker.programme.orders import Orders
from speaker.record.journal import JOURNAL_MIGRATION, Journal
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.plays import Ledger
from speaker.record.receipts import RECEIPTS
from speaker.upkeep import AGAIN_S, HOUSEKEEPING_S, NEAR_S, Upkeep

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class Held:
    orders = Orders()

    def at(self, now: datetime | None) -> Orders:
        return self.orders


class Library:
    def __init__(self) -> None:
        self.told: list[list[Any]] = []

    def keep_near(self, media: Any) -> None:
        self.told.append(list(media))


class Mute:
    looked = 0
    changed = False
    fails = False

    def look(self) -> bool:
        self.looked += 1
        if self.fails:
            full()
        return self.changed


class Bench:
    def __init__(self, folder: Path, *, alone: bool = False) -> None:
        self.folder = folder
        self.clock = SimulatedClock(NOON)
        store = Store(folder / "s.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS, OUTBOX_MIGRATION))
        self.journal = Journal(store, self.clock, device="loa-1", commune="xa")
        self.outbox = Outbox(store, self.clock)
        self.held, self.library = Held(), Library()
        self.changes = 0
        self.mute = Mute()
        self.upkeep = Upkeep(
            folder,
            ledger=Ledger(store, self.journal, self.clock),
            journal=self.journal,
            outbox=self.outbox,
            held=self.held,  # type: ignore[arg-type]
            library=self.library,  # type: ignore[arg-type]
            clock=self.clock,
            clock_trust=lambda: ClockTrust(True, "host", ""),
            changed=self.change,
            mute=self.mute,  # type: ignore[arg-type]
            alone=alone,
        )

    def change(self) -> None:
        self.changes += 1


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def full(*_: object, **__: object) -> None:
    raise StoreFull("full")


def test_a_note_that_cannot_be_written_ends_nothing_and_is_written_later(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_by_hand(bench.folder, NOON, steady=1, boot="a", rtc=None, who="trưởng thôn")
    with monkeypatch.context() as patched:
        patched.setattr(bench.journal, "write", full)
        bench.upkeep.tend()
    bench.upkeep.tend()
    assert (bench.journal.through, bench.changes) == (0, 0), "it is not tried at each turn"
    bench.clock.advance(AGAIN_S)
    bench.upkeep.tend()
    assert (bench.journal.through, bench.changes) == (1, 1)
    bench.upkeep.tend()
    assert (bench.journal.through, bench.changes) == (1, 1)


def test_one_that_fails_keeps_no_other_from_its_work(bench: Bench) -> None:
    set_by_hand(bench.folder, NOON, steady=1, boot="a", rtc=None, who="")
    bench.mute.fails = True
    bench.upkeep.tend()
    assert (bench.journal.through, bench.changes, bench.mute.looked) == (1, 1, 1)
    bench.mute.fails, bench.mute.changed = False, True
    bench.upkeep.tend()
    assert bench.mute.looked == 1
    bench.clock.advance(AGAIN_S)
    bench.upkeep.tend()
    assert (bench.changes, bench.mute.looked) == (2, 2)


def test_old_records_are_forgotten_each_hour_and_a_failure_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pruned = []
    bench.upkeep.tend()
    bench.clock.advance(HOUSEKEEPING_S)
    bench.upkeep.tend()
    with monkeypatch.context() as patched:
        patched.setattr(bench.journal, "prune", full)
        bench.clock.advance(1)
        bench.upkeep.tend()
    monkeypatch.setattr(bench.journal, "prune", lambda: pruned.append(bench.clock.monotonic()))
    bench.upkeep.tend()
    assert not pruned
    bench.clock.advance(AGAIN_S)
    bench.upkeep.tend()
    bench.upkeep.tend()
    assert len(pruned) == 1


def test_the_plan_is_looked_through_for_near_sounds_when_it_has_changed_and_each_minute(bench: Bench) -> None:
    first, second = (Orders(scheduled=(show(name, 100),)) for name in "ab")
    bench.held.orders = first
    for _ in range(5):
        bench.upkeep.keep_near()
        bench.clock.advance(1)
    assert len(bench.library.told) == 1
    bench.held.orders = second
    bench.upkeep.keep_near()
    assert len(bench.library.told) == 2
    bench.clock.advance(NEAR_S - 0.1)
    bench.upkeep.keep_near()
    assert len(bench.library.told) == 2
    bench.clock.advance(0.1)
    bench.upkeep.keep_near()
    assert bench.library.told == [[sound(60)]] * 3


@pytest.mark.parametrize(("days", "left"), [(364, 2), (368, 1)])
def test_receipts_that_no_office_keeps_stay_for_a_year_and_do_not_wait_to_be_sent(
    tmp_path: Path, days: int, left: int
) -> None:
    bench = Bench(tmp_path, alone=True)
    for _ in range(2):
        bench.journal.write(EndedReceipt(occurrence="a", outcome="played"))
    bench.outbox.put(RECEIPTS, b"x", key=f"{bench.journal.id}:1-2:0")
    bench.clock.advance(HOUSEKEEPING_S + 1)
    bench.upkeep.tend()
    assert list(bench.outbox.unacknowledged(RECEIPTS)) == []
    bench.clock.advance(days * 86400)
    bench.upkeep.tend()
    assert len(bench.journal.lines()) == left
