"""What loudspeakers have been told: plan and urgent orders signed from the rows, and what could not be signed yet.

Staff decide in the rows; a loudspeaker knows only what was signed. The two differ while the signer cannot sign. What
is told to staff comes from the signed documents, never from the rows alone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import sqlite_utils

from langso.contract import Plan, Urgent, UrgentOrder
from langso.contract.caps import Limits
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.trust import parse_payload, read_sealed
from office.broadcasting import rows, urgent_rows
from office.broadcasting.allowed import allowed
from office.broadcasting.plans import KEEP_PAST, Head, Planned, make_plan, read_plan
from office.broadcasting.rows import Broadcast
from office.broadcasting.urgent_rows import UrgentRow
from office.errors import BroadcastRefused
from office.places import OfficeHome
from office.publishing.documents import Documents, Issued
from office.signer.errors import SignerUnreachable
from office.signer.rules import CLOCK_SLACK

log = logging.getLogger(__name__)

URGENT_LIFE = timedelta(days=7)
REFRESH = timedelta(hours=12)
MAX_IN_FORCE = 45
RESTORED = "khôi phục"
Kind = Literal["plan", "urgent"]
Standing = Literal["draft", "signed", "unsigned", "too_late", "barred", "withdrawing", "withdrawn"]
"""`unsigned`: staff sent it, no loudspeaker knows it yet; `too_late`: its time came before the signature; `barred`:
the commune's rules became tighter and it was taken out; `withdrawing`: loudspeakers still mean to play it."""


@dataclass(frozen=True)
class Standings:
    """How all broadcasts stand at one moment. `why`: what keeps the signer from signing, "" if nothing is known."""

    now: datetime
    planned: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    why: str = ""

    def of(self, broadcast: Broadcast) -> Standing:
        """One broadcast's."""
        id, planned = broadcast.planned.id, broadcast.planned
        if broadcast.status == "withdrawn":
            return "withdrawing" if id in self.planned and planned.ends > self.now else "withdrawn"
        if broadcast.status != "scheduled":
            return "draft"
        if id in self.planned or (broadcast.signed is not None and planned.begins <= self.now):
            return "signed"
        if id in self.barred:
            return "barred"
        return "unsigned" if planned.begins > self.now else "too_late"


@dataclass
class _Known:
    """The newest document of a kind, as far as it was read: its number in the database and the ids in it."""

    issued: int = 0
    ids: frozenset[str] = field(default_factory=frozenset)


