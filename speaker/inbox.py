"""What the device holds, as orders to perform; and what it takes from a topic, with the receipt for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from langso.contract import (
    DocumentReceipt,
    Order,
    Plan,
    ReceiptsAck,
    Topics,
    TrustDocument,
    Urgent,
)
from langso.contract.base import Document
from langso.trust import Keeper, Refused, Taken
from speaker.conductor import Orders
from speaker.media.library import Library
from speaker.programme.policy import Policy
from speaker.programme.shows import Show, cleared, shows_of_plan, shows_of_urgent, stops_of_urgent
from speaker.record.journal import Journal

log = logging.getLogger(__name__)

NEEDS_TRUST = ("plan", "urgent", "order", "receipts/ack")


@dataclass(frozen=True)
class Handlers:
    """What the agent does when a document has been taken."""

    on_trust: Callable[[TrustDocument], None]
    on_orders: Callable[[], None]
    on_device_order: Callable[[Order], None]
    on_ack: Callable[[ReceiptsAck], None]
    on_refused: Callable[[], None]


class Inbox:
    """Verifies with the Keeper whatever arrives, by whatever way; thread-safe."""

    def __init__(
        self,
        keeper: Keeper,
        journal: Journal,
        library: Library,
        topics: Topics,
        device: str,
        handlers: Handlers,
        *,
        village: str | None,
        volume: Callable[[], int],
    ) -> None:
        self._keeper = keeper
        self._journal = journal
        self._library = library
        self._topics = topics
        self._device = device
        self._handlers = handlers
        self._village = village
        self._volume = volume
        self._lock = threading.RLock()
        self._local: dict[str, Show] = {}
        self._cached: Orders | None = None
        self._urgents: tuple[tuple[Urgent, bool], ...] = ()

    def receive(self, topic: str, payload: bytes, retain: bool) -> None:
        """One message from the broker. An empty one is a cleared topic, not a document."""
        del retain
        address = self._topics.read(topic)
        if address is None or not payload or address.device not in (None, self._device):
            return
        kind = "ack" if address.leaf == "receipts/ack" else address.leaf
        if kind in ("trust", "plan", "urgent", "order", "ack"):
            self.take(kind, payload, issuer=address.issuer)

    def take(self, kind: str, raw: bytes, *, issuer: str | None = None) -> Taken | None:
        """Takes one document from the broker or a courier; a refusal is receipted and gives None."""
        try:
            with self._lock:
                taken = self._keeper.take_trust(raw) if kind == "trust" else self._take(kind, raw, issuer)
        except Refused as refused:
            log.warning("%s refused: %s (%s)", kind, refused.reason, refused.detail)
            self._journal.refuse(
                DocumentReceipt(
                    document=kind,
                    issuer=(refused.issuer or issuer or "")[:200],
                    outcome="refused",
                    version=_countable(refused.version),
                    sha256=refused.sha256,
                    reason=refused.reason,
                    why=str(refused),
                )
            )
            self._handlers.on_refused()
            return None
        self._taken(kind, taken)
        return taken

    def orders_at(self, now: datetime | None) -> Orders:
        """Everything held, as orders; `now` None where the clock is not trusted."""
        with self._lock:
            if self._cached is None:
                self._cached = self._read()
            orders, urgents = self._cached, self._urgents
        stops = tuple(
            stop for urgent, wide in urgents for stop in stops_of_urgent(urgent, self._device, now, wide=wide)
        )
        return replace(orders, stops=stops) if stops else orders

    def refresh(self) -> None:
        """Held documents, the volume or local shows have changed."""
        with self._lock:
            self._cached = None
        orders = self.orders_at(None)
        self._library.want(orders.media(), orders.urgent_media())

    def add_local(self, show: Show) -> None:
        """A show that no document holds: the test sound an order asked for."""
        with self._lock:
            self._local[show.id] = show
        self.refresh()

    def _take(self, kind: str, raw: bytes, issuer: str | None) -> Taken:
        return self._keeper.take(kind, raw, topic_issuer=issuer)

    def _taken(self, kind: str, taken: Taken) -> None:
        document = taken.document
        if isinstance(document, ReceiptsAck):
            self._handlers.on_ack(document)
            return
        if taken.fresh:
            self.refresh()
            ready, wanted = self._library.counts()
            assert isinstance(document, Document)
            self._journal.write(
                DocumentReceipt(
                    document=kind,
                    issuer=document.issuer,
                    outcome="stored",
                    version=_countable(document.version),
                    sha256=taken.sha256,
                    media_ready=ready,
                    media_wanted=wanted,
                )
            )
            log.info("%s %s of %s stored", kind, document.version, document.issuer)
        if isinstance(document, TrustDocument) and taken.fresh:
            self._handlers.on_trust(document)
        if isinstance(document, Order):
            # Again at each reconnection: what a crash left undone is done now, what was done is not repeated.
            self._handlers.on_device_order(document)
        if taken.fresh:
            self._handlers.on_orders()

    def _read(self) -> Orders:
        trust = self._keeper.trust
        policy = Policy.of(trust, self._village, self._volume())
        scheduled: list[Show] = []
        urgent: list[Show] = list(self._local.values())
        named: frozenset[str] = frozenset()
        urgents: list[tuple[Urgent, bool]] = []
        for taken in self._keeper.all_held("plan"):
            if isinstance(taken.document, Plan):
                wide = _wide(policy, taken.document.issuer)
                scheduled += shows_of_plan(taken.document, self._device, wide=wide)
        for taken in self._keeper.all_held("urgent"):
            if isinstance(taken.document, Urgent):
                wide = _wide(policy, taken.document.issuer)
                urgents.append((taken.document, wide))
                urgent += shows_of_urgent(taken.document, self._device, wide=wide)
                named |= cleared(taken.document, wide=wide)
        self._urgents = tuple(urgents)
        scheduled.sort(key=lambda show: (show.audible, show.id))
        return Orders(tuple(scheduled), tuple(urgent), (), named, policy)


def _wide(policy: Policy, issuer: str) -> bool:
    rule = policy.rule(issuer)
    return rule is not None and "*" in rule.places


def _countable(version: int | None) -> int | None:
    """A version as a receipt can carry it (below 2^53); larger ones are attacks, told apart by their hash."""
    return version if version is None or version < 1 << 53 else (1 << 53) - 1
