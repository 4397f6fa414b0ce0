"""The journal: chain, batches, acknowledgements that go back, floods of refusals, kill -9."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from langso.contract import DocumentReceipt, EndedReceipt, Receipt, StartedReceipt
from langso.contract.outcomes import Ending, Reason
from langso.durable.errors import StoreFull
from langso.durable.outbox import OUTBOX_MIGRATION
from langso.durable.store import Store
from langso.timekeeping.clock import SimulatedClock
from speaker.errors import JournalDamaged
from speaker.programme.identity import identify
from speaker.programme.shows import Show
from speaker.record.journal import GENESIS, JOURNAL_MIGRATION, Journal
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.plays import Ledger

NOW = datetime(2026, 11, 22, 5, 10, tzinfo=UTC)
MIGRATIONS = (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS, OUTBOX_MIGRATION)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "s.sqlite", MIGRATIONS)


@pytest.fixture
def journal(store: Store, clock: SimulatedClock) -> Journal:
    return Journal(store, clock, device="loa-1", commune="xa")


def ended(id: str = "a") -> EndedReceipt:
    return EndedReceipt(occurrence=id, outcome="played")


def refusal(reason: str = "forged", kind: str = "plan") -> DocumentReceipt:
    return DocumentReceipt(document=kind, issuer="", outcome="refused", reason=reason, why="x")


def test_both_receipts_of_an_exercise_say_so_and_of_nothing_else(journal: Journal, store: Store) -> None:
    ledger = Ledger(store, journal, SimulatedClock(NOW))
    for id, exercise in (("thu", True), ("that", False)):
        show = Show(id, id, "office", "normal", NOW, (), exercise=exercise)
        ledger.claim(show, NOW, unproven=False)
        ledger.started(id, 1.0)
        ledger.end(id, "played", None)
    ledger.end("chua", "missed", None, show=Show("chua", "", "office", "normal", NOW, (), exercise=True))
    bodies = [line.body for line in journal.lines()]
    assert [getattr(body, "exercise", None) for body in bodies] == [True, True, None, None, True]


def test_receipts_are_numbered_from_one_and_chained_by_the_hash_of_their_bytes(journal: Journal) -> None:
    for id in ("a", "b", "c"):
        journal.write(ended(id))
    batch = journal.next_batch()
    assert batch is not None
    previous = GENESIS
    for number, line in enumerate(batch.receipts.lines, 1):
        receipt = Receipt.model_validate_json(line)
        assert (receipt.number, receipt.previous) == (number, previous)
        previous = hashlib.sha256(line.encode()).hexdigest()


def test_batches_hold_at_most_200_and_follow_one_another(journal: Journal) -> None:
    for _ in range(450):
        journal.write(ended())
    spans = []
    while (batch := journal.next_batch()) is not None:
        spans.append((batch.first, batch.last))
        journal.batched(batch.last)
    assert spans == [(1, 200), (201, 400), (401, 450)]


def test_an_acknowledgement_that_goes_back_makes_later_receipts_due_again_under_new_keys(journal: Journal) -> None:
    for _ in range(5):
        journal.write(ended())
    first = journal.next_batch()
    assert first is not None
    journal.batched(first.last)
    assert journal.acknowledge(journal.id, 5)
    assert journal.next_batch() is None
    assert journal.acknowledge(journal.id, 2)
    again = journal.next_batch()
    assert again is not None
    assert (again.first, again.last) == (3, 5)
    assert again.key != first.key
    assert again.receipts.lines == first.receipts.lines[2:]


def test_an_acknowledgement_of_another_journal_changes_nothing(journal: Journal) -> None:
    journal.write(ended())
    assert not journal.acknowledge("0" * 32, 1)
    assert journal.acknowledged == 0


def test_a_number_above_ours_begins_a_new_journal(journal: Journal) -> None:
    journal.write(ended())
    before = journal.id
    journal.acknowledge(before, 7)
    assert journal.id != before
    # What was not acknowledged comes first in it: nobody knows whether the office has it.
    assert [receipt.number for receipt in journal.lines()] == [1]
    assert journal.write(ended()).number == 2
    journal.lines()


def test_a_flood_of_refusals_costs_two_lines_an_hour(journal: Journal, clock: SimulatedClock) -> None:
    for _ in range(500):
        journal.refuse(refusal())
    journal.refuse(refusal("expired"))
    assert journal.write_refusals() == 2
    assert [line.body.reason for line in journal.lines()] == ["forged", "expired"]
    assert journal.close_hours() == 0
    clock.advance(3600)
    assert journal.close_hours() == 1
    assert [(line.body.reason, line.body.count) for line in journal.lines()] == [
        ("forged", 1),
        ("expired", 1),
        ("forged", 499),
    ]
    journal.refuse(refusal())
    assert journal.close_hours() == 1
    assert journal.through == 4


def test_refusals_reach_the_card_when_they_are_written_and_only_then(
    journal: Journal, store: Store, clock: SimulatedClock
) -> None:
    journal.write_refusals()
    written = store.changes()[0]
    for _ in range(100):
        journal.refuse(refusal())
    assert store.changes()[0] == written
    assert journal.through == 0
    assert journal.write_refusals() == 1
    # One receipt and one row of counts, however many there were.
    assert store.changes()[0] == written + 2
    for _ in range(100):
        journal.refuse(refusal())
    assert journal.write_refusals() == 0
    assert store.changes()[0] == written + 3
    clock.advance(3600)
    assert journal.close_hours() == 1
    assert journal.lines()[-1].body.count == 199


def test_what_was_refused_is_to_be_written_once_a_second_at_most(journal: Journal, clock: SimulatedClock) -> None:
    assert journal.refuse(refusal())
    assert not any(journal.refuse(refusal("expired")) for _ in range(50))
    clock.advance(0.99)
    assert not journal.refuse(refusal())
    clock.advance(0.01)
    assert journal.refuse(refusal())
    assert not journal.refuse(refusal())


def test_an_hour_counts_the_refusals_that_came_in_it_whenever_they_are_written(
    journal: Journal, clock: SimulatedClock
) -> None:
    journal.refuse(refusal())
    clock.advance(3600)
    journal.refuse(refusal())
    assert journal.close_hours() == 2
    clock.advance(3600)
    assert journal.close_hours() == 0, "neither hour has a second one"


def test_refusals_that_cannot_be_written_stay_counted(
    journal: Journal, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        journal.refuse(refusal())
    with monkeypatch.context() as patched:
        patched.setattr(journal, "write", lambda body: (_ for _ in ()).throw(StoreFull("full")))
        with pytest.raises(StoreFull):
            journal.write_refusals()
    journal.refuse(refusal())
    assert journal.through == 0
    assert journal.write_refusals() == 1
    assert store.db.execute("SELECT more FROM refusals").fetchone()[0] == 3


def test_the_same_acknowledgement_again_costs_the_card_nothing(journal: Journal, store: Store) -> None:
    for _ in range(3):
        journal.write(ended())
    assert journal.acknowledge(journal.id, 2)
    written = store.changes()[0]
    assert journal.acknowledge(journal.id, 2)
    assert store.changes()[0] == written
    assert journal.acknowledge(journal.id, 3)
    assert journal.acknowledged == 3


def test_acknowledged_receipts_are_kept_thirty_days(journal: Journal, clock: SimulatedClock) -> None:
    for _ in range(3):
        journal.write(ended())
    journal.acknowledge(journal.id, 3)
    clock.advance(29 * 86400)
    assert journal.prune() == 0
    clock.advance(2 * 86400)
    assert journal.prune() == 2
    assert journal.write(ended()).number == 4
    assert [line.number for line in journal.lines()] == [3, 4]


def test_a_changed_line_is_found(journal: Journal, store: Store) -> None:
    for _ in range(3):
        journal.write(ended())
    store.db.execute("UPDATE receipts SET line = replace(line, 'played', 'missed') WHERE number = 2")
    with pytest.raises(JournalDamaged):
        journal.lines()


def test_what_fails_together_leaves_no_receipt(journal: Journal, store: Store) -> None:
    def both() -> None:
        with store.transaction():
            journal.write(ended())
            raise OSError("the other half failed")

    with pytest.raises(OSError, match="other half"):
        both()
    assert journal.through == 0


def test_a_show_starts_and_ends_once_in_the_ledger(journal: Journal, store: Store, clock: SimulatedClock) -> None:
    ledger = Ledger(store, journal, clock)
    show = Show("a", "Tin", "office", "normal", NOW, ())
    ledger.claim(show, NOW, unproven=False)
    ledger.started("a", 0.3)
    ledger.interrupt("a", 5000, 5000)
    ledger.claim(show, NOW + timedelta(seconds=60), unproven=False)
    ledger.started("a", 60_000)
    assert ledger.end("a", "played", None, heard_ms=7000)
    assert not ledger.end("a", "missed", Reason(Ending.LATE))
    assert not ledger.end("unknown", "missed", Reason(Ending.LATE))
    start, end = (line.body for line in journal.lines())
    assert isinstance(start, StartedReceipt)
    assert isinstance(end, EndedReceipt)
    assert (start.error_ms, end.outcome, end.heard_ms, end.sounded_ms) == (0.3, "played", 12_000, 12_000)
    assert ledger.heard_today(NOW) == {"office": 12_000, "": 12_000}
    assert ledger.heard_today(NOW + timedelta(days=1)) == {"": 0}


def test_receipts_say_which_document_ordered_the_show_and_by_code_why_it_ended(
    journal: Journal, store: Store, clock: SimulatedClock
) -> None:
    ledger = Ledger(store, journal, clock)
    show = Show("a", "Tin", "office", "normal", NOW, (), kind="plan", epoch=3)
    ledger.claim(show, NOW, unproven=False)
    ledger.started(show.play, 0.3)
    ledger.end(show.play, "cut", Reason(Ending.MINUTES, {"minutes": 60}).after(Reason(Ending.POWER)))
    ledger.end("b", "missed", Reason(Ending.POWER), show=replace(show, id="b", kind="urgent", epoch=0))
    ledger.end("c", "played", None, show=replace(show, id="c"))
    start, cut, missed, played = (line.body for line in journal.lines())
    assert isinstance(start, StartedReceipt)
    assert (start.kind, start.issuer, start.epoch) == ("plan", "office", 3)
    assert isinstance(cut, EndedReceipt)
    assert (cut.kind, cut.issuer, cut.epoch) == ("plan", "office", 3)
    assert (cut.code, cut.parameters) == ("minutes", {"minutes": 60, "after": "power"})
    assert cut.why == "power; quá 60 phút mỗi ngày"
    assert isinstance(missed, EndedReceipt)
    assert (missed.kind, missed.epoch, missed.code, missed.parameters) == ("urgent", 0, "power", None)
    assert isinstance(played, EndedReceipt)
    assert (played.code, played.parameters, played.why) == (None, None, "")


def test_a_show_that_release_0_1_0_claimed_is_ended_by_this_one(tmp_path: Path, clock: SimulatedClock) -> None:
    with Store(tmp_path / "old.sqlite", (JOURNAL_MIGRATION, LEDGER_MIGRATIONS[0])) as old:
        old.db.execute(
            "INSERT INTO plays VALUES ('a', 'Tin', 'office', ?, 0, 0, 'claimed', ?, ?, 0, 0, 0, 0, '2026-11-22',"
            " NULL, NULL)",
            [NOW.isoformat()] * 3,
        )
    with Store(tmp_path / "old.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS)) as store:
        journal = Journal(store, clock, device="loa-1", commune="xa-mau")
        assert Ledger(store, journal, clock).end("a", "cut", Reason(Ending.POWER))
        (line,) = journal.lines()
        assert isinstance(line.body, EndedReceipt)
        assert (line.body.kind, line.body.issuer, line.body.epoch, line.body.code) == (None, None, None, "power")


def test_what_the_release_before_recorded_keeps_its_place_after_the_upgrade(
    tmp_path: Path, clock: SimulatedClock
) -> None:
    """A loudspeaker of today: plays by id alone, with or without the document that ordered them."""
    row = "('{id}', 'Tin', 'office', '{at}', {urgent}, 0, '{state}', '{at}', '{at}', 3, 7, 0, 1, '2026-11-22', {out})"
    at = NOW.isoformat()
    with Store(tmp_path / "old.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS[:2])) as old:
        for values in (
            row.format(id="a", at=at, urgent=0, state="ended", out="'played', '', 'plan', 4"),
            row.format(id="u", at=at, urgent=1, state="interrupted", out="NULL, NULL, 'urgent', 4"),
            row.format(id="z", at=at, urgent=0, state="ended", out="'played', '', NULL, NULL"),
        ):
            old.db.execute(f"INSERT INTO plays VALUES {values}")
    with Store(tmp_path / "old.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS)) as store:
        ledger = Ledger(store, Journal(store, clock, device="loa-1", commune="xa-mau"), clock)
        entries = ledger.entries()
        assert set(entries) == {"plan/office/4/a", "urgent/office/4/u", "z"}
        assert [(one.state, one.position_ms, one.content) for one in entries.values()] == [
            ("ended", 3, None), ("interrupted", 3, None), ("ended", 3, None),
        ]  # fmt: skip
        assert ledger.heard_today(NOW)["office"] == 21
        show = Show("a", "Tin", "office", "normal", NOW, (), kind="plan", epoch=4)
        urgent = replace(show, id="u", kind="urgent", urgent=True)
        z = replace(show, id="z")
        found = identify((show, urgent, z, replace(show, epoch=5)), entries)
        assert [one.play for one in found.shows] == ["plan/office/4/a", "urgent/office/4/u", "z", "plan/office/4/a"]
        other = replace(show, start=NOW + timedelta(hours=1))
        assert [one.play for one in identify((other,), entries).reused] == ["plan/office/4/a"]


def test_an_id_given_to_something_else_is_told_of_the_document_that_did_it(
    journal: Journal, store: Store, clock: SimulatedClock
) -> None:
    """Also where release 0.1.0 claimed it, which recorded no kind."""
    planned = Show("a", "", "office", "normal", NOW, (), kind="plan", epoch=4)
    old = replace(planned, id="z", kind=None, epoch=None)
    Ledger(store, journal, clock).refuse_reused((planned, old, replace(old, id="u", urgent=True)))
    told = [line.body for line in journal.lines()]
    assert [(one.document, one.epoch, one.count) for one in told if isinstance(one, DocumentReceipt)] == [
        ("plan", 4, 1), ("plan", None, 1), ("urgent", None, 1),
    ]  # fmt: skip
    assert len(told) == 3


def test_an_order_is_done_once_and_old_shows_are_forgotten_unless_listed(
    journal: Journal, store: Store, clock: SimulatedClock
) -> None:
    ledger = Ledger(store, journal, clock)
    assert ledger.do_once("o1")
    assert not ledger.do_once("o1")
    for id in ("a", "b"):
        ledger.end(id, "missed", Reason(Ending.LATE), show=Show(id, "", "office", "normal", NOW, ()))
    clock.advance(61 * 86400)
    ledger.prune(frozenset({"b"}))
    assert set(ledger.entries()) == {"b"}


def test_kill_9_leaves_a_whole_chain_with_every_confirmed_receipt(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from langso.timekeeping.clock import SystemClock
        from langso.contract import EndedReceipt
        from langso.durable.store import Store
        from speaker.record.journal import JOURNAL_MIGRATION, Journal
        store = Store(Path(sys.argv[1]), (JOURNAL_MIGRATION,))
        journal = Journal(store, SystemClock(), device="loa-1", commune="xa")
        while True:
            receipt = journal.write(EndedReceipt(occurrence="a", outcome="played"))
            print(receipt.number, flush=True)
        """
    )
    path = tmp_path / "k.sqlite"
    confirmed = 0
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.2)
        os.kill(process.pid, signal.SIGKILL)
        numbers = [int(line) for line in process.stdout.read().split()]
        process.wait()
        confirmed = max(confirmed, *numbers)
        store = Store(path, (JOURNAL_MIGRATION,))
        journal = Journal(store, SimulatedClock(NOW), device="loa-1", commune="xa")
        lines = journal.lines()
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
        assert len(lines) >= confirmed
        store.close()
