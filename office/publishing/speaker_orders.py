"""Plan and urgent orders for loudspeakers, signed from the rows; and what could not be signed yet.

Staff decide in the rows; a loudspeaker knows only what was signed. The two differ while the signer cannot sign: so
what staff are told comes from the signed documents, never from the rows alone.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlite_utils

from langso.contract import Media, Plan, Urgent, UrgentOrder
from langso.contract.caps import Limits
from langso.device.paired_devices import fleet_size
from langso.durable.ownership import root_again
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.trust import parse_payload, read_sealed
from langso.words.catalogue import Sentence, Words, code_of, words_of
from office.broadcasting import rows, urgent_rows
from office.broadcasting.allowed import allowed
from office.broadcasting.decisions import Kind
from office.broadcasting.plans import KEEP_PAST, Head, Planned, make_plan, read_plan
from office.broadcasting.rows import Broadcast
from office.broadcasting.urgent_rows import UrgentRow
from office.errors import BroadcastRefused
from office.people.operator import RESTORED
from office.places import OfficeHome
from office.publishing.documents import Documents, Issued
from office.publishing.standings import Standings
from office.signer.asked.orders import Asked
from office.signer.client import BY_ROOT, Enrolment, Proof
from office.signer.errors import SignerRefused, SignerUnreachable
from office.signer.rules import CLOCK_SLACK

log = logging.getLogger(__name__)

URGENT_LIFE = timedelta(days=7)
REFRESH = timedelta(hours=12)
MAX_IN_FORCE = 45
ENROLMENT_S = 5.0
MOST_CHANGED = 20


@dataclass
class _Known:
    """The newest document of a kind, as far as it was read: its number in the database and the ids in it."""

    issued: int = 0
    ids: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class _LeftOver:
    """What differs from the rows although everything was signed: what nobody confirmed, what a second person must
    approve first, and what nobody confirmed to take back.
    """

    unasked: frozenset[str] = frozenset()
    unapproved: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


class SpeakerOrders:
    """Signs plan and urgent orders from the rows. Thread-safe."""

    def __init__(
        self,
        store: Store,
        home: OfficeHome,
        clock: Clock,
        documents: Documents,
        kept: Callable[[], Sequence[Media]] = tuple,
    ) -> None:
        """`kept`: what always lies on loudspeakers."""
        self._kept = kept
        self._store = store
        self._home = home
        self._clock = clock
        self._documents = documents
        self._lock = threading.Lock()
        self._known: dict[Kind, _Known] = {"plan": _Known(), "urgent": _Known()}
        self._left: dict[Kind, _LeftOver] = {"plan": _LeftOver(), "urgent": _LeftOver()}
        self._enrolment = Enrolment()
        self._looked = float("-inf")
        self._why: Words = ""

    def enrolment(self) -> Enrolment:
        """Who is enrolled at the signer, and whether people must prove what they ask; as it was last known where the
        signer does not answer.
        """
        now = self._clock.monotonic()
        if now - self._looked > ENROLMENT_S:
            with contextlib.suppress(SignerUnreachable):
                self._enrolment = self._documents.signer.people()
                self._looked = now
        return self._enrolment

    def enrolled_anew(self) -> None:
        """Somebody enrolled: looked at again at once."""
        self._looked = float("-inf")

    @property
    def asked(self) -> bool:
        """Whether people must prove what they ask."""
        return self.enrolment().asked

    def ask(self, asked: Asked, proof: Proof | None) -> None:
        """A person's order, proven to the signer before anything is kept or signed; nothing where nobody must prove
        anything. Raises SignerRefused, SignerUnreachable.
        """
        self.enrolled_anew()
        if not self.asked:
            return
        if proof is None:
            raise SignerRefused(Sentence("signer-proof-missing"))
        with root_again() if proof == BY_ROOT else contextlib.nullcontext():
            self._documents.signer.ask(asked, proof)

    def challenge(self, asked: Asked, person: str, origin: str) -> str:
        """What a browser is to ask of this person's passkeys for this order, JSON. Raises SignerRefused."""
        return self._documents.signer.challenge(asked, person, origin)

    @property
    def why(self) -> Words:
        """Why signatures cannot be made; "" where they can."""
        return self._why

    def standings(self) -> Standings:
        """How broadcasts stand, from the signed plan, for pages and commands."""
        now = self._clock.now()
        scheduled = self._wanted(now)
        able = {one.id for one in allowed(scheduled, self.limits(), now)}
        barred = frozenset(one.id for one in scheduled if one.id not in able)
        left = self._left["plan"]
        return Standings(now, self._signed("plan"), barred, left.unasked, left.unapproved, self._why)

    def unheard_endings(self) -> list[UrgentRow]:
        """Urgent plays that staff have ended but loudspeakers still play: the all-clear is not signed yet."""
        now, signed = self._clock.now(), self._signed("urgent")
        return [
            row
            for row in urgent_rows.urgent_rows(self._store.db, unexpired=now)
            if row.ended is not None and row.order.expires > now and row.order.id in signed and row.order.sounds
        ]

    def sounds_told(self) -> list[str]:
        """The SHA-256 of every sound in the newest signed urgent orders and plan, in order of need."""
        found: dict[str, None] = {}
        for kind in ("urgent", "plan"):
            newest = self._documents.latest(kind)
            if newest is None:
                continue
            payload = read_sealed(newest.envelope, kind).payload
            if kind == "plan":
                found.update((media.sha256, None) for media in parse_payload(payload, Plan).media)
            else:
                found.update(
                    (medium.sha256, None)
                    for order in parse_payload(payload, Urgent).orders
                    for medium in (*order.media, *(order.fallback or ()))
                )
        return list(found)

    def limits(self) -> Limits:
        """The commune's caps and the office's own."""
        return Limits.of(self._home.trust().trust, self._home.rule())

    def trouble(self) -> SignerUnreachable | None:
        """Asks the signer whether it can sign, outside of any transaction: a silent one must not hold the lock."""
        found = self._documents.trouble()
        if found is not None:
            self._why = words_of(found)
        return found

    def sign(self, kind: Kind) -> Issued:
        """Signs a new version from the rows as they are. Raises SignerRefused, SignerUnreachable,
        BroadcastRefused.
        """
        try:
            issued = self._issue_plan() if kind == "plan" else self._issue_urgent()
        except SignerUnreachable as error:
            self._why = words_of(error)
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
            self._why = words_of(error)
            raise
        self._why = ""

    def sign_or_keep(self, kind: Kind, trouble: SignerUnreachable | None) -> SignerUnreachable | None:
        """`sign`, unless `trouble` is given; returns what keeps the signer from it. The rows then wait for
        `catch_up`.
        """
        if trouble is not None:
            return trouble
        try:
            self.sign(kind)
        except SignerUnreachable as error:
            log.warning("%s waits for its signature: %s", kind, error)
            return error
        return None

    def catch_up(self) -> bool:
        """Signs what staff decided while the signer could not sign; returns whether there was anything. Raises as
        `sign`.
        """
        behind: list[Kind] = [kind for kind in ("urgent", "plan") if self._behind(kind)]
        trouble = self.trouble()
        if trouble is not None:
            raise trouble
        for kind in behind:
            self.sign(kind)
        self._why = ""
        return bool(behind)

    def refresh(self) -> None:
        """Signs again what is missing or older than 12 h, so that the plan reaches far enough ahead. Raises as
        `sign`.
        """
        kinds: tuple[Kind, Kind] = ("urgent", "plan")
        for kind in kinds:
            age = self._documents.age(kind)
            if age is None or age > REFRESH:
                self.sign(kind)

    def recover_if_new(self) -> None:
        """A new database, which knows no plan, takes back what is kept in files beside it."""
        if self._documents.latest("plan") is not None:
            return
        for kind in ("plan", "urgent"):
            for raw in self._documents.files(kind):
                self.take_back(kind, raw)

    def take_back(self, kind: str, raw: bytes) -> bool:
        """Rebuilds rows from a document of our own that is newer than what we know (from a file, or the broker's
        copy).
        """
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
            left = self._left["urgent"]
            if any(row.order.id not in left.kept for row in self.unheard_endings()):
                return True
            return any(o.id not in signed | left.unasked for o in self._wanted_urgent(now) if not o.sounds)
        stand = self.standings()
        gone = rows.withdrawn(self._store.db, stand.planned)
        left = self._left["plan"]
        if any(one.ends > stand.now and one.id not in left.kept for one in gone):
            return True
        wanted = allowed(self._wanted(stand.now), self.limits(), stand.now)
        return any(
            one.id not in stand.planned | left.unasked | left.unapproved and one.ends > stand.now for one in wanted
        )

    def _wanted(self, now: datetime) -> list[Planned]:
        """What staff want played; of what was never signed only what is still to come, lest it sound unannounced."""
        return rows.scheduled(self._store.db, now - 2 * KEEP_PAST, unsigned_after=now)

    def _issue_plan(self) -> Issued:
        """One row whose meaning was changed after it was signed must not block all the others: it is left out."""
        changed: set[str] = set()
        while True:
            try:
                return self._issue_plan_without(changed)
            except SignerRefused as refused:
                words = words_of(refused)
                id = dict(words.parameters).get("id") if isinstance(words, Sentence) else None
                if code_of(words) != "signer-id-reused" or id in changed or len(changed) >= MOST_CHANGED:
                    raise
                log.warning("left out of the plan, it is not what was signed under its id: %s", id)
                changed.add(str(id))

    def _issue_plan_without(self, changed: set[str]) -> Issued:
        told: list[Planned] = []

        def build(head: Head) -> Plan:
            now = self._clock.now()
            scheduled = self._wanted(now)
            # The signer refuses a plan with one occurrence too many; tighter caps must not block all the others.
            able_now = allowed(scheduled, self.limits(), now)
            able = {one.id for one in able_now}
            told[:] = self._as_asked([one for one in able_now if one.id not in changed])
            for one in scheduled:
                if one.id not in able:
                    log.warning("left out of the plan, the caps no longer allow it: %s", one.id)
            return make_plan(told, head, fleet=fleet_size(self._home.devices), kept=self._kept())

        def keep(db: sqlite_utils.Database) -> None:
            rows.mark_signed(db, (one.id for one in told), self._clock.now())

        return self._documents.issue("plan", build, also=keep)

    def _as_asked(self, wanted: list[Planned]) -> list[Planned]:
        """Without what nobody confirmed, with what nobody confirmed to take back: else nothing could be signed."""
        stand = self._documents.signer.standing("play", (one.id for one in wanted))
        if not stand.asked:
            self._left["plan"] = _LeftOver()
            return wanted
        unasked = {one.id for one in wanted} - stand.known - stand.waiting
        kept = rows.withdrawn(self._store.db, stand.still)
        for id in unasked - self._left["plan"].unasked:
            log.warning("left out of the plan, nobody has confirmed it to the signer: %s", id)
        self._left["plan"] = _LeftOver(frozenset(unasked), stand.waiting, frozenset(one.id for one in kept))
        return [*(one for one in wanted if one.id in stand.known), *kept]

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

    def _wanted_urgent(self, now: datetime, new: UrgentOrder | None = None) -> tuple[UrgentOrder, ...]:
        kept: tuple[UrgentOrder, ...] = () if new is None else (new,)
        kept += tuple(
            row.order
            for row in urgent_rows.urgent_rows(self._store.db, unexpired=now)
            if row.order.expires > now
            and row.order.issued <= now + CLOCK_SLACK
            and (row.ended is None or not row.order.sounds)
        )
        return kept

    def _urgent_orders(self, now: datetime, new: UrgentOrder | None = None) -> tuple[UrgentOrder, ...]:
        kept = self._alarms_as_asked(self._wanted_urgent(now, new))
        if sum(order.sounds for order in kept) > MAX_IN_FORCE:
            raise BroadcastRefused(Sentence("publishing-alarms-full"))
        # Old stops and all-clears give way first: an order that is no longer listed has ended anyway.
        essential = sorted(kept, key=lambda order: (not order.sounds, -order.issued.timestamp()))
        return tuple(sorted(essential[:50], key=lambda order: (order.issued, order.id)))

    def _alarms_as_asked(self, wanted: tuple[UrgentOrder, ...]) -> tuple[UrgentOrder, ...]:
        ids = {id for order in wanted for id in (order.id, *order.ends)}
        stand = self._documents.signer.standing("alarm", sorted(ids))
        if not stand.asked:
            self._left["urgent"] = _LeftOver()
            return wanted
        good = tuple(
            order
            for order in wanted
            if order.id in stand.known or (not order.sounds and stand.ended.issuperset(order.ends))
        )
        missing = stand.still - {order.id for order in good}
        kept = tuple(
            row.order
            for row in urgent_rows.urgent_rows(self._store.db)
            if row.order.id in missing and row.order.sounds and row.order.issued <= self._clock.now() + CLOCK_SLACK
        )
        unasked = {order.id for order in wanted} - {order.id for order in good}
        self._left["urgent"] = _LeftOver(frozenset(unasked), kept=frozenset(order.id for order in kept))
        return (*good, *kept)

    def _signed(self, kind: Kind) -> frozenset[str]:
        """The ids in the newest signed document; read once a document."""
        number = self._documents.newest_of(kind)
        if not number:
            return frozenset()
        with self._lock:
            known = self._known[kind]
            if known.issued != number and (newest := self._documents.latest(kind)) is not None:
                known = self._known[kind] = _Known(newest.id, frozenset(_ids_in(newest)))
            return known.ids


def _ids_in(issued: Issued) -> Iterable[str]:
    payload = read_sealed(issued.envelope, issued.kind).payload
    if issued.kind == "plan":
        return [occurrence.id for occurrence in parse_payload(payload, Plan).occurrences]
    return [order.id for order in parse_payload(payload, Urgent).orders]
