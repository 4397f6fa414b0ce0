"""Confirming at the console: a clerk with six digits or a touch, once anybody is enrolled at the signer."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any

import pytest
from broadcast_walk import form
from enrolled_clerk import Phone
from software_passkey import SoftwarePasskey

from langso.words.catalogue import t

LOCAL = "http://localhost:8080"
HX = {"HX-Request": "true"}


@pytest.fixture
def phone(office_world: Any, browser: Any, device: Any) -> Phone:
    made = Phone(office_world.office.signer, "van-thu")
    office_world.office.speaker_orders.enrolled_anew()
    return made


def planned(world: Any) -> bool:
    issued = world.office.documents.latest("plan")
    return issued is not None and bool(world.office.speaker_orders._signed("plan"))


def sent(browser: Any) -> str:
    answer = browser.post("/soan", form())
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_broadcast_waits_for_six_digits_and_is_then_planned(office_world: Any, browser: Any, phone: Phone) -> None:
    page = sent(browser)
    assert not planned(office_world)
    assert f'action="{page}/xac-nhan"' in browser.get(page).text
    wrong = browser.post(f"{page}/xac-nhan", {"code": "000000"}, page=page)
    assert (wrong.status_code, wrong.headers["langso-code"]) == (422, "signer-code-wrong")
    nothing = browser.post(f"{page}/xac-nhan", {}, page=page)
    assert nothing.headers["langso-code"] == "signer-proof-missing"
    assert browser.post(f"{page}/xac-nhan", {"code": phone.code()}, page=page).status_code == 303
    assert planned(office_world)
    assert "/xac-nhan" not in browser.get(page).text


def test_what_is_withdrawn_is_confirmed_too(office_world: Any, browser: Any, phone: Phone) -> None:
    page = sent(browser)
    browser.post(f"{page}/xac-nhan", {"code": phone.code()}, page=page)
    refused = browser.post(f"{page}/dung", {}, page=f"{page}/dung")
    assert (refused.status_code, refused.headers["langso-code"]) == (422, "signer-proof-missing")
    assert planned(office_world)
    assert browser.post(f"{page}/dung", {"code": phone.code()}, page=f"{page}/dung").status_code == 303
    assert not planned(office_world)


def test_an_emergency_takes_six_digits_and_no_password(office_world: Any, browser: Any, phone: Phone) -> None:
    asked = {"text": "Lũ về.", "devices": "*"}
    assert 'name="code"' in browser.get("/khan-cap").text
    wrong = browser.post("/khan-cap", {**asked, "password": "bốn con trâu đi cày"})
    assert (wrong.status_code, wrong.headers["langso-code"]) == (422, "signer-proof-missing")
    assert browser.post("/khan-cap", {**asked, "code": phone.code()}).status_code == 303
    (row,) = office_world.office.alarms.in_force()
    place = f"/khan-cap/{row.order.id}/bao-yen"
    assert browser.post(place, {}, page=place).status_code == 422
    assert browser.post(place, {"code": phone.code()}, page=place).status_code == 303
    assert not office_world.office.alarms.in_force()


def test_who_is_not_enrolled_is_told_what_to_do(
    office_world: Any, new_browser: Callable[..., Any], accounts: Any, phone: Phone
) -> None:
    accounts.add("Lan", "sáu con gà đẻ trứng vàng")
    other = new_browser()
    other.login("lan", "sáu con gà đẻ trứng vàng")
    assert "langso office signer enrol lan" in other.get("/khan-cap").text
    assert "langso office signer enrol lan" in other.get("/tai-khoan").text
    page = sent(other)
    refused = other.post(f"{page}/xac-nhan", {"code": "123456"}, page=page)
    assert refused.headers["langso-code"] == "signer-person-unknown"


def test_a_passkey_is_enrolled_by_a_one_time_code_and_one_touch_confirms(
    office_world: Any, new_browser: Callable[..., Any], accounts: Any, device: Any
) -> None:
    signer, browser, key = office_world.office.signer, new_browser(LOCAL), SoftwarePasskey(LOCAL)
    browser.login()
    code = signer.as_root("invite", "van-thu").text
    wrong = browser.post("/tai-khoan/khoa/thach", {"invitation": "sai"}, page="/tai-khoan", headers=HX)
    assert (wrong.status_code, wrong.headers["langso-code"]) == (422, "signer-invitation-wrong")
    options = browser.post("/tai-khoan/khoa/thach", {"invitation": code}, page="/tai-khoan", headers=HX).text
    done = browser.post("/tai-khoan/khoa", {"invitation": code, "passkey": key.enrol(options)}, page="/tai-khoan")
    assert done.headers["location"] == "/tai-khoan?xong=khoa"
    assert signer.people().people["van-thu"].passkeys == 1

    page = sent(browser)
    assert "data-touch=" in browser.get(page).text
    options = browser.post(f"{page}/xac-nhan/thach", {}, page=page, headers=HX).text
    touched = {"passkey": key.touch(options)}
    assert browser.post(f"{page}/xac-nhan", touched, page=page).status_code == 303
    assert planned(office_world)
    again = browser.post(f"{page}/dung", touched, page=f"{page}/dung")
    assert again.headers["langso-code"] == "signer-passkey-late"

    asked = {"text": "Lũ về.", "devices": "*"}
    options = browser.post("/khan-cap/thach", asked, page="/khan-cap", headers=HX).text
    assert json.loads(options)["rpId"] == "localhost"
    assert browser.post("/khan-cap", {**asked, "passkey": key.touch(options)}).status_code == 303
    (row,) = office_world.office.alarms.in_force()
    place = f"/khan-cap/{row.order.id}/bao-yen"
    options = browser.post(f"{place}/thach", {}, page=place, headers=HX).text
    assert browser.post(place, {"passkey": key.touch(options)}, page=place).status_code == 303
    options = browser.post(f"{page}/dung/thach", {}, page=f"{page}/dung", headers=HX).text
    assert browser.post(f"{page}/dung", {"passkey": key.touch(options)}, page=f"{page}/dung").status_code == 303
    assert not planned(office_world)


def test_what_was_sent_before_anybody_enrolled_waits_and_blocks_nothing(
    office_world: Any, browser: Any, device: Any
) -> None:
    office_world.stop_signer()
    page = sent(browser)
    office_world.start_signer()
    phone = Phone(office_world.office.signer, "van-thu")
    office = office_world.office
    office.speaker_orders.catch_up()
    office.speaker_orders.sign("plan")
    assert not planned(office_world)
    assert f'action="{page}/xac-nhan"' in browser.get(page).text
    assert browser.post(f"{page}/xac-nhan", {"code": phone.code()}, page=page).status_code == 303
    assert planned(office_world)


def test_a_row_changed_after_it_was_signed_is_left_out_and_blocks_nothing(
    office_world: Any, browser: Any, device: Any
) -> None:
    first = sent(browser).removeprefix("/ban-tin/")
    assert planned(office_world)
    office_world.office.store.db.execute("UPDATE messages SET volume = 1 WHERE id = ?", [first])
    second = browser.post("/soan", form(5)).headers["location"].removeprefix("/ban-tin/")
    assert office_world.office.speaker_orders._signed("plan") == {f"{second}.1"}


def test_a_volume_takes_six_digits(office_world: Any, browser: Any, accounts: Any, phone: Phone) -> None:
    accounts.give("Văn thư", ("admin", "writer", "approver"), "root")
    place, page = "/loa/loa-thon-1/am-luong", "/loa/loa-thon-1"
    assert 'name="code"' in browser.get(page).text.partition(place)[2].partition("</form>")[0]
    orders = office_world.office.orders
    for code, why in (("", "signer-proof-missing"), ("000000", "signer-code-wrong")):
        refused = browser.post(place, {"volume": "40", "code": code}, page=page)
        assert refused.status_code == 422
        assert t(why) in html.unescape(refused.text)
        assert 'value="40"' in refused.text
        assert orders.wished("loa-thon-1").volume is None
    assert browser.post(place, {"volume": "40", "code": phone.code()}, page=page).status_code == 303
    assert orders.wished("loa-thon-1").volume == 40


def test_a_touch_for_one_volume_sets_no_other(
    office_world: Any, new_browser: Callable[..., Any], accounts: Any, device: Any
) -> None:
    accounts.give("Văn thư", ("admin", "writer", "approver"), "root")
    signer, browser, key = office_world.office.signer, new_browser(LOCAL), SoftwarePasskey(LOCAL)
    browser.login()
    code = signer.as_root("invite", "van-thu").text
    options = browser.post("/tai-khoan/khoa/thach", {"invitation": code}, page="/tai-khoan", headers=HX).text
    browser.post("/tai-khoan/khoa", {"invitation": code, "passkey": key.enrol(options)}, page="/tai-khoan")
    place, page = "/loa/loa-thon-1/am-luong", "/loa/loa-thon-1"
    for wanted, sent, status in (("40", "90", 422), ("40", "40", 303)):
        options = browser.post(f"{place}/thach", {"volume": wanted}, page=page, headers=HX).text
        touched = {"volume": sent, "passkey": key.touch(options)}
        assert browser.post(place, touched, page=page).status_code == status
    assert office_world.office.orders.wished("loa-thon-1").volume == 40
