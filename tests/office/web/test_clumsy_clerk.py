"""A part-time clerk in a real browser: Enter everywhere, reloads, Back, a session that ended, a line that is cut."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from real_browser import NARROW, REAL_BROWSER, focused, sticking_out
from waiting import until

from office.web.days import words_of_day

pytestmark = REAL_BROWSER
TEXT = "Bà con dắt trâu đi tiêm lúc 7h00."


@pytest.fixture
def clerk(visit: Any) -> Any:
    visit.doors.world.reporter("loa-thon-1")
    return visit.page()


def typing(page: Any) -> None:
    page.goto("/soan")
    page.fill("[name=title]", "Tiêm phòng")
    page.fill("[name=text]", TEXT)
    page.check("[name=devices][value=loa-thon-1]", force=True)


def kept(page: Any) -> bool:
    """Whether the form holds what `typing` typed."""
    return bool(
        page.input_value("[name=title]") == "Tiêm phòng"
        and page.input_value("[name=text]") == TEXT
        and page.is_checked("[name=devices][value=loa-thon-1]")
    )


def drafts(page: Any) -> list[str]:
    found: list[str] = page.evaluate("Object.keys(localStorage).filter(one => one.startsWith('langso-draft:'))")
    return found


def saved(page: Any) -> None:
    assert until(lambda: drafts(page))


def comes_back(page: Any) -> None:
    assert until(lambda: page.input_value("[name=text]") != "")
    assert kept(page)


def test_enter_in_every_field_goes_on_and_sends_nothing(visit: Any, clerk: Any) -> None:
    typing(clerk)
    for field, after in (("title", "Nội dung"), ("date", "Giờ")):
        clerk.focus(f"[name={field}]")
        clerk.keyboard.press("Enter")
        assert focused(clerk).startswith(after)
    for field in ("time", "broadcast_class", "devices"):
        clerk.focus(f"[name={field}]")
        clerk.keyboard.press("Enter")
    clerk.goto("/khan-cap")
    clerk.fill("[name=text]", TEXT)
    clerk.check("[name=devices][value='*']", force=True)
    for field in ("repeat", "minutes", "password"):
        clerk.fill(f"[name={field}]", "3")
        clerk.keyboard.press("Enter")
    assert clerk.url.endswith("/khan-cap")
    assert visit.office.broadcasts.newest() == []
    assert visit.office.alarms.urgent_orders() == []


def test_enter_in_the_login_logs_in_and_without_script_sends_nothing_elsewhere(visit: Any, password: str) -> None:
    visit.doors.world.reporter("loa-thon-1")
    page = visit.page(login=False, java_script_enabled=False)
    page.goto("/dang-nhap")
    page.fill("[name=name]", "van-thu")
    page.keyboard.press("Enter")
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/lich")
    typing(page)
    for field in ("title", "date", "time"):
        page.focus(f"[name={field}]")
        page.keyboard.press("Enter")
    assert page.url.endswith("/soan")
    page.goto("/khan-cap")
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    assert page.url.endswith("/khan-cap")
    assert visit.office.broadcasts.newest() == []


def test_reload_back_and_another_tab_lose_nothing_and_after_sending_nothing_is_left(visit: Any, clerk: Any) -> None:
    typing(clerk)
    saved(clerk)
    sealed = clerk.evaluate("JSON.stringify(localStorage)")
    assert "trâu" not in sealed
    assert "loa-thon-1" not in sealed
    clerk.reload()
    comes_back(clerk)
    clerk.goto("/lich")
    clerk.go_back()
    comes_back(clerk)
    # Another tab is another broadcast: it offers what was typed in the first, and takes it only when asked.
    other = clerk.context.new_page()
    other.goto("/soan")
    other.wait_for_selector("[data-when=draft]:not([hidden])")
    assert other.input_value("[name=text]") == ""
    other.click("[data-take]")
    comes_back(other)
    other.click(".head button.p")
    other.wait_for_url("**/ban-tin/**")
    assert drafts(other) == []
    other.go_back()
    assert other.input_value("[name=text]") == ""
    assert len(visit.office.broadcasts.newest()) == 1


def test_logging_out_leaves_nothing_for_the_next_person(visit: Any, clerk: Any, password: str) -> None:
    typing(clerk)
    saved(clerk)
    clerk.goto("/tai-khoan")
    clerk.click("form[action='/dang-xuat'] button")
    clerk.wait_for_url("**/dang-nhap")
    assert drafts(clerk) == []
    # Fonts may not be fetched here; what scripts complain of counts.
    assert [one for one in visit.complaints if "Failed to load resource" not in one] == []


def test_a_session_that_ended_is_said_before_anything_is_sent_and_the_page_comes_back(
    visit: Any, clerk: Any, password: str
) -> None:
    typing(clerk)
    visit.office.store.db.execute("DELETE FROM sessions")
    clerk.click(".head button.p")
    clerk.wait_for_selector("[data-when=over]:not([hidden])")
    assert kept(clerk)
    clerk.click("[data-when=over] button")
    clerk.fill("[name=name]", "van-thu")
    clerk.fill("[name=password]", password)
    clerk.keyboard.press("Enter")
    clerk.wait_for_url("**/soan?giu=1")
    assert kept(clerk)
    clerk.click(".head button.p")
    clerk.wait_for_url("**/ban-tin/**")
    assert len(visit.office.broadcasts.newest()) == 1


def test_a_line_that_is_cut_while_sending_is_said_and_the_page_stays(visit: Any, clerk: Any) -> None:
    typing(clerk)
    clerk.context.set_offline(True)
    clerk.click(".head button.p")
    clerk.wait_for_selector("[data-when=offline]:not([hidden])")
    assert kept(clerk)
    clerk.context.set_offline(False)
    clerk.dblclick(".head button.p")
    clerk.wait_for_url("**/ban-tin/**")
    assert len(visit.office.broadcasts.newest()) == 1


def test_letters_are_counted_and_too_many_are_not_sent_and_not_cut(visit: Any, clerk: Any) -> None:
    typing(clerk)
    long = "Trâu bò đi tiêm. " * 6000
    clerk.fill("[name=text]", long)
    assert clerk.input_value("[name=text]") == long
    assert clerk.input_value("[name=title]") == "Tiêm phòng"
    told = clerk.inner_text("[data-count=text]")
    assert re.search(rf"4.?000 chữ.*{len(long.strip())}", told)
    clerk.click(".head button.p")
    assert clerk.evaluate("document.querySelector('[name=text]').validationMessage").startswith("Dài quá")
    assert visit.office.broadcasts.newest() == []
    clerk.fill("[name=text]", TEXT)
    clerk.fill("[name=title]", "dài " * 80)
    assert len(clerk.input_value("[name=title]")) == 320
    assert clerk.evaluate("document.querySelector('[name=title]').validationMessage").startswith("Dài quá")


@pytest.mark.parametrize("locale", ["vi-VN", "en-US"])
def test_a_day_has_one_order_in_every_browser_and_is_chosen_by_keyboard(visit: Any, locale: str) -> None:
    page = visit.page(NARROW, locale=locale)
    page.goto("/soan?lang=vi")
    first = page.input_value("[name=date]")
    assert re.fullmatch(r"\d\d/\d\d/2\d\d\d", first)
    day, month, year = map(int, first.split("/"))
    assert page.evaluate("document.getElementById('ngay').value") == words_of_day(first, date(year, month, day))
    page.click(".calendar summary")
    assert sticking_out(page) == []
    page.focus(".calendar button[aria-current=date]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    chosen = page.input_value("[name=date]")
    assert chosen != first
    assert page.evaluate("document.getElementById('ngay').value") == words_of_day(chosen, date(year, month, day))
    assert page.url.endswith("/soan?lang=vi")
    page.fill("[name=date]", "31/02/2030")
    assert "Hãy nhập" in page.evaluate("document.getElementById('ngay').value")
    page.fill("[name=date]", first[:5].replace("/", ""))
    assert page.evaluate("document.getElementById('ngay').value") == words_of_day(first, date(year, month, day))


def test_a_press_too_many_is_undone(visit: Any, clerk: Any) -> None:
    typing(clerk)
    clerk.click(".head button.p")
    clerk.wait_for_url("**/ban-tin/**")
    clerk.click("a[href$='/dung']")
    clerk.click("form[action$='/dung'] button")
    clerk.wait_for_selector("form.back")
    clerk.click("form.back button")
    clerk.wait_for_selector("a[href$='/dung']")
    (one,) = visit.office.broadcasts.newest()
    assert one.status == "scheduled"
