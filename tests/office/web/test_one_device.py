"""A loudspeaker that is well has a page too: what it plays today, a test, its volume, a restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from broadcast_walk import form

from langso.contract import Order
from langso.trust import parse_payload, read_sealed


def told(world: Any) -> Order:
    """The newest order to the loudspeaker."""
    issued = world.office.documents.latest("order", "loa-thon-1")
    return parse_payload(read_sealed(issued.envelope, "order").payload, Order)


def test_a_healthy_loudspeaker_can_be_tested_turned_and_restarted(
    browser: Any, device: Any, office_world: Any
) -> None:
    office_world.office.fleet.take_state(device.id, device.state())
    assert 'href="/loa/loa-thon-1"' in browser.get("/loa").text
    page = browser.get("/loa/loa-thon-1").text
    for action in ("phat-thu", "am-luong", "khoi-dong-lai"):
        assert f'action="/loa/loa-thon-1/{action}"' in page
    there = browser.post("/loa/loa-thon-1/phat-thu", {"ve": "1"}, page="/loa/loa-thon-1").headers["location"]
    assert there == "/loa/loa-thon-1?xong=thu"
    assert "Đã gửi lệnh phát thử" in browser.get(there).text
    assert [order.action for order in told(office_world).orders] == ["test_sound"]
    assert browser.post("/loa/loa-thon-1/am-luong", {"volume": "40"}, page="/loa/loa-thon-1").status_code == 303
    assert told(office_world).settings.volume == 40
    assert 'value="40"' in browser.get("/loa/loa-thon-1").text
    newest = office_world.office.audit.newest(1)[0]
    assert (newest.action, newest.subject, newest.note) == ("volume", "loa-thon-1", "40")


@pytest.mark.parametrize("volume", ["0", "9", "101", "-5", "to", "4e1"])
def test_a_volume_that_nobody_hears_or_may_have_is_refused(
    browser: Any, device: Any, office_world: Any, volume: str
) -> None:
    answer = browser.post("/loa/loa-thon-1/am-luong", {"volume": volume}, page="/loa/loa-thon-1")
    assert answer.status_code == 422
    assert "hãy chọn một số từ 10 đến 100" in answer.text
    assert office_world.office.documents.latest("order", "loa-thon-1") is None


def test_what_it_plays_today_is_told_of_this_loudspeaker_alone(browser: Any, device: Any, office_world: Any) -> None:
    office_world.reporter("loa-thon-2")
    place = browser.post("/soan", form(title="Của loa một")).headers["location"].partition("?")[0]
    occurrence = office_world.office.broadcasts.get(place.removeprefix("/ban-tin/")).planned.id
    at = (datetime.now(UTC) - timedelta(seconds=30)).isoformat(timespec="milliseconds")
    office_world.office.store.db.execute("UPDATE occurrences SET start = ? WHERE id = ?", [at, occurrence])
    device.write(occurrence)
    office_world.office.fleet.take_receipts(device.id, device.batch())
    page = browser.get("/loa/loa-thon-1").text
    assert "Của loa một" in page
    assert "Đã phát" in page
    assert "Của loa một" not in browser.get("/loa/loa-thon-2").text


def test_who_is_no_administrator_sees_how_it_is_and_turns_nothing(
    new_browser: Any, device: Any, accounts: Any, password: str
) -> None:
    accounts.add("Kế toán", password, ("writer",))
    writer = new_browser()
    writer.login("ke-toan")
    page = writer.get("/loa/loa-thon-1").text
    assert "dành cho người quản trị" in page
    assert "am-luong" not in page
    assert writer.post("/loa/loa-thon-1/am-luong", {"volume": "40"}, page="/tai-khoan").status_code == 403
    assert writer.get("/loa/khong-co").status_code == 404
