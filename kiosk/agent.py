"""The kiosk behind its screen: link, trust, catalogue, own orders, outbox, signed state; no Kivy here."""

from __future__ import annotations

import logging
import secrets
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import httpx
import sqlite_utils

from kiosk.dossiers import KIND, Dossiers
from kiosk.privacy import Workspace, home_in_memory
from kiosk.sending import Sender, office_client
from langso.clock import Clock, SystemClock
from langso.contract import (
    Catalogue,
    ClockReport,
    HealthLine,
    Held,
    Order,
    Presence,
    State,
    Storage,
    Topics,
)
from langso.health import Check, worst_first
from langso.link import Link, Will
from langso.outbox import OUTBOX_MIGRATION, Outbox
from langso.pairing import load_paired
from langso.settings import Settings
from langso.store import Migration, Store
from langso.trust import Keeper, Refused, SigningKey, seal

log = logging.getLogger(__name__)

DATABASE = "kiosk.sqlite"
STATE_EVERY_S = 60.0
HOUSEKEEPING_S = 3600.0
LEAST_S = 1.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _create(db: sqlite_utils.Database) -> None:
    db.execute("CREATE TABLE state_number (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL)")
    db.execute("INSERT INTO state_number VALUES (1, 0)")
    db.execute("CREATE TABLE done_order (id TEXT PRIMARY KEY, done_at TEXT NOT NULL) WITHOUT ROWID")


KIOSK_MIGRATION = Migration("kiosk-1", _create)
MIGRATIONS = (KIOSK_MIGRATION, OUTBOX_MIGRATION)


