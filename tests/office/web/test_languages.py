"""The console speaks the browser's language, or the one that was asked for; devices are spoken to as ever."""

from __future__ import annotations

import re
from typing import Any

import pytest
from literals import is_vietnamese

from langso.words.language import use_language

NAMES = re.compile("Làng Số|Xã Hoa Sơn|Văn thư|“[^”]*”|Thôn 1|loa-thon-1")


def test_the_browsers_language_is_followed_and_what_was_asked_for_is_kept(browser: Any) -> None:
    assert "Lịch phát" in browser.get("/lich").text
    english = browser.get("/lich", headers={"accept-language": "en-GB,en;q=0.9,vi;q=0.5"}).text
    assert '<html lang="en">' in english
    assert "Broadcast calendar" in english
    assert "Lịch phát" in browser.get("/lich", headers={"accept-language": "vi,en;q=0.5"}).text
    assert "Lịch phát" in browser.get("/lich", headers={"accept-language": "fr, de"}).text
    assert "Broadcast calendar" in browser.get("/lich?lang=en").text
    assert "Broadcast calendar" in browser.get("/lich").text
    assert "Lịch phát" in browser.get("/lich?lang=vi", headers={"accept-language": "en"}).text
    assert "Lịch phát" in browser.get("/lich", headers={"accept-language": "en"}).text


def test_what_is_no_language_of_ours_changes_nothing(browser: Any) -> None:
    for asked in ("fr", "qps", "", "x" * 5000, "../en"):
        answer = browser.get("/lich", params={"lang": asked})
        assert "Lịch phát" in answer.text
        assert "langso-lang" not in answer.headers.get("set-cookie", "")


def test_refusals_are_in_it_too(browser: Any, new_browser: Any) -> None:
    assert "There is no such page" in browser.get("/khong-co?lang=en").text
    assert (
        "This order comes"
        in new_browser().client.post("/dang-nhap?lang=en", headers={"origin": "https://ai.khac"}).text
        or browser.get("/khong-co").status_code == 404
    )


def test_devices_are_spoken_to_in_the_offices_own_language(browser: Any) -> None:
    answer = browser.get("/media/abc?lang=en", headers={"accept-language": "en"})
    assert is_vietnamese(answer.text)


@pytest.mark.parametrize("path", ["/lich", "/soan", "/loa", "/giay-to", "/khan-cap", "/tai-khoan", "/khong-co"])
def test_an_english_page_has_no_vietnamese_of_ours(browser: Any, device: Any, path: str) -> None:
    # A colleague's page before it, in Vietnamese, leaves nothing behind.
    assert is_vietnamese(browser.get(f"{path}?lang=vi").text)
    page = NAMES.sub("", browser.get(f"{path}?lang=en").text)
    left = [line for line in page.splitlines() if is_vietnamese(line)]
    assert left == []


def test_in_the_language_made_for_tests_no_browser_hides_what_was_forgotten(browser: Any) -> None:
    use_language("qps")
    try:
        assert "⟦" in browser.get("/lich?lang=en", headers={"accept-language": "vi"}).text
    finally:
        use_language("vi")
