"""What a clerk sees while the signer cannot sign, and how it goes away by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from langso.durable.errors import StoreFull
from langso.timekeeping.clock import VIETNAM


def form(**more: Any) -> dict[str, Any]:
    when = datetime.now(UTC).astimezone(VIETNAM) + timedelta(hours=2)
    return {
        "title": "Họp thôn",
        "text": "Tối nay họp thôn.",
        "devices": ["loa-thon-1"],
        "date": f"{when:%Y-%m-%d}",
        "time": f"{when:%H:%M}",
        **more,
    }


def test_a_broadcast_that_is_not_signed_never_looks_as_if_it_will_be_played(
    browser: Any, device: Any, office_world: Any
) -> None:
    office_world.stop_signer()
    answer = browser.post("/soan", form())
    assert answer.status_code == 303
    place = answer.headers["location"]
    for page in (place, f"{place}/manh"):
        text = browser.get(page).text
        assert "CHƯA KÝ ĐƯỢC, nên chưa loa nào nhận bản tin này" in text
        assert "dịch vụ langso-signer" in text
        assert "vẫn chưa ký được thì bản tin này không phát" in text
        assert "loa đã giữ lịch" not in text
        assert "Chưa nhận" in text
    calendar = browser.get("/lich").text
    assert "1 bản tin CHƯA KÝ ĐƯỢC" in calendar
    assert "loa đã giữ lịch" not in calendar
    office_world.start_signer()
    assert office_world.office.speaker_orders.catch_up()
    for page in (place, f"{place}/manh", "/lich"):
        text = browser.get(page).text
        assert "CHƯA KÝ" not in text
        assert "Chưa ký" not in text
    assert "loa đã giữ lịch" in browser.get(place).text


def test_the_notice_goes_from_an_open_page_with_the_next_poll(browser: Any, device: Any, office_world: Any) -> None:
    office_world.stop_signer()
    place = browser.post("/soan", form()).headers["location"]
    part = browser.get(f"{place}/manh").text
    shown = part.split("manh?da=")[1].split('"')[0]
    assert browser.get(f"{place}/manh?da={shown}").status_code == 204
    office_world.start_signer()
    office_world.office.speaker_orders.catch_up()
    later = browser.get(f"{place}/manh?da={shown}")
    assert '<div id="ky" class="stack" hx-swap-oob="true"></div>' in later.text


def test_one_that_waits_may_be_taken_back(browser: Any, device: Any, office_world: Any) -> None:
    office_world.stop_signer()
    place = browser.post("/soan", form()).headers["location"]
    assert f"{place}/dung" in browser.get(place).text
    assert browser.post(f"{place}/dung", {}, page="/soan").status_code == 303
    page = browser.get(place).text
    assert "Đã rút" in page
    assert "CHƯA RÚT" not in page


def test_a_withdrawal_that_is_not_signed_says_that_it_is_still_played(
    browser: Any, device: Any, office_world: Any
) -> None:
    place = browser.post("/soan", form()).headers["location"]
    office_world.stop_signer()
    browser.post(f"{place}/dung", {}, page="/soan")
    assert "CHƯA RÚT ĐƯỢC: các loa vẫn giữ bản tin này và vẫn phát" in browser.get(place).text
    assert "Chưa rút được" in browser.get("/lich").text
    office_world.start_signer()
    office_world.office.speaker_orders.catch_up()
    assert "CHƯA RÚT" not in browser.get(place).text
    assert "Đã rút" in browser.get("/lich").text


def test_an_alarm_that_cannot_be_signed_says_so_and_keeps_the_words(
    browser: Any, device: Any, office_world: Any, password: str
) -> None:
    office_world.stop_signer()
    order = {"text": "Lũ quét ở suối.", "devices": ["loa-thon-1"], "repeat": "2", "minutes": "5"}
    answer = browser.post("/khan-cap", {**order, "password": password})
    assert answer.status_code == 503
    assert "CHƯA PHÁT." in answer.text
    assert "gọi trưởng thôn" in answer.text
    assert "Lũ quét ở suối.</textarea>" in answer.text
    assert "Lệnh khẩn cấp còn hiệu lực" not in browser.get("/lich").text
    # And the next who opens the page is told before typing.
    assert "KHÔNG phát khẩn được từ máy này" in browser.get("/khan-cap").text


def test_an_all_clear_that_is_not_signed_leaves_the_alarm_on_the_page(
    browser: Any, device: Any, office_world: Any
) -> None:
    order = office_world.office.alarms.urgent("Lũ quét.", targets=["*"], by="a")
    office_world.stop_signer()
    browser.post(f"/khan-cap/{order.id}/bao-yen", {}, page="/khan-cap")
    for page in ("/khan-cap", "/khan-cap/manh", "/lich"):
        text = browser.get(page).text
        assert "CHƯA BÁO YÊN ĐƯỢC: các loa vẫn đang phát" in text
        assert f"/khan-cap/{order.id}/bao-yen" not in text
    office_world.start_signer()
    office_world.office.speaker_orders.catch_up()
    assert "BÁO YÊN" not in browser.get("/lich").text


def test_an_order_to_a_device_that_is_not_signed_was_not_sent(browser: Any, device: Any, office_world: Any) -> None:
    browser.get("/loa")
    office_world.stop_signer()
    answer = browser.post("/loa/loa-thon-1/phat-thu", {}, page="/soan")
    assert answer.status_code == 503
    assert "Chưa có gì được gửi đi." in answer.text


def test_before_writing_one_is_told_that_it_will_wait(browser: Any, office_world: Any) -> None:
    assert "chưa ký được" not in browser.get("/soan").text
    office_world.stop_signer()
    office_world.office.speaker_orders.trouble()
    assert "Lúc này máy chưa ký được bản tin." in browser.get("/soan").text
    assert "Lúc này máy chưa ký được bản tin mới." in browser.get("/lich").text


def test_on_a_full_disk_the_form_comes_back_as_typed(
    browser: Any, device: Any, office_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreFull("Ổ đĩa máy văn phòng hết chỗ; chưa ghi gì, hãy xoá bớt tệp rồi làm lại.")

    monkeypatch.setattr(office_world.office.broadcasts, "prepare", full)
    monkeypatch.setattr(office_world.office.broadcasts, "withdraw", full)
    answer = browser.post("/soan", form(text="Một bản tin dài."))
    assert answer.status_code == 503
    assert "hết chỗ" in answer.text
    assert "Một bản tin dài.</textarea>" in answer.text
