"""A browser at the console of an office of its own."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from office.people import hashing
from office.people.accounts import Accounts
from office.web.app import make_app
from office.web.pages import sounds

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
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page is tried by somebody who logs in; what a hash costs in truth is tested where it is made."""
    monkeypatch.setattr(hashing, "ROUNDS", 1)
    monkeypatch.setattr(hashing, "MEMORY_KIB", 64)


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
    app = make_app(office_world.console)

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
    console = office_world.console
    made = Accounts(console.store, console.clock, console.settings.office)
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
