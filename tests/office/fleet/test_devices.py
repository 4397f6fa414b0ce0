from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from refusals import refused

from langso.contract import Presence
from langso.timekeeping.clock import SimulatedClock
from langso.words.language import in_language
from office.errors import NotFound, ReportRefused
from office.fleet.receipts import ReceiptStore

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def fleet(office_world: Any) -> Any:
    return office_world.office.fleet


def test_receipts_are_taken_in_order_and_acknowledged_up_to_the_gap(office_world: Any, fleet: Any) -> None:
    device = office_world.reporter()
    for n in range(5):
        device.write(f"o{n}")
    assert fleet.take_receipts("loa-1", device.batch(1, 4)).through == 4
    assert fleet.take_receipts("loa-1", device.batch(7, 10)).through == 4
    assert fleet.take_receipts("loa-1", device.batch(3, 8)).through == 8
    again = fleet.take_receipts("loa-1", device.batch(1, 8))
    assert (again.through, again.new, again.conflict) == (8, 0, False)


def test_same_number_other_bytes_is_a_clone(office_world: Any, fleet: Any) -> None:
    device = office_world.reporter()
    device.write("one")
    fleet.take_receipts("loa-1", device.batch())
    device.lines.clear()
    device.write("other")
    device.write("more")
    stored = fleet.take_receipts("loa-1", device.batch())
    assert stored.conflict
    assert stored.through == 2
    assert fleet.conflicts()[0].device == "loa-1"
    row = office_world.office.fleet_rows()[0]
    assert (row.level, row.conflict) == ("bad", True)
    assert "hai máy" in row.reason
    fleet.settle("loa-1", "van-thu")
    assert fleet.conflicts() == []


def test_two_machines_that_take_turns_are_seen(office_world: Any, fleet: Any) -> None:
    device = office_world.reporter()
    boots = ("a" * 32, "b" * 32)
    device.boot = boots[0]
    fleet.take_state("loa-1", device.state())
    device.boot = boots[1]
    assert not fleet.take_state("loa-1", device.state()).conflict
    device.boot = boots[0]
    assert fleet.take_state("loa-1", device.state()).conflict


def test_a_restart_and_a_repeated_state_are_no_clone(office_world: Any, fleet: Any) -> None:
    device = office_world.reporter()
    for boot in "abc":
        device.boot = boot * 32
        raw = device.state()
        assert fleet.take_state("loa-1", raw).fresh
        assert not fleet.take_state("loa-1", raw).fresh
    assert fleet.conflicts() == []


def test_the_same_state_number_with_other_bytes_is_a_clone(office_world: Any, fleet: Any) -> None:
    device = office_world.reporter()
    fleet.take_state("loa-1", device.state(number=5))
    assert fleet.take_state("loa-1", device.state(number=5, muted=True)).conflict


def test_strangers_and_other_peoples_reports_are_refused(office_world: Any, fleet: Any) -> None:
    one, two = office_world.reporter("loa-1"), office_world.reporter("loa-2")
    with pytest.raises(NotFound):
        fleet.take_state("loa-9", one.state())
    with pytest.raises(ReportRefused):
        fleet.take_state("loa-2", one.state())
    two.id = "loa-1"
    with pytest.raises(ReportRefused):
        fleet.take_state("loa-2", two.state())
    one.write("a")
    one.write("b")
    one.lines[1] = one.lines[1].replace("played", "missed")
    with refused(ReportRefused, "fleet-receipts-broken"):
        fleet.take_receipts("loa-1", one.batch())
    for junk in (b"", b"{}", b"x" * 9999):
        for take in (fleet.take_state, fleet.take_receipts, fleet.take_presence):
            with pytest.raises(ReportRefused):
                take("loa-1", junk)


def test_a_journal_whose_beginning_is_forgotten_everywhere_is_taken_up(office_world: Any) -> None:
    device = office_world.reporter()
    for n in range(4):
        device.write(f"o{n}")
    clock = SimulatedClock(NOW)
    store = ReceiptStore(office_world.office.store, clock)
    known = office_world.office.fleet.device("loa-1")
    through = []
    for _ in range(4):
        through.append(store.take(known, device.batch(5, 8), ("hoa-son",)).through)
        clock.advance(20)
    # The device is told three times that nothing is stored before its word is taken that there is no more.
    assert through == [0, 0, 0, 8]


def test_the_row_says_what_to_do_first(office_world: Any, fleet: Any) -> None:
    device = office_world.reporter()
    assert "lần nào" in office_world.office.fleet_rows()[0].reason
    fleet.take_presence("loa-1", Presence(device="loa-1", online=True, boot=device.boot).to_json())
    fleet.take_state("loa-1", device.state())
    row = office_world.office.fleet_rows()[0]
    assert (row.online, row.level, row.plan_version) == (True, "ok", None)
    fleet.take_state("loa-1", device.state(muted=True))
    assert "tắt tiếng" in office_world.office.fleet_rows()[0].reason
    fleet.take_presence("loa-1", Presence(device="loa-1", online=False, boot=device.boot).to_json())
    row = office_world.office.fleet_rows()[0]
    assert (row.online, row.level) == (False, "bad")
    assert row.todo


def test_devices_outlive_the_database(office_world: Any) -> None:
    device = office_world.reporter()
    office = office_world.reopen(lose_database=True)
    assert office.fleet.take_state("loa-1", device.state()).fresh


def test_a_replaced_machine_counts_anew_under_its_name(office_world: Any, fleet: Any) -> None:
    first = office_world.reporter()
    fleet.take_state("loa-1", first.state(number=9))
    second = office_world.reporter()
    assert not fleet.take_state("loa-1", second.state(number=1)).conflict
    with pytest.raises(ReportRefused):
        fleet.take_state("loa-1", first.state(number=10))


def test_a_row_is_made_anew_with_whatever_it_says(
    office_world: Any, fleet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = office_world.reporter("loa-1")
    fleet.take_state("loa-1", device.state())

    def row() -> Any:
        return fleet.rows({})[0]

    first = row()
    assert row() is first
    fleet.take_state("loa-1", device.state(muted=True))
    muted = row()
    assert (muted.muted, muted.level) == (True, "warn")
    with in_language("en"):
        assert row().reason != first.reason
        assert "Đang" not in row().reason
    # Two clerks, each with a language, do not have each other's rows made anew.
    assert row() is muted
    fleet.take_presence("loa-1", Presence(device="loa-1", online=False, boot=device.boot).to_json())
    assert not row().online
    minute = row()
    now = fleet._clock.now()
    monkeypatch.setattr(fleet, "_clock", Mock(now=lambda: now + timedelta(minutes=7)))
    assert row().reason != minute.reason
    fleet.register("loa-1", "speaker", "Nơi khác", None, device.key.public)
    assert row().device.place == "Nơi khác"
