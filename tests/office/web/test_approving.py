"""What waits for a second person: on a page of its own, heard, ticked and approved together."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from broadcast_walk import form
from enrolled_clerk import Phone
from software_passkey import SoftwarePasskey

LOCAL = "http://localhost:8080"
HX = {"HX-Request": "true"}
PASSWORD = "sáu con gà đẻ trứng vàng"


@pytest.fixture
def phone(office_world: Any, browser: Any, device: Any) -> Phone:
    """Of who writes, who may approve too."""
    return Phone(office_world.office.signer, "van-thu", approves=True)


@pytest.fixture
def head(office_world: Any, new_browser: Callable[..., Any], accounts: Any, phone: Phone) -> Any:
    """Another who may approve, logged in; `head.code()`: of that person's phone."""
    accounts.add("Lan", PASSWORD)
    made = new_browser()
    assert made.login("Lan", PASSWORD).status_code == 303
    made.code = Phone(office_world.office.signer, "lan", approves=True).code
    office_world.office.speaker_orders.enrolled_anew()
    return made


def sent(browser: Any, phone: Phone, **more: Any) -> str:
    """The id of a broadcast for everywhere that its author has confirmed."""
    page = browser.post("/soan", form(devices="*", **more)).headers["location"]
    assert browser.post(f"{page}/xac-nhan", {"code": phone.code()}, page=page).status_code == 303
    return str(page).partition("?")[0].rsplit("/", 1)[1]


def planned(world: Any) -> frozenset[str]:
    """The broadcasts in the signed plan."""
    return frozenset(id.partition(".")[0] for id in world.office.speaker_orders._signed("plan"))


def ticks(page: str) -> list[str]:
    """What can be ticked on the page."""
    return re.findall(r'name="ban-tin" value="([^"]+)"', page)


def test_two_people_are_needed_for_what_everybody_hears(
    office_world: Any, browser: Any, phone: Phone, head: Any
) -> None:
    id = sent(browser, phone)
    assert id not in planned(office_world)
    shown = browser.get(f"/ban-tin/{id}").text
    assert "Chờ duyệt" in shown
    assert "/xac-nhan" not in shown, "its author has confirmed it already"
    assert "Chờ duyệt: 1" in head.get("/lich").text
    assert ticks(head.get("/duyet").text) == [id]
    answer = head.post("/duyet", {"ban-tin": id, "code": head.code()})
    assert (answer.status_code, answer.headers["location"]) == (303, "/duyet")
    assert planned(office_world) == {id}
    assert not ticks(head.get("/duyet").text)
    assert "Chờ duyệt" not in head.get("/lich").text
    rows = office_world.office.audit.newest(20)
    assert ("lan", "approve", id) in [(row.who, row.action, row.subject) for row in rows]


def test_a_week_is_approved_by_one_proof_and_what_is_not_ticked_waits(
    office_world: Any, browser: Any, phone: Phone, head: Any
) -> None:
    ids = [sent(browser, phone, hours=hours) for hours in (2, 30, 54)]
    assert ticks(head.get("/duyet").text) == ids
    assert head.post("/duyet", {"ban-tin": ids[:2], "code": head.code()}).status_code == 303
    assert planned(office_world) == set(ids[:2])
    assert ticks(head.get("/duyet").text) == ids[2:]


def test_what_is_ones_own_can_be_seen_and_not_ticked(
    office_world: Any, browser: Any, phone: Phone, head: Any
) -> None:
    id = sent(browser, phone)
    page = browser.get("/duyet").text
    assert "Họp thôn" in page
    assert not ticks(page)
    forced = browser.post("/duyet", {"ban-tin": id, "code": phone.code()})
    assert (forced.status_code, forced.headers["langso-code"]) == (422, "signer-approval-own")
    assert id not in planned(office_world)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "broadcasting-none-approved"),
        ({"code": "123456"}, "broadcasting-none-approved"),
        ({"ban-tin": "ID"}, "signer-proof-missing"),
        ({"ban-tin": "ID", "code": "000000"}, "signer-code-wrong"),
        ({"ban-tin": "khong-co", "code": "000000"}, "broadcasting-gone"),
    ],
)
def test_what_is_wrong_is_told_and_the_ticks_stay(
    office_world: Any, browser: Any, phone: Phone, head: Any, asked: dict[str, str], code: str
) -> None:
    id = sent(browser, phone)
    answer = head.post("/duyet", {key: value.replace("ID", id) for key, value in asked.items()})
    assert (answer.status_code, answer.headers["langso-code"]) == (422, code)
    assert (f'value="{id}" checked' in answer.text) is (asked.get("ban-tin") == "ID")
    assert id not in planned(office_world)


def test_who_may_not_approve_gets_no_such_page(
    office_world: Any, browser: Any, phone: Phone, new_browser: Callable[..., Any], accounts: Any
) -> None:
    accounts.add("Hoa", PASSWORD, roles=("writer",))
    writer = new_browser()
    writer.login("Hoa", PASSWORD)
    assert writer.get("/duyet").status_code == 403
    assert writer.post("/duyet", {}, page="/tai-khoan").status_code == 403


def test_what_was_written_anew_after_a_yes_waits_for_another(
    office_world: Any, browser: Any, phone: Phone, head: Any
) -> None:
    id = sent(browser, phone)
    head.post("/duyet", {"ban-tin": id, "code": head.code()})
    browser.post(f"/ban-tin/{id}/dung", {"code": phone.code()}, page=f"/ban-tin/{id}/dung")
    other = sent(browser, phone, text="Mời bà con đi họp lúc bảy giờ.")
    assert other != id
    assert planned(office_world) == frozenset()
    assert ticks(head.get("/duyet").text) == [other]


def test_a_broadcast_for_one_hamlet_among_many_waits_for_nobody(
    office_world: Any, browser: Any, phone: Phone, head: Any
) -> None:
    for number in (2, 3):
        office_world.reporter(f"loa-thon-{number}", village=f"thon-{number}")
    page = browser.post("/soan", form()).headers["location"]
    browser.post(f"{page}/xac-nhan", {"code": phone.code()}, page=page)
    assert len(planned(office_world)) == 1


def test_one_touch_approves_what_was_ticked(
    office_world: Any, browser: Any, phone: Phone, new_browser: Callable[..., Any], accounts: Any
) -> None:
    ids = [sent(browser, phone, hours=hours) for hours in (2, 30)]
    accounts.add("Lan", PASSWORD)
    signer, head, key = office_world.office.signer, new_browser(LOCAL), SoftwarePasskey(LOCAL)
    head.login("Lan", PASSWORD)
    code = signer.as_root("invite", "lan", approves=True).text
    asked = head.post("/tai-khoan/khoa/thach", {"invitation": code}, page="/tai-khoan", headers=HX).text
    head.post("/tai-khoan/khoa", {"invitation": code, "passkey": key.enrol(asked)}, page="/tai-khoan")
    touched = key.touch(head.post("/duyet/thach", {"ban-tin": ids[0]}, page="/duyet", headers=HX).text)
    other = head.post("/duyet", {"ban-tin": ids, "passkey": touched})
    assert (other.status_code, other.headers["langso-code"]) == (422, "signer-passkey-other")
    touched = key.touch(head.post("/duyet/thach", {"ban-tin": ids[0]}, page="/duyet", headers=HX).text)
    assert head.post("/duyet", {"ban-tin": ids[0], "passkey": touched}).status_code == 303
    assert planned(office_world) == {ids[0]}
