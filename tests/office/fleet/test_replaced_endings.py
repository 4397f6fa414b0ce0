"""Endings that a leapt clock judged: read as they stand now, whichever order pages and receipts come in."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from langso.contract import EndedReceipt, Receipt, StartedReceipt
from office.broadcasting.became import Became, became
from office.broadcasting.play_reports import PlayReport, plays
from office.web import shows

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
START = StartedReceipt(occurrence="sang", planned=NOW, error_ms=0.5)
MISSED = EndedReceipt(occurrence="sang", outcome="missed", why="quá giờ", code="late", planned=NOW, final=False)
PLAYED = EndedReceipt(occurrence="sang", outcome="played", planned=NOW, heard_ms=1000, replaces=1, final=True)


class Told:
    """What the office knows after each receipt of one loudspeaker."""

    def __init__(self, world: Any) -> None:
        self.world, self.device = world, world.reporter()

    def says(self, body: Any) -> PlayReport:
        lines = self.device.lines
        previous = hashlib.sha256(lines[-1].encode()).hexdigest() if lines else "0" * 64
        lines.append(Receipt(number=len(lines) + 1, previous=previous, written=NOW, body=body).to_json().decode())
        self.world.office.fleet.take_receipts("loa-1", self.device.batch(len(lines)))
        (report,) = plays(self.world.office.store.db, "sang")
        return report


@pytest.fixture
def told(office_world: Any) -> Told:
    return Told(office_world)


def stands(report: PlayReport) -> Became:
    return became(report, begun=True, over=False)


def test_a_provisional_ending_is_shown_as_such_and_replaced_by_what_came_of_it(told: Told) -> None:
    report = told.says(MISSED)
    assert (stands(report), report.provisional) == (Became.MISSED, True)
    assert shows._ending(report, Became.MISSED).endswith("26 giờ")
    report = told.says(START)
    assert (stands(report), report.provisional) == (Became.ON_AIR, False)
    report = told.says(PLAYED)
    assert (stands(report), report.provisional, report.heard_ms) == (Became.PLAYED, False, 1000)
    assert report.code is None


def test_a_provisional_ending_that_was_right_is_confirmed(told: Told) -> None:
    told.says(MISSED)
    report = told.says(MISSED.model_copy(update={"replaces": 1, "final": True}))
    assert (stands(report), report.provisional) == (Became.MISSED, False)
    assert "26" not in shows._ending(report, Became.MISSED)


def test_a_start_takes_no_final_ending_back(told: Told) -> None:
    told.says(MISSED.model_copy(update={"final": None}))
    assert stands(told.says(START)) is Became.MISSED


def test_a_time_set_by_hand_is_said_beside_the_broadcast(told: Told) -> None:
    told.says(START.model_copy(update={"time_by_hand": True}))
    report = told.says(PLAYED.model_copy(update={"time_by_hand": True, "replaces": None}))
    assert report.by_hand
    assert "người đặt" in shows._ending(report, Became.PLAYED)


def test_the_page_of_devices_says_that_a_time_was_set_by_hand(told: Told) -> None:
    from langso.contract import ClockReport

    fleet = told.world.office.fleet
    for reason, by_hand in (("ntp", False), ("hand", True)):
        fleet.take_state("loa-1", told.device.state(clock=ClockReport(trusted=True, reason=reason)))
        assert told.world.office.fleet_rows()[0].clock_by_hand is by_hand
