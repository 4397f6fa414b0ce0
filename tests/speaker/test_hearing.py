"""From what the sensors heard to the receipt that proves it, or to the line that says what is broken."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import release_0_1_0
from waiting import until

from langso.durable.errors import StoreFull
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from speaker.hearing import Hearing
from speaker.programme.shows import Show
from speaker.record.journal import JOURNAL_MIGRATION, Journal
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.plays import Ledger
from speaker.sound.heard import HeardVerdict, Sounding

NOW = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)


class StandInEars:
    """Ears with a verdict of the test's."""

    def __init__(self) -> None:
        self.says: HeardVerdict | None = None
        self.asked: list[tuple[float, float]] = []

    def verdict(self, begin: float, end: float) -> HeardVerdict | None:
        self.asked.append((begin, end))
        return self.says


class Desk:
    def __init__(self, folder: Path) -> None:
        clock = SystemClock()
        self.store = Store(folder / "s.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS))
        self.journal = Journal(self.store, clock, device="loa-1", commune="xa")
        self.ledger = Ledger(self.store, self.journal, clock)
        self.ears = StandInEars()
        self.changes: list[int] = []
        self.hearing = Hearing(self.ears, self.ledger, clock, lambda: self.changes.append(1))  # type: ignore[arg-type]

    def receipts(self) -> list[Any]:
        rows = self.store.db.execute("SELECT line FROM receipts ORDER BY number").fetchall()
        return [json.loads(row[0])["body"] for row in rows]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("speaker.hearing.AFTER_S", 0.0)
    made = Desk(tmp_path)
    made.hearing.start()
    yield made
    made.hearing.stop()
    made.store.close()


def _claimed(desk: Desk, id: str = "a") -> Show:
    show = Show(id, "Tin", "office", "normal", NOW, (), kind="plan", epoch=3)
    desk.ledger.claim(show, NOW, unproven=False)
    return show


def test_what_was_heard_has_its_receipt(desk: Desk) -> None:
    show = _claimed(desk)
    desk.ears.says = HeardVerdict(Sounding.HEARD, 0.93, "microphone")
    desk.hearing.ended(show.play, 10.0, 40.0)
    assert until(lambda: desk.changes)
    (body,) = [body for body in desk.receipts() if body["event"] == "heard"]
    assert (body["occurrence"], body["sure"], body["sensor"]) == ("a", 0.93, "microphone")
    assert (body["kind"], body["issuer"], body["epoch"]) == ("plan", "office", 3)
    assert desk.ears.asked == [(10.0, 40.0)]
    assert [check.level for check in desk.hearing.checks()] == ["ok"]


@pytest.mark.parametrize("finding", sorted(set(Sounding) - {Sounding.HEARD, Sounding.UNSURE}))
def test_what_was_not_heard_has_a_receipt_that_proves_nothing_and_a_line_of_health(
    finding: Sounding, desk: Desk
) -> None:
    show = _claimed(desk)
    desk.ears.says = HeardVerdict(finding, 0.9, "horn")
    desk.hearing.ended(show.play, 10.0, 40.0)
    assert until(lambda: desk.changes)
    (body,) = desk.receipts()
    assert (body["event"], body["sure"], body["finding"]) == ("heard", 0.0, finding.value)
    release_0_1_0.HeardReceipt.model_validate(body)
    assert [(check.name, check.level) for check in desk.hearing.checks()] == [("heard", "bad")]


def test_sensors_that_cannot_tell_leave_the_last_line_as_it_was(desk: Desk) -> None:
    show = _claimed(desk)
    for number, finding in enumerate((Sounding.DEAD_HORN, Sounding.UNSURE), 1):
        desk.ears.says = HeardVerdict(finding)
        desk.hearing.ended(show.play, 10.0, 40.0)
        assert until(lambda number=number: len(desk.changes) == number)
    assert [check.level for check in desk.hearing.checks()] == ["bad"]


def test_without_sensors_nothing_is_said(desk: Desk) -> None:
    desk.hearing.ended(_claimed(desk).play, 10.0, 40.0)
    assert until(lambda: desk.ears.asked)
    assert desk.hearing.checks() == []
    assert desk.receipts() == []


def test_a_full_card_costs_the_proof_and_nothing_else(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    show = _claimed(desk)
    desk.ears.says = HeardVerdict(Sounding.HEARD, 0.9, "microphone")

    def full(*_: Any) -> None:
        raise StoreFull("đầy")

    monkeypatch.setattr(desk.ledger, "heard", full)
    desk.hearing.ended(show.play, 10.0, 40.0)
    assert until(lambda: desk.changes)
    monkeypatch.undo()
    desk.hearing.ended(show.play, 50.0, 80.0)
    assert until(lambda: [body["event"] for body in desk.receipts()] == ["heard"])
