"""What the signer refuses whoever asks: checks of one document against the trust document in force. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from langso.contract import Catalogue, Document, IssuerRule, Order, Plan, ReceiptsAck, TrustDocument, Urgent
from langso.contract.caps import Limits, plan_breaches, relayable, too_loud
from langso.contract.vouched import may_relay, strangers
from langso.timekeeping import dates
from langso.trust import parse_payload
from langso.trust.errors import Refused
from langso.words.catalogue import Sentence, Unit
from office.signer.errors import SignerRefused, SignerStuck

KINDS: dict[str, type[Document]] = {"plan": Plan, "urgent": Urgent, "catalogue": Catalogue, "order": Order}
CLOCK_SLACK = timedelta(minutes=10)
# The list of rights is signed on another machine, whose clock may run ahead.
CLOCK_DAYS = timedelta(days=1)
LONGEST = {
    "plan": timedelta(days=60),
    "urgent": timedelta(days=7),
    "catalogue": timedelta(days=400),
    "order": timedelta(days=30),
}
LONGEST_URGENT_ORDER = timedelta(hours=24)
URGENT_AN_HOUR = 30
MAX_LIFT = 1_000_000


def read_document(kind: str, payload: bytes) -> Document | ReceiptsAck:
    """The payload as its model; the bytes must be exactly the canonical ones. Raises SignerRefused."""
    model: type[Document | ReceiptsAck] | None = ReceiptsAck if kind == "ack" else KINDS.get(kind)
    if model is None:
        raise SignerRefused(Sentence("signer-kind-unknown", kind=kind[:40]))
    try:
        document = parse_payload(payload, model)
    except Refused as refused:
        raise SignerRefused(Sentence("signer-unreadable", why=refused, detail=refused.detail[:200])) from refused
    if document.kind != kind:
        raise SignerRefused(Sentence("signer-other-kind"))
    # Other bytes with the same meaning would be a second text under one version: devices would see equivocation.
    if document.to_json() != payload:
        raise SignerRefused(Sentence("signer-not-canonical"))
    return document


def check_ack(ack: ReceiptsAck, rule: IssuerRule, trust: TrustDocument) -> None:
    """Raises SignerRefused unless it is our own acknowledgement to a device of this commune."""
    _check_office(ack.issuer, ack.commune, "ack", rule, trust)


def check_document(document: Document, rule: IssuerRule, trust: TrustDocument, now: datetime) -> None:
    """Checks issuer, commune, epoch, kind, dates, classes, volumes and audience. Raises SignerRefused."""
    _check_office(document.issuer, document.commune, document.kind, rule, trust)
    if document.epoch != rule.epoch:
        raise SignerRefused(Sentence("signer-epoch"))
    if isinstance(document, Order):
        if document.audience == "*" or document.audience in trust.communes:
            raise SignerRefused(Sentence("signer-one-device"))
    elif document.audience != "*":
        raise SignerRefused(Sentence("signer-every-device"))
    if abs(document.issued - now) > CLOCK_SLACK:
        raise SignerStuck(Sentence("signer-issued"), "clock")
    if not document.issued < document.expires <= document.issued + LONGEST[document.kind]:
        raise SignerRefused(Sentence("signer-expires"))
    if isinstance(document, Plan):
        _check_plan(document, rule, trust)
    elif isinstance(document, Urgent):
        _check_urgent(document, rule, trust)
    elif isinstance(document, Catalogue):
        _check_catalogue(document, trust, now)


def check_clock(now: datetime, trust: TrustDocument) -> None:
    """Raises SignerStuck where the clock is before the list of rights was signed: devices would take such a document
    for an expired one.
    """
    if now < trust.issued - CLOCK_DAYS:
        raise SignerStuck(Sentence("signer-clock", day=Unit(dates.plain_date, now)), "clock")


def check_version(version: int, last: int) -> None:
    """The version must rise, but not by a leap that would use the numbers up. Raises SignerRefused."""
    if version <= last:
        raise SignerRefused(Sentence("signer-version-low", version=version, last=last))
    if version > last + MAX_LIFT:
        raise SignerRefused(Sentence("signer-version-leap", version=version, last=last))


def _check_office(issuer: str, commune: str, kind: str, rule: IssuerRule, trust: TrustDocument) -> None:
    if issuer != rule.name:
        raise SignerRefused(Sentence("signer-issuer", own=rule.name, other=issuer))
    if commune not in trust.communes:
        raise SignerRefused(Sentence("signer-commune"))
    if not rule.may_issue(kind):
        raise SignerRefused(Sentence("signer-kind-barred", kind=kind))


def _check_plan(plan: Plan, rule: IssuerRule, trust: TrustDocument) -> None:
    for programme in plan.programmes:
        if programme.broadcast_class not in rule.classes:
            raise SignerRefused(Sentence("signer-class", title=programme.title))
    for programme, most in too_loud(plan, trust.caps):
        raise SignerRefused(Sentence("signer-volume", title=programme.title, volume=programme.volume, most=most))
    if not all(relayable(plan, trust.relay_hosts)):
        raise SignerRefused(Sentence("signer-relay"))
    broken = next(iter(plan_breaches(plan, Limits.of(trust, rule))), None)
    if broken is not None:
        raise SignerRefused(Sentence("signer-play-barred", play=broken.sound.id, why=broken.reason.sentence))
    if plan.until > plan.expires:
        raise SignerRefused(Sentence("signer-plan-too-long"))


def _check_urgent(urgent: Urgent, rule: IssuerRule, trust: TrustDocument) -> None:
    ids = [order.id for order in urgent.orders]
    if len(set(ids)) != len(ids):
        raise SignerRefused(Sentence("signer-alarm-twice"))
    for order in urgent.orders:
        if not order.issued < order.expires <= order.issued + LONGEST_URGENT_ORDER:
            raise SignerRefused(Sentence("signer-alarm-too-long"))
        if order.issued > urgent.issued + CLOCK_SLACK:
            raise SignerRefused(Sentence("signer-alarm-in-future"))
        # What ends others has no loudness: a commune with a cap could give no all-clear.
        if not order.sounds:
            continue
        if order.broadcast_class not in rule.classes:
            raise SignerRefused(Sentence("signer-alarm-class"))
        if order.action == "relay" and not may_relay(order.stream, order.broadcast_class, trust.relay_hosts):
            raise SignerRefused(Sentence("signer-relay"))
        if order.volume > trust.caps.volume:
            raise SignerRefused(Sentence("signer-alarm-volume", volume=order.volume, most=trust.caps.volume))


def _check_catalogue(catalogue: Catalogue, trust: TrustDocument, now: datetime) -> None:
    """What money and privacy hang on is the root's to say: kiosks of earlier releases believe the catalogue."""
    unknown = next(iter(strangers(catalogue.accounts, trust, now)), None)
    if unknown is not None:
        raise SignerRefused(Sentence("signer-account", number=unknown.number, bank=unknown.bin))
    if trust.age_recipient is not None and catalogue.age_recipient not in (None, trust.age_recipient):
        raise SignerRefused(Sentence("signer-recipient"))
