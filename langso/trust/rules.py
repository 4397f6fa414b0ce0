"""The rules a verified document must pass: role, commune, audience, epoch, version, time. Pure; raise Refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from langso.contract import Document, IssuerRule, Order, Plan, TrustDocument, Urgent
from langso.trust.errors import Refused
from langso.trust.marks import Floor, Lift, Mark, Marks

FUTURE = timedelta(days=1)
UNPROVEN_LEAD = timedelta(days=1)
ORDER_SLACK = timedelta(minutes=10)


def check_role(document: Document, rule: IssuerRule) -> None:
    """Raises Refused unless the issuer may send this kind, with these classes. Where it may be heard is `speaker`'s
    policy.
    """
    if not rule.may_issue(document.kind):
        raise Refused("wrong_role", f"{rule.name} may not issue {document.kind}")
    if isinstance(document, Plan):
        classes = {programme.broadcast_class for programme in document.programmes} - set(rule.classes)
        classes |= {c for p in document.programmes if (c := p.broadcast_class) == "emergency"}
    elif isinstance(document, Urgent):
        # Stopping needs no class: what a stop may reach is decided where the playing item's issuer is known.
        heard = {order.broadcast_class for order in document.orders if order.sounds}
        classes = heard - set(rule.classes)
    else:
        return
    if classes:
        raise Refused("wrong_role", f"{rule.name} may not issue {', '.join(sorted(classes))} in {document.kind}")


def check_addressed(document: Document, trust: TrustDocument, device_id: str) -> None:
    """Raises Refused unless the document is from a commune code that trust names, and to all, to such a commune or to
    this device. Orders: to this device only.
    """
    if document.commune not in trust.communes:
        raise Refused("wrong_commune", f"{document.commune} is none of {', '.join(trust.communes)}")
    if document.audience == device_id:
        return
    if isinstance(document, Order):
        raise Refused("wrong_audience", f"an order for {document.audience}")
    if document.audience != "*" and document.audience not in trust.communes:
        raise Refused("wrong_audience", f"for {document.audience}")


def check_epoch(document: Document, epoch: int) -> None:
    """Raises Refused unless its epoch is the one that trust gives the issuer."""
    if document.epoch < epoch:
        raise Refused("rolled_back", f"epoch {document.epoch}, in force is {epoch}")
    if document.epoch > epoch:
        raise Refused("no_trust", f"epoch {document.epoch}, trust knows {epoch}")


def check_version(document: Document, sha256: str, mark: Mark | None) -> Literal["newer", "same"]:
    """Compares with the mark of its (kind, issuer, epoch): "newer", or "same" for the same bytes. Raises Refused for
    a lower version, or the same version with other bytes.
    """
    if mark is None or document.version > mark.version:
        return "newer"
    if document.version < mark.version:
        raise Refused("rolled_back", f"version {document.version}, held is {mark.version}")
    if sha256 != mark.sha256:
        raise Refused("equivocation", f"version {document.version} with other bytes")
    return "same"


def check_time(document: Document, *, now: datetime | None, floor: datetime | None, answers: bool = False) -> None:
    """Raises Refused for an expired document. `now`: the wall clock where it is trusted; else None, and `floor` is
    used. `answers`: it answers this device's own nonce, and so was signed just now whatever the floor says.

    A date more than a day ahead of a trusted clock is refused too: it would lift the floor above all later documents.
    """
    if document.expires <= document.issued:
        raise Refused("malformed", "expires before it is issued")
    if now is not None and document.issued > now + FUTURE:
        raise Refused("from_future", f"issued {document.issued.isoformat()}")
    if isinstance(document, Urgent):
        # The newest alarm cuts in on older ones: one dated ahead would keep its place against all that follow.
        ahead = next((order for order in document.orders if order.issued > document.issued + ORDER_SLACK), None)
        if ahead is not None:
            raise Refused("from_future", f"order {ahead.id} issued {ahead.issued.isoformat()}")
    if answers:
        return
    judged = now if now is not None else floor
    if judged is not None and document.expires <= judged:
        raise Refused("expired", f"expired {document.expires.isoformat()}")


def vouches_for_time(rule: IssuerRule | None) -> bool:
    """Whether an issuer's documents lift the time floor: those of issuers for the whole commune alone, so that no
    village's key shuts a device against the commune.
    """
    return rule is not None and "*" in rule.places


def vouching(marks: Marks, trust: TrustDocument | None) -> list[Floor]:
    """The floors that count under this list. One whose issuer it removed, or moved to another epoch, no longer does:
    its key may have been stolen.
    """
    in_force = {"root": marks.highest_epoch("root")}
    if trust is not None:
        in_force |= {rule.name: rule.epoch for rule in trust.issuers if vouches_for_time(rule)}
    return [floor for floor in marks.floors if in_force.get(floor.issuer) == floor.epoch]


def floor_under(marks: Marks, trust: TrustDocument | None) -> datetime | None:
    """The latest time proven by what counts under this list; None where nothing does."""
    return max((floor.moment for floor in vouching(marks, trust)), default=None)


def lift_of(issued: datetime, trust: TrustDocument, *, proven: datetime | None, answers: bool, clock: bool) -> Lift:
    """Up to where something issued then lifts the floor. `proven`: the latest time that rests on more than words
    (None: there is none to judge it by); `answers`: it answers this device's nonce; `clock`: a trusted clock agrees.

    On words alone at most a day above what is proven, and without a clock never past the end of the list of rights:
    a stolen key cannot push a device that knows the time from documents only out of reach of true ones.
    """
    if clock:
        return Lift(issued, issued)
    issued = min(issued, trust.expires)
    if answers or proven is None:
        return Lift(issued, issued)
    return Lift(min(issued, proven + UNPROVEN_LEAD), min(issued, proven))
