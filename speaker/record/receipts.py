"""Receipts on their way to the office: sealed in batches and sent again until acknowledged."""

from __future__ import annotations

import functools
import logging

from langso.contract import State, Topics
from langso.durable.outbox import Outbox
from langso.durable.store import Store
from langso.mqtt.state_reports import Publisher
from langso.trust import SigningKey, seal
from speaker.record.journal import Journal

log = logging.getLogger(__name__)

RECEIPTS = "receipts"
ANSWER_S = 20.0
AT_ONCE = 20


class ReceiptSender:
    """Packs the journal's receipts into the outbox and sends them until the office has stored them. The thread that
    reports the state calls `work` in each of its rounds.
    """

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
        self._gone: tuple[str, int] = ("", 0)

    def work(self) -> None:
        """One round: writes counts of past hours, packs new receipts, sends what is due."""
        self._journal.close_hours()
        self.pack()
        if self._link.connected:
            for item in self._outbox.pending(RECEIPTS, limit=AT_ONCE):
                # On a slow line it may still be on its way: then it is not sent a second time, and the office's
                # answer is awaited from the moment at which the broker has it.
                self._link.publish(
                    self._topics.device(self._device, "receipts"),
                    item.body,
                    qos=1,
                    tag=_tag(item.id),
                    on_sent=functools.partial(self._has_left, item.id, item.key),
                )
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

    def unacknowledged(self) -> list[tuple[int, bytes]]:
        """Every sealed batch that the office has not acknowledged, with its number in the outbox, the oldest first,
        whatever the line is doing.
        """
        self._journal.close_hours()
        self.pack()
        items = list(self._outbox.unacknowledged(RECEIPTS))
        for item in items:
            self._note_gone(item.key)
        return [(item.id, item.body) for item in items]

    def take_ack(self, journal: str, through: int, *, head: str | None = None, conflict: bool = False) -> None:
        """The office has stored receipts up to `through` of that journal. Batches of a journal that is no more are
        not sent again: the new one holds what was in them. An office before 0.3.0 says no `head`: of a card restored
        from an old copy it may mean other receipts, so that what has not left since the start is sent first.
        """
        if head is None and not conflict and self._never_left(journal, through):
            return
        with self._store.transaction():
            mine = self._journal.acknowledge(journal, through, head=head, conflict=conflict)
            now = self._journal.id
            for id, key in self._outbox.keys(RECEIPTS).items():
                name, last = _span(key)
                if name != now or (name == journal and last <= through):
                    self._outbox.acknowledge(id)
                    self._link.withdraw(_tag(id))
        if not mine:
            log.info("an acknowledgement for another journal %s", journal)

    def in_state(self, state: State) -> State:
        """The state with the journal's name and how far it goes."""
        return state.model_copy(update={"journal": self._journal.id, "receipts_through": self._journal.through})

    def _has_left(self, id: int, key: str) -> None:
        self._outbox.postpone(id, ANSWER_S)
        self._note_gone(key)

    def _note_gone(self, key: str) -> None:
        name, last = _span(key)
        self._gone = (name, max(last, self._gone[1]) if name == self._gone[0] else last)

    def _never_left(self, journal: str, through: int) -> bool:
        """Whether these are receipts of ours that nobody can have by now, and not more than we have."""
        if journal != self._journal.id or not self._journal.acknowledged < through <= self._journal.through:
            return False
        return self._gone[0] != journal or through > self._gone[1]


def _span(key: str) -> tuple[str, int]:
    """The journal of a batch in the outbox, and its last receipt's number."""
    name, _, span = key.partition(":")
    return name, int(span.partition(":")[0].partition("-")[2])


def _tag(id: int) -> str:
    return f"{RECEIPTS}:{id}"
