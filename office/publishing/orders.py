"""Orders to one device: restart, test sound, the answer to its nonce; and the settings it shall have."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlite_utils

from langso.contract import MAX_RECEIVED, DesiredSettings, DeviceOrder, Order, TalkRight
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.words.catalogue import code_of, words_of
from office.broadcasting.plans import Head
from office.publishing.documents import Documents, Issued
from office.signer.errors import SignerRefused

log = logging.getLogger(__name__)

ORDER_LIFE = timedelta(minutes=10)
DOCUMENT_LIFE = timedelta(days=7)
CARRIED_LIFE = timedelta(days=30)
"""Of one that a courier waits for: the stick may lie for weeks."""
MAX_ORDERS = 50


@dataclass(frozen=True)
class _Talk:
    """Whether anything was ever decided for a device's village, and who may speak there."""

    decided: bool = False
    right: TalkRight | None = None


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
        also: Callable[[sqlite_utils.Database], None] = lambda db: None,
    ) -> Issued:
        """Adds an order that lives 10 minutes and signs; `also` is written with it. Raises SignerRefused,
        SignerUnreachable.
        """
        now = self._clock.now()
        order = DeviceOrder(id=f"o-{secrets.token_hex(8)}", action=action, nonce=nonce, expires=now + ORDER_LIFE)

        def keep(db: sqlite_utils.Database) -> None:
            db.execute("DELETE FROM device_orders WHERE expires <= ?", [now.isoformat()])
            db.execute(
                "INSERT INTO device_orders (id, device, body, expires) VALUES (?, ?, ?, ?)",
                [order.id, device, order.to_json().decode(), order.expires.isoformat()],
            )
            also(db)

        return self._issue(device, more=(order,), also=keep)

    def wish(
        self,
        device: str,
        settings: DesiredSettings,
        *,
        also: Callable[[sqlite_utils.Database], None] = lambda db: None,
    ) -> Issued:
        """The settings wished of a device, kept until changed; `also` is written with them."""

        def keep(db: sqlite_utils.Database) -> None:
            db.execute(
                "INSERT INTO device_settings (device, body) VALUES (?, ?)"
                " ON CONFLICT (device) DO UPDATE SET body = excluded.body",
                [device, settings.to_json().decode()],
            )
            also(db)

        return self._issue(device, settings=settings, also=keep)

    def reissue(self, device: str) -> Issued:
        """A new version with what is in force."""
        return self._issue(device)

    def _issue(
        self,
        device: str,
        *,
        more: tuple[DeviceOrder, ...] = (),
        settings: DesiredSettings | None = None,
        also: Callable[[sqlite_utils.Database], None] = lambda db: None,
    ) -> Issued:
        """Kept only once it is signed: what was not told to the device is not told later by itself."""

        talk = self._talk(device)

        def build(head: Head) -> Order:
            held = self._in_force(device, head.issued)[: MAX_ORDERS - len(more)]
            orders = (*reversed(held), *more)
            received = self._received(device)
            life = CARRIED_LIFE if received or talk.decided else DOCUMENT_LIFE
            return _order(head, device, orders, settings or self.wished(device), received, talk.right, life)

        try:
            return self._documents.issue("order", build, audience=device, also=also)
        except SignerRefused as refused:
            if talk.right is None or code_of(words_of(refused)) != "signer-talk-not-asked":
                raise
            # A right that came back from a backup must not keep a device from being healed.
            log.warning("left out of the order to %s: %s", device, refused)
            talk = _Talk(decided=True)
            return self._documents.issue("order", build, audience=device, also=also)

    def _in_force(self, device: str, now: datetime) -> tuple[DeviceOrder, ...]:
        rows = self._store.db.execute(
            "SELECT body FROM device_orders WHERE device = ? AND expires > ? ORDER BY expires DESC, id LIMIT ?",
            [device, now.isoformat(), MAX_ORDERS],
        ).fetchall()
        return tuple(DeviceOrder.model_validate_json(row[0]) for row in rows)

    def _received(self, device: str) -> tuple[str, ...] | None:
        """Dossiers of this kiosk that came by a courier, the newest last."""
        rows = self._store.db.execute(
            "SELECT dossier FROM carried_dossiers WHERE device = ? ORDER BY at DESC, dossier LIMIT ?",
            [device, MAX_RECEIVED],
        ).fetchall()
        return tuple(str(row[0]) for row in reversed(rows)) or None

    def _talk(self, device: str) -> _Talk:
        """A withdrawal is carried for as long as a right."""
        row = self._store.db.execute(
            "SELECT t.body FROM talk_rights t JOIN devices d ON d.village = t.village"
            " WHERE d.id = ? AND d.role = 'speaker'",
            [device],
        ).fetchone()
        if row is None:
            return _Talk()
        return _Talk(True, None if row[0] is None else TalkRight.model_validate_json(row[0]))

    def wished(self, device: str) -> DesiredSettings:
        """The settings wished of a device; empty where none ever were."""
        row = self._store.db.execute("SELECT body FROM device_settings WHERE device = ?", [device]).fetchone()
        return DesiredSettings() if row is None else DesiredSettings.model_validate_json(row[0])


def _order(
    head: Head,
    device: str,
    orders: tuple[DeviceOrder, ...],
    settings: DesiredSettings,
    received: tuple[str, ...] | None,
    talk: TalkRight | None,
    life: timedelta,
) -> Order:
    return Order(
        issuer=head.issuer,
        audience=device,
        commune=head.commune,
        epoch=head.epoch,
        version=head.version,
        issued=head.issued,
        expires=head.issued + life,
        settings=settings,
        orders=orders,
        received=received,
        talk=talk,
    )
