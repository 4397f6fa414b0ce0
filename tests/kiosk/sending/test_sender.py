"""Dossiers reach the office exactly once, whoever dies in the middle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyrage
import pytest

from kiosk.sending.dossiers import Dossiers
from kiosk.sending.sender import Sender, office_client
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey

PDF = b"%PDF-1.7 " + bytes(range(256)) * 400


class Kiosk:
    """What of a kiosk sends; `restart` is a power cut and a new start."""

    def __init__(self, folder: Path, url: str) -> None:
        self.identity = pyrage.x25519.Identity.generate()
        self.key = SigningKey.generate()
        self.folder, self.url = folder, url
        self.start()

    def start(self) -> None:
        self.store = Store(self.folder / "kiosk.sqlite", (OUTBOX_MIGRATION,))
        self.outbox = Outbox(self.store, SystemClock(), spread=lambda: 0.0)
        self.dossiers = Dossiers(
            self.folder, self.outbox, SystemClock(), self.key, device="kiosk-thu", commune="xa-thu"
        )
        self.client = office_client(self.url, timeout=3)
        self.sender = Sender(self.outbox, self.dossiers, self.client, chunk=16_384)

    def restart(self) -> None:
        self.close()
        self.start()

    def close(self) -> None:
        self.client.close()
        self.store.close()

    def hand_in(self) -> str:
        recipient = str(self.identity.to_public())
        return self.dossiers.hand_in(PDF, title="Giấy khai sinh", pages=1, recipient=recipient).dossier


@pytest.fixture
def kiosk(tmp_path: Path, desk: Any) -> Iterator[Kiosk]:
    made = Kiosk(tmp_path, desk.url)
    yield made
    made.close()


def check_arrived(kiosk: Kiosk, desk: Any, dossier: str) -> None:
    assert desk.arrivals == [dossier]
    sealed = desk.finished[dossier]
    assert hashlib.sha256(sealed).hexdigest() == desk.manifests[dossier]["sha256"]
    assert pyrage.decrypt(sealed, [kiosk.identity]) == PDF
    assert kiosk.sender.waiting() == 0
    assert not kiosk.dossiers.path(dossier).exists()


def test_a_dossier_arrives_and_is_forgotten_here(kiosk: Kiosk, desk: Any) -> None:
    dossier = kiosk.hand_in()
    assert kiosk.sender.send_due() == 1
    check_arrived(kiosk, desk, dossier)
    assert kiosk.sender.send_due() == 0


@pytest.mark.parametrize("cut", [0, 1, 16_384, 50_000, 100_000])
def test_the_office_dies_midway_and_only_the_rest_is_sent_again(kiosk: Kiosk, desk: Any, cut: int) -> None:
    dossier = kiosk.hand_in()
    desk.cut_after = cut
    assert kiosk.sender.send_due() == 0
    assert kiosk.sender.waiting() == 1
    held = len(desk.partial[dossier])
    assert held == cut
    assert kiosk.sender.send_due() == 1
    check_arrived(kiosk, desk, dossier)


def test_the_kiosk_dies_midway_and_goes_on_where_it_was(kiosk: Kiosk, desk: Any) -> None:
    dossier = kiosk.hand_in()
    desk.cut_after = 40_000
    kiosk.sender.send_due()
    kiosk.restart()
    assert kiosk.sender.send_due() == 1
    check_arrived(kiosk, desk, dossier)


def test_the_kiosk_dies_after_the_last_byte_before_it_knows(kiosk: Kiosk, desk: Any, monkeypatch: Any) -> None:
    dossier = kiosk.hand_in()
    monkeypatch.setattr(kiosk.dossiers, "sent", lambda *_: None)
    kiosk.sender.send_due()
    assert kiosk.sender.waiting() == 1
    kiosk.restart()
    assert kiosk.sender.send_due() == 1
    check_arrived(kiosk, desk, dossier)


def test_an_office_that_forgot_the_upload_is_sent_it_anew(kiosk: Kiosk, desk: Any) -> None:
    dossier = kiosk.hand_in()
    desk.cut_after = 40_000
    kiosk.sender.send_due()
    desk.partial.clear()
    assert kiosk.sender.send_due() == 1
    check_arrived(kiosk, desk, dossier)


def test_no_office_loses_nothing(kiosk: Kiosk, desk: Any) -> None:
    dossier = kiosk.hand_in()
    desk.close()
    assert kiosk.sender.send_due() == 0
    assert kiosk.sender.last_error
    desk.open()
    assert kiosk.sender.send_due() == 1
    check_arrived(kiosk, desk, dossier)


@pytest.mark.parametrize("status", [400, 403, 409, 413, 415, 429, 500, 503])
def test_a_refusal_keeps_the_dossier(kiosk: Kiosk, desk: Any, status: int) -> None:
    dossier = kiosk.hand_in()
    desk.answer_with = status
    assert kiosk.sender.send_due() == 0
    assert kiosk.dossiers.path(dossier).exists()
    assert kiosk.sender.waiting() == 1
    desk.answer_with = None
    kiosk.sender.hurry()
    assert kiosk.sender.send_due() == 1
    check_arrived(kiosk, desk, dossier)


@pytest.mark.parametrize(
    "place",
    ["http://evil.example/desk/uploads/1", "//evil.example/desk/uploads/1", "/elsewhere", "/desk/uploads/../../x"],
)
def test_an_answer_cannot_send_the_dossier_to_another_machine(tmp_path: Path, place: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(201, headers={"Location": place})

    kiosk = Kiosk(tmp_path, "http://office.test")
    kiosk.hand_in()
    client = httpx.Client(base_url="http://office.test", transport=httpx.MockTransport(answer))
    sender = Sender(kiosk.outbox, kiosk.dossiers, client)
    assert sender.send_due() == 0
    assert asked == ["http://office.test/desk/uploads"]
    assert sender.waiting() == 1
    kiosk.close()
