"""The pure rules a verified document is held against: role, commune, audience, epoch, version, time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from langso.contract import Document, IssuerRule, Order, Plan, TrustDocument, Urgent
from langso.trust.errors import Refused
from langso.trust.marks import Mark

FUTURE = timedelta(days=1)


def check_role(document: Document, rule: IssuerRule) -> None:
    """The issuer may send this kind, and only its classes in it. Where it may be heard is the speaker's policy."""
    if not rule.may_issue(document.kind):
        raise Refused("wrong_role", f"{rule.name} may not issue {document.kind}")
    if isinstance(document, Plan):
        classes = {programme.broadcast_class for programme in document.programmes} - set(rule.classes)
        classes |= {c for p in document.programmes if (c := p.broadcast_class) == "emergency"}
    elif isinstance(document, Urgent):
        # Stopping needs no class: what a stop may reach is decided where the playing item's issuer is known.
        heard = {order.broadcast_class for order in document.orders if order.action in ("play", "relay")}
        classes = heard - set(rule.classes)
    else:
        return
    if classes:
        raise Refused("wrong_role", f"{rule.name} may not issue {', '.join(sorted(classes))} in {document.kind}")


def check_addressed(document: Document, trust: TrustDocument, device_id: str) -> None:
    """Of a commune code that trust names, and for all, for such a commune, or for this device (orders: only that)."""
    if document.commune not in trust.communes:
        raise Refused("wrong_commune", f"{document.commune} is none of {', '.join(trust.communes)}")
    if document.audience == device_id:
        return
    if isinstance(document, Order):
        raise Refused("wrong_audience", f"an order for {document.audience}")
    if document.audience != "*" and document.audience not in trust.communes:
        raise Refused("wrong_audience", f"for {document.audience}")


def check_epoch(document: Document, epoch: int) -> None:
    """Of exactly the epoch that trust gives the issuer."""
    if document.epoch < epoch:
        raise Refused("rolled_back", f"epoch {document.epoch}, in force is {epoch}")
    if document.epoch > epoch:
        raise Refused("no_trust", f"epoch {document.epoch}, trust knows {epoch}")


def check_version(document: Document, sha256: str, mark: Mark | None) -> Literal["newer", "same"]:
    """Against the mark of its (kind, issuer, epoch): newer, the same bytes, or Refused."""
    if mark is None or document.version > mark.version:
        return "newer"
    if document.version < mark.version:
        raise Refused("rolled_back", f"version {document.version}, held is {mark.version}")
    if sha256 != mark.sha256:
        raise Refused("equivocation", f"version {document.version} with other bytes")
    return "same"


def check_time(document: Document, *, now: datetime | None, floor: datetime | None) -> None:
    """`now`: the wall clock where it is trusted, else None and the floor judges expiry.

    A date more than a day ahead of a trusted clock is refused: it would lift the floor over all that comes after.
    """
    if document.expires <= document.issued:
        raise Refused("malformed", "expires before it is issued")
    if now is not None and document.issued > now + FUTURE:
        raise Refused("from_future", f"issued {document.issued.isoformat()}")
    judged = now if now is not None else floor
    if judged is not None and document.expires <= judged:
        raise Refused("expired", f"expired {document.expires.isoformat()}")


def floor_of(document: Document, trust: TrustDocument, *, clock_trusted: bool) -> datetime:
    """How far this issuer's document lifts the time floor.

    Without a trusted clock at most to the trust document's own expiry, so that a stolen office key cannot
    push time further than the root has vouched for.
    """
    return document.issued if clock_trusted else min(document.issued, trust.expires)
