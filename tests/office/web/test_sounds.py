"""A sound that takes long: the page shows how far it is, lets it be stopped, and never loses what was typed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from waiting import until

from langso.timekeeping.clock import VIETNAM
from office.broadcasting.media import MadeSound, MediaStore
from office.broadcasting.progress import UNWATCHED, ProgressWatch
from office.web.pages import sounds

HX = {"HX-Request": "true"}

BAD, ALERT = (re.compile(f'<[^>]*{what}"(?![^>]*hidden)') for what in ('class="notice bad', 'role="alert'))
"""Shown, and not kept for a script to show."""


def form(**more: Any) -> dict[str, Any]:
    when = datetime.now(UTC).astimezone(VIETNAM) + timedelta(hours=2)
    return {
        "title": "Lịch tiêm phòng",
        "text": "Tiêm phòng lúc 7h00.",
        "devices": ["loa-thon-1"],
        "date": f"{when:%Y-%m-%d}",
        "time": f"{when:%H:%M}",
        "broadcast_class": "priority",
        **more,
    }


@pytest.fixture
def go_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A voice that waits, and pages that do not."""
    event, chime = threading.Event(), MediaStore.chime

    def speak(store: MediaStore, text: str, *, watch: ProgressWatch = UNWATCHED, **more: Any) -> MadeSound:
        watch.at(40)
        while not event.wait(0.02):
            watch.check()
        return chime(store)

    monkeypatch.setattr(MediaStore, "speak", speak)
    monkeypatch.setattr(sounds, "PATIENCE_S", 0.0)
    yield event
    event.set()


def sent(browser: Any, **more: Any) -> str:
    answer = browser.post("/soan", form(**more))
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_a_broadcast_on_its_way_shows_how_far_it_is_and_then_that_it_is_sent(
    browser: Any, device: Any, office_world: Any, go_on: threading.Event
) -> None:
    place = sent(browser)
    assert until(lambda: "36%" in browser.get(f"{place}/manh").text)
    page = browser.get(place).text
    assert "<progress" in page
    assert "Bạn có thể rời trang này" in page
    assert f"{place}/huy" in page
    assert "Chưa gửi" in page
    go_on.set()
    assert until(lambda: "<progress" not in browser.get(f"{place}/manh").text)
    assert "Chưa gửi" not in browser.get(place).text
    assert "Lịch tiêm phòng" in browser.get("/lich").text


def test_cancelled_it_is_not_sent_and_its_words_come_back_into_the_form(
    browser: Any, device: Any, office_world: Any, go_on: threading.Event
) -> None:
    place = sent(browser)
    assert browser.post(f"{place}/huy", {}, page="/tai-khoan").headers["location"] == place
    page = browser.get(place).text
    assert "Đã huỷ, bản tin chưa gửi" in page
    assert not BAD.search(page)
    again = f"/soan?tu={place.removeprefix('/ban-tin/')}"
    assert again in page
    typed = browser.get(again).text
    for kept in (
        "Tiêm phòng lúc 7h00.</textarea>",
        'value="Lịch tiêm phòng"',
        'value="loa-thon-1" checked',
        "/".join(reversed(form()["date"].split("-"))),
    ):
        assert kept in typed
    assert [row.action for row in office_world.office.audit.newest(1)] == ["cancel_job"]
    go_on.set()
    corrected = browser.post("/soan", form(tu=place.removeprefix("/ban-tin/")), page=again).headers["location"]
    assert until(
        lambda: office_world.office.broadcasts.get(corrected.removeprefix("/ban-tin/")).status == "scheduled"
    )
    assert office_world.office.broadcasts.get(place.removeprefix("/ban-tin/")).status == "withdrawn"


