"""What every decision of staff needs: whom it may name, a proof where one must be, signature and way back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol

import sqlite_utils

from langso.contract import BroadcastClass, TargetSet, UrgentOrder
from langso.contract.caps import Limits, loudest
from langso.device.paired_devices import read_devices
from langso.durable.store import Store
from langso.errors import LangsoError
from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence
from office.broadcasting import urgent_rows
from office.broadcasting.media import MadeSound
from office.broadcasting.plans import EVERYONE
from office.errors import BroadcastRefused
from office.people.audit import Audit
from office.places import OfficeHome
from office.signer.asked.orders import Asked
from office.signer.client import Proof
from office.signer.errors import SignerUnreachable

STOP_LIFE = timedelta(minutes=10)
"""How long an order to stop is in force."""

Kind = Literal["plan", "urgent"]


class OrderSigning(Protocol):
    """What decisions need of signing; `office.publishing.speaker_orders.SpeakerOrders` does it."""

    def limits(self) -> Limits:
        """The commune's caps and the office's own minutes a day."""

    def trouble(self) -> SignerUnreachable | None:
        """Why the signer cannot sign now; None where it can."""

    @property
    def asked(self) -> bool:
        """Whether people must prove to the signer what they ask."""

    def ask(self, asked: Asked, proof: Proof | None) -> None:
        """A person's order, proven before anything is kept; nothing where nobody must. Raises SignerRefused."""

    def give(self, order: UrgentOrder, keep: Callable[[sqlite_utils.Database], None]) -> None:
        """Signs a new urgent order; `keep` writes its rows only once it is signed. Raises SignerRefused,
        SignerUnreachable.
        """

    def sign_or_keep(self, kind: Kind, trouble: SignerUnreachable | None) -> SignerUnreachable | None:
        """Signs a new version from the rows, unless `trouble` is given. What keeps the signer from it is returned,
        and the rows wait. Raises SignerRefused, BroadcastRefused.
        """


class Decisions:
    """`wake` is called after something new was signed (the publisher also looks each second)."""

    def __init__(
        self,
        store: Store,
        home: OfficeHome,
        clock: Clock,
        signing: OrderSigning,
        audit: Audit,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self.signing = signing
        self.wake = wake
        self._store = store
        self._home = home
        self._clock = clock
        self._audit = audit

    def tell(
        self,
        kinds: Sequence[Kind],
        trouble: SignerUnreachable | None,
        undo: Callable[[sqlite_utils.Database], None],
    ) -> None:
        """Has signed what was decided. A decision is kept while the signer cannot sign; one that its rules refuse is
        undone, and the refusal raised. Outside of any transaction: others go on writing meanwhile.
        """
        try:
            for kind in kinds:
                trouble = self.signing.sign_or_keep(kind, trouble)
        except LangsoError:
            with self._store.transaction() as db:
                undo(db)
            raise
        finally:
            self.wake()

    def proven(self, asked: Asked, proof: Proof | None, trouble: SignerUnreachable | None) -> bool:
        """Whether this had to be proven, and was. What must be proven cannot wait for a signer that is away."""
        if not self.signing.asked:
            return False
        if trouble is not None:
            raise trouble
        self.signing.ask(asked, proof)
        return True

    def ending(
        self,
        action: Literal["stop", "all_clear"],
        ends: tuple[str, ...],
        devices: tuple[str, ...],
        life: timedelta,
    ) -> UrgentOrder:
        """An order that ends what is named, from now on for `life`."""
        now = self._clock.now()
        return UrgentOrder(
            id=f"u{now:%Y%m%d}-{secrets.token_hex(4)}",
            action=action,
            ends=ends[:100],
            targets=TargetSet(devices=devices),
            issued=now,
            expires=now + life,
        )

    def keep_ending(self, db: sqlite_utils.Database, order: UrgentOrder, by: str) -> None:
        """Its row, and the log's."""
        urgent_rows.insert_urgent(db, order, by)
        self._audit.write(by, "stop" if order.action == "stop" else "all_clear", order.id, " ".join(order.ends))

    def targets(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """Device ids as an order names them, or `*`. Raises BroadcastRefused for none, unknown or revoked ones."""
        paired = {device.id for device in read_devices(self._home.devices) if device.role == "speaker"}
        known = paired - set(self._home.trust().trust.revoked)
        if not known:
            raise BroadcastRefused(
                Sentence("broadcasting-all-revoked") if paired else Sentence("broadcasting-none-paired")
            )
        if EVERYONE in wanted or "all" in wanted:
            return (EVERYONE,)
        if not wanted:
            raise BroadcastRefused(Sentence("broadcasting-none-chosen"))
        unknown = sorted(set(wanted) - known)
        if unknown:
            wrong, there = ", ".join(unknown)[:200], ", ".join(sorted(known))[:500]
            raise BroadcastRefused(
                Sentence("broadcasting-revoked", wrong=wrong, there=there)
                if paired.issuperset(unknown)
                else Sentence("broadcasting-unknown", wrong=wrong, there=there)
            )
        return tuple(sorted(set(wanted)))

    def cap(self) -> int:
        """The commune's loudest, 1 to 100."""
        return self._home.trust().trust.caps.volume

    def loudest(self, broadcast_class: BroadcastClass, begin: datetime, end: datetime) -> int:
        """The loudest by its caps for what is of this class and sounds in [begin, end)."""
        return loudest(self._home.trust().trust.caps, broadcast_class, begin, end)

    def keep_sound(self, db: sqlite_utils.Database, sound: MadeSound, title: str) -> None:
        """A sound's row, once."""
        media = sound.media
        db.execute(
            "INSERT INTO media (sha256, size, duration_ms, codec, lufs, title, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
            [
                *(media.sha256, media.size, media.duration_ms, media.codec, sound.lufs, title),
                self._clock.now().isoformat(),
            ],
        )


def mark_of(once: str = "", *content: str) -> str:
    """Eight letters that tell one order from another; of the same form with the same content the same."""
    if not once:
        return secrets.token_hex(4)
    return hashlib.sha256("\0".join((once, *content)).encode()).hexdigest()[:8]
