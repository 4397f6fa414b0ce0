"""Receipts back to the office in sealed batches until acknowledged, beside the state that every device reports."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from langso.contract import State, Topics
from langso.durable.outbox import Outbox
from langso.durable.store import Store
from langso.mqtt.state_reports import Publisher
from langso.trust import SigningKey, seal
from speaker.record.journal import Journal

log = logging.getLogger(__name__)

RECEIPTS = "receipts"
ANSWER_S = 20.0


class ReceiptSender:
    """Packs the journal's receipts into the outbox and sends them again until the office has stored them."""

    def __init__(
        self,
        *,
        store: Store,
        outbox: Outbox,
        journal: Journal,
        key: SigningKey,
        topics: Topics,
        device: str,
        link: Publisher,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._journal = journal
        self._key = key
        self._topics = topics
        self._device = device
        self._link = link

    def work(self) -> None:
        """One round: close what has ended, pack, send what is due."""
        self._journal.close_hours()
        self.pack()
        if self._link.connected:
            for item in self._outbox.pending(RECEIPTS, limit=20):
                self._link.publish(self._topics.device(self._device, "receipts"), item.body, qos=1)
                self._outbox.postpone(item.id, ANSWER_S)

    def pack(self) -> int:
        """Seals receipts not yet in the outbox; returns how many batches."""
        count = 0
        while True:
            with self._store.transaction():
                batch = self._journal.next_batch()
                if batch is None:
                    return count
                self._outbox.put(RECEIPTS, seal(batch.receipts, RECEIPTS, [self._key]), key=batch.key)
                self._journal.batched(batch.last)
            count += 1

    def take_ack(self, journal: str, through: int) -> None:
        """The office has stored receipts up to `through` of that journal."""
        with self._store.transaction():
            mine = self._journal.acknowledge(journal, through)
            for item in self._all_pending():
                name, _, span = item.key.partition(":")
                last = int(span.partition(":")[0].partition("-")[2])
                if name == journal and last <= through:
                    self._outbox.acknowledge(item.id)
        if not mine:
            log.info("an acknowledgement for another journal %s", journal)

    def in_state(self, state: State) -> State:
        """The state with the journal's name and how far it goes."""
        return state.model_copy(update={"journal": self._journal.id, "receipts_through": self._journal.through})

    def _all_pending(self) -> list[_Pending]:
        rows = self._store.db.execute(
            "SELECT id, key FROM outbox WHERE kind = ? AND acknowledged_at IS NULL", [RECEIPTS]
        ).fetchall()
        return [_Pending(int(row[0]), str(row[1])) for row in rows]


@dataclass(frozen=True)
class _Pending:
    id: int
    key: str
