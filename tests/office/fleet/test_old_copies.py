"""An office from an old backup, a device from an old card: the real ingest against the real journal and outbox."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from langso.contract import EndedReceipt, ReceiptsAck, Topics
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.timekeeping.clock import SimulatedClock
from langso.trust import SigningKey
from office.fleet.receipts import PATIENCE_S, ReceiptStore
from speaker.record.journal import JOURNAL_MIGRATION, Journal
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.plays import Ledger
from speaker.record.receipts import ANSWER_S, ReceiptSender

MIGRATIONS = (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS, OUTBOX_MIGRATION)


class Pole:
    """A loudspeaker's journal and outbox on a card that can be copied; its line goes into an office's ingest.

    `old_office`: its acknowledgements lack what came after release 0.1.0.
    """

    connected = True

    def __init__(self, world: Any, folder: Path, clock: SimulatedClock) -> None:
        self.world, self.folder, self.clock = world, folder, clock
        self.key = SigningKey.generate()
        world.office.fleet.register("loa-1", "speaker", "Thôn 1", "thon-1", self.key.public)
        self.ingest = ReceiptStore(world.office.store, clock)
        self.sent = 0
        self.old_office = False
        folder.mkdir()
        self.switch_on()

    def switch_on(self) -> None:
        self.store = Store(self.folder / "s.sqlite", MIGRATIONS)
        self.journal = Journal(self.store, self.clock, device="loa-1", commune="hoa-son")
        self.ledger = Ledger(self.store, self.journal, self.clock)
        self.outbox = Outbox(self.store, self.clock)
        self.sender = ReceiptSender(
            store=self.store, outbox=self.outbox, journal=self.journal, key=self.key, topics=Topics("hoa-son"),
            device="loa-1", link=self,
        )  # fmt: skip

    def copy_card(self, to: Path) -> None:
        self.store.close()
        shutil.copytree(self.folder, to)
        self.switch_on()

    def restore_card(self, copy: Path) -> None:
        self.store.close()
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        self.switch_on()

    def publish(self, topic: str, payload: bytes, *, on_sent: Callable[[], object], **_: object) -> object:
        self.sent += 1
        # The broker's word comes before the office's.
        on_sent()
        stored = self.ingest.take(self.world.office.fleet.device("loa-1"), payload, ("hoa-son",))
        ack = self.ingest.ack(stored, "hoa-son")
        if self.old_office:
            ack = ack.model_copy(update={"head": None})
        self.hear(ack)
        return None

    def withdraw(self, tag: str) -> None: ...

    def hear(self, ack: ReceiptsAck) -> None:
        self.sender.take_ack(ack.journal, ack.through, head=ack.head, conflict=ack.conflict)

    def plays(self, *names: str) -> None:
        for name in names:
            self.journal.write(EndedReceipt(occurrence=name, outcome="played"))

    def rounds(self, count: int = 6) -> None:
        for _ in range(count):
            self.sender.work()
            self.clock.advance(ANSWER_S + 1)

    def at_the_office(self) -> list[str]:
        rows = self.world.office.store.db.execute("SELECT line FROM receipts ORDER BY rowid").fetchall()
        return [str(row[0]).partition('"occurrence":"')[2].partition('"')[0] for row in rows]


@pytest.fixture
def pole(office_world: Any, tmp_path: Path, clock: SimulatedClock) -> Pole:
    return Pole(office_world, tmp_path / "card", clock)


@pytest.fixture
def clock(office_world: Any) -> SimulatedClock:
    return SimulatedClock(office_world.office.clock.now())


def names(first: int, last: int) -> list[str]:
    return [f"o{number}" for number in range(first, last + 1)]


# ---- the office


@pytest.mark.parametrize("kept", [0, 5], ids=["its database lost", "from an old backup"])
def test_an_office_of_before_the_devices_memory_goes_on_with_what_there_is_and_says_what_is_not(
    pole: Pole, clock: SimulatedClock, kept: int
) -> None:
    """Before: an old backup stopped the receipts of every device for good."""
    pole.plays(*names(1, 5))
    pole.rounds(1)
    db = pole.world.office.store.db
    backup = [db.execute(f"SELECT * FROM {table}").fetchall() for table in ("receipts", "journals")]
    pole.plays(*names(6, 20))
    pole.rounds(1)
    clock.advance(timedelta(days=31).total_seconds())
    pole.plays(*names(21, 25))
    pole.rounds(1)
    clock.advance(timedelta(days=10).total_seconds())
    assert pole.journal.prune() == 20
    with pole.world.office.store.transaction() as changing:
        for table, rows in zip(("receipts", "journals"), backup, strict=True):
            changing.execute(f"DELETE FROM {table}")
            for row in rows if kept else ():
                changing.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", list(row))
    pole.plays("o26")
    pole.rounds(2)
    assert pole.at_the_office() == names(1, kept), "the device is told first what is stored"
    pole.rounds(int(PATIENCE_S / ANSWER_S) + 2)
    assert pole.at_the_office() == [*names(1, kept), *names(21, 26)]
    (missing,) = pole.ingest.missing()
    assert (missing.device, missing.first, missing.last) == ("loa-1", kept + 1, 20)
    assert pole.outbox.waiting() == 0
    pole.plays("o27")
    pole.rounds(1)
    assert pole.at_the_office()[-1] == "o27"
    row = next(one for one in pole.world.office.fleet_rows() if one.device.id == "loa-1")
    assert row.missing == 20 - kept


def test_a_batch_that_was_only_late_is_no_gap(pole: Pole, clock: SimulatedClock) -> None:
    pole.plays(*names(1, 3))
    pole.rounds(1)
    pole.plays("o4")
    pole.connected = False
    pole.sender.work()
    pole.connected = True
    pole.plays("o5")
    pole.rounds(1)
    assert pole.at_the_office() == names(1, 5)
    assert pole.ingest.missing() == []


# ---- the card


Restored = Callable[[int, int], None]


@pytest.mark.parametrize("old_office", [False, True], ids=["", "an office of 0.1.0"])
@pytest.mark.parametrize("since", [1, 4, 9], ids=["fewer", "as many", "more"])
def test_a_card_from_an_old_copy_begins_a_new_journal_and_loses_nothing_unsent(
    pole: Pole, tmp_path: Path, since: int, old_office: bool
) -> None:
    """Before: with fewer receipts than the office had it deleted them, with more it sent the last for ever."""
    pole.old_office = old_office
    pole.plays(*names(1, 6))
    pole.rounds(1)
    pole.plays("truoc")
    pole.copy_card(tmp_path / "copy")
    pole.plays(*names(8, 10))
    pole.rounds(1)
    before = pole.at_the_office()
    pole.restore_card(tmp_path / "copy")
    old = pole.journal.id
    new = [f"moi{number}" for number in range(since)]
    pole.plays(*new)
    pole.rounds(8)
    assert pole.journal.id != old
    assert pole.outbox.waiting() == 0
    assert pole.at_the_office()[: len(before)] == before
    assert pole.at_the_office()[len(before) :] == ["truoc", *new], (
        "once more at most what had been sent since the copy"
    )
    sent = pole.sent
    pole.rounds(3)
    assert pole.sent == sent, "and it is quiet again"
    pole.journal.lines()


def test_what_the_broker_kept_for_the_machine_of_before_deletes_nothing(pole: Pole, tmp_path: Path) -> None:
    pole.plays(*names(1, 6))
    pole.rounds(1)
    pole.copy_card(tmp_path / "copy")
    pole.plays(*names(7, 10))
    pole.rounds(1)
    retained = pole.ingest.ack(pole.ingest.standing("loa-1", pole.journal.id), "hoa-son")
    pole.restore_card(tmp_path / "copy")
    pole.plays(*(f"moi{number}" for number in range(7)))
    # It is heard before anything is sent, and says "10", which is another receipt here.
    pole.hear(retained)
    pole.rounds(3)
    assert pole.at_the_office() == [*names(1, 10), *(f"moi{number}" for number in range(7))]


def test_two_machines_with_one_name_begin_no_journals_without_end(pole: Pole) -> None:
    pole.plays("a")
    pole.rounds(1)
    said = ReceiptsAck(
        issuer="office", device="loa-1", commune="hoa-son", journal=pole.journal.id, through=1,
        written=pole.clock.now(), conflict=True,
    )  # fmt: skip
    journals = set()
    for _ in range(50):
        pole.hear(said.model_copy(update={"journal": pole.journal.id, "through": pole.journal.through}))
        journals.add(pole.journal.id)
        pole.plays("b")
        pole.rounds(1)
    assert len(journals) == 1


def test_what_replaces_an_ending_names_it_by_its_number_in_the_new_journal(pole: Pole) -> None:
    from speaker.programme.shows import Show

    now = pole.clock.now()
    show = Show(
        id="sang",
        title="Sáng",
        issuer="office",
        broadcast_class="normal",
        start=now,
        sources=(),
        kind="plan",
        epoch=1,
    )
    pole.plays("o1")
    pole.rounds(1)
    pole.ledger.end(show.play, "missed", None, show=show, provisional=True)
    assert pole.journal.through == 2
    pole.journal.acknowledge(pole.journal.id, 99)
    pole.ledger.take_back([show.play])
    pole.ledger.end(show.play, "refused", None, show=show)
    first, second = (line.body for line in pole.journal.lines())
    assert isinstance(first, EndedReceipt)
    assert isinstance(second, EndedReceipt)
    assert (first.final, second.final, second.replaces) == (False, True, 1)