class SpeakerOrders:
    """Signs plan and urgent orders from the rows. Thread-safe."""

    def __init__(self, store: Store, home: OfficeHome, clock: Clock, documents: Documents) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._documents = documents
        self._lock = threading.Lock()
        self._known: dict[Kind, _Known] = {"plan": _Known(), "urgent": _Known()}
        self._why = ""

    @property
    def why(self) -> str:
        """What keeps signatures from being made; "" where they are made."""
        return self._why

    def standings(self) -> Standings:
        """For pages and commands, from the signed plan."""
        now = self._clock.now()
        scheduled = self._wanted(now)
        able = {one.id for one in allowed(scheduled, self.limits(), now)}
        barred = frozenset(one.id for one in scheduled if one.id not in able)
        return Standings(now, self._signed("plan"), barred, self._why)

    def unheard_endings(self) -> list[UrgentRow]:
        """Urgent plays that staff ended and loudspeakers still have in force: the all-clear is not signed yet."""
        now, signed = self._clock.now(), self._signed("urgent")
        return [
            row
            for row in urgent_rows.urgent_rows(self._store.db)
            if row.ended is not None and row.order.expires > now and row.order.id in signed and _sounds(row.order)
        ]

    def limits(self) -> Limits:
        """The commune's caps and the office's own."""
        return Limits.of(self._home.trust().trust, self._home.rule())

    def trouble(self) -> SignerUnreachable | None:
        """Asks the signer whether it can sign, outside of any transaction: a silent one must not hold the lock."""
        found = self._documents.trouble()
        if found is not None:
            self._why = str(found)
        return found

    def sign(self, kind: Kind) -> Issued:
        """A new version with the rows as they are. Raises SignerRefused, SignerUnreachable, BroadcastRefused."""
        try:
            issued = self._issue_plan() if kind == "plan" else self._issue_urgent()
        except SignerUnreachable as error:
            self._why = str(error)
            raise
        self._why = ""
        return issued

    def give(self, order: UrgentOrder, keep: Callable[[sqlite_utils.Database], None]) -> None:
        """Signs a new urgent order with those in force, and keeps it by `keep` only once it is signed: an alarm must
        not sound later by itself. Raises as `sign`.
        """
        try:
            self._issue_urgent(order, keep)
        except SignerUnreachable as error:
            self._why = str(error)
            raise
        self._why = ""

    def sign_or_keep(self, kind: Kind, trouble: SignerUnreachable | None) -> SignerUnreachable | None:
        """`sign`, unless there is trouble already; what keeps it is returned and the rows wait for `catch_up`."""
        if trouble is not None:
            return trouble
        try:
            self.sign(kind)
        except SignerUnreachable as error:
            log.warning("%s waits for its signature: %s", kind, error)
            return error
        return None

    def catch_up(self) -> bool:
        """Signs what staff decided while the signer could not; whether there was anything. Raises as `sign`."""
        behind: list[Kind] = [kind for kind in ("urgent", "plan") if self._behind(kind)]
        trouble = self.trouble()
        if trouble is not None:
            raise trouble
        for kind in behind:
            self.sign(kind)
        self._why = ""
        return bool(behind)

    def refresh(self) -> None:
        """Signs anew what is missing or older than 12 h: the plan's end moves on. Raises as `sign`."""
        kinds: tuple[Kind, Kind] = ("urgent", "plan")
        for kind in kinds:
            age = self._documents.age(kind)
            if age is None or age > REFRESH:
                self.sign(kind)

    def recover_if_new(self) -> None:
        """A database that knows no plan takes back what is kept beside it."""
        if self._documents.latest("plan") is not None:
            return
        for kind in ("plan", "urgent"):
            for raw in self._documents.files(kind):
                self.take_back(kind, raw)

    def take_back(self, kind: str, raw: bytes) -> bool:
        """Rebuilds rows from a document of our own that is newer than what we know (a file, the broker's copy)."""
        with self._store.transaction() as db:
            document = self._documents.adopt(kind, raw)
            if isinstance(document, Plan):
                for one in read_plan(document):
                    made = Broadcast(
                        *(one.show.id, one.show.title, "scheduled", RESTORED, document.issued, one, document.issued)
                    )
                    rows.insert(db, made)
            elif isinstance(document, Urgent):
                for order in document.orders:
                    urgent_rows.insert_urgent(db, order, RESTORED)
        return document is not None

    def _behind(self, kind: Kind) -> bool:
        if kind == "urgent":
            signed, now = self._signed("urgent"), self._clock.now()
            if self.unheard_endings():
                return True
            return any(o.id not in signed for o in self._urgent_orders(now) if not _sounds(o))
        stand = self.standings()
        gone = rows.withdrawn(self._store.db, stand.planned)
        if any(one.ends > stand.now for one in gone):
            return True
        wanted = allowed(self._wanted(stand.now), self.limits(), stand.now)
        return any(one.id not in stand.planned and one.ends > stand.now for one in wanted)

    def _wanted(self, now: datetime) -> list[Planned]:
        """What staff want played; of what was never signed only what is still to come, lest it sound unannounced."""
        return rows.scheduled(self._store.db, now - 2 * KEEP_PAST, unsigned_after=now)

    def _issue_plan(self) -> Issued:
        told: list[Planned] = []

        def build(head: Head) -> Plan:
            now = self._clock.now()
            scheduled = self._wanted(now)
            # The signer refuses a plan with one occurrence too many; tighter caps must not block all the others.
            told[:] = allowed(scheduled, self.limits(), now)
            able = {one.id for one in told}
            for one in scheduled:
                if one.id not in able:
                    log.warning("left out of the plan, the caps no longer allow it: %s", one.id)
            return make_plan(told, head)

        def keep(db: sqlite_utils.Database) -> None:
            rows.mark_signed(db, (one.id for one in told), self._clock.now())

        return self._documents.issue("plan", build, also=keep)

    def _issue_urgent(
        self,
        new: UrgentOrder | None = None,
        also: Callable[[sqlite_utils.Database], None] = lambda db: None,
    ) -> Issued:
        now = self._clock.now()
        # Of a clock that was ahead and has been set right. The signer refuses a document with one of them: for as
        # long as it lay ahead, no new alarm could be given.
        for id in urgent_rows.end_urgent_from_future(self._store.db, now, now + CLOCK_SLACK):
            log.warning("ended, it was given by a clock that was ahead of this one: %s", id)

        def build(head: Head) -> Urgent:
            return Urgent(**head.fields(URGENT_LIFE), orders=self._urgent_orders(self._clock.now(), new))

        return self._documents.issue("urgent", build, also=also)

    def _urgent_orders(self, now: datetime, new: UrgentOrder | None = None) -> tuple[UrgentOrder, ...]:
        kept: tuple[UrgentOrder, ...] = () if new is None else (new,)
        kept += tuple(
            row.order
            for row in urgent_rows.urgent_rows(self._store.db)
            if row.order.expires > now
            and row.order.issued <= now + CLOCK_SLACK
            and (row.ended is None or not _sounds(row.order))
        )
        if sum(_sounds(order) for order in kept) > MAX_IN_FORCE:
            raise BroadcastRefused("Đang có quá nhiều lệnh khẩn cùng lúc; hãy kết thúc bớt rồi gửi lại.")
        # Old stops and all-clears give way first: an order that is no longer listed has ended anyway.
        essential = sorted(kept, key=lambda order: (not _sounds(order), -order.issued.timestamp()))
        return tuple(sorted(essential[:50], key=lambda order: (order.issued, order.id)))

    def _signed(self, kind: Kind) -> frozenset[str]:
        """The ids in the newest signed document; read once a document."""
        newest = self._documents.latest(kind)
        if newest is None:
            return frozenset()
        with self._lock:
            known = self._known[kind]
            if known.issued != newest.id:
                known = self._known[kind] = _Known(newest.id, frozenset(_ids_in(newest)))
            return known.ids


def _sounds(order: UrgentOrder) -> bool:
    return order.action in ("play", "relay")


def _ids_in(issued: Issued) -> Iterable[str]:
    payload = read_sealed(issued.envelope, issued.kind).payload
    if issued.kind == "plan":
        return [occurrence.id for occurrence in parse_payload(payload, Plan).occurrences]
    return [order.id for order in parse_payload(payload, Urgent).orders]
