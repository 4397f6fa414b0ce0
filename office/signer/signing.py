"""One request to the signer, answered: check, count durably, then sign. No sockets here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from langso.contract import Document, IssuerRule, ReceiptsAck, State, TrustDocument, Urgent
from langso.device.paired import read_device
from langso.timekeeping.clock import Clock
from langso.trust import Refused, SigningKey, key_id, open_sealed, parse_payload, seal
from office.signer.counters import SignedOrder, SignedVersions
from office.signer.errors import NotInitialised, SignerRefused, SignerStuck
from office.signer.heads import AuditHeads, KeptHead
from office.signer.places import ISSUER, SignerPlaces
from office.signer.questions import held_for
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


class Signing:
    """Holds the keys; thread-safe. Raises NotInitialised where keys or trust are missing or do not match."""

    def __init__(self, home: SignerPlaces, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._lock = threading.Lock()
        self._keys = _keys_in(home.signer)
        self._counters = SignedVersions(home.signer)
        self._heads = AuditHeads(home.signer)
        self._pin = TrustPin(home.signer, lambda: home.roots)
        self._own_keys(self._rule(self._trust()))

    def sign(self, kind: str, payload: bytes) -> bytes:
        """The envelope. Raises SignerRefused; the version is used up before the signature exists."""
        document = read_document(kind, payload)
        with held_for(self._lock, BUSY_S):
            trust = self._trust()
            rule = self._rule(trust)
            if isinstance(document, ReceiptsAck):
                check_ack(document, rule, trust)
            else:
                now = self._clock.now()
                check_clock(now, trust)
                check_document(document, rule, trust, now)
                self._count(document, now)
            try:
                return seal(payload, kind, self._own_keys(rule))
            except Refused as refused:
                raise SignerRefused(str(refused)) from refused

    def check_ready(self) -> None:
        """Raises what would keep any document from being signed now, a full disk excepted."""
        with held_for(self._lock, BUSY_S):
            trust = self._trust()
            self._own_keys(self._rule(trust))
            check_clock(self._clock.now(), trust)

    def keep_head(self, number: int, sha256: str) -> None:
        """The office's log ends so now."""
        with held_for(self._lock, BUSY_S):
            self._heads.keep(KeptHead(number=number, sha256=sha256, at=self._clock.now()))

    def heads(self) -> tuple[KeptHead, ...]:
        """Every end of the log that was told, as far as it must still be in it."""
        with held_for(self._lock, BUSY_S):
            return self._heads.all()

    def counters(self) -> tuple[Counter, ...]:
        """The counters as they stand."""
        with held_for(self._lock, BUSY_S):
            return self._counters.all()

    def raise_to(self, states: Mapping[str, str]) -> tuple[Counter, ...]:
        """Lifts the counters to what devices' signed states hold; one that does not verify is ignored."""
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

    def _count(self, document: Document, now: datetime) -> None:
        last = self._counters.version(document.kind, document.epoch, document.audience)
        check_version(document.version, last)
        new: tuple[SignedOrder, ...] = ()
        if isinstance(document, Urgent):
            heard = [order for order in document.orders if order.action in ("play", "relay")]
            new = tuple(SignedOrder(id=o.id, at=now) for o in heard if not self._counters.knows_order(o.id))
            if new and self._counters.orders_in_hour(now) + len(new) > URGENT_AN_HOUR:
                raise SignerRefused(
                    f"Đã ký {URGENT_AN_HOUR} lệnh khẩn trong một giờ; hãy đợi, hoặc kiểm tra xem ai đang gửi lệnh."
                )
        self._counters.advance(document.kind, document.epoch, document.audience, document.version, new)

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
            raise SignerStuck("Danh sách quyền của xã không có văn phòng này; hãy ký lại danh sách bằng khoá gốc.")
        return rule

    def _own_keys(self, rule: IssuerRule) -> list[SigningKey]:
        listed = {key_id(bytes.fromhex(key)) for key in rule.signers.keys}
        found = [key for key in self._keys if key.key_id in listed]
        if len(found) < rule.signers.threshold:
            # Trust may name a key that was made after this process began.
            self._keys = _keys_in(self._home.signer)
            found = [key for key in self._keys if key.key_id in listed]
        if len(found) < rule.signers.threshold:
            raise NotInitialised("Khoá của người ký không có trong danh sách quyền của xã; hãy ký lại danh sách đó.")
        return found


def _keys_in(folder: Path) -> list[SigningKey]:
    return [SigningKey.load(path) for path in sorted(folder.glob("*.key"))]
