"""What goes back to the office: the signed, numbered state, and receipts in sealed batches until acknowledged."""

from __future__ import annotations

import logging
import secrets
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from langso.clock import Clock
from langso.contract import ClockReport, HealthLine, Presence, State, Storage, Topics
from langso.contract.reports import Held
from langso.health import Check, worst_first
from langso.outbox import Outbox
from langso.store import Store
from langso.trust import Keeper, SigningKey, seal
from speaker.journal import Journal

log = logging.getLogger(__name__)

RECEIPTS = "receipts"
STATE_EVERY_S = 60.0
SETTLE_S = 0.2
ANSWER_S = 20.0
LEAST_S = 1.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Publisher(Protocol):
    """The part of langso.link.Link that reports need."""

    @property
    def connected(self) -> bool: ...

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, expiry_s: int | None = None
    ) -> object: ...


class Reporter:
    """Publishes in a thread of its own: on `look()`, at least every 60 s, receipts until they are acknowledged.

    `fill` adds to a State what only the agent knows (what plays, media counts); `note` is given each new state's
    JSON, for those who ask on this machine.
    """

    def __init__(
        self,
        *,
        store: Store,
        outbox: Outbox,
        journal: Journal,
        keeper: Keeper,
        key: SigningKey,
        clock: Clock,
        topics: Topics,
        device: str,
        boot: str,
        software: str,
        folder: Path,
        link: Publisher,
        fill: Callable[[State], State],
        checks: Callable[[], list[Check]],
        note: Callable[[bytes], None],
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._journal = journal
        self._keeper = keeper
        self._key = key
        self._clock = clock
        self._topics = topics
        self._device = device
        self._boot = boot
        self._software = software
        self._folder = folder
        self._link = link
        self._fill = fill
        self._checks = checks
        self._note = note
        self._noted = b""
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._again = True
        self._last = b""
        self._last_at = float("-inf")
        self._thread = threading.Thread(target=self._run, name="reports", daemon=True)

    def start(self) -> None:
        """Begins to report."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the report in hand."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def look(self, *, again: bool = False) -> None:
        """Something has changed; `again`: publish the state even if it has not (a new connection)."""
        self._again = self._again or again
        self._wake.set()

    def presence(self, online: bool) -> bytes:
        """The unsigned hint, also used as last will."""
        since = self._clock.now() if online else None
        return Presence(device=self._device, online=online, boot=self._boot, since=since).to_json()

    def state(self) -> State:
        """The state as it is now, without its number."""
        trust = self._keeper.clock_trust()
        usage = shutil.disk_usage(self._folder)
        held: tuple[Held, ...] = tuple(self._keeper.versions()[:500])
        return self._fill(
            State(
                device=self._device,
                role="speaker",
                commune=self._keeper.commune,
                boot=self._boot,
                number=0,
                written=self._clock.now(),
                software=self._software,
                held=held,
                clock=ClockReport(trusted=trust.trusted, reason=trust.reason, why=trust.why),
                storage=Storage(free=usage.free, total=usage.total),
                health=tuple(
                    HealthLine(name=check.name, level=check.level, why=check.why, fix=check.fix)
                    for check in worst_first(self._checks())[:50]
                ),
                journal=self._journal.id,
                receipts_through=self._journal.through,
                needs_nonce=self._keeper.nonce() if self._keeper.needs_nonce or not trust.trusted else None,
            )
        )

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
        self.look()

    def _all_pending(self) -> list[_Pending]:
        rows = self._store.db.execute(
            "SELECT id, key FROM outbox WHERE kind = ? AND acknowledged_at IS NULL", [RECEIPTS]
        ).fetchall()
        return [_Pending(int(row[0]), str(row[1])) for row in rows]

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(5.0)
            self._wake.clear()
            # Changes come in flocks: one report for all of them.
            self._stopping.wait(SETTLE_S)
            try:
                self.report()
            except Exception:
                log.exception("a report failed")
                self._stopping.wait(5.0)

    def report(self) -> None:
        """Packs, sends what is due, publishes the state where it has changed or is old."""
        self._journal.close_hours()
        self.pack()
        state = self.state()
        # What changes by itself (time, free bytes) is no news.
        news = state.model_copy(update={"written": _EPOCH, "storage": Storage(free=0, total=0)}).to_json()
        if news != self._noted:
            self._noted = news
            self._note(state.to_json())
        if self._link.connected:
            self._send_receipts()
            self._send_state(state, news)

    def _send_receipts(self) -> None:
        for item in self._outbox.pending(RECEIPTS, limit=20):
            self._link.publish(self._topics.device(self._device, "receipts"), item.body, qos=1)
            self._outbox.postpone(item.id, ANSWER_S)

    def _send_state(self, state: State, news: bytes) -> None:
        now = self._clock.monotonic()
        old = now - self._last_at
        if not self._again and old < STATE_EVERY_S and (news == self._last or old < LEAST_S):
            if news != self._last:
                self._wake.set()
            return
        self._again = False
        numbered = state.model_copy(update={"number": self._journal.next_state_number()})
        self._link.publish(
            self._topics.device(self._device, "state"), seal(numbered, "state", [self._key]), qos=1, retain=True
        )
        self._last, self._last_at = news, now


@dataclass(frozen=True)
class _Pending:
    id: int
    key: str


def new_boot() -> str:
    """128 random bits that name this run of the process."""
    return secrets.token_hex(16)
