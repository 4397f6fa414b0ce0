"""Programs know a refusal by its code, which is the same in every language; the words are for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from langso.contract.sentences import CODE_HEADER
from langso.timekeeping.clock import VIETNAM
from langso.words.catalogue import t
from langso.words.language import in_language

LANGUAGES = ("vi", "en")


def form(hours: float = 2) -> dict[str, Any]:
    when = datetime.now(UTC).astimezone(VIETNAM) + timedelta(hours=hours)
    return {
        "title": "Họp thôn",
        "text": "Mời bà con đi họp.",
        "devices": ["loa-thon-1"],
        "date": f"{when:%Y-%m-%d}",
        "time": f"{when:%H:%M:%S}",
        "broadcast_class": "normal",
    }


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_a_form_that_comes_back_says_by_code_why(browser: Any, device: Any, tongue: Any) -> None:
    answer = browser.post("/soan", form(-2), page=f"/soan?lang={tongue}")
    assert (answer.status_code, answer.headers[CODE_HEADER]) == (422, "broadcasting-when")
    with in_language(tongue):
        assert t("broadcasting-when", days=45) in answer.text


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_too_soon_is_known_by_its_code_once_the_sound_is_made(browser: Any, device: Any, tongue: Any) -> None:
    soon = datetime.now(UTC).astimezone(VIETNAM) + timedelta(seconds=4)
    asked = form() | {"date": f"{soon:%Y-%m-%d}", "time": f"{soon:%H:%M:%S}"}
    answer = browser.post("/soan", asked, page=f"/soan?lang={tongue}")
    assert answer.headers[CODE_HEADER] == "broadcasting-too-soon"
    with in_language(tongue):
        assert t("broadcasting-too-soon") in answer.text


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_what_failed_in_the_background_is_told_in_the_readers_language(
    browser: Any, device: Any, office_world: Any, tongue: Any
) -> None:
    broadcasts, jobs = office_world.office.broadcasts, office_world.office.jobs
    start = datetime.now(UTC) + timedelta(hours=3)
    for _ in range(2):
        kept = broadcasts.draft("Mời bà con đi họp.", title="Họp", targets=["loa-thon-1"], start=start, by="van-thu")
        job = jobs.wait(jobs.ask("send", kept.text, "van-thu", kept.id).id, 60)
    assert (job.state, job.code) == ("failed", "broadcasting-taken")
    assert 'data-job="failed" data-code="broadcasting-taken"' in browser.get(f"/ban-tin/{kept.id}/manh").text
    page = browser.get(f"/ban-tin/{kept.id}?lang={tongue}").text
    assert ("“Họp” plays then" in page, "Trùng giờ với «Họp»" in page) == (tongue == "en", tongue == "vi")


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_every_door_has_a_code_beside_its_words(browser: Any, tongue: Any) -> None:
    asked = {"Accept-Language": tongue}
    found = {
        path: browser.get(path, headers=asked).headers.get(CODE_HEADER)
        for path in ("/khong-co", "/ban-tin/khong-co", "/media/" + "0" * 64, "/lich")
    }
    assert found == {
        "/khong-co": "console-http-404",
        "/ban-tin/khong-co": "broadcasting-gone",
        "/media/" + "0" * 64: "broadcasting-sound-gone",
        "/lich": None,
    }
    assert browser.client.post("/soan", data={}).headers[CODE_HEADER] == "console-page-old"


def test_a_wrong_password_and_a_form_without_words_are_told_apart(browser: Any, device: Any, password: str) -> None:
    alarm = {"text": "Nước lên.", "devices": ["loa-thon-1"], "password": "sai rồi"}
    assert browser.post("/khan-cap", alarm).headers[CODE_HEADER] == "people-login-wrong"
    empty = browser.post("/khan-cap", alarm | {"text": " ", "password": password})
    assert empty.headers[CODE_HEADER] == "console-no-alarm-words"
