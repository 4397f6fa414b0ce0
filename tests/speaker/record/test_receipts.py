"""Receipts on a slow line: each is sent once, and again only where the office does not answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from langso.contract import EndedReceipt, Receipt, Receipts, Topics
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.mqtt.waiting import Outgoing, Waiting
from langso.timekeeping.clock import SimulatedClock
from langso.trust import SigningKey, open_sealed
from speaker.record.journal import JOURNAL_MIGRATION, Journal
from speaker.record.play_tables import LEDGER_MIGRATIONS
from speaker.record.receipts import ANSWER_S, RECEIPTS, ReceiptSender

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)


class SlowLine:
    """A link whose broker takes a message when `carry` is called; what it took is counted by its bytes."""

    connected = True

    def __init__(self) -> None:
        self.waiting = Waiting()
        self.carried: Counter[bytes] = Counter()

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        expiry_s: int | None = None,
        tag: str | None = None,
        on_sent: Callable[[], None] | None = None,
    ) -> bool:
        return self.waiting.put(Outgoing(topic, payload, qos, retain, expiry_s, tag, on_sent))

    def withdraw(self, tag: str) -> None:
        self.waiting.withdraw(tag)

    def carry(self) -> bytes | None:
        message = self.waiting.take()
        if message is None:
            return None
        self.carried[message.payload] += 1
        message.finish(True)
        return message.payload


class Device:
    def __init__(self, folder: Path) -> None:
        self.clock = SimulatedClock(NOW)
        self.store = Store(folder / "s.sqlite", (JOURNAL_MIGRATION, *LEDGER_MIGRATIONS, OUTBOX_MIGRATION))
        self.journal = Journal(self.store, self.clock, device="loa-1", commune="hoa-son")
        self.key, self.line = SigningKey.generate(), SlowLine()
        self.sender = ReceiptSender(
            store=self.store,
            outbox=Outbox(self.store, self.clock),
            journal=self.journal,
            key=self.key,
            topics=Topics("hoa-son"),
            device="loa-1",
            link=self.line,
        )

    def write(self, occurrence: str) -> None:
        """One receipt, in a batch of its own."""
        self.journal.write(EndedReceipt(occurrence=occurrence, outcome="played"))
        self.sender.pack()

    def head(self) -> str:
        """The hash of the last receipt, as the office says it."""
        row = self.store.db.execute("SELECT sha256 FROM receipts ORDER BY number DESC LIMIT 1").fetchone()
        return str(row[0])

    def wait(self, seconds: float) -> None:
        """Rounds every five seconds."""
        for _ in range(int(seconds / 5)):
            self.clock.advance(5)
            self.sender.work()

    def acknowledge(self, raw: bytes) -> None:
        batch = Receipts.model_validate_json(open_sealed(raw, RECEIPTS, [self.key.public]))
        self.sender.take_ack(batch.journal, Receipt.model_validate_json(batch.lines[-1]).number)


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    made = Device(tmp_path)
    yield made
    made.store.close()


def test_a_line_that_takes_one_in_a_minute_carries_each_once(device: Device) -> None:
    for number in range(11):
        device.write(f"o{number}")
    for _ in range(11):
        device.wait(60)
        raw = device.line.carry()
        assert raw is not None
        device.acknowledge(raw)
    assert sorted(device.line.carried.values()) == [1] * 11
    device.wait(120)
    assert device.line.carry() is None


def test_the_answer_is_awaited_from_the_moment_the_broker_has_it(device: Device) -> None:
    device.write("o1")
    device.wait(60)
    assert device.line.carry() is not None
    device.wait(ANSWER_S - 5)
    assert device.line.carry() is None
    device.wait(10)
    assert device.line.carry() is not None


def test_an_acknowledgement_withdraws_what_still_waits(device: Device) -> None:
    device.write("o1")
    device.write("o2")
    device.wait(5)
    first = device.line.carry()
    assert first is not None
    # The office has had both, from before: by stick, or on a line that broke.
    device.sender.take_ack(device.journal.id, device.journal.through, head=device.head())
    assert device.line.carry() is None


def test_on_an_old_card_an_acknowledgement_without_a_hash_takes_nothing_that_has_not_left(device: Device) -> None:
    """As an office of 0.1.0 retains it: it speaks of receipts that this card has forgotten."""
    for number in range(3):
        device.write(f"o{number}")
    device.sender.take_ack(device.journal.id, 3)
    device.wait(5)
    first = device.line.carry()
    assert first is not None
    device.sender.take_ack(device.journal.id, 2)
    assert device.journal.acknowledged == 0
    device.acknowledge(first)
    assert device.journal.acknowledged == 1
    second, third = device.line.carry(), device.line.carry()
    assert second is not None
    assert third is not None
    device.acknowledge(third)
    assert device.journal.acknowledged == 3


def test_what_a_courier_took_has_left(device: Device) -> None:
    device.write("o1")
    device.sender.unacknowledged()
    device.sender.take_ack(device.journal.id, 1)
    assert device.journal.acknowledged == 1


def test_more_than_there_is_still_means_an_old_card(device: Device) -> None:
    device.write("o1")
    before = device.journal.id
    device.sender.take_ack(before, 2)
    assert device.journal.id != before
    assert device.journal.through == 1


def test_a_conflict_without_a_hash_is_believed(device: Device) -> None:
    device.write("o1")
    before = device.journal.id
    device.sender.take_ack(before, 1, conflict=True)
    assert device.journal.id != before


def test_one_for_another_journal_withdraws_nothing(device: Device) -> None:
    device.write("o1")
    device.wait(5)
    device.sender.take_ack("0" * 32, 1)
    assert device.line.carry() is not None
