"""A commune with keys, a clock, and a device that trusts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from langso.contract import DeviceOrder, IssuerRule, Media, Occurrence, Order, Plan, Programme, TargetSet, Urgent
from langso.contract import Document as AnyDocument
from langso.timekeeping.clock import ClockEvidence, SimulatedClock
from langso.trust import (
    Keeper,
    SigningKey,
    begin_marks,
    make_bundle,
    make_root,
    make_trust,
    root_keys,
    seal,
    threshold_of,
)

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
COMMUNE = "xa-mau"
DEVICE = "loa-1"
ALL_KINDS = ("plan", "urgent", "catalogue", "order", "ack")


@dataclass
class World:
    """Everything a test of trust needs; each piece may be replaced."""

    state: Path
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(START))
    root: list[SigningKey] = field(default_factory=lambda: [SigningKey.generate()])
    office: SigningKey = field(default_factory=SigningKey.generate)
    village: SigningKey = field(default_factory=SigningKey.generate)
    ntp: bool = True

    def keeper(self, **changes: Any) -> Keeper:
        settings: dict[str, Any] = {"commune": COMMUNE, "device_id": DEVICE, "clock_mode": "host"} | changes
        return Keeper(
            self.state,
            settings["commune"],
            settings["device_id"],
            settings.get("roots", root_keys(self.root)),
            self.clock,
            settings["clock_mode"],
            evidence=lambda: ClockEvidence(ntp_synchronised=self.ntp),
            look_only=settings.get("look_only", False),
            spare=settings.get("spare"),
        )

    def link(self, version: int, old: list[SigningKey], new: list[SigningKey], **changes: Any) -> bytes:
        """The root of that version, which these old keys hand over to these new ones."""
        options: dict[str, Any] = {"issued": self.clock.now(), "expires": self.clock.now() + 3650 * DAY} | changes
        commune = options.pop("commune", COMMUNE)
        return make_root(commune, root_keys(new, len(new), version), old_keys=old, new_keys=new, **options)

    def paired(self, **changes: Any) -> Keeper:
        begin_marks(self.state)
        keeper = self.keeper(**changes)
        keeper.take_trust(self.bundle())
        return keeper

    def rules(self, epoch: int = 1) -> list[IssuerRule]:
        return [
            IssuerRule(
                name="office",
                signers=threshold_of([self.office]),
                epoch=epoch,
                kinds=ALL_KINDS,
                classes=("normal", "priority", "emergency"),
            ),
            IssuerRule(
                name="thon-1",
                signers=threshold_of([self.village]),
                epoch=1,
                kinds=("plan", "urgent"),
                classes=("normal",),
                places=("thon-1",),
                minutes_a_day=30,
            ),
        ]

    def trust(self, version: int = 1, **changes: Any) -> bytes:
        options: dict[str, Any] = {
            "issuers": self.rules(),
            "keys": self.root,
            "issued": self.clock.now(),
            "expires": self.clock.now() + timedelta(days=365),
        } | changes
        return make_trust(options.pop("commune", COMMUNE), version=version, **options)

    def bundle(self, version: int = 1, chain: tuple[bytes, ...] = (), **changes: Any) -> bytes:
        return make_bundle(self.trust(version, **changes), chain)

    def head(self, version: int, **changes: Any) -> dict[str, Any]:
        return {
            "issuer": "office",
            "audience": "*",
            "commune": COMMUNE,
            "epoch": 1,
            "version": version,
            "issued": self.clock.now(),
            "expires": self.clock.now() + timedelta(days=14),
        } | changes

    def plan(
        self, version: int = 1, *, broadcast_class: Any = "normal", title: str = "Bản tin", **changes: Any
    ) -> Plan:
        return Plan(
            **self.head(version, **changes),
            until=self.clock.now() + timedelta(days=14),
            media=(Media(sha256="ab" * 32, size=10, duration_ms=1000, codec="opus"),),
            programmes=(Programme(id="p1", title=title, broadcast_class=broadcast_class, media=(0,)),),
            target_sets=(TargetSet(devices=("*",)),),
            occurrences=(Occurrence(id="o1", programme=0, targets=0, start=self.clock.now() + timedelta(hours=1)),),
        )

    def urgent(self, version: int = 1, **changes: Any) -> Urgent:
        return Urgent(**self.head(version, **changes))

    def order(self, version: int = 1, nonce: str | None = None, **changes: Any) -> Order:
        orders = ()
        if nonce is not None:
            expires = self.clock.now() + timedelta(days=1)
            orders = (DeviceOrder(id=f"n{version}", action="nonce_answer", nonce=nonce, expires=expires),)
        return Order(**self.head(version, **({"audience": DEVICE} | changes)), orders=orders)

    def sealed(self, document: AnyDocument, *keys: SigningKey) -> bytes:
        return seal(document, document.kind, list(keys) or [self.office])


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def make_world(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], World]:
    """For tests that need a fresh commune per example."""
    return lambda: World(tmp_path_factory.mktemp("commune"))


@pytest.fixture
def keeper(world: Any) -> Any:
    """A device's, which holds a good plan; whatever is tried, it holds none older afterwards."""
    keeper = world.paired()
    keeper.take("plan", world.sealed(world.plan(5)))
    yield keeper
    held = keeper.held("plan")
    assert held is None or (held.document.epoch, held.document.version) >= (1, 5)
