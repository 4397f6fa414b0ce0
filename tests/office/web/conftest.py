"""A browser at the console of an office of its own."""

from __future__ import annotations

import contextlib
import functools
import gzip
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from office_doors import Doors, opened_doors
from real_browser import NARROW, WIDE, Chromium, launched

from office.people.accounts import Accounts
from office.web import site, static_files
from office.web.app import make_app
from office.web.pages import sounds
from office.web.security import COOKIE_PLAIN

PASSWORD = "bốn con trâu đi cày"
_TOKEN = re.compile(r'name="token"[^>]*value="([^"]+)"')


class Browser:
    """Keeps cookies, carries each form's hidden token, follows nothing by itself."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)

    def token(self, page: str) -> str:
        found = _TOKEN.search(self.client.get(page).text)
        assert found is not None
        return html.unescape(found[1])

    def post(self, path: str, form: dict[str, Any], *, page: str | None = None, **more: Any) -> httpx.Response:
        return self.client.post(path, data={"token": self.token(page or path), **form}, **more)

    def login(self, name: str = "van-thu", password: str = PASSWORD) -> httpx.Response:
        return self.post("/dang-nhap", {"name": name, "password": password})


@pytest.fixture(autouse=True)
def _quick_logins(quick_hashes: None) -> None:
    """Every page is tried by somebody who logs in."""


class CompiledOnce(BytecodeCache):
    """Templates as they were compiled for the first console of this process."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(KeyError):
            bucket.bytecode_from_string(self._compiled[bucket.key, bucket.checksum])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_TEMPLATES = functools.partial(Environment, bytecode_cache=CompiledOnce())
_FILES = SimpleNamespace(compress=functools.cache(gzip.compress))


@pytest.fixture(autouse=True)
def _quick_consoles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly each test has a console of its own, with the same files and templates as the one before."""
    monkeypatch.setattr(site, "Environment", _TEMPLATES)
    monkeypatch.setattr(static_files, "gzip", _FILES)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page waits a moment for a sound, which is longer on a busy machine; what it shows then is tested apart."""
    monkeypatch.setattr(sounds, "PATIENCE_S", 60.0)


@pytest.fixture
def password() -> str:
    return PASSWORD


@pytest.fixture
def new_browser(office_world: Any) -> Iterator[Callable[..., Browser]]:
    made: list[TestClient] = []
    app = make_app(office_world.office)

    def make(base_url: str = "http://127.0.0.1:8080", address: str = "127.0.0.1") -> Browser:
        client = TestClient(
            app,
            base_url=base_url,
            client=(address, 50000),
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        made.append(client)
        return Browser(client)

    yield make
    for client in made:
        client.close()


@pytest.fixture
def accounts(office_world: Any) -> Accounts:
    office = office_world.office
    made = Accounts(office.store, office.clock, office.settings.office)
    made.add("Văn thư", PASSWORD)
    return made


@pytest.fixture
def browser(new_browser: Callable[..., Browser], accounts: Accounts) -> Browser:
    made = new_browser()
    assert made.login().status_code == 303
    return made


@pytest.fixture
def device(office_world: Any) -> Any:
    return office_world.reporter("loa-thon-1")


@pytest.fixture
def open_doors(
    make_office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, until: Callable[..., bool]
) -> Iterator[Callable[..., Doors]]:
    """An office at real ports: `open_doors(office={…}, clock=…)`."""
    with opened_doors(make_office, monkeypatch, until) as make:
        yield make


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The one real browser of this process; modules that use it say `pytestmark = REAL_BROWSER`."""
    with launched() as made:
        yield made


@dataclass
class Visit:
    """People with real browsers at an office that serves. `page()` is a logged-in clerk's at 1360, asks for no
    password; `page(NARROW)` on a phone, `page(login=False)` a stranger's. What a page's scripts complain of stands in
    `complaints`.
    """

    doors: Doors
    browser: Any
    contexts: contextlib.ExitStack
    complaints: list[str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.doors.port('plain')}"

    @property
    def office(self) -> Any:
        return self.doors.opened

    def page(
        self, width: int = WIDE, *, name: str = "van-thu", password: str = PASSWORD, login: bool = True, **more: Any
    ) -> Any:
        """A Playwright page; paths are relative to the console. `more`: of Playwright's new_context."""
        size = {"width": width, "height": 800 if width == NARROW else 768}
        context = self.browser.new_context(viewport=size, base_url=self.address, **{"locale": "vi-VN", **more})
        self.contexts.callback(context.close)
        # A page of ours answers in milliseconds; on a busy machine in seconds.
        context.set_default_timeout(60_000)
        if login:
            accounts = Accounts(self.office.store, self.office.clock, self.office.settings.office)
            token = accounts.login(name, password, "127.0.0.1").token
            context.add_cookies([{"name": COOKIE_PLAIN, "value": token, "url": self.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on(
            "console", lambda said: self.complaints.append(f"{page.url}: {said.text}") if said.type == "error" else 0
        )
        return page


@pytest.fixture
def visit(chromium: Chromium, open_doors: Callable[..., Doors]) -> Iterator[Visit]:
    """Real browsers at an office of its own, which has the account "van-thu"."""
    doors = open_doors()
    with chromium.awake() as browser, contextlib.ExitStack() as contexts:
        yield Visit(doors, browser, contexts, [])
