"""What the office of Hoa Sơn would have signed or refused: `from plans import device_order, holding, order, plan`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from langso.contract import Media, Occurrence, Order, Plan, Programme, TargetSet, Urgent, UrgentOrder

MEDIA, TUNE = (Media(sha256=letter * 64, size=10, duration_ms=1000, codec="opus") for letter in "ab")
_HEAD: dict[str, Any] = {"issuer": "office", "audience": "*", "commune": "hoa-son", "epoch": 0}


def plan(version: int = 1, issued: datetime | None = None, **more: Any) -> Plan:
    """Empty, of this minute, for thirty days, unless `more` says otherwise."""
    now = issued or datetime.now(UTC)
    fields: dict[str, Any] = {
        **_HEAD,
        "version": version,
        "issued": now,
        "expires": now + timedelta(days=30),
        "until": now + timedelta(days=14),
    }
    return Plan(**{**fields, **more})


def holding(*ids: str, start: datetime, version: int = 1, devices: tuple[str, ...] = ("*",), **more: Any) -> Plan:
    """A plan with these plays of one programme, of which `more` says what is not as usual."""
    programme = Programme(**{"id": "p", "title": "Họp thôn", "media": (0,), "volume": 50, **more})
    return plan(
        version,
        media=(MEDIA, TUNE),
        programmes=(programme,),
        target_sets=(TargetSet(devices=devices),),
        occurrences=tuple(Occurrence(id=id, programme=0, targets=0, start=start) for id in ids),
    )


def order(id: str = "u1", action: str = "play", **more: Any) -> UrgentOrder:
    """One that begins now and holds for an hour."""
    now = datetime.now(UTC)
    fields: dict[str, Any] = {"issued": now, "expires": now + timedelta(hours=1), "volume": 50}
    if action == "play":
        fields["media"] = (MEDIA,)
    return UrgentOrder(id=id, action=action, **{**fields, **more})


def urgent(version: int, *orders: UrgentOrder) -> Urgent:
    """With these orders in force, for a day from now."""
    now = datetime.now(UTC)
    return Urgent(**_HEAD, version=version, issued=now, expires=now + timedelta(days=1), orders=orders)


def device_order(version: int, device: str = "loa-1", *, days: int = 30, **more: Any) -> Order:
    """What one device is told from now on, for so many days; `more`: what it says."""
    now = datetime.now(UTC)
    head = {**_HEAD, "audience": device}
    return Order(**head, version=version, issued=now, expires=now + timedelta(days=days), **more)
