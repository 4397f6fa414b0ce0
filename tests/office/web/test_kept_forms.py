"""Whatever answer comes, what was typed is still there; and it is there for nobody else."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from broadcast_walk import form

from langso.durable.errors import StoreFull
from langso.words.catalogue import Sentence
from office.web import app as web_app
from office.web.kept_forms import LIFE_S, MOST_CARRIED

LONG = "Trâu bò đi tiêm phòng. " * 4500
TEMPLATES = Path(web_app.__file__).parent / "templates"


def hidden(page: str) -> dict[str, str]:
    """What a login page carries."""
    found = re.findall(r'<input type="hidden" name="(giu[^"]*)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def typed(browser: Any, **more: Any) -> dict[str, Any]:
    page = browser.get("/soan").text
    mark = re.search('name="lan" value="([^"]+)"', page)
    assert mark is not None
    return {**form(title="Tiêm phòng", text="Dắt trâu đi tiêm."), "ai": "van-thu", "lan": mark[1], **more}


def is_given_back(page: str, text: str = "Dắt trâu đi tiêm.") -> None:
    assert f"{html.escape(text)}</textarea>" in page
    assert 'value="Tiêm phòng"' in page
    assert re.search(r'value="loa-thon-1" checked', page)


def test_an_ended_session_asks_to_log_in_and_gives_the_page_back_with_what_was_typed(
    browser: Any, device: Any, accounts: Any, password: str, office_world: Any
) -> None:
    asked = {**typed(browser), "token": browser.token("/soan")}
    accounts._store.db.execute("DELETE FROM sessions")
    answer = browser.client.post("/soan", data=asked)
    assert answer.status_code == 401
    assert "còn nguyên" in answer.text
    kept = hidden(answer.text)
    assert kept["giu.text"] == "Dắt trâu đi tiêm."
    assert "giu.token" not in kept
    # A wrong password, and a login page that is too old, lose nothing either.
    token = re.search('name="token" value="([^"]+)"', answer.text)
    assert token is not None
    wrong = browser.client.post("/dang-nhap", data={**kept, "token": token[1], "name": "van-thu", "password": "sai"})
    assert (wrong.status_code, hidden(wrong.text)) == (401, kept)
    old = browser.client.post("/dang-nhap", data={**kept, "token": "cũ", "name": "van-thu", "password": password})
    assert (old.status_code, hidden(old.text)) == (403, kept)
    token = re.search('name="token" value="([^"]+)"', old.text)
    assert token is not None
    there = browser.client.post(
        "/dang-nhap", data={**kept, "token": token[1], "name": "van-thu", "password": password}
    )
    assert there.headers["location"] == "/soan?giu=1"
    page = browser.get("/soan?giu=1").text
    is_given_back(page)
    assert "chưa được gửi" in page
    assert office_world.office.broadcasts.newest() == []
    # Once it is sent it is forgotten.
    assert browser.post("/soan", asked | {"token": browser.token("/soan")}).status_code == 303
    assert "Dắt trâu" not in browser.get("/soan?giu=1").text


def test_the_next_person_at_the_machine_gets_nothing_of_it(
    browser: Any, new_browser: Any, device: Any, accounts: Any, password: str
) -> None:
    accounts.add("Kế toán", password)
    asked = {**typed(browser), "token": browser.token("/soan")}
    accounts._store.db.execute("DELETE FROM sessions")
    page = browser.client.post("/soan", data=asked).text
    token = re.search('name="token" value="([^"]+)"', page)
    assert token is not None
    other = {**hidden(page), "token": token[1], "name": "ke-toan", "password": password}
    assert browser.client.post("/dang-nhap", data=other).headers["location"] == "/lich"
    assert "Dắt trâu" not in browser.get("/soan?giu=1").text
    mine = new_browser()
    mine.login()
    assert "Dắt trâu" not in mine.get("/soan?giu=1").text


def test_no_password_is_carried_or_given_back(browser: Any, device: Any, accounts: Any, office_world: Any) -> None:
    alarm = {
        "text": "Lũ quét.",
        "devices": "*",
        "repeat": "2",
        "minutes": "5",
        "password": "rất bí mật",
        "ai": "van-thu",
    }
    with_token = {**alarm, "token": browser.token("/khan-cap")}
    refused = browser.post("/khan-cap", alarm)
    assert "Lũ quét.</textarea>" in refused.text
    assert "rất bí mật" not in refused.text
    accounts._store.db.execute("DELETE FROM sessions")
    answer = browser.client.post("/khan-cap", data=with_token)
    assert hidden(answer.text)["giu.text"] == "Lũ quét."
    assert "rất bí mật" not in answer.text
    assert not office_world.office.alarms.in_force()


def test_a_page_of_an_older_session_comes_back_as_typed(browser: Any, device: Any) -> None:
    answer = browser.client.post("/soan", data={**typed(browser), "token": "của phiên trước"})
    assert answer.status_code == 403
    is_given_back(answer.text)


def test_one_hundred_thousand_letters_are_refused_in_a_sentence_and_none_is_cut(
    browser: Any, device: Any, office_world: Any
) -> None:
    assert len(LONG) > 100_000
    answer = browser.post("/soan", typed(browser, text=LONG))
    assert answer.status_code == 422
    assert f"{len(LONG.strip())} chữ, nhiều nhất là 4000" in answer.text
    assert LONG.strip() in answer.text
    title = "rất dài " * 60
    answer = browser.post("/soan", typed(browser, title=title))
    assert answer.status_code == 422
    assert f"Tên bản tin dài {len(title.strip())} chữ" in answer.text
    assert title.strip() in answer.text
    alarm = browser.post("/khan-cap", {"text": LONG, "devices": "*", "password": "x"})
    assert LONG.strip() in alarm.text
    assert office_world.office.broadcasts.newest() == []


def test_no_field_cuts_what_is_typed_without_a_word() -> None:
    for page in TEMPLATES.glob("*.html"):
        assert "maxlength" not in page.read_text(), page.name


def test_what_is_too_large_to_take_leads_back_to_its_page(browser: Any) -> None:
    answer = browser.post("/soan", typed(browser, text="a" * (2 << 20)))
    assert answer.status_code == 413
    assert 'href="/soan"' in answer.text


@pytest.fixture(params=["full", "read only"])
def disk(
    request: pytest.FixtureRequest, office_world: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """Call it: from then on the office's database takes nothing more."""
    store = office_world.office.store

    def now() -> None:
        if request.param == "full":
            full = StoreFull(Sentence("durable-make-full", path="x"))
            monkeypatch.setattr(type(store), "transaction", Mock(side_effect=full))
        store.db.execute("PRAGMA query_only = 1")

    yield now
    store.db.execute("PRAGMA query_only = 0")


