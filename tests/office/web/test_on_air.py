"""What is said to be on air is what loudspeakers told; what is over stays to be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from broadcast_walk import form

from langso.contract import Receipt, StartedReceipt
from office.broadcasting.broadcasts import Broadcasts

ON_AIR = "đang phát"


def sent(browser: Any) -> str:
    place: str = browser.post("/soan", form()).headers["location"]
    return place


def begun(world: Any, place: str, ago: timedelta) -> str:
    """Moves its start; returns the occurrence's id."""
    occurrence: str = world.office.broadcasts.get(place.removeprefix("/ban-tin/").partition("?")[0]).planned.id
    at = (datetime.now(UTC) - ago).isoformat(timespec="milliseconds")
    world.office.store.db.execute("UPDATE occurrences SET start = ? WHERE id = ?", [at, occurrence])
    return occurrence


def claim(world: Any, device: Any, occurrence: str, ago: timedelta) -> None:
    """The loudspeaker's word that it began, and nothing after."""
    when = datetime.now(UTC) - ago
    body = StartedReceipt(occurrence=occurrence, planned=when, error_ms=0.5)
    receipt = Receipt(number=1, previous="0" * 64, written=when, body=body)
    device.lines.append(receipt.to_json().decode())
    world.office.fleet.take_receipts(device.id, device.batch())


def shown(browser: Any, place: str) -> str:
    return "".join(browser.get(path).text for path in (place, "/lich")).casefold()


def test_nothing_is_on_air_because_its_time_has_come(browser: Any, device: Any, office_world: Any) -> None:
    office_world.office.fleet.take_state(device.id, device.state())
    place = sent(browser)
    occurrence = begun(office_world, place, timedelta(seconds=2))
    assert ON_AIR not in shown(browser, place)
    assert "chờ tin từ 1 loa" in shown(browser, place)
    claim(office_world, device, occurrence, timedelta(seconds=2))
    assert "1/1 loa đang phát" in shown(browser, place)


def test_a_loudspeaker_that_fell_silent_is_not_on_air_for_ever(browser: Any, device: Any, office_world: Any) -> None:
    place = sent(browser)
    occurrence = begun(office_world, place, timedelta(hours=3))
    claim(office_world, device, occurrence, timedelta(hours=3))
    assert ON_AIR not in shown(browser, place)
    assert "chưa có phiếu" in shown(browser, place)
    # Its own fresh word counts for more than how long it should have taken.
    office_world.office.fleet.take_state(device.id, device.state(playing=occurrence))
    assert "1/1 loa đang phát" in shown(browser, place)


def test_a_commune_without_loudspeakers_is_not_all_well(browser: Any) -> None:
    page = browser.get("/lich").text
    assert '<b class="wait">0/0</b>' in page


def test_an_emergency_is_said_to_sound_only_where_it_was_heard_to_begin(
    browser: Any, device: Any, office_world: Any
) -> None:
    order = office_world.office.alarms.urgent("Lũ quét.", targets=["*"], by="van-thu")
    for path in ("/khan-cap/manh", "/lich"):
        assert ON_AIR not in browser.get(path).text.casefold()
        assert "có hiệu lực" in browser.get(path).text
    claim(office_world, device, order.id, timedelta())
    for path in ("/khan-cap", "/lich"):
        assert "1/1 loa đang phát" in browser.get(path).text


@pytest.mark.parametrize("ending", ["all clear", "expired"])
def test_an_emergency_that_is_over_stays_to_be_read(
    browser: Any, device: Any, office_world: Any, ending: str
) -> None:
    office = office_world.office
    order = office.alarms.urgent("Lũ quét ở suối.", targets=["*"], by="van-thu")
    device.write(order.id, "played")
    office.fleet.take_receipts(device.id, device.batch())
    if ending == "all clear":
        browser.post(f"/khan-cap/{order.id}/bao-yen", {}, page="/khan-cap")
    else:
        over = order.model_copy(update={"expires": datetime.now(UTC) - timedelta(seconds=1)})
        office.store.db.execute(
            "UPDATE urgent_orders SET body = ?, expires = ? WHERE id = ?",
            [over.to_json().decode(), over.expires.isoformat(), order.id],
        )
    page = browser.get("/khan-cap").text
    assert "Lũ quét ở suối." in page
    assert "Đã phát" in page
    assert ("Đã báo yên" if ending == "all clear" else "Hết hiệu lực") in page
    assert "bao-yen" not in page
    assert "Lũ quét ở suối." in browser.get("/lich").text
    assert "Lệnh khẩn cấp còn hiệu lực" not in browser.get("/lich").text


def test_a_sending_that_was_refused_leaves_nothing_in_the_calendar(
    browser: Any, device: Any, office_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(browser)
    clash = browser.post("/soan", form(title="Cùng giờ ấy"))
    assert clash.status_code == 422
    assert "Cùng giờ ấy" not in browser.get("/lich").text
    # One that was sent and taken back is told.
    other = browser.post("/soan", form(5, title="Đã gửi")).headers["location"].partition("?")[0]
    browser.post(f"{other}/dung", {}, page="/soan")
    assert "Đã gửi" in browser.get("/lich").text
    assert isinstance(office_world.office.broadcasts, Broadcasts)
