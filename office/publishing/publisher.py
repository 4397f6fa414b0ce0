"""The office's one connection to the broker: sends what is signed, takes what devices report, and keeps both in step.

The database is the truth, the broker only a notice board. Any process may sign something; the publisher, in the web
process, sees it within a second by the rising ids of documents. Handling a message waits for nothing but SQLite.
"""

from __future__ import annotations

import hashlib
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from langso.contract import State, Topics
from langso.errors import LangsoError
from langso.mqtt.link import Link
from langso.settings.model import Settings
from langso.timekeeping.clock import Clock
from langso.trust import Refused
from langso.words.catalogue import Sentence, Words, words_of
from office.fleet.devices import Fleet
from office.fleet.nonces import Nonces
from office.fleet.receipts import Stored
from office.people.audit import Audit, ChainEnd
from office.places import OfficeHome
from office.publishing.catalogue import CatalogueKeeper
from office.publishing.documents import ALL, Documents, Issued
from office.publishing.orders import DeviceOrders
from office.publishing.other_issuers import OtherIssuers
from office.publishing.speaker_orders import SpeakerOrders
from office.publishing.talk_rights import TalkRights
from office.signer.client import SignerClient
from office.signer.errors import SignerUnreachable
from office.signer.places import ISSUER

log = logging.getLogger(__name__)

CLIENT_ID = "office"
LISTEN_S = 2.0
LOOK_S = 1.0
REFRESH_S = 60.0
AGAIN_S = 10.0
CATCH_UP_S = 3.0
MAX_QUEUE = 20_000
_KINDS_OF = {"speaker": ("plan", "urgent", "order"), "kiosk": ("catalogue", "order")}


@dataclass(frozen=True)
class PublisherStatus:
    """For the page: connected or why not, and the last thing that went wrong ("" if nothing)."""

    connected: bool
    why: str
    trouble: Words


