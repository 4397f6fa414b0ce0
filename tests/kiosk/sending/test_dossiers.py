"""Dossiers from handing in to the office's own desk: ids, limits, and answers of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kiosk.sending.dossiers
import kiosk.sending.sealing
from kiosk.errors import NotReady
from kiosk.sending.dossiers import Dossiers
from kiosk.sending.sealing import HandedIn
from kiosk.sending.sender import Sender, office_client
from langso.durable.errors import FileRefused, StoreFull
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.errors import LangsoError
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey

PDF = b"%PDF-1.7 " + bytes(range(256)) * 400


@dataclass
class Kiosk:
    """The sending side of a kiosk; `again` is the same kiosk after its power was cut."""

    folder: Path
    key: SigningKey
    recipient: str
    chunk: int = 16_384

    def __post_init__(self) -> None:
        self.store = Store(self.folder / "kiosk.sqlite", [OUTBOX_MIGRATION])
        clock = SystemClock()
        self.outbox = Outbox(self.store, clock, spread=lambda: 0.0)
        self.dossiers = Dossiers(
            self.folder, self.outbox, clock, self.key, device="kiosk-1", commune="hoa-son", used=self._used
        )

    def _used(self, dossier: str) -> bool:
        return self.store.db.execute("SELECT 1 FROM outbox WHERE key = ?", [dossier]).fetchone() is not None

    def hand_in(self, pdf: bytes = PDF) -> HandedIn:
        return self.dossiers.hand_in(pdf, title="Giấy khai sinh", pages=1, recipient=self.recipient)

    def sender(self, client: httpx.Client) -> Sender:
        return Sender(self.outbox, self.dossiers, client, chunk=self.chunk)

    def again(self) -> Kiosk:
        self.store.close()
        return Kiosk(self.folder, self.key, self.recipient, self.chunk)


@pytest.fixture
def age() -> Any:
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def kiosk_side(tmp_path: Path, age: Any) -> Iterator[Kiosk]:
    folder = tmp_path / "kiosk-side"
    folder.mkdir()
    made = Kiosk(folder, SigningKey.generate(), str(age.to_public()))
    yield made
    made.store.close()


@pytest.fixture
def client(desk: Any) -> Iterator[httpx.Client]:
    with office_client(desk.url, timeout=5) as client:
        yield client


def test_a_refused_dossier_waits_and_does_not_hold_up_the_next(
    kiosk_side: Kiosk, desk: Any, client: httpx.Client
) -> None:
    kiosk_side.hand_in()
    desk.answer_with = 400
    sender = kiosk_side.sender(client)
    assert sender.send_due() == 0
    assert "400" in sender.last_error
    desk.answer_with = None
    second = kiosk_side.hand_in()
    assert sender.send_due() == 1
    assert desk.arrivals == [second.dossier]
    assert kiosk_side.outbox.waiting() == 1, "kept: nothing is thrown away"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answers=st.lists(
        st.tuples(
            st.sampled_from([200, 201, 204, 301, 400, 404, 409, 413, 460, 500, 507]),
            st.sampled_from(["", "0", "-1", "7", "99999999999", "x", "１２"]),
            st.sampled_from(["", "/desk/uploads/a", "/elsewhere", "//h/desk/uploads/a", "/desk/uploads/../../x"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_an_office_answers_nothing_is_lost_before_it_has_all(
    kiosk_side: Kiosk, answers: list[tuple[int, str, str]]
) -> None:
    receipt = kiosk_side.hand_in(b"%PDF small")
    size = kiosk_side.dossiers.path(receipt.dossier).stat().st_size
    left = iter(answers)
    believed = False

    def office(_: httpx.Request) -> httpx.Response:
        nonlocal believed
        status, offset, place = next(left, (500, "", ""))
        headers = {"Upload-Offset": offset.encode()} if offset else {}
        # "All of it is here" may be said by 200 without a place, or by an offset equal to the size.
        believed = believed or (status == 200 and not place)
        return httpx.Response(status, headers=headers | ({"Location": place} if place else {}))

    with httpx.Client(transport=httpx.MockTransport(office), base_url="http://office.invalid") as client:
        kiosk_side.sender(client).send_due()
    assert size not in (7, 99999999999), "else an answer above would be believable"
    assert believed or kiosk_side.dossiers.path(receipt.dossier).exists()
    kiosk_side.outbox.hurry()
    for item in kiosk_side.outbox.pending():
        kiosk_side.outbox.acknowledge(item.id)


def test_an_id_given_out_before_is_never_given_again(
    kiosk_side: Kiosk, desk: Any, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter([7, 7, 8])
    monkeypatch.setattr(kiosk.sending.dossiers.secrets, "randbelow", lambda _: next(numbers))
    first = kiosk_side.hand_in()
    kiosk_side.sender(client).send_due()
    second = kiosk_side.hand_in(PDF + b"other")
    assert second.dossier != first.dossier
    assert kiosk_side.sender(client).send_due() == 1
    assert desk.arrivals == [first.dossier, second.dossier]


def test_the_receipts_code_is_in_groups_to_read_aloud() -> None:
    assert HandedIn("TN-261122-482173", "Giấy khai sinh", 1).code == "TN 261122 482 173"


def test_too_heavy_a_dossier_is_said_and_not_kept(kiosk_side: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kiosk.sending.sealing, "MAX_BYTES", 10)
    with pytest.raises(NotReady, match="bớt trang"):
        kiosk_side.hand_in()
    assert list(kiosk_side.dossiers.folder.iterdir()) == []


@pytest.mark.parametrize("full", [FileRefused("Không ghi được /x/outgoing/TN.age."), StoreFull("Không ghi được /x.")])
def test_a_card_that_takes_nothing_is_told_to_a_villager_without_file_names(
    full: LangsoError, kiosk_side: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise full

    if isinstance(full, FileRefused):
        monkeypatch.setattr(kiosk.sending.dossiers, "write_atomic", refuse)
    else:
        monkeypatch.setattr(kiosk_side.dossiers._outbox, "put", refuse)
    with pytest.raises(NotReady, match="giữ giấy lại") as told:
        kiosk_side.hand_in()
    assert "/" not in str(told.value)
    assert list(kiosk_side.dossiers.folder.iterdir()) == [], "what is not in the outbox is never sent"


@pytest.fixture
def make_office_desk(tmp_path: Path) -> Callable[..., Any]:
    """The office's own desk over HTTP, knowing one kiosk's key."""

    def make(key: SigningKey) -> Any:
        from datetime import UTC, datetime

        from fastapi import FastAPI
        from fastapi.testclient import TestClient
        from founded import initialise

        from langso.settings.model import (
            CommuneSettings,
            DeviceSettings,
            OfficeSettings,
            PathSettings,
            Settings,
            SignerSettings,
        )
        from office.places import OfficeHome
        from office.web.doors.uploads import desk_router
        from office.whole_office import Office

        home = tmp_path / "office"
        chosen = Settings(
            commune=CommuneSettings(code="hoa-son", name="Xã Hoa Sơn"),
            device=DeviceSettings(id="van-phong", role="office"),
            office=OfficeSettings(public_url="http://testserver"),
            signer=SignerSettings(socket=home / "signer.sock"),
            paths=PathSettings(state=home / "state", run=home / "run"),
        )
        initialise(chosen, [SigningKey.generate()], None, datetime.now(UTC))
        console = Office(chosen)
        console.fleet.register("kiosk-1", "kiosk", "Nhà văn hóa thôn 2", "thon-2", key.public)
        app = FastAPI()
        app.include_router(desk_router(console.desk))
        return console, TestClient(app), OfficeHome(chosen).age_recipient()

    return make


def test_the_offices_own_desk_lists_it_once_and_opens_it(
    kiosk_side: Kiosk, make_office_desk: Callable[..., Any]
) -> None:
    console, client, recipient = make_office_desk(kiosk_side.key)
    try:
        kiosk_side.recipient = recipient
        receipt = kiosk_side.hand_in()
        # The piece after the first is lost on the way: the same sender asks how far it came.
        lost = iter([False, True])
        real = client.request

        def request(method: str, *args: Any, **more: Any) -> httpx.Response:
            if method == "PATCH" and next(lost, False):
                raise httpx.ReadError("cut")
            return real(method, *args, **more)

        client.request = request
        sender = kiosk_side.sender(client)
        assert sender.send_due() == 0
        assert sender.send_due() == 1
        (listed,) = console.desk.list()
        assert (listed.dossier, listed.title, listed.pages) == (receipt.dossier, "Giấy tờ", 1)
        assert console.desk.open(listed.id, "van-thu") == PDF
        assert kiosk_side.again().sender(client).send_due() == 0
    finally:
        console.close()


def test_who_finds_the_card_or_the_couriers_stick_learns_not_even_what_kind_of_paper_it_is(
    kiosk_side: Kiosk, make_office_desk: Callable[..., Any]
) -> None:
    """The office learns it from inside what is encrypted to it."""
    import json

    import numpy as np
    from release_0_1_0.reports import DossierManifest as FirstManifest

    from langso.trust import read_sealed
    from scanner.clean import CleanPage
    from scanner.document import make_pdf

    console, client, kiosk_side.recipient = make_office_desk(kiosk_side.key)
    try:
        page = CleanPage(np.full((1169, 827, 3), 255, np.uint8), 100, "A4", (210.0, 297.0))
        receipt = kiosk_side.hand_in(make_pdf([page], "Đơn xin thuốc", procedure="1.004873"))
        (item,) = kiosk_side.outbox.pending("dossier", limit=5)
        manifest = read_sealed(item.body, "dossier").payload
        disk = manifest + b"".join(p.read_bytes() for p in kiosk_side.folder.rglob("*") if p.is_file())
        for secret in ("Đơn xin thuốc", "Giấy khai sinh", "1.004873"):
            assert secret.encode() not in disk
            assert json.dumps(secret).encode() not in disk
        first = FirstManifest.model_validate_json(manifest, strict=True)
        assert (first.title, first.procedure) == ("Giấy tờ", "")
        assert kiosk_side.sender(client).send_due() == 1
        (listed,) = console.desk.list()
        assert (listed.dossier, listed.title, listed.procedure) == (receipt.dossier, "Đơn xin thuốc", "1.004873")
    finally:
        console.close()