def test_a_disk_that_takes_nothing_loses_nothing_that_was_typed(
    browser: Any, device: Any, disk: Callable[[], None], password: str, accounts: Any
) -> None:
    asked = typed(browser)
    # Long enough ago that the session's last use would be written.
    accounts._store.db.execute("UPDATE sessions SET seen_at = datetime('now', '-5 minutes') || '+00:00'")
    disk()
    answer = browser.post("/soan", asked)
    assert answer.status_code == 503
    is_given_back(answer.text)
    alarm = {"text": "Lũ quét.", "devices": "*", "repeat": "2", "minutes": "5", "password": password}
    answer = browser.post("/khan-cap", alarm)
    assert answer.status_code in (422, 503)
    assert "Lũ quét.</textarea>" in answer.text
    assert browser.get("/lich").status_code == 200


def test_a_page_that_breaks_gives_back_what_was_typed(
    browser: Any, device: Any, office_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = typed(browser)
    monkeypatch.setattr(office_world.office.broadcasts, "draft", lambda *_, **__: 1 // 0)
    answer = browser.post("/soan", asked)
    assert answer.status_code == 500
    is_given_back(answer.text)


def test_a_form_that_is_sent_twice_is_one_broadcast(browser: Any, device: Any, office_world: Any) -> None:
    asked = typed(browser)
    first, second = (browser.post("/soan", asked).headers["location"] for _ in range(2))
    assert first == second
    assert len(office_world.office.broadcasts.newest()) == 1
    assert [row.action for row in office_world.office.audit.newest(50)].count("send") == 1
    # Other words on the same form are another broadcast; a refused one may be sent again as it was.
    other = {**asked, "text": "Việc khác.", "time": "23:59:59"}
    assert browser.post("/soan", {**other, "devices": []}).status_code == 422
    place = browser.post("/soan", {**other, "date": "1/1"}).headers.get("location")
    assert place != first


def test_a_form_that_was_refused_is_sent_as_it_is_once_it_may(browser: Any, device: Any, office_world: Any) -> None:
    browser.post("/soan", typed(browser, title="Trước"))
    asked = typed(browser)
    assert browser.post("/soan", asked).status_code == 422
    kept = [one for one in office_world.office.broadcasts.newest() if one.status == "scheduled"]
    office_world.office.broadcasts.withdraw(kept[0].id, "van-thu")
    assert browser.post("/soan", asked).status_code == 303


def test_an_alarm_that_is_sent_twice_is_one_order_until_it_is_over(
    browser: Any, device: Any, office_world: Any, password: str
) -> None:
    page = browser.get("/khan-cap").text
    mark = re.search('name="lan" value="([^"]+)"', page)
    assert mark is not None
    alarm = {"text": "Lũ quét.", "devices": "*", "repeat": "2", "minutes": "5", "password": password, "lan": mark[1]}
    for _ in range(2):
        assert browser.post("/khan-cap", alarm).headers["location"] == f"/khan-cap?xong={mark[1]}"
    (row,) = office_world.office.alarms.in_force()
    office_world.office.alarms.all_clear(row.order.id, "van-thu")
    assert browser.post("/khan-cap", alarm).status_code == 303
    (again,) = office_world.office.alarms.in_force()
    assert again.order.id != row.order.id


def test_what_is_kept_through_a_login_is_bounded(browser: Any, accounts: Any) -> None:
    accounts._store.db.execute("DELETE FROM sessions")
    large = browser.client.post("/soan", data={"text": "a" * (MOST_CARRIED + 1), "ai": "van-thu"})
    assert large.status_code == 401
    assert hidden(large.text) == {}
    assert LIFE_S <= 3600
    elsewhere = browser.client.post("/loa/loa-1/phat-thu", data={"text": "x"})
    assert elsewhere.headers["location"] == "/dang-nhap"


def test_a_dossiers_code_goes_through_a_login_and_a_proof_does_not(
    browser: Any, new_browser: Any, accounts: Any, password: str, office_world: Any
) -> None:
    paper = office_world.hand_in(office_world.reporter("kiosk-1", "kiosk"), b"%PDF-1.7 x", "hs-9")
    place = f"/giay-to/{paper}/luu-tru"
    assert 'name="ai" value="van-thu"' in browser.get(place).text
    asked = {"code": "H56.37-1", "level": "1b", "token": "x", "ai": "van-thu"}
    accounts._store.db.execute("DELETE FROM sessions")

    def logged_in(answer: Any) -> str:
        assert answer.status_code == 401
        token = re.search('name="token" value="([^"]+)"', answer.text)
        assert token is not None
        sent = {**hidden(answer.text), "token": token[1], "name": "van-thu", "password": password}
        return str(browser.client.post("/dang-nhap", data=sent).headers["location"])

    assert logged_in(browser.client.post(place, data=asked)) == f"{place}?giu=1"
    page = browser.get(f"{place}?giu=1").text
    assert 'value="H56.37-1"' in page
    assert 'value="1b" checked' in page
    for path, back in (
        ("/ban-tin/b1/xac-nhan", "/ban-tin/b1"),
        ("/ban-tin/b1/dung", "/ban-tin/b1/dung"),
        ("/khan-cap/u1/bao-yen", "/khan-cap/u1/bao-yen"),
        ("/giay-to/mo-khoa", "/giay-to"),
    ):
        accounts._store.db.execute("DELETE FROM sessions")
        proofs = {"code": "123456", "passkey": "bí mật", "passphrase": "bí mật", "token": "x"}
        answer = browser.client.post(path, data=proofs)
        assert "bí mật" not in answer.text
        assert "123456" not in answer.text
        assert logged_in(answer) == back


@pytest.mark.parametrize(
    "path", ["//evil.vn/dung", "/ban-tin/../dung", "/ban-tin//evil/dung", "/ban-tin/a\r\nb", "/x"]
)
def test_a_login_leads_to_pages_of_forms_alone(path: str, browser: Any, accounts: Any, password: str) -> None:
    accounts._store.db.execute("DELETE FROM sessions")
    answer = browser.post("/dang-nhap", {"giu-trang": path, "name": "van-thu", "password": password})
    assert answer.headers["location"] == "/lich"
