"""Every answer of the console in the language made for tests: what people read there, the catalogue says.

A route that the walk does not visit, or a sentence of the console that it does not provoke, fails it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import broadcast_walk
import console_walk
import httpx
import pytest
from app_routes import leaves
from fastapi.routing import APIRoute
from literals import ROOT, is_vietnamese
from starlette.routing import Match
from visible_words import language_of_page, shown_by_profile, shown_on_page, strangers

from langso.settings.model import OfficeSettings
from langso.words import catalogue, ftl
from langso.words.catalogue import FOLDER, Sentence
from langso.words.language import Language, use_language
from office.founding.console_ca import ensure_console_certificate
from office.web import kept
from office.web.app import make_app

ROOMS = ("console", "doors", "guide", "jobs", "shows")
"""Rooms of the catalogue of which the walk must hear every sentence, but for these."""
UNHEARD = {
    "console-http-other": "the web framework's own; none of our routes provokes it",
    "console-invalid": "every value in an address or form is read as text and judged by the page",
}
KNOWN = re.compile(
    "|".join(
        (
            # People, places and what they wrote.
            "Người (?:mới|ba|tư)|nguoi-(?:moi|ba|tu)|thuyen gao mai",
            # The title's own mark is said in the villagers' language, as all that loudspeakers are told.
            "DIỄN TẬP:",
            "Xã Hoa Sơn|Văn thư|Thôn \\d|Nước lên|Họp thôn|Mời bà con đi họp|Giấy khai sinh",
            "UBKT(?: họp ngày (?:31/02|ba mươi mốt trên hai))?|31/02",
            "Họp lúc (?:7h00|bảy giờ)|7h00|\\b(?:a )+a?\\b|x{200,}",
            # Names of machines, accounts and papers.
            "van-thu|\\blan\\b|loa-[a-z0-9-]+|kiosk-[a-z0-9-]+|thon-\\d|hs - \\d|H56\\.37\\.12[\\w.-]*",
            # A machine that is not there; why a signed document is refused, as programs say it.
            "khong-co|\\(malformed\\)",
            # Addresses, fingerprints, settings, headers.
            "https?://[\\w./:-]+|ten-may\\.local|testclient|192\\.168[.\\d]+|`[a-z_]+`|upload-length",
            "\\b[bu]\\d{8}-[0-9a-f]{8}|\\b[0-9A-F]{40}\\b|\\b(?:[0-9A-F]{4}[ \n]?)+\\b",
            # The same in every language, also with the dots of the pseudo-language; how one asks for Vietnamese.
            "Là\\wg Số|\\wố\\w \\wố\\w|“Đọ\\w bằ\\wg t\\wế\\wg V\\wệt”",
        )
    )
)


class Walk:
    """Browsers at one office, and everything that they were answered."""

    def __init__(self, app: Any, tongue: Language) -> None:
        self.routes = [route for route in leaves(app.routes) if isinstance(route, APIRoute)]
        self.visited: set[tuple[str, str]] = set()
        self.wrong: list[str] = []
        self.heard: set[str] = set()
        self._tongue = tongue

    def take(self, answer: httpx.Response) -> None:
        """One answer."""
        answer.read()
        where = f"{answer.request.method} {answer.request.url.path}"
        scope = {"type": "http", "method": answer.request.method, "path": answer.request.url.path, "root_path": ""}
        for route in self.routes:
            if route.matches(scope)[0] is Match.FULL:
                self.visited.add((answer.request.method, route.path))
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if kind == "text/html":
            page = language_of_page(answer.text)
            assert page in (None, self._tongue), f"{where}: lang={page}"
            shown = shown_on_page(answer.text)
        elif where.endswith("/thach") and answer.is_success:
            return  # what a passkey is asked, by machine: its words are names of people and of the commune
        elif kind in ("text/plain", "application/json", "image/svg+xml"):
            shown = [re.sub("<[^>]*>", " ", answer.text)]
        elif kind == "application/x-apple-aspen-config":
            shown = shown_by_profile(answer.content)
        else:
            return
        for text in shown:
            words = self._strangers(text)
            if words:
                self.wrong.append(f"{where} ({answer.status_code}): {words} in {text[:300]!r}")

    def _strangers(self, text: str) -> list[str]:
        if self._tongue == "qps":
            return strangers(text, KNOWN)
        left = KNOWN.sub(" ", re.sub("“[^”]*”|«[^»]*»", " ", text))
        return [left] if is_vietnamese(left) else []


@pytest.fixture
def office_world(make_office: Callable[..., Any]) -> Any:
    """An office that serves its pages over https, under its own authority."""
    world = make_office()
    own = OfficeSettings(https="own", names=console_walk.NAME)
    world.settings = world.settings.model_copy(update={"office": own})
    ensure_console_certificate(world.home, datetime.now(UTC))
    world.reopen()
    return world


@pytest.fixture(params=["qps", "en"])
def tongue(request: pytest.FixtureRequest) -> Iterator[Language]:
    use_language(request.param)
    yield request.param
    use_language("vi")


@pytest.fixture
def walk(office_world: Any, tongue: Language, monkeypatch: pytest.MonkeyPatch, new_browser: Any) -> Walk:
    # The walk changes the office behind its back, many times a second.
    monkeypatch.setattr(kept, "MOST", 0)
    made = Walk(make_app(office_world.office), tongue)
    render = catalogue._render

    def heard(sentence: Sentence, *more: Any) -> str:
        made.heard.add(sentence.id)
        return render(sentence, *more)

    monkeypatch.setattr(catalogue, "_render", heard)
    return made


@pytest.fixture
def come(new_browser: Any, walk: Walk, tongue: Language) -> Callable[..., Any]:
    """A browser of whom every answer is looked at."""

    def make(*more: str) -> Any:
        browser = new_browser(*more)
        browser.client.event_hooks["response"].append(walk.take)
        browser.client.headers["accept-language"] = "vi" if tongue == "qps" else tongue
        return browser

    return make


def test_what_people_read_in_every_answer_the_catalogue_says(
    walk: Walk,
    come: Callable[..., Any],
    tongue: Language,
    office_world: Any,
    accounts: Any,
    password: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = come()
    assert browser.login().status_code == 303
    console_walk.empty_office(browser)
    broadcast_walk.composing(browser, office_world, monkeypatch)
    console_walk.fleet(browser, office_world, monkeypatch)
    broadcast_walk.slowly(browser, office_world, monkeypatch)
    broadcast_walk.signed_or_not(browser, office_world, password)
    broadcast_walk.becoming(browser, office_world, monkeypatch)
    console_walk.papers(browser, office_world, monkeypatch)
    console_walk.sealed_papers(browser, office_world, come, accounts, monkeypatch)
    console_walk.one_device(browser, office_world)
    console_walk.troubles(browser, office_world, monkeypatch)
    console_walk.doors(come, office_world)
    console_walk.outside(come, office_world, monkeypatch)
    broadcast_walk.confirming(come, office_world)
    console_walk.accounts_of(browser, come, accounts, password)
    assert not walk.wrong, "\n".join(dict.fromkeys(walk.wrong))
    unvisited = {(method, route.path) for route in walk.routes for method in route.methods} - walk.visited
    assert not unvisited
    wanted = {
        id for room in ROOMS for id in ftl.split((FOLDER / f"vi/office/{room}.ftl").read_text(encoding="utf-8"))
    }
    unheard = wanted - walk.heard
    assert not unheard - UNHEARD.keys(), "\n".join(sorted(unheard - UNHEARD.keys()))
    assert not UNHEARD.keys() - unheard, "they are heard by now"


FORGOTTEN = {
    "text": "<p>⟦Lïst⟧ of devices</p>",
    "a name's neighbour": "<p>Thôn 1: ready</p>",
    "a title": '<b title="Sound">⟦Söünd⟧</b>',
    "a label": '<nav aria-label="Tasks"></nav>',
    "a hint": '<input placeholder="Password">',
    "a picture's words": '<img alt="Code">',
    "a button": '<input type="submit" value="Send">',
    "what a phone shows beside a value": '<td data-name="Place">⟦Thërë⟧</td>',
    "the window's title": "<head><title>Calendar</title></head>",
    "English inside": "<p>⟦Nöt sënt: no network⟧</p>",
    "Vietnamese inside": "<p>⟦Nöt sënt: mất mạng⟧</p>",
    "after bold words": "<p>⟦Nöt <b>sënt</b>⟧ again</p>",
}


@pytest.mark.parametrize("html", FORGOTTEN.values(), ids=FORGOTTEN.keys())
def test_what_was_forgotten_is_seen_wherever_it_hides(html: str) -> None:
    assert [word for text in shown_on_page(html) for word in strangers(text, KNOWN)]


def test_what_the_catalogue_says_and_what_people_wrote_is_no_stranger() -> None:
    page = """<html lang="qps"><head><style>p { color: red }</style><title>⟦Cälëndär⟧ · Làng Số</title></head>
    <i class="i" aria-hidden="true">check_circle</i><p>⟦Ït ïs <b>nöt</b> sënt: Thôn 1⟧ 17:00</p>
    <input type="hidden" value="token"><input value="Họp thôn"><script>say("hello")</script></html>"""
    assert [word for text in shown_on_page(page) for word in strangers(text, KNOWN)] == []
    assert language_of_page(page) == "qps"


WRITES = re.compile(
    r"textContent|innerText|innerHTML|outerHTML|insertAdjacent|\b(?:alert|confirm|prompt)\(|\.title\b|placeholder"
    r"|\.append\(|createTextNode|setAttribute\(\"(?:title|aria-label)"
)


def test_scripts_of_the_console_write_no_words() -> None:
    scripts = list((ROOT / "office/web/static").glob("*.js"))
    assert scripts
    assert [script.name for script in scripts if WRITES.search(script.read_text(encoding="utf-8"))] == []