class Agent:
    """One kiosk. `on_change` is called (on any thread) when the catalogue or the connection has changed.

    Raises PairingError where the device is not paired, StoreError, FileRefused.
    """

    def __init__(self, settings: Settings, *, clock: Clock | None = None, client: httpx.Client | None = None) -> None:
        paired = load_paired(settings.paths.state)
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.device = paired.answer.device
        self.on_change: Callable[[], None] = lambda: None
        self.restart = threading.Event()
        self._paired = paired
        self._boot = secrets.token_hex(16)
        self._key = SigningKey.load(paired.signing_key)
        state = settings.paths.state
        self.workspace = Workspace(home_in_memory(settings.paths.run))
        self.store = Store(state / DATABASE, MIGRATIONS)
        self.outbox = Outbox(self.store, self.clock)
        commune = paired.answer.commune
        self.keeper = Keeper(state, commune, self.device, paired.roots, self.clock, settings.clock.trust)
        self.dossiers = Dossiers(
            state, self.outbox, self.clock, self._key, device=self.device, commune=commune, used=self._was_given
        )
        self.dossiers.tidy(self._waiting())
        self._client = client or office_client(
            settings.kiosk.office_url or paired.answer.office_url, ca=settings.link.ca or paired.ca
        )
        self.sender = Sender(self.outbox, self.dossiers, self._client, on_change=self._look)
        self._topics = Topics(commune)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._again = True
        self._last = b""
        self._last_at = float("-inf")
        self._reports = threading.Thread(target=self._report_on, name="reports", daemon=True)
        self.link = Link(
            paired.link(settings.link),
            self.device,
            will=Will(self._topics.device(self.device, "presence"), self._presence(online=False)),
            on_message=self.receive,
            on_state=self._on_link,
        )

    @property
    def catalogue(self) -> Catalogue | None:
        """The signed list in force, also after a restart without network; None before the first."""
        taken = self.keeper.held("catalogue")
        return taken.document if taken is not None and isinstance(taken.document, Catalogue) else None

    @property
    def recipient(self) -> str | None:
        """The office's age key: the catalogue's, else the one given at pairing."""
        catalogue = self.catalogue
        return (catalogue.age_recipient if catalogue else None) or self._paired.answer.age_recipient

    @property
    def commune_name(self) -> str:
        """As people say it."""
        return self.settings.commune.name

    @property
    def place(self) -> str:
        """Where this kiosk stands."""
        return self.settings.device.place or self.settings.commune.name

    def start(self) -> None:
        """Link, sending and reports run when it returns."""
        self.link.subscribe(self._topics.trust)
        if self.keeper.trust is not None:
            self._subscribe()
        self.link.start()
        self.sender.start()
        self._reports.start()

    def stop(self) -> None:
        """Ends in order; the visit's files are wiped."""
        self._stopping.set()
        self._wake.set()
        self.sender.stop()
        if self._reports.is_alive():
            self._reports.join(5)
        self.link.stop()
        self._client.close()
        self.store.close()
        self.workspace.wipe()

    def receive(self, topic: str, payload: bytes, retain: bool) -> None:
        """One message from the broker; what is refused changes nothing."""
        del retain
        address = self._topics.read(topic)
        if address is None or not payload or address.device not in (None, self.device):
            return
        try:
            if address.leaf == "trust":
                if self.keeper.take_trust(payload).fresh:
                    self._subscribe()
            elif address.leaf in ("catalogue", "order"):
                taken = self.keeper.take(address.leaf, payload)
                if isinstance(taken.document, Order):
                    self._on_order(taken.document)
            else:
                return
        except Refused as refused:
            log.warning("%s refused: %s (%s)", address.leaf, refused.reason, refused.detail)
        self._look()

    def checks(self) -> list[Check]:
        """All health lines."""
        link = (
            Check.good("link", "Đã nối với văn phòng xã.")
            if self.link.connected
            else Check.warning("link", self.link.why or "Chưa nối.", "Kiểm tra mạng; hồ sơ vẫn được giữ để gửi sau.")
        )
        if self.catalogue is None:
            listed = Check.warning(
                "catalogue", "Chưa nhận danh mục của xã.", "Xem máy đã nối mạng và xã đã ký danh mục chưa."
            )
        else:
            listed = Check.good("catalogue", "Đã có danh mục của xã.")
        waiting = self.sender.waiting()
        if waiting and self.sender.last_error:
            why = f"{waiting} hồ sơ chưa tới văn phòng: {self.sender.last_error}."
            sending = Check.warning("outbox", why, "Máy tự gửi lại; nếu quá một ngày, xem mạng và văn phòng.")
        else:
            sending = Check.good("outbox", f"{waiting} hồ sơ đang gửi." if waiting else "Hồ sơ đã gửi hết.")
        return [*self.keeper.checks(), listed, sending, link]

    def state(self) -> State:
        """The state as it is now, without its number."""
        trust = self.keeper.clock_trust()
        usage = shutil.disk_usage(self.settings.paths.state)
        held: tuple[Held, ...] = tuple(self.keeper.versions()[:500])
        return State(
            device=self.device,
            role="kiosk",
            commune=self.keeper.commune,
            boot=self._boot,
            number=0,
            written=self.clock.now(),
            software=f"langso {_software()}",
            held=held,
            clock=ClockReport(trusted=trust.trusted, reason=trust.reason, why=trust.why),
            storage=Storage(free=usage.free, total=usage.total),
            health=tuple(
                HealthLine(name=check.name, level=check.level, why=check.why, fix=check.fix)
                for check in worst_first(self.checks())[:50]
            ),
            needs_nonce=self.keeper.nonce() if self.keeper.needs_nonce or not trust.trusted else None,
        )

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
        if connected:
            topic = self._topics.device(self.device, "presence")
            self.link.publish(topic, self._presence(online=True), retain=True)
            self.sender.hurry()
        self._look(again=connected)

    def _on_order(self, order: Order) -> None:
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
            self._again = True

    def _do_once(self, id: str) -> bool:
        with self.store.transaction() as db:
            done = db.execute(
                "INSERT INTO done_order VALUES (?, ?) ON CONFLICT DO NOTHING", [id, self.clock.now().isoformat()]
            )
            return int(done.rowcount) > 0

    def _presence(self, *, online: bool) -> bytes:
        since = self.clock.now() if online else None
        return Presence(device=self.device, online=online, boot=self._boot, since=since).to_json()

    def _look(self, *, again: bool = False) -> None:
        self._again = self._again or again
        self._wake.set()
        self.on_change()

    def _report_on(self) -> None:
        last = self.clock.monotonic()
        while not self._stopping.is_set():
            self._wake.wait(5.0)
            self._wake.clear()
            self._stopping.wait(0.2)
            try:
                self._report()
                if self.clock.monotonic() - last > HOUSEKEEPING_S:
                    last = self.clock.monotonic()
                    self.outbox.prune()
            except Exception:
                log.exception("a report failed")
                self._stopping.wait(5.0)

    def _report(self) -> None:
        if not self.link.connected:
            return
        state = self.state()
        # What changes by itself (time, free bytes) is no news.
        news = state.model_copy(update={"written": _EPOCH, "storage": Storage(free=0, total=0)}).to_json()
        now = self.clock.monotonic()
        old = now - self._last_at
        if not self._again and old < STATE_EVERY_S and (news == self._last or old < LEAST_S):
            if news != self._last:
                self._wake.set()
            return
        self._again = False
        with self.store.transaction() as db:
            db.execute("UPDATE state_number SET number = number + 1")
            number = int(db.execute("SELECT number FROM state_number").fetchone()[0])
        numbered = state.model_copy(update={"number": number})
        self.link.publish(
            self._topics.device(self.device, "state"), seal(numbered, "state", [self._key]), qos=1, retain=True
        )
        self._last, self._last_at = news, now


def _software() -> str:
    try:
        return version("langso")
    except PackageNotFoundError:
        return "0"
