"""The village head's right on a loudspeaker's page: given, told by receipts, withdrawn; and what the signer asks."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from waiting import until

from langso.contract import Order, TalkRight
from langso.trust import parse_payload, read_sealed
from office.signer.errors import SignerRefused, SignerUnreachable

PAGE = "/loa/loa-thon-1"
VILLAGE = "thon-1"


def _told(world: Any, device: str = "loa-thon-1") -> Order:
    issued = world.office.documents.latest("order", device)
    return parse_payload(read_sealed(issued.envelope, "order").payload, Order)


@pytest.fixture
def able(device: Any, office_world: Any) -> Any:
    office_world.office.fleet.take_state(device.id, device.state(understands=("plan", "talk")))
    return device


def test_a_right_is_given_told_to_every_loudspeaker_of_the_village_and_withdrawn(
    browser: Any, able: Any, office_world: Any
) -> None:
    del able
    village = office_world.office.fleet.device("loa-thon-1").village
    assert "Chưa ai được nói" in browser.get(PAGE).text
    there = browser.post(f"{PAGE}/phim-noi", {"day": "7", "month": "60"}, page=PAGE).headers["location"]
    page = browser.get(there).text
    assert "Đã cho trưởng thôn nói" in page
    assert "0 trên 7 phút hôm nay, 0 trên 60 phút tháng này" in page
    order = _told(office_world)
    assert order.talk == TalkRight(village=village, minutes_a_day=7, minutes_a_month=60)
    assert order.expires - order.issued == timedelta(days=30), "a stick may lie for weeks"
    there = browser.post(f"{PAGE}/phim-noi/rut", {}, page=PAGE).headers["location"]
    assert "không còn được nói" in browser.get(there).text
    order = _told(office_world)
    assert order.talk is None
    assert order.expires - order.issued == timedelta(days=30)
    did = [entry.action for entry in office_world.office.audit.newest(5)]
    assert did[:2] == ["talk-withdraw", "talk-give"]


@pytest.mark.parametrize("typed", [{"day": "0"}, {"day": "241"}, {"day": "9", "month": "8"}, {"day": "hai"}])
def test_minutes_that_nobody_means_are_refused(
    typed: dict[str, str], browser: Any, able: Any, office_world: Any
) -> None:
    del able
    answer = browser.post(f"{PAGE}/phim-noi", {"day": "7", "month": "60", **typed}, page=PAGE)
    assert answer.status_code == 422
    assert "hãy chọn một số từ" in answer.text
    assert office_world.office.talk.all() == []


def test_a_loudspeaker_that_does_not_know_the_key_is_offered_nothing(browser: Any, device: Any) -> None:
    del device
    page = browser.get(PAGE).text
    assert "hãy cập nhật loa trước" in page
    assert f'action="{PAGE}/phim-noi"' not in page


def test_talks_are_told_with_their_length_and_what_ended_them(browser: Any, able: Any, office_world: Any) -> None:
    browser.post(f"{PAGE}/phim-noi", {"day": "7", "month": "60"}, page=PAGE)
    at = datetime.now(UTC)
    rows = [
        ("talk-a", "Trưởng thôn nói trên loa", "played", "released", 65_000),
        ("talk-b", "Trưởng thôn nói trên loa", "cut", "gave_way", 70_000),
    ]
    for id, title, outcome, code, heard in rows:
        office_world.office.store.db.execute(
            "INSERT INTO plays (occurrence, device, title, planned, started_at, ended_at, outcome, code, heard_ms,"
            " why, kind, issuer, epoch) VALUES (?, 'loa-thon-1', ?, ?, ?, ?, ?, ?, ?, '', 'talk', 'office', 1)",
            [id, title, *[at.isoformat()] * 3, outcome, code, heard],
        )
    page = browser.get(PAGE).text
    assert "2 trên 7 phút hôm nay, 2 trên 60 phút tháng này" in page
    assert "1 phút 5 giây" in page
    assert "đã thả phím nói" in page
    assert "nhường lệnh khẩn" in page


def test_who_is_no_administrator_gives_nothing(
    new_browser: Any, able: Any, accounts: Any, password: str, office_world: Any
) -> None:
    del able
    accounts.add("Kế toán", password, ("writer",))
    writer = new_browser()
    writer.login("ke-toan")
    for path in ("phim-noi", "phim-noi/rut"):
        assert writer.post(f"{PAGE}/{path}", {"day": "7"}, page="/tai-khoan").status_code == 403
    assert office_world.office.talk.all() == []


def test_a_loudspeaker_that_joins_the_village_later_is_told_too(browser: Any, able: Any, office_world: Any) -> None:
    del able
    office = office_world.office
    browser.post(f"{PAGE}/phim-noi", {"day": "7", "month": "60"}, page=PAGE)
    # Signed within the decision's own millisecond, it is signed once more.
    until(lambda: office.talk.catch_up() == [])
    village = office.fleet.device("loa-thon-1").village
    key = hashlib.sha256(b"x").digest()
    office.fleet.register("loa-moi", "speaker", "Cột mới", village, key)
    office.fleet.register("loa-xa", "speaker", "Cột xa", "thon-khac", key)
    assert [issued.audience for issued in office.talk.catch_up()] == ["loa-moi"]
    assert _told(office_world, "loa-moi").talk is not None


def test_what_cannot_be_signed_now_is_signed_later_a_withdrawal_too(
    browser: Any, able: Any, office_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del able
    office = office_world.office
    browser.post(f"{PAGE}/phim-noi", {"day": "7", "month": "60"}, page=PAGE)
    with monkeypatch.context() as silent:

        def gone(*_: Any, **__: Any) -> Any:
            raise SignerUnreachable("im lặng")

        silent.setattr(office.documents, "issue", gone)
        there = browser.post(f"{PAGE}/phim-noi/rut", {}, page=PAGE).headers["location"]
        assert "1 loa chưa nhận" in browser.get(there).text
    assert _told(office_world).talk is not None
    assert len(office.talk.catch_up()) == 1
    assert _told(office_world).talk is None


def test_a_right_that_nobody_confirmed_keeps_no_device_from_being_healed(
    browser: Any, able: Any, office_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del able
    from langso.words.catalogue import Sentence

    office = office_world.office
    browser.post(f"{PAGE}/phim-noi", {"day": "7", "month": "60"}, page=PAGE)
    signed = office.documents.signer.sign

    def wary(kind: str, document: Any) -> Any:
        if kind == "order" and document.talk is not None:
            raise SignerRefused(Sentence("signer-talk-not-asked", village="thon-1"))
        return signed(kind, document)

    monkeypatch.setattr(office.documents.signer, "sign", wary)
    office.orders.give("loa-thon-1", "nonce_answer", nonce="ab" * 16)
    order = _told(office_world)
    assert [one.action for one in order.orders] == ["nonce_answer"]
    assert order.talk is None
