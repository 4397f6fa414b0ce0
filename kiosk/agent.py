"""The kiosk's work behind the screen: link, trust, catalogue, its own orders, outbox, signed state. No Kivy here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import httpx
import sqlite_utils

from kiosk.courier import KioskCourier
from kiosk.sending.dossiers import KIND, Dossiers
from kiosk.sending.last_receipt import LAST_RECEIPT_MIGRATION, LastReceipt
from kiosk.sending.sender import Sender, office_client
from langso.contract import Catalogue, Order, Topics
from langso.contract.health import Check
from langso.contract.vouched import Payees, payees
from langso.courier.watch import CourierWatch
from langso.device.certificate_renewal import Renewer
from langso.device.machine_checks import MachineWatch
from langso.device.office_line import OfficeLine
from langso.device.pairing import load_paired
from langso.device.pairing_stand import PairingWatch
from langso.durable.files import CUT_OFF_S, remove_cut_off
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Migration, Store
from langso.mqtt.link import Link, Will
from langso.mqtt.state_reports import StateReporter, new_boot, note_in, presence, software
from langso.settings.reading import Settings
from langso.timekeeping.clock import Clock, SystemClock
from langso.timekeeping.proven_clock import ProvenClock
from langso.timekeeping.pulse import first_hung
from langso.trust import Keeper, Refused, SigningKey
from langso.words.catalogue import t

log = logging.getLogger(__name__)

DATABASE = "kiosk.sqlite"
STATE_FILE = "kiosk-state.json"
HOUSEKEEPING_S = 3600.0
TAKEN = ("catalogue", "order", "trust")
"""The kinds of document a kiosk takes; its state lists them under `understands`."""


def _create(db: sqlite_utils.Database) -> None:
    db.execute("CREATE TABLE state_number (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL)")
    db.execute("INSERT INTO state_number VALUES (1, 0)")
    db.execute("CREATE TABLE done_order (id TEXT PRIMARY KEY, done_at TEXT NOT NULL) WITHOUT ROWID")


KIOSK_MIGRATION = Migration("kiosk-1", _create)
MIGRATIONS = (KIOSK_MIGRATION, OUTBOX_MIGRATION, LAST_RECEIPT_MIGRATION)


class KioskAgent:
    """One kiosk. `on_change` is called (on any thread) when the catalogue or the connection has changed.

    Raises PairingError where the device is not paired, StoreError, FileRefused.
    """

    def __init__(self, settings: Settings, *, clock: Clock | None = None, client: httpx.Client | None = None) -> None:
        self._pairing = PairingWatch(settings.paths.state)
        paired = load_paired(settings.paths.state)
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        if settings.clock.trust == "auto":
            self.clock = ProvenClock(self.clock)
        self.device = paired.answer.device
        self.on_change: Callable[[], None] = lambda: None
        self.restart = threading.Event()
        self._watched: list[Callable[[], Check]] = []
        self._machine = MachineWatch(settings.paths.state)
        self._paired = paired
        self._boot = new_boot()
        self._key = SigningKey.load(paired.signing_key)
        state = settings.paths.state
        remove_cut_off(state, older_s=CUT_OFF_S)
        self.store = Store(state / DATABASE, MIGRATIONS)
        self.outbox = Outbox(self.store, self.clock)
        commune = paired.answer.commune
        self.keeper = Keeper(
            state,
            commune,
            self.device,
            paired.roots,
            self.clock,
            settings.clock.trust,
            rtc_ppm=settings.clock.rtc_drift_ppm,
        )
        self.last_receipt = LastReceipt(self.store, self.clock, trusted=lambda: self.keeper.clock_trust().trusted)
        self.dossiers = Dossiers(
            state,
            self.outbox,
            self.clock,
            self._key,
            device=self.device,
            commune=commune,
            used=self._was_given,
            last=self.last_receipt,
        )
        self.dossiers.tidy(self._waiting())
        where = paired.whereabouts()
        self._office = OfficeLine(settings.link.ca or paired.ca, self.keeper.known_time, where)
        self._client = client or office_client(
            settings.kiosk.office_url or paired.answer.office_url, line=self._office
        )
        self.sender = Sender(self.outbox, self.dossiers, self._client, on_change=self._look)
        self._topics = Topics(commune)
        self.link = Link(
            paired.link(settings.link),
            self.device,
            will=Will(self._topics.device(self.device, "presence"), self._presence(online=False)),
            on_message=self.receive,
            on_state=self._on_link,
            where=where,
            known=self.keeper.known_time,
        )
        self.renewer = Renewer(
            paired,
            settings.kiosk.office_url or paired.answer.office_url,
            self._office,
            self.clock,
            refused=lambda: self.link.reason == "certificate",
            renewed=self.link.renew,
        )
        self._tidied = self.clock.monotonic()
        self.reporter = StateReporter(
            device=self.device,
            role="kiosk",
            boot=self._boot,
            software=software(),
            folder=state,
            keeper=self.keeper,
            key=self._key,
            clock=self.clock,
            topics=self._topics,
            link=self.link,
            next_number=self._next_number,
            checks=self.checks,
            understands=TAKEN,
            each_round=self._tidy,
            note=note_in(settings.paths.run / STATE_FILE),
        )
        courier = KioskCourier(
            self.device,
            taken=TAKEN,
            take=self.carried,
            outbox=self.outbox,
            dossiers=self.dossiers,
            reporter=self.reporter,
        )
        self.courier = CourierWatch(state, courier)

    @property
    def catalogue(self) -> Catalogue | None:
        """The signed catalogue in force, also after a restart without network; None before the first one."""
        taken = self.keeper.held("catalogue")
        return taken.document if taken is not None and isinstance(taken.document, Catalogue) else None

    @property
    def recipient(self) -> str | None:
        """The office's age key: what the root keys vouch for, else the one given at pairing.

        Never the catalogue's, which the office's signing key alone could change.
        """
        trust = self.keeper.trust
        return (trust.age_recipient if trust else None) or self._paired.answer.age_recipient

    @property
    def payees(self) -> Payees | None:
        """The accounts that may be called the commune's own here and now; None where the root has not said any."""
        return payees(self.keeper.trust, self.settings.device.village, self.keeper.known_time().earliest)

    @property
    def commune_name(self) -> str:
        """The commune's name as people say it."""
        return self.settings.commune.name

    @property
    def place(self) -> str:
        """Where this kiosk stands."""
        return self.settings.device.place or self.settings.commune.name

    def start(self) -> None:
        """Starts link, sending and reports; they run when it returns."""
        self.link.subscribe(self._topics.trust)
        if self.keeper.trust is not None:
            self._subscribe()
        self._know_fleet()
        self.link.start()
        self.renewer.start()
        self.sender.start()
        self.reporter.start()
        self.courier.start()

    def stop(self) -> None:
        """Ends in order."""
        self.courier.stop()
        self.sender.stop()
        self.reporter.stop()
        self.renewer.stop()
        self.link.stop()
        self._client.close()
        self.store.close()

    def hung(self) -> str:
        """The name of one of its threads that hangs, to be repaired by a restart; "" for none."""
        return first_hung(reports=self.reporter, link=self.link, sending=self.sender)

    def receive(self, topic: str, payload: bytes, retain: bool) -> None:
        """Takes one message from the broker; a refused document changes nothing."""
        del retain
        address = self._topics.read(topic)
        if address is None or not payload or address.device not in (None, self.device) or address.leaf not in TAKEN:
            return
        try:
            self._take(address.leaf, payload)
        except Refused as refused:
            log.warning("%s refused: %s (%s)", address.leaf, refused.reason, refused.detail)
        self._look()

    def carried(self, kind: str, payload: bytes) -> bool:
        """Takes one document that a courier brought; whether it was news. Raises Refused."""
        fresh = self._take(kind, payload)
        self._look()
        return fresh

    def _take(self, kind: str, payload: bytes) -> bool:
        if kind == "trust":
            fresh = self.keeper.take_trust(payload).fresh
            if fresh:
                self._subscribe()
            return fresh
        taken = self.keeper.take(kind, payload)
        if isinstance(taken.document, Order):
            self._on_order(taken.document)
        elif taken.fresh:
            self._know_fleet()
        return taken.fresh

    def checks(self) -> list[Check]:
        """All health lines, as the state reports them."""
        link = self.link.check(t("kiosk-check-network"))
        if self.catalogue is None:
            listed = Check.warning("catalogue", t("kiosk-no-list"), t("kiosk-no-list-fix"))
        else:
            listed = Check.good("catalogue", t("kiosk-list"))
        waiting = self.sender.waiting()
        if waiting and self.sender.last_error:
            why = t("kiosk-unsent", dossiers=waiting, why=self.sender.last_error)
            sending = Check.warning("outbox", why, t("kiosk-unsent-fix"))
        else:
            sending = Check.good("outbox", t("kiosk-sending", dossiers=waiting) if waiting else t("kiosk-all-sent"))
        watched = [check() for check in self._watched]
        certificate = self.renewer.check()
        return [*self.keeper.checks(), listed, sending, certificate, link, *watched, *self._machine.checks()]

    def watch(self, check: Callable[[], Check]) -> None:
        """Adds a health line to every report, for what the screen's side knows (camera, lamp)."""
        self._watched.append(check)

    def _know_fleet(self) -> None:
        catalogue = self.catalogue
        self.link.among(None if catalogue is None else catalogue.fleet)

    def _waiting(self) -> list[str]:
        rows = self.store.db.execute(
            "SELECT key FROM outbox WHERE kind = ? AND acknowledged_at IS NULL", [KIND]
        ).fetchall()
        return [str(row[0]) for row in rows]

    def _was_given(self, dossier: str) -> bool:
        row = self.store.db.execute("SELECT 1 FROM outbox WHERE kind = ? AND key = ?", [KIND, dossier]).fetchone()
        return row is not None

    def _subscribe(self) -> None:
        """Asks for what means something only under a trust document; the broker repeats what it retains."""
        self.link.subscribe(self._topics.catalogue)
        self.link.subscribe(self._topics.device(self.device, "order"))

    def _on_link(self, connected: bool, why: str) -> None:
        del why
        self.renewer.hurry()
        if connected:
            topic = self._topics.device(self.device, "presence")
            self.link.publish(topic, self._presence(online=True), retain=True)
            self.sender.hurry()
        self._look(again=connected)

    def _on_order(self, order: Order) -> None:
        for dossier in order.received or ():
            # The office has what a courier carried there: said by its signature, not by the stick.
            for id in self.outbox.ids(KIND, dossier):
                self.dossiers.sent(id, dossier)
        trusted = self.keeper.clock_trust().trusted
        for entry in order.orders:
            if trusted and entry.expires <= self.clock.now():
                continue
            # Committed before it is done: a restart must not restart for ever.
            if not self._do_once(f"{order.issuer}:{entry.id}"):
                continue
            log.info("order %s: %s", entry.id, entry.action)
            if entry.action == "restart":
                self.restart.set()
            elif entry.action == "nonce_answer":
                self._subscribe()
            self.reporter.look(again=True)

    def _do_once(self, id: str) -> bool:
        with self.store.transaction() as db:
            done = db.execute(
                "INSERT INTO done_order VALUES (?, ?) ON CONFLICT DO NOTHING", [id, self.clock.now().isoformat()]
            )
            return int(done.rowcount) > 0

    def _presence(self, *, online: bool) -> bytes:
        return presence(self.device, self._boot, self.clock, online=online)

    def _look(self, *, again: bool = False) -> None:
        self.reporter.look(again=again)
        self.on_change()

    def _next_number(self) -> int:
        with self.store.transaction() as db:
            db.execute("UPDATE state_number SET number = number + 1")
            return int(db.execute("SELECT number FROM state_number").fetchone()[0])

    def _tidy(self) -> None:
        self.keeper.files.catch_up()
        if self._pairing.changed():
            self.restart.set()
        now = self.clock.monotonic()
        if now - self._tidied > HOUSEKEEPING_S:
            self._tidied = now
            self.outbox.prune()
