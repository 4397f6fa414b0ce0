"""Where documents come in, from a topic or a courier: verified, kept, and receipted."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from langso.contract import (
    DocumentReceipt,
    Order,
    ReceiptsAck,
    Topics,
    TrustDocument,
)
from langso.contract.base import Document
from langso.courier.spool import Outcome
from langso.errors import LangsoError
from langso.trust import Keeper, Refused, Taken
from speaker.flood_watch import FloodWatch
from speaker.held_orders import HeldOrders
from speaker.lately_examined import LatelyExamined
from speaker.media.library import Library
from speaker.record.journal import Journal

log = logging.getLogger(__name__)

TAKEN = ("ack", "order", "plan", "trust", "urgent")
"""The kinds of document a loudspeaker takes; its state lists them under `understands`."""


@dataclass(frozen=True)
class Handlers:
    """What the agent wants to be called for when a document was taken or refused; `on_written`: its receipt stands,
    and is not on the card yet.
    """

    on_trust: Callable[[TrustDocument], None]
    on_orders: Callable[[], None]
    on_device_order: Callable[[Order], None]
    on_ack: Callable[[ReceiptsAck], None]
    on_refused: Callable[[], None]
    on_urgent: Callable[[], None] = lambda: None
    on_written: Callable[[], object] = lambda: None


class Inbox:
    """Gives whatever arrives to the Keeper, which verifies it, and writes the receipt; thread-safe."""

    def __init__(
        self,
        keeper: Keeper,
        journal: Journal,
        library: Library,
        held: HeldOrders,
        topics: Topics,
        device: str,
        handlers: Handlers,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        flood: FloodWatch | None = None,
    ) -> None:
        self._keeper = keeper
        self._journal = journal
        self._library = library
        self._held = held
        self._topics = topics
        self._device = device
        self._handlers = handlers
        self._lock = threading.RLock()
        self._lately = LatelyExamined(monotonic)
        self._flood = flood
        self.missed = False

    def receive(self, topic: str, payload: bytes, retain: bool) -> None:
        """One message from the broker. An empty one is a cleared topic, not a document. `missed` is set where one
        could be neither taken nor refused: what is retained is then to be asked for again.
        """
        address = self._topics.read(topic)
        if address is None or not payload or address.device not in (None, self._device):
            return
        kind = "ack" if address.leaf == "receipts/ack" else address.leaf
        if kind in TAKEN:
            if self._flood is not None:
                self._flood.came(kind, len(payload), retained=retain)
            try:
                self.take(kind, payload, issuer=address.issuer)
            except (LangsoError, OSError):
                log.exception("%s was not taken", kind)
                self.missed = True
            if self._flood is not None:
                self._flood.look()

    def carried(self, kind: str, raw: bytes, *, issuer: str | None = None) -> Outcome:
        """Takes one document from a courier. A stick that is older than what is held is no attack: no receipt.

        Raises Refused for any other refusal, once it is receipted.
        """
        try:
            with self._lock:
                taken = self._verified(kind, raw, issuer)
        except Refused as refused:
            if refused.reason == "rolled_back":
                return "older"
            self._refuse(kind, issuer, refused)
            raise
        if isinstance(taken.document, ReceiptsAck) and self._has_gone_by(taken.document):
            return "older"
        self._taken(kind, taken)
        return "taken" if taken.fresh else "same"

    def take(self, kind: str, raw: bytes, *, issuer: str | None = None) -> Taken | None:
        """Takes one document from the broker; a refusal is receipted, what is known already needs no second look:
        both give None.
        """
        name = self._lately.name(kind, issuer, raw)
        known = self._lately.find(name)
        if known is not None:
            if known.refused is not None:
                self._refuse(kind, issuer, known.refused)
            return None
        try:
            with self._lock:
                taken = self._verified(kind, raw, issuer)
        except Refused as refused:
            # Without the frames it came through, which hold the message itself.
            self._lately.refuse(name, refused.with_traceback(None))
            self._refuse(kind, issuer, refused)
            return None
        self._taken(kind, taken)
        self._lately.took(name)
        return taken

    def _has_gone_by(self, ack: ReceiptsAck) -> bool:
        """Whether it goes back only because it lay on an old stick: an office that was restored from a backup, and
        asks for what it has lost, writes it after all that is held here.
        """
        if ack.through >= self._journal.acknowledged:
            return False
        held = [taken for kind in ("plan", "urgent", "order") for taken in self._keeper.all_held(kind)]
        return any(isinstance(one.document, Document) and ack.written < one.document.issued for one in held)

    def _refuse(self, kind: str, issuer: str | None, refused: Refused) -> None:
        due = self._journal.refuse(
            DocumentReceipt(
                document=kind,
                issuer=(refused.issuer or issuer or "")[:200],
                outcome="refused",
                version=_countable(refused.version),
                sha256=refused.sha256,
                reason=refused.reason,
                epoch=refused.epoch,
                code=refused.reason,
                why=str(refused),
            ),
            refused.detail,
        )
        if due:
            self._handlers.on_refused()

    def _verified(self, kind: str, raw: bytes, issuer: str | None) -> Taken:
        if kind == "trust":
            return self._keeper.take_trust(raw)
        # What cannot wait sounds first, and is kept on the card while it does.
        early = self._sound_first if kind == "urgent" else None
        return self._keeper.take(kind, raw, topic_issuer=issuer, before_kept=early)

    def _sound_first(self) -> None:
        self._held.refresh()
        self._handlers.on_urgent()

    def _taken(self, kind: str, taken: Taken) -> None:
        document = taken.document
        if isinstance(document, ReceiptsAck):
            if taken.fresh:
                self._handlers.on_ack(document)
            return
        if taken.fresh:
            if kind != "urgent":
                self._held.refresh()
            ready, wanted = self._library.counts()
            assert isinstance(document, Document)
            receipt = DocumentReceipt(
                document=kind,
                issuer=document.issuer,
                outcome="stored",
                version=_countable(document.version),
                sha256=taken.sha256,
                media_ready=ready,
                media_wanted=wanted,
                epoch=document.epoch,
            )
            # Written and sealed with one sync of the card: the office waits for it.
            with self._journal.together():
                self._journal.write(receipt)
                try:
                    self._handlers.on_written()
                except LangsoError:
                    log.exception("the receipt is sealed later")
            log.info("%s %s of %s stored", kind, document.version, document.issuer)
        if taken.fresh and isinstance(document, TrustDocument | Order):
            self._lately.forget()
        if isinstance(document, TrustDocument) and taken.fresh:
            self._handlers.on_trust(document)
        if isinstance(document, Order):
            # Again at each reconnection: what a crash left undone is done now, what was done is not repeated.
            self._handlers.on_device_order(document)
        if taken.fresh:
            self._handlers.on_orders()


def _countable(version: int | None) -> int | None:
    """A version as a receipt can carry it (below 2^53); larger ones are attacks, told apart by their hash."""
    return version if version is None or version < 1 << 53 else (1 << 53) - 1