class OfficePublisher:
    """Owns the link as client `office`; `on_change` is called after something new was stored (for live pages),
    `turned` after every round.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        home: OfficeHome,
        documents: Documents,
        speaker_orders: SpeakerOrders,
        catalogue: CatalogueKeeper,
        orders: DeviceOrders,
        talk: TalkRights,
        fleet: Fleet,
        signer: SignerClient,
        audit: Audit,
        others: OtherIssuers,
        clock: Clock,
        on_change: Callable[[], None] = lambda: None,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        self._topics = Topics(settings.commune.code)
        self._home = home
        self._documents = documents
        self._speaker_orders = speaker_orders
        self._catalogue = catalogue
        self._orders = orders
        self._talk = talk
        self._fleet = fleet
        self._signer = signer
        self._audit = audit
        self._others = others
        self._clock = clock
        self._on_change = on_change
        self._turned = turned
        self._link = Link(settings.link, CLIENT_ID, on_message=self._receive, on_state=self._linked)
        self._inbox: queue.Queue[tuple[str, bytes]] = queue.Queue(MAX_QUEUE)
        self._stopping = threading.Event()
        self._came_up: float | None = None
        self._ready = False
        self._shown = -1
        self._trust_sha = ""
        self._refreshed = float("-inf")
        self._caught_up = self._head_told = float("-inf")
        self._head: ChainEnd | None = None
        self._repeated: dict[tuple[str, str], float] = {}
        self._nonces = Nonces(clock.monotonic)
        self._trouble: Words = ""
        self._stuck: Words = ""
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    @property
    def status(self) -> PublisherStatus:
        """Whether it is connected, and the last thing that went wrong."""
        return PublisherStatus(self._link.connected, self._link.why, self._trouble)

    def start(self) -> None:
        """Connects and works in the background for ever; returns at once."""
        for leaf in ("presence", "state", "receipts"):
            self._link.subscribe(self._topics.device("+", leaf))
        # Our own retained words: after a lost database the broker may remember more than we do.
        self._link.subscribe(self._topics.plan)
        self._link.subscribe(self._topics.urgent("+"))
        self._thread.start()
        self._link.start()

    def stop(self) -> None:
        """Ends after the message that is being handled."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)
        self._link.stop()

    def wake(self) -> None:
        """Something was signed: looks at once instead of within a second."""
        self._put("", b"")

    def carried(self, topic: str, payload: bytes) -> None:
        """What a device reported came by a courier: handled as from the line (versions to climb to, nonces)."""
        self._put(topic, payload)

    def _receive(self, topic: str, payload: bytes, retain: bool) -> None:
        del retain
        self._put(topic, payload)

    def _linked(self, connected: bool, why: str) -> None:
        del why
        self._came_up = self._clock.monotonic() if connected else None
        self._shown, self._trust_sha = -1, ""
        self._on_change()

    def _put(self, topic: str, payload: bytes) -> None:
        try:
            self._inbox.put_nowait((topic, payload))
        except queue.Full:
            # Devices send again what is not acknowledged.
            log.warning("too many messages at once; one of %s dropped", topic)

    def _run(self) -> None:
        looked = float("-inf")
        while not self._stopping.is_set():
            try:
                topic, payload = self._inbox.get(timeout=0.2)
            except queue.Empty:
                topic, payload = None, b""
            if topic:
                self._guard(lambda topic=topic, payload=payload: self._take(topic, payload))  # type: ignore[misc]
            now = self._clock.monotonic()
            if topic == "" or now - looked >= LOOK_S:
                looked = now
                self._guard(self._catch_up)
                self._guard(self._answer_nonces)
                self._guard(self._look)
                self._guard(self._tell_head)
            self._turned()

    def _guard(self, work: Callable[[], None]) -> bool:
        """Whether the work was done; if not, why is kept for pages and said in the log."""
        try:
            work()
        except SignerUnreachable as error:
            # Pages ask `speaker_orders`: there it is gone once the signer is back. Each reason is logged once.
            if words_of(error) != self._stuck:
                self._stuck = words_of(error)
                log.warning("%s", error)
        except LangsoError as error:
            self._trouble = words_of(error)
            log.warning("%s", error)
        except Exception:
            self._trouble = Sentence("publishing-failed")
            log.exception("a message was not handled")
        else:
            return True
        return False

    def _take(self, topic: str, payload: bytes) -> None:
        address = self._topics.read(topic)
        if address is None or not payload:
            return
        if address.leaf == "urgent" and address.issuer not in (None, ISSUER):
            self._take_others(address.issuer or "", payload)
            return
        if address.leaf in ("plan", "urgent"):
            if self._speaker_orders.take_back(address.leaf, payload):
                self._on_change()
            return
        if address.device is None:
            return
        if address.leaf == "presence":
            self._fleet.take_presence(address.device, payload)
        elif address.leaf == "state":
            self._take_state(address.device, payload)
        elif address.leaf == "receipts":
            stored = self._fleet.take_receipts(address.device, payload)
            self._acknowledge(stored)
        self._on_change()

    def _take_others(self, issuer: str, payload: bytes) -> None:
        try:
            self._others.take(issuer, payload)
        except Refused as refused:
            log.warning("urgent orders of %s are not carried to hamlets: %s", issuer, refused.reason)

    def _take_state(self, device: str, payload: bytes) -> None:
        taken = self._fleet.take_state(device, payload)
        state = taken.state
        if taken.conflict and state.journal is not None:
            through = self._fleet.receipts.standing(device, state.journal)
            self._acknowledge(replace(through, conflict=True))
        if self._ready:
            self._compare(device, state, payload)
        self._nonces.asked(device, state.needs_nonce)
        self._answer_nonces()

    def _acknowledge(self, stored: Stored) -> None:
        ack = self._fleet.receipts.ack(stored, self._home.settings.commune.code)
        envelope = self._signer.sign("ack", ack)
        self._link.publish(self._topics.device(stored.device, "receipts/ack"), envelope, retain=True)

    def _answer_nonces(self) -> None:
        """One that cannot be signed now stays open and is tried again each second."""
        for device, nonce in self._nonces.due():
            order = self._orders.give(device, "nonce_answer", nonce=nonce)
            self._nonces.done(device, nonce)
            self._show(order)

    def _compare(self, device: str, state: State, payload: bytes) -> None:
        """What the device holds against what we have issued: send again, or climb above it."""
        epoch = self._home.rule().epoch
        held = {one.kind: one for one in state.held if (one.issuer, one.epoch) == (ISSUER, epoch)}
        for kind in ("plan", "urgent", "catalogue", "order"):
            if (kind == "catalogue" and state.role != "kiosk") or (
                kind in ("plan", "urgent") and state.role != "speaker"
            ):
                continue
            audience = device if kind == "order" else ALL
            ours, theirs = self._documents.latest(kind, audience), held.get(kind)
            if theirs is not None and (
                ours is None
                or theirs.version > ours.version
                or (theirs.version == ours.version and theirs.sha256 != ours.sha256)
            ):
                self._climb(kind, device, theirs.version, payload)
            elif ours is not None and (theirs is None or theirs.version < ours.version):
                self._repeat(ours)

    def _climb(self, kind: str, device: str, version: int, payload: bytes) -> None:
        key, now = (f"climb-{kind}", device), self._clock.monotonic()
        # A version that the signer will not climb to must not make us sign on every state.
        if now - self._repeated.get(key, float("-inf")) < AGAIN_S:
            return
        self._repeated[key] = now
        log.warning("%s holds %s %d, above ours", device, kind, version)
        self._documents.raise_to({device: payload})
        self._reissue(kind, device)

    def _reissue(self, kind: str, device: str) -> None:
        if kind == "plan":
            self._show(self._speaker_orders.sign("plan"))
        elif kind == "urgent":
            self._show(self._speaker_orders.sign("urgent"))
        elif kind == "catalogue":
            self._show(self._catalogue.issue())
        else:
            self._show(self._orders.reissue(device))

    def _repeat(self, issued: Issued) -> None:
        key, now = (issued.kind, issued.audience), self._clock.monotonic()
        if now - self._repeated.get(key, float("-inf")) >= AGAIN_S:
            self._repeated[key] = now
            self._show(issued)

    def _look(self) -> None:
        """Each second: once the broker's retained words have been heard, publish what is new."""
        came_up, now = self._came_up, self._clock.monotonic()
        if came_up is None or now - came_up < LISTEN_S:
            return
        if not self._ready:
            self._begin()
        self._publish_trust()
        # Before anything is signed anew: what cannot be signed must not keep back what was.
        self._publish_new()
        if now - self._refreshed >= REFRESH_S:
            self._trouble = ""
            done = [self._guard(work) for work in (self._speaker_orders.refresh, self._catalogue.refresh)]
            self._refreshed = now if all(done) else now - REFRESH_S + CATCH_UP_S
            self._publish_new()

    def _catch_up(self) -> None:
        """What staff decided while the signer could not sign: with the broker or without it, as soon as it can."""
        now = self._clock.monotonic()
        if now - self._caught_up < CATCH_UP_S:
            return
        self._caught_up = now
        caught_up = bool([*self._talk.catch_up(), *((True,) if self._speaker_orders.catch_up() else ())])
        self._stuck = ""
        if caught_up:
            self._on_change()

    def _tell_head(self) -> None:
        """Each minute in which something was logged: what somebody cuts off later, the signer remembers."""
        now = self._clock.monotonic()
        if now - self._head_told < REFRESH_S:
            return
        head = self._audit.head()
        if head != self._head and head.number:
            self._signer.keep_head(head.number, head.sha256)
            self._head = head
        self._head_told = now

    def _publish_new(self) -> None:
        newest = self._documents.newest_id()
        if newest != self._shown:
            shown, self._shown = self._shown, newest
            for issued in self._documents.all_latest():
                if issued.id > shown:
                    self._show(issued)

    def _begin(self) -> None:
        """The listening is over: climb above what devices hold, before anything new is signed."""
        self._link.unsubscribe(self._topics.plan)
        self._link.unsubscribe(self._topics.urgent(ISSUER))
        states = self._fleet.states()
        devices = sorted(states)
        for first in range(0, len(devices), 100):
            self._documents.raise_to({device: states[device] for device in devices[first : first + 100]})
        self._ready = True
        for device in devices:
            taken = self._fleet.opened_state(device)
            if taken is not None:
                self._compare(device, taken, states[device])

    def _publish_trust(self) -> None:
        bundle = self._home.trust_bundle()
        sha256 = hashlib.sha256(bundle).hexdigest()
        if sha256 != self._trust_sha:
            self._link.publish(self._topics.trust, bundle, retain=True)
            self._trust_sha = sha256
            # It may have begun a new epoch, in which nothing was signed yet.
            self._refreshed = float("-inf")

    def _show(self, issued: Issued) -> None:
        self._link.publish(self._topic(issued), issued.envelope, retain=True)

    def _topic(self, issued: Issued) -> str:
        if issued.kind == "order":
            return self._topics.device(issued.audience, "order")
        if issued.kind == "urgent":
            return self._topics.urgent(ISSUER)
        return self._topics.plan if issued.kind == "plan" else self._topics.catalogue
