"""Setting the time by hand is journalled: once for each time, over restarts, and read by an office of 0.1.0."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import release_0_1_0

from langso.contract import DocumentReceipt
from langso.durable.errors import StoreFull
from langso.durable.store import Store
from langso.timekeeping.clock import SimulatedClock
from langso.timekeeping.hand_set import set_by_hand, withdraw_hand_set
from speaker.record.hand_notes import HandNotes
from speaker.record.journal import JOURNAL_MIGRATION, Journal
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.plays import Ledger

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def test_each_setting_is_one_receipt(tmp_path: Path) -> None:
    clock = SimulatedClock(NOON)
    store = Store(tmp_path / "s.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS))
    journal = Journal(store, clock, device="loa-1", commune="xa")
    ledger = Ledger(store, journal, clock)
    notes = HandNotes(tmp_path, ledger, journal)
    assert not notes.look()
    set_by_hand(tmp_path, NOON, steady=1, boot="a", rtc=None, who="trưởng thôn")
    assert notes.look()
    assert not notes.look()
    assert not HandNotes(tmp_path, ledger, journal).look(), "nor after a restart"
    set_by_hand(tmp_path, NOON, steady=2, boot="a", rtc=None, who="")
    assert HandNotes(tmp_path, ledger, journal).look()
    withdraw_hand_set(tmp_path)
    assert not notes.look()
    first, second = (line.body for line in journal.lines())
    assert isinstance(first, DocumentReceipt)
    assert isinstance(second, DocumentReceipt)
    assert (first.document, first.issuer, first.outcome) == ("clock", "hand", "stored")
    assert first.why == "Giờ được đặt tay: 12:00 Chủ Nhật 22/11/2026 (người đặt: trưởng thôn)."
    assert "—" in second.why
    for line in journal.lines():
        release_0_1_0.Receipt.model_validate_json(line.to_json(), strict=True)  # type: ignore[attr-defined]


def test_a_setting_that_could_not_be_written_is_written_at_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimulatedClock(NOON)
    store = Store(tmp_path / "s.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS))
    journal = Journal(store, clock, device="loa-1", commune="xa")
    notes = HandNotes(tmp_path, Ledger(store, journal, clock), journal)
    set_by_hand(tmp_path, NOON, steady=1, boot="a", rtc=None, who="")
    with monkeypatch.context() as patched:
        patched.setattr(journal, "write", lambda body: (_ for _ in ()).throw(StoreFull("full")))
        with pytest.raises(StoreFull):
            notes.look()
    assert notes.look()
    assert not notes.look()
    assert journal.through == 1
