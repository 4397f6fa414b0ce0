"""One document, signed: checked, found in what people asked for, counted durably, then signed. No sockets here."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from langso.contract import (
    MAX_DOCUMENT_BYTES,
    DesiredSettings,
    Document,
    IssuerRule,
    Order,
    Plan,
    ReceiptsAck,
    State,
    TrustDocument,
    Urgent,
)
from langso.contract.caps import Limits
from langso.device.paired_devices import read_device, read_devices
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.timekeeping.clock import Clock
from langso.trust import Refused, SigningKey, key_id, open_sealed, parse_payload, seal
from langso.words.catalogue import Sentence, words_of
from office.signer.asked.asking import Asking
from office.signer.asked.book import Book
from office.signer.asked.follows import alarm_of, plan_follows, play_of, urgent_follows
from office.signer.asked.orders import AskedAlarm, AskedSettings, AskedTalk, hash_of, occurrences_of
from office.signer.asked.people import People, Person
from office.signer.asked.second_person import SECOND_RULES, SecondRule
from office.signer.clock_watch import ClockWatch
from office.signer.counters import SignedOrder, SignedVersions
from office.signer.errors import NotInitialised, SignerRefused, SignerStuck
from office.signer.heads import AuditHeads, KeptHead
from office.signer.places import ISSUER, SignerPlaces
from office.signer.questions import held_for
from office.signer.quotas import AN_HOUR, CONFIRMED_AN_HOUR, Acks
from office.signer.rules import (
    MAX_LIFT,
    URGENT_AN_HOUR,
    check_ack,
    check_clock,
    check_document,
    check_version,
    read_document,
)
from office.signer.trust_pin import TrustPin
from office.signer.wire import Counter

log = logging.getLogger(__name__)

BUSY_S = 3.0
MAX_ADOPTED = 2 * MAX_DOCUMENT_BYTES


class Signing:
    """Holds the keys; thread-safe. Raises NotInitialised where keys or trust are missing or do not match."""

    def __init__(self, home: SignerPlaces, clock: Clock, watch: Callable[[Book], ClockWatch] | None = None) -> None:
        self._home = home
        self._clock = clock
        self._lock = threading.Lock()
        self._keys = _keys_in(home.signer)
        self._counters = SignedVersions(home.signer)
        self._heads = AuditHeads(home.signer)
        self._pin = TrustPin(home.signer, lambda: home.roots)
        self._own_keys(self._rule(self._trust()))
        self._book = Book(home.signer)
        self._people = People(self._book, home.origins, clock.monotonic)
        self._watch = (watch or _watch_of(home.settings.clock.trust))(self._book)
        self._acks = Acks(clock)
        if self._book.fresh:
            self._adopt()

    def sign(self, kind: str, payload: bytes) -> bytes:
        """The envelope. Raises SignerRefused; the version is used up before the signature exists. The same bytes
        again get the same envelope.
        """
        document = read_document(kind, payload)
        with held_for(self._lock, BUSY_S):
            trust = self._trust()
            rule = self._rule(trust)
            if isinstance(document, ReceiptsAck):
                check_ack(document, rule, trust)
                self._acks.spend()
            else:
                now = self._checked_now(trust, alarm=isinstance(document, Urgent))
                check_document(document, rule, trust, now)
                self._count(document, rule, trust, now, hashlib.sha256(payload).hexdigest())
            try:
                return seal(payload, kind, self._own_keys(rule))
            except Refused as refused:
                raise SignerRefused(words_of(refused)) from refused

    @property
    def asked(self) -> bool:
        """Whether what sounds must have been asked for by somebody who proved it."""
        wanted = self._home.settings.signer.asked
        return wanted == "always" or (wanted == "enrolled" and self._people.anybody())

    @property
    def second(self) -> SecondRule:
        """Which broadcasts need a second person: as root said, else those for the whole commune once somebody may
        approve.
        """
        said = self._book.fact("second")
        if said is not None:
            return next(rule for rule in SECOND_RULES if rule == said)
        return "whole" if any(one.approves and one.usable for one in self._people.all()) else "never"

    def loudspeakers(self, trust: TrustDocument | None = None) -> frozenset[str]:
        """The commune's own, as they are paired and not revoked."""
        paired = {device.id for device in read_devices(self._home.devices) if device.role == "speaker"}
        return frozenset(paired.difference((trust or self._trust()).revoked))

    def close(self) -> None:
        """Lets go of the database."""
        self._book.close()

    @contextlib.contextmanager
    def people(self) -> Iterator[tuple[People, Asking, datetime]]:
        """Who is enrolled and what they ask, one question at a time; and the time now. Raises SignerStuck."""
        with held_for(self._lock, BUSY_S):
            yield self._people, Asking(self._book, self._people), self._clock.now()

    @property
    def enrolled(self) -> tuple[Person, ...]:
        """Everybody enrolled here."""
        return self._people.all()

    def believe_clock(self) -> None:
        """Root says that the clock is right."""
        with held_for(self._lock, BUSY_S):
            self._watch.believe(self._clock.now())

    def check_ready(self) -> None:
        """Raises what would keep any document from being signed now, a full disk excepted."""
        with held_for(self._lock, BUSY_S):
            trust = self._trust()
            self._own_keys(self._rule(trust))
            self._checked_now(trust, alarm=False)

    def keep_head(self, number: int, sha256: str) -> None:
        """Keeps that the office's log ends so now."""
        with held_for(self._lock, BUSY_S):
            self._heads.keep(KeptHead(number=number, sha256=sha256, at=self._clock.now()))

    def heads(self) -> tuple[KeptHead, ...]:
        """Every end of the log that was told and must still be in it."""
        with held_for(self._lock, BUSY_S):
            return self._heads.all()

    def counters(self) -> tuple[Counter, ...]:
        """The counters as they stand."""
        with held_for(self._lock, BUSY_S):
            return self._counters.all()

    def raise_to(self, states: Mapping[str, str]) -> tuple[Counter, ...]:
        """Raises the counters to what devices' signed states hold; a state that does not verify is ignored."""
        with held_for(self._lock, BUSY_S):
            rule = self._rule(self._trust())
            lifted: dict[tuple[str, int, str], int] = {}
            for device_id, raw in states.items():
                state = self._verified(device_id, raw)
                for held in () if state is None else state.held:
                    audience = device_id if held.kind == "order" else "*"
                    of = held.kind, held.epoch, audience
                    if (held.issuer, held.epoch) != (ISSUER, rule.epoch) or not rule.may_issue(held.kind):
                        continue
                    last = lifted.get(of, self._counters.version(*of))
                    if held.version > last + MAX_LIFT:
                        log.warning("%s says it holds %s %d, far above %d", device_id, held.kind, held.version, last)
                    elif held.version > last:
                        log.warning("lifting %s for %s from %d to %d", held.kind, audience, last, held.version)
                        lifted[of] = held.version
            # One write for all: of some hundred devices each with its own, nobody else would be answered meanwhile.
            self._counters.lift(lifted)
            return self._counters.all()

    def _checked_now(self, trust: TrustDocument, *, alarm: bool) -> datetime:
        now = self._clock.now()
        check_clock(now, trust)
        self._watch.check(now, alarm=alarm)
        return now

    def _count(self, document: Document, rule: IssuerRule, trust: TrustDocument, now: datetime, sha256: str) -> None:
        of = document.kind, document.epoch, document.audience
        if self._counters.signed(*of, document.version, sha256):
            return
        check_version(document.version, self._counters.version(*of))
        loud: tuple[SignedOrder, ...] = ()
        # First the book, then the number: cut off between the two, the same document may be asked for again.
        with self._book.transaction():
            self._book.spend(document.kind, AN_HOUR[document.kind], now)
            if isinstance(document, Plan):
                self._follow_plan(document, rule, trust, now)
            elif isinstance(document, Urgent):
                loud = self._follow_urgent(document, now)
            elif isinstance(document, Order):
                self._follow_order(document)
            self._watch.signed(now)
        self._counters.advance(*of, document.version, loud, sha256)

    def _follow_plan(self, plan: Plan, rule: IssuerRule, trust: TrustDocument, now: datetime) -> None:
        known = self._book.known("play", (one.id for one in plan.occurrences))
        still = self._book.open_plays("play", now)
        limits = Limits.of(trust, rule)
        follows = plan_follows(
            *(plan, known, still),
            asked=self.asked,
            limits=limits,
            classes=rule.classes,
            second=self.second,
            loudspeakers=self.loudspeakers(trust),
        )
        self._book.remember("play", follows.held, now, signed=True)
        self._book.end("play", follows.gone, now)

    def _follow_urgent(self, urgent: Urgent, now: datetime) -> tuple[SignedOrder, ...]:
        known = self._book.known("alarm", (order.id for order in urgent.orders))
        still = self._book.open_plays("alarm", now)
        ends = {id for order in urgent.orders if not order.sounds for id in order.ends}
        gone = {
            play.id
            for kind in ("play", "alarm")
            for play in self._book.known(kind, ends).values()
            if play.ended is not None
        }
        follows = urgent_follows(urgent, known, still, gone, now, asked=self.asked)
        fresh = [o for o in urgent.orders if o.sounds and o.id in follows.new]
        asked = [order for order in fresh if order.id in known and known[order.id].by]
        loud = tuple(SignedOrder(id=order.id, at=now) for order in fresh if order not in asked)
        # The reserve of those that somebody confirmed is their own: no crowd of others eats it.
        if asked:
            self._book.spend("confirmed", CONFIRMED_AN_HOUR, now, len(asked))
        new = tuple(order for order in loud if not self._counters.knows_order(order.id))
        if new and self._counters.orders_in_hour(now) + len(new) > URGENT_AN_HOUR:
            raise SignerRefused(Sentence("signer-alarms-an-hour", most=URGENT_AN_HOUR))
        self._book.remember("alarm", follows.held, now, signed=True)
        self._book.end("alarm", follows.gone, now)
        return new

    def _follow_order(self, order: Order) -> None:
        """How a device is set is for people to ask; what heals it (an answer to its nonce) the office gives alone."""
        self._follow_talk(order)
        wanted = _settings_hash(order)
        if self._book.settings_of(order.audience) == wanted:
            return
        if self.asked and order.settings != DesiredSettings():
            raise SignerRefused(Sentence("signer-settings-not-asked", device=order.audience))
        self._book.keep_settings(order.audience, wanted)

    def _follow_talk(self, order: Order) -> None:
        """Who may speak is for people to ask; that nobody may any more, the office says alone, for good."""
        if order.talk is None:
            self._book.talk_left_out(order.audience)
            return
        wanted, village = hash_of(AskedTalk(talk=order.talk)), order.talk.village
        known = self._book.talk_of(village) == wanted and self._book.talk_gone(order.audience) != wanted
        if self.asked and not known:
            raise SignerRefused(Sentence("signer-talk-not-asked", village=village))
        self._book.keep_talk(village, wanted)
        self._book.talk_signed(order.audience, wanted)

    def _adopt(self) -> None:
        """A signer that signed before it kept a book: what was signed last, by its own signature, is known in it."""
        keys = [bytes.fromhex(key) for key in self._rule(self._trust()).signers.keys]
        now = self._clock.now()
        with self._book.transaction():
            for path in sorted(self._home.published.glob("*.json")):
                kind = path.name.partition(".")[0]
                try:
                    raw = read_limited(path, MAX_ADOPTED, follow=False)
                    document = read_document(kind, open_sealed(raw, kind, keys))
                except (FileRefused, Refused, SignerRefused) as none:
                    log.warning("%s is not taken for signed: %s", path.name, none)
                    continue
                if isinstance(document, Plan):
                    self._book.remember("play", map(play_of, occurrences_of(document)), now, signed=True)
                elif isinstance(document, Urgent):
                    held = [alarm_of(AskedAlarm(order=order)) for order in document.orders]
                    self._book.remember("alarm", held, now, signed=True)
                elif isinstance(document, Order):
                    self._book.keep_settings(document.audience, _settings_hash(document))
                    if document.talk is not None:
                        right = hash_of(AskedTalk(talk=document.talk))
                        self._book.keep_talk(document.talk.village, right)
                        self._book.talk_signed(document.audience, right)

    def _verified(self, device_id: str, raw: str) -> State | None:
        device = read_device(self._home.devices, device_id) if "/" not in device_id else None
        if device is None:
            return None
        try:
            state = parse_payload(open_sealed(raw.encode(), "state", [device.public]), State)
        except Refused:
            return None
        return state if state.device == device_id else None

    def _trust(self) -> TrustDocument:
        return self._pin.open(self._home.trust_bundle())

    def _rule(self, trust: TrustDocument) -> IssuerRule:
        rule = trust.rule(ISSUER)
        if rule is None:
            raise SignerStuck(Sentence("signer-not-listed"))
        return rule

    def _own_keys(self, rule: IssuerRule) -> list[SigningKey]:
        listed = {key_id(bytes.fromhex(key)) for key in rule.signers.keys}
        found = [key for key in self._keys if key.key_id in listed]
        if len(found) < rule.signers.threshold:
            # Trust may name a key that was made after this process began.
            self._keys = _keys_in(self._home.signer)
            found = [key for key in self._keys if key.key_id in listed]
        if len(found) < rule.signers.threshold:
            raise NotInitialised(Sentence("signer-key-not-listed"))
        return found


def _keys_in(folder: Path) -> list[SigningKey]:
    return [SigningKey.load(path) for path in sorted(folder.glob("*.key"))]


def _settings_hash(order: Order) -> str:
    return hash_of(AskedSettings(device=order.audience, settings=order.settings))


def _watch_of(trust: str) -> Callable[[Book], ClockWatch]:
    """A machine whose clock somebody else vouches for (a server, the village) is taken at its word."""
    if trust == "host":
        return lambda book: ClockWatch(book, proven=lambda: True)
    return ClockWatch