def test_what_shows_only_once_the_sound_is_made_is_told_on_the_broadcasts_page(
    browser: Any, device: Any, office_world: Any, go_on: threading.Event
) -> None:
    go_on.set()
    jobs = office_world.office.jobs
    # One after the other: two threads make sounds, and which of two is sent first would be theirs to say.
    for _ in range(2):
        second = sent(browser)
        job = jobs.of_message(second.removeprefix("/ban-tin/"))
        jobs.wait(job.id, 60)
    part = browser.get(f"{second}/manh").text
    assert "CHƯA GỬI: Trùng giờ với" in part
    assert BAD.search(part)
    assert f"/soan?tu={second.removeprefix('/ban-tin/')}" in part
    assert "Tiêm phòng lúc 7h00.</textarea>" in browser.get(f"/soan?tu={second.removeprefix('/ban-tin/')}").text


def test_listening_shows_how_far_it_is_then_plays(browser: Any, go_on: threading.Event) -> None:
    part = browser.post("/soan/nghe", {"text": "Xin chào"}, page="/soan", headers=HX).text
    place = part.split('hx-get="')[1].split('"')[0]
    assert until(lambda: "40%" in browser.get(place).text)
    assert "<audio" not in browser.get(place).text
    go_on.set()
    assert until(lambda: "<audio" in browser.get(place).text)


def test_without_scripts_one_is_asked_to_press_again_and_keeps_what_was_typed(
    browser: Any, go_on: threading.Event
) -> None:
    page = browser.post("/soan/nghe", {"text": "Xin chào"}, page="/soan").text
    assert "hãy đợi vài giây rồi bấm Nghe thử lần nữa" in page
    assert "Xin chào</textarea>" in page
    go_on.set()
    assert until(lambda: "<audio" in browser.post("/soan/nghe", {"text": "Xin chào"}, page="/soan").text)


@pytest.mark.parametrize("page", ["/soan", "/khan-cap"])
def test_a_sound_on_its_way_is_no_fault(browser: Any, go_on: threading.Event, page: str) -> None:
    shown = browser.post(f"{page}/nghe", {"text": "Xin chào"}, page=page).text
    place = shown.split('id="nghe"')[1].split('<div id="')[0]
    assert "<progress" in place
    assert 'hx-get="/tieng/' in place
    assert not BAD.search(shown)
    assert not ALERT.search(shown)
    empty = browser.post(f"{page}/nghe", {"text": " "}, page=page).text
    assert BAD.search(empty)
    assert "<progress" not in empty


def test_listening_is_stopped_and_begun_anew(browser: Any, office_world: Any, go_on: threading.Event) -> None:
    part = browser.post("/soan/nghe", {"text": "Xin chào"}, page="/soan", headers=HX).text
    id = part.split("/tieng/")[1].split("/")[0]
    assert "<progress" not in browser.post(f"/tieng/{id}/huy", {}, page="/soan").text
    assert office_world.office.jobs.get(id).state == "cancelled"
    assert id not in browser.post("/soan/nghe", {"text": "Xin chào"}, page="/soan", headers=HX).text


def test_nobody_else_sees_or_stops_it(browser: Any, new_browser: Any, accounts: Any, go_on: threading.Event) -> None:
    part = browser.post("/soan/nghe", {"text": "Xin chào"}, page="/soan", headers=HX).text
    id = part.split("/tieng/")[1].split("/")[0]
    accounts.add("Lan", "bốn con trâu đi cày")
    other = new_browser()
    other.login("lan")
    assert other.get(f"/tieng/{id}/manh").status_code == 404
    assert other.post(f"/tieng/{id}/huy", {}, page="/soan").status_code == 404
    assert browser.get("/tieng/khong-co/manh").status_code == 404


def test_a_full_queue_gives_the_form_back_as_typed(browser: Any, device: Any, go_on: threading.Event) -> None:
    for number in range(5):
        sent(browser, title=f"Tin {number}")
    answer = browser.post("/soan", form(title="Tin thứ sáu"))
    assert answer.status_code == 503
    assert "bản chờ làm tiếng" in answer.text
    assert 'value="Tin thứ sáu"' in answer.text
    assert "Tiêm phòng lúc 7h00.</textarea>" in answer.text
