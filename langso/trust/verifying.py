"""Whether a sealed document comes from an issuer of the trust document, and may say what it says to this device.

Verify first: whose threshold is met is settled before the payload is parsed. What is wrong raises Refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from langso.contract import Catalogue, Document, Order, Plan, ReceiptsAck, TrustDocument, Urgent
from langso.durable.errors import FileRefused
from langso.durable.owed_files import OwedFiles
from langso.trust.envelope import Sealed, parse_payload, read_sealed
from langso.trust.errors import Refused
from langso.trust.rules import check_addressed, check_epoch, check_role

MODELS: dict[str, type[Document]] = {"plan": Plan, "urgent": Urgent, "catalogue": Catalogue, "order": Order}


def verified(sealed: Sealed, trust: TrustDocument, device_id: str, topic_issuer: str | None) -> Document:
    """The document, of a kind in MODELS. Its version and its time are still to be judged."""
    met = _met(sealed, trust)
    document = parse_payload(sealed.payload, MODELS[sealed.kind])
    try:
        rule = trust.rule(document.issuer)
        if rule is None or document.issuer not in met:
            raise Refused("wrong_role", f"signed by {', '.join(met)} as {document.issuer}")
        if topic_issuer not in (None, document.issuer):
            raise Refused("wrong_role", f"{document.issuer} in the topic of {topic_issuer}")
        check_addressed(document, trust, device_id)
        check_epoch(document, rule.epoch)
        check_role(document, rule)
    except Refused as refused:
        raise about(refused, document, sealed.sha256) from None
    return document


def read_held(files: OwedFiles, trust: TrustDocument, device_id: str) -> Iterator[tuple[Sealed, Document]]:
    """What lies in `held/` and still verifies under this trust."""
    for name in files.names("held/*.json"):
        kind = name.removeprefix("held/").partition(".")[0]
        try:
            sealed = read_sealed(files.read(name, 1 << 20), kind)
            document = verified(sealed, trust, device_id, None)
        except (FileRefused, Refused, ValueError, KeyError):
            continue
        yield sealed, document


def verified_ack(sealed: Sealed, trust: TrustDocument, device_id: str, topic_issuer: str | None) -> ReceiptsAck:
    """An acknowledgement. It has no version: it may go back when the office was restored."""
    met = _met(sealed, trust)
    ack = parse_payload(sealed.payload, ReceiptsAck)
    rule = trust.rule(ack.issuer)
    may = rule is not None and ack.issuer in met and rule.may_issue("ack")
    if not may or topic_issuer not in (None, ack.issuer):
        raise Refused("wrong_role", f"an acknowledgement of {ack.issuer}")
    if ack.commune not in trust.communes:
        raise Refused("wrong_commune", f"an acknowledgement of {ack.commune}")
    if ack.device != device_id:
        raise Refused("wrong_audience", f"an acknowledgement for {ack.device}")
    return ack


def about(refused: Refused, document: Document, sha256: str) -> Refused:
    """The refusal, which then says what document it is about."""
    refused.issuer, refused.epoch = document.issuer, document.epoch
    refused.version, refused.sha256 = document.version, sha256
    return refused


def _met(sealed: Sealed, trust: TrustDocument) -> list[str]:
    """Issuers whose threshold the signatures meet; Refused where there is none."""
    met, some = [], False
    for rule in trust.issuers:
        count = len(sealed.signed_by(bytes.fromhex(key) for key in rule.signers.keys))
        some = some or count > 0
        if count >= rule.signers.threshold:
            met.append(rule.name)
    if met:
        return met
    if some:
        raise Refused("threshold", f"{sealed.kind}: too few signatures")
    raise Refused("forged", f"{sealed.kind}: no signature of an issuer's key")
