"""A page that has not changed is not made again, and nobody is given another person's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from office.web.site import Site

ADDRESSES = ("/lich", "/loa", "/khan-cap")


@pytest.fixture
def standing_clock(office_world: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """The office's time stands still; `standing_clock(5)` moves it by 5 s."""
    from datetime import timedelta

    clock = office_world.office.clock
    at = [clock.now()]
    monkeypatch.setattr(type(clock), "now", lambda self: at[0])

    def move(seconds: float) -> None:
        at[0] += timedelta(seconds=seconds)

    return move


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts and pages that are asked of templates, one an entry."""
    seen: list[str] = []
    for name in ("part", "page"):
        real = getattr(Site, name)

        def noted(site: Any, template: str, *rest: Any, real: Any = real, **values: Any) -> Any:
            seen.append(template)
            return real(site, template, *rest, **values)

        monkeypatch.setattr(Site, name, noted)
    return seen


def asked_again(page: str) -> str:
    found = re.search(r'hx-get="([^"]+/manh\?da=[0-9a-f]{16})"', page)
    assert found is not None
    return found[1]


def test_nothing_is_made_while_nothing_changes(
    browser: Any, device: Any, standing_clock: Any, drawn: list[str]
) -> None:
    for path in ADDRESSES:
        page = browser.get(path)
        part = asked_again(page.text)
        drawn.clear()
        assert browser.get(path).content == page.content
        assert drawn == []
        assert browser.get(part).status_code == 204
        drawn.clear()
        assert browser.get(part).status_code == 204
        assert drawn == []
        other = browser.get(part.replace("da=", "da=0"))
        assert other.status_code == 200
        assert asked_again(other.text) == part
        drawn.clear()
        assert browser.get(part).status_code == 204
        assert drawn == []


def test_whatever_is_written_is_seen_by_the_next_question(
    browser: Any, device: Any, office_world: Any, standing_clock: Any
) -> None:
    part = asked_again(browser.get("/loa").text)
    assert browser.get(part).status_code == 204
    office_world.office.fleet.take_state(device.id, device.state())
    assert browser.get(part).status_code == 200
    # By another process too.
    part = asked_again(browser.get("/loa").text)
    import sqlite3

    with sqlite3.connect(office_world.home.database) as other:
        other.execute("INSERT INTO presence VALUES (?, 0, 'x', '2026-11-30T00:00:00+00:00')", [device.id])
    assert browser.get(part).status_code == 200


def test_time_alone_ends_what_is_kept(browser: Any, device: Any, office_world: Any, standing_clock: Any) -> None:
    office_world.office.fleet.take_state(device.id, device.state())
    part = asked_again(browser.get("/loa").text)
    standing_clock(1)
    assert browser.get(part).status_code == 204
    standing_clock(400)
    assert browser.get(part).status_code == 200


def test_nobody_is_given_anothers_page(
    browser: Any, new_browser: Any, accounts: Any, password: str, device: Any, standing_clock: Any
) -> None:
    accounts.add("Chủ tịch", password, ("approver",))
    other = new_browser()
    assert other.login("chu-tich").status_code == 303
    for path in ADDRESSES:
        mine, theirs = browser.get(path), other.get(path)
        assert "Văn thư" in mine.text
        assert "Văn thư" not in theirs.text
        assert "Chủ tịch" in theirs.text
        assert mine.headers["cache-control"] == theirs.headers["cache-control"] == "no-store"
        assert "etag" not in mine.headers
    english = browser.get("/lich?lang=en")
    assert 'lang="en"' in english.text
    assert 'lang="en"' not in other.get("/lich").text


def test_what_one_may_not_see_any_more_is_not_kept_for_one(
    browser: Any, accounts: Any, password: str, device: Any, standing_clock: Any
) -> None:
    assert 'href="/soan"' in browser.get("/lich").text
    accounts.add("Quản trị", password)
    accounts.give("Văn thư", ("desk",), "van-thu")
    assert 'href="/soan"' not in browser.get("/lich").text
    part = asked_again(browser.get("/lich").text)
    accounts.disable("Văn thư")
    for path in ("/lich", part):
        answer = browser.get(path, headers={"HX-Request": "true"})
        assert (answer.status_code, answer.text) == (401, "")
    assert browser.get("/lich").headers["location"] == "/dang-nhap"


def test_what_is_kept_does_not_grow(browser: Any, device: Any, standing_clock: Any) -> None:
    from office.web import kept

    for number in range(kept.MOST + 20):
        assert browser.get(f"/lich?x={number}").status_code == 200
    app = browser.client.app
    layer = app.middleware_stack
    while not isinstance(layer, kept.Kept):
        layer = layer.app if hasattr(layer, "app") else layer._app
    assert len(layer._pages) == kept.MOST
