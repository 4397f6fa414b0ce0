from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from langso.contract import MAX_RECEIVED, Order
from langso.courier.letters import Letter, mark_of
from langso.trust import parse_payload, read_sealed
from office.courier import VOUCHED_FOR
from office.errors import CarriedWithout, ReportRefused, UploadRefused


class Carrier:
    """The office's end of the courier, and what else heard of it."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.told: list[str] = []
        self.office = world.office._correspondent(lambda topic, raw: self.told.append(topic))

    def order_of(self, device: str) -> Order:
        letters = dict(self.office.outgoing()[0])
        return parse_payload(read_sealed(letters[Letter("order", device=device)], "order").payload, Order)


@pytest.fixture
def carrier(make_office: Callable[..., Any]) -> Carrier:
    return Carrier(make_office())


def receipts(raw: bytes, number: int = 1) -> Letter:
    return Letter("receipts", device="loa-1", mark=mark_of(number, raw))


def dossier(raw: bytes) -> Letter:
    return Letter("dossier", device="kiosk-1", mark=mark_of(1, raw))


def test_receipts_after_a_gap_are_carried_again_not_called_had(carrier: Carrier) -> None:
    device = carrier.world.reporter("loa-1")
    for number in range(4):
        device.write(f"o{number}")
    first, second = device.batch(1, 4), device.batch(5, 8)
    with pytest.raises(CarriedWithout, match="báo cáo trước"):
        carrier.office.take_letter(receipts(second), second, {})
    assert carrier.told == []
    assert carrier.office.take_letter(receipts(first), first, {}) == "taken"
    assert carrier.office.take_letter(receipts(second), second, {}) == "taken"
    assert carrier.office.take_letter(receipts(second), second, {}) == "same"
    assert set(carrier.told) == {"langso/1/hoa-son/device/loa-1/receipts"}
    ack = [letter for letter, _ in carrier.office.outgoing()[0] if letter.kind == "ack"]
    assert ack == [Letter("ack", device="loa-1", mark=device.journal)]


def test_what_another_device_signed_is_refused(carrier: Carrier) -> None:
    carrier.world.reporter("loa-1")
    stranger = carrier.world.reporter("loa-2")
    stranger.write("o1")
    raw = stranger.batch()
    with pytest.raises(ReportRefused):
        carrier.office.take_letter(receipts(raw), raw, {})
    assert carrier.told == []


def test_a_dossier_without_its_bytes_is_carried_again(carrier: Carrier, tmp_path: Path) -> None:
    manifest, cipher = carrier.world.sealed_dossier(carrier.world.reporter("kiosk-1", "kiosk"))
    sha256 = hashlib.sha256(cipher).hexdigest()
    with pytest.raises(CarriedWithout):
        carrier.office.take_letter(dossier(manifest), manifest, {})
    half = tmp_path / "half"
    half.write_bytes(cipher[:-1])
    with pytest.raises(CarriedWithout):
        carrier.office.take_letter(dossier(manifest), manifest, {sha256: half})
    # The half counts: over the line, or from a second stick, it goes on from there.
    half.write_bytes(bytes(len(cipher) - 1) + cipher[-1:])
    assert carrier.office.take_letter(dossier(manifest), manifest, {sha256: half}) == "taken"
    assert [one.dossier for one in carrier.world.office.desk.list()] == ["hs-1"]


def test_other_bytes_than_were_signed_are_no_dossier(carrier: Carrier, tmp_path: Path) -> None:
    manifest, cipher = carrier.world.sealed_dossier(carrier.world.reporter("kiosk-1", "kiosk"))
    other = tmp_path / "other"
    other.write_bytes(bytes(len(cipher)))
    with pytest.raises(UploadRefused):
        carrier.office.take_letter(dossier(manifest), manifest, {hashlib.sha256(cipher).hexdigest(): other})
    assert carrier.world.office.desk.list() == []
    assert carrier.world.office.store.db.execute("SELECT count(*) FROM carried_dossiers").fetchone()[0] == 0


def test_the_office_vouches_for_sixty_days_in_orders_that_outlive_the_road(carrier: Carrier, tmp_path: Path) -> None:
    kiosk = carrier.world.reporter("kiosk-1", "kiosk")
    manifest, cipher = carrier.world.sealed_dossier(kiosk)
    file = tmp_path / "whole"
    file.write_bytes(cipher)
    carrier.office.take_letter(dossier(manifest), manifest, {hashlib.sha256(cipher).hexdigest(): file})
    order = carrier.order_of("kiosk-1")
    assert order.received == ("hs-1",)
    assert order.expires - order.issued == timedelta(days=30)
    db = carrier.world.office.store.db
    almost, over = (datetime.now(UTC) - VOUCHED_FOR + timedelta(hours=hours) for hours in (1, -1))
    db.execute("UPDATE carried_dossiers SET at = ?", [almost.isoformat()])
    assert carrier.order_of("kiosk-1").received == ("hs-1",)
    db.execute("UPDATE carried_dossiers SET at = ?", [over.isoformat()])
    carrier.office.outgoing()
    assert carrier.world.office.orders.reissue("kiosk-1") is not None
    order = carrier.order_of("kiosk-1")
    assert order.received is None
    assert order.expires - order.issued == timedelta(days=7)


def test_the_newest_are_vouched_for_where_there_are_too_many(carrier: Carrier) -> None:
    carrier.world.reporter("kiosk-1", "kiosk")
    now = datetime.now(UTC)
    with carrier.world.office.store.transaction() as db:
        for number in range(MAX_RECEIVED + 2):
            at = (now + timedelta(seconds=number)).isoformat()
            db.execute("INSERT INTO carried_dossiers VALUES ('kiosk-1', ?, ?)", [f"TN-{number}", at])
    received = carrier.order_of("kiosk-1").received
    assert received is not None
    assert (received[0], received[-1], len(received)) == ("TN-2", f"TN-{MAX_RECEIVED + 1}", MAX_RECEIVED)
