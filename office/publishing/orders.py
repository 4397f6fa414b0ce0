"""Orders to one device: restart, test sound, the answer to its nonce, and the settings wished of it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Literal

from langso.contract import DesiredSettings, DeviceOrder, Order
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from office.broadcasting.plans import Head
from office.publishing.documents import Documents, Issued

ORDER_LIFE = timedelta(minutes=10)
DOCUMENT_LIFE = timedelta(days=7)
MAX_ORDERS = 50


class DeviceOrders:
    """One signed `order` document a device; each order in it is done once."""

    def __init__(self, store: Store, documents: Documents, clock: Clock) -> None:
        self._store = store
        self._documents = documents
        self._clock = clock

    def give(
        self,
        device: str,
        action: Literal["restart", "test_sound", "nonce_answer", "republish_state"],
        *,
        nonce: str | None = None,
    ) -> Issued:
        """Adds an order that lives 10 minutes and signs. Raises SignerRefused, SignerUnreachable."""
        expires = self._clock.now() + ORDER_LIFE
        order = DeviceOrder(id=f"o-{secrets.token_hex(8)}", action=action, nonce=nonce, expires=expires)
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO device_orders (id, device, body, expires) VALUES (?, ?, ?, ?)",
                [order.id, device, order.to_json().decode(), expires.isoformat()],
            )
            return self._issue(device)

    def wish(self, device: str, settings: DesiredSettings) -> Issued:
        """The settings wished of a device, kept until changed."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO device_settings (device, body) VALUES (?, ?)"
                " ON CONFLICT (device) DO UPDATE SET body = excluded.body",
                [device, settings.to_json().decode()],
            )
            return self._issue(device)

    def reissue(self, device: str) -> Issued:
        """A new version with what is in force."""
        with self._store.transaction():
            return self._issue(device)

    def _issue(self, device: str) -> Issued:
        now = self._clock.now()
        db = self._store.db
        db.execute("DELETE FROM device_orders WHERE expires <= ?", [now.isoformat()])
        rows = db.execute(
            "SELECT body FROM device_orders WHERE device = ? ORDER BY expires DESC, id LIMIT ?", [device, MAX_ORDERS]
        ).fetchall()
        wished = db.execute("SELECT body FROM device_settings WHERE device = ?", [device]).fetchone()
        orders = tuple(DeviceOrder.model_validate_json(row[0]) for row in reversed(rows))
        settings = DesiredSettings() if wished is None else DesiredSettings.model_validate_json(wished[0])
        return self._documents.issue(
            "order", lambda head: _order(head, device, orders, settings, now), audience=device
        )


def _order(
    head: Head, device: str, orders: tuple[DeviceOrder, ...], settings: DesiredSettings, now: datetime
) -> Order:
    return Order(
        issuer=head.issuer,
        audience=device,
        commune=head.commune,
        epoch=head.epoch,
        version=head.version,
        issued=head.issued,
        expires=now + DOCUMENT_LIFE,
        settings=settings,
        orders=orders,
    )
