"""What the console lets through: nobody without a session, no other site, no form without its token, no flood."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PAGES = (
    "/",
    "/lich",
    "/lich/manh",
    "/soan",
    "/ban-tin/b1",
    "/khan-cap",
    "/loa",
    "/giay-to",
    "/giay-to/d1/tep",
    "/giay-to/d1/luu-tru",
    "/tai-khoan",
)
FORMS = (
    "/soan",
    "/soan/doc",
    "/soan/nghe",
    "/ban-tin/b1/dung",
    "/khan-cap",
    "/khan-cap/u1/bao-yen",
    "/loa/x/phat-thu",
    "/loa/x/khoi-dong-lai",
    "/loa/x/da-xem",
    "/giay-to/d1/luu-tru",
    "/giay-to/mo-khoa",
    "/giay-to/khoa-lai",
    "/giay-to/cau-mat-khau",
    "/tai-khoan",
    "/tai-khoan/ket-thuc",
    "/dang-xuat",
)


ASKING = {
    "/ban-tin/b1/dung": "/ban-tin/b1/dung",
    "/khan-cap/u1/bao-yen": "/khan-cap/u1/bao-yen",
    "/giay-to/mo-khoa": "/giay-to",
    "/giay-to/khoa-lai": "/giay-to",
    "/giay-to/cau-mat-khau": "/giay-to",
}
"""Forms that hold nothing but a proof: the login itself comes, and knows the page to go back to."""


@pytest.fixture
def office_world(make_office: Any) -> Any:
    """An office that answers under the names by which these tests come."""
    world = make_office()
    named = world.settings.office.model_copy(update={"names": "vp.example, langso.local"})
    world.settings = world.settings.model_copy(update={"office": named})
    world.reopen()
    return world


@pytest.mark.parametrize("path", PAGES)
def test_every_page_without_a_session_leads_to_the_login(new_browser: Any, path: str) -> None:
    answer = new_browser().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/dang-nhap")


class FirstButtons(HTMLParser):
    """The first button of each form: what Enter in one of its fields presses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self._waiting = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "form":
            self._waiting = True
        elif tag == "button" and self._waiting and dict(attrs).get("type", "submit") == "submit":
            self._waiting = False
            self.found.append(dict(attrs))


@pytest.mark.parametrize("path", ["/soan", "/khan-cap", "/tai-khoan"])
def test_enter_in_a_form_does_what_the_form_is_for(browser: Any, path: str) -> None:
    """Enter after the password of an emergency played it in the office alone."""
    page = FirstButtons()
    page.feed(browser.get(path).text)
    assert page.found
    assert not [button for button in page.found if "formaction" in button]


@pytest.mark.parametrize("path", FORMS)
def test_every_form_without_a_session_leads_to_the_login(new_browser: Any, path: str) -> None:
    answer = new_browser().client.post(path, data={"token": "x"})
    if path in ASKING:
        assert answer.status_code == 401
        assert 'action="/dang-nhap"' in answer.text
        assert f'name="giu-trang" value="{ASKING[path]}"' in answer.text
        return
    assert (answer.status_code, answer.headers["location"]) == (303, "/dang-nhap")


@pytest.mark.parametrize("path", FORMS)
def test_every_form_asks_for_the_sessions_token(browser: Any, path: str) -> None:
    for data in ({}, {"token": ""}, {"token": "0" * 32}):
        assert browser.client.post(path, data=data).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:9999"},
    ],
)
def test_another_sites_post_is_refused_even_with_the_token(browser: Any, headers: dict[str, str]) -> None:
    answer = browser.post("/soan/doc", {"text": "a"}, page="/soan", headers=headers)
    assert answer.status_code == 403
    assert "trang khác" in answer.text


def test_the_own_origin_is_taken(browser: Any) -> None:
    own = {"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin", "HX-Request": "true"}
    assert browser.post("/soan/doc", {"text": "7h00"}, page="/soan", headers=own).status_code == 200


@pytest.mark.parametrize(
    ("path", "size"),
    [("/tai-khoan", 9 << 10), ("/dang-nhap", 321 << 10), ("/soan", 1025 << 10), ("/khan-cap", 1025 << 10)],
)
def test_a_body_over_the_routes_limit_is_refused(browser: Any, path: str, size: int) -> None:
    declared = browser.client.post(path, content=b"a" * size)
    streamed = browser.client.post(
        path,
        content=iter([b"text="] + [b"a" * 1024] * (size // 1024)),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert (declared.status_code, streamed.status_code) == (413, 413)
    assert "quá lớn" in declared.text


def test_other_kinds_of_body_are_refused(browser: Any) -> None:
    assert browser.client.post("/soan", json={"token": "x"}).status_code == 415
    assert browser.client.post("/soan", files={"token": b"x"}).status_code == 415


def test_every_answer_carries_a_strict_policy(browser: Any) -> None:
    for path in ("/lich", "/dang-nhap", "/khong-co", "/static/console.css", "/media/" + "0" * 64):
        answer = browser.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_pages_hold_no_inline_script_or_style(browser: Any) -> None:
    for path in ("/lich", "/soan", "/khan-cap", "/loa", "/giay-to", "/tai-khoan", "/khong-co"):
        text = browser.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick" not in text
        assert "<script>" not in text


def test_pages_are_not_cached(browser: Any) -> None:
    assert browser.get("/lich").headers["cache-control"] == "no-store"


def test_over_the_wire_only_tls_is_taken_but_devices_get_their_sounds(new_browser: Any) -> None:
    remote = new_browser("http://10.0.0.5:8080", "10.0.0.9")
    assert remote.get("/dang-nhap").status_code == 403
    assert "https" in remote.get("/dang-nhap").text
    assert remote.get("/media/" + "0" * 64).status_code == 404
    assert remote.get("/static/console.css").status_code == 200
    assert new_browser("https://vp.example", "10.0.0.9").get("/dang-nhap").status_code == 200


def test_the_cookie_is_host_bound_under_tls_and_plain_here(new_browser: Any, accounts: Any) -> None:
    for base, name in (("https://vp.example", "__Host-langso="), ("http://127.0.0.1:8080", "langso=")):
        made = new_browser(base).login()
        cookie = next(one for one in made.headers.get_list("set-cookie") if one.startswith(name))
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert ("Secure" in cookie) == base.startswith("https")
        assert "Domain" not in cookie


def test_an_unknown_page_and_a_fault_are_one_sentence(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = browser.get("/khong-co")
    assert missing.status_code == 404
    assert "Không có trang này" in missing.text

    def fail(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("office.web.pages.fleet._fleet", fail)
    broken = browser.get("/loa")
    assert broken.status_code == 500
    assert "secret" not in broken.text
    assert "Traceback" not in broken.text
    assert "default-src 'none'" in broken.headers["content-security-policy"]


def test_no_schema_or_docs_are_served(browser: Any) -> None:
    for path in ("/docs", "/openapi.json", "/redoc"):
        assert browser.get(path).status_code == 404


def test_static_serves_only_what_is_listed(browser: Any) -> None:
    for name in ("package.json", "..%2fapp.py", "%2e%2e/app.py", "console.css%00", "node_modules"):
        assert browser.get(f"/static/{name}").status_code in (404, 422)


_FIELD = st.text(max_size=60)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/soan", "/soan/doc", "/khan-cap", "/tai-khoan", "/tai-khoan/ket-thuc"]),
    form=st.dictionaries(
        st.sampled_from(
            [
                "title",
                "text",
                "devices",
                "villages",
                "date",
                "time",
                "broadcast_class",
                "repeat",
                "minutes",
                "old",
                "new",
                "again",
                "session",
            ]
        ),
        _FIELD | st.lists(_FIELD, max_size=4),
    ),
)
def test_no_form_breaks_the_console(browser: Any, path: str, form: dict[str, Any]) -> None:
    """No password, no known device: whatever is typed, nothing is sent and nobody sees a fault."""
    answer = browser.client.post(path, data={"token": browser.token("/soan"), **form})
    assert answer.status_code in (200, 303, 403, 413, 422)
    assert browser.get("/lich").status_code == 200


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300))
def test_no_bytes_break_the_console(browser: Any, body: bytes) -> None:
    answer = browser.client.post("/soan", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code in (400, 403)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.text(min_size=1, max_size=40))
def test_no_address_breaks_the_console(browser: Any, part: str) -> None:
    from urllib.parse import quote

    for start in ("/ban-tin/", "/giay-to/", "/media/", "/static/", "/lich/manh?da=", "/loa?xong="):
        assert browser.get(start + quote(part, safe="")).status_code < 500


def test_an_emergency_is_given_while_a_stranger_guesses_at_the_account(
    new_browser: Any, browser: Any, device: Any, office_world: Any, password: str
) -> None:
    del device
    stranger = new_browser("https://langso.local", "10.0.0.66")
    codes = [stranger.login(password="đoán bừa").status_code for _ in range(12)]
    assert codes == [401] * 10 + [429] * 2
    order = {"text": "Lũ quét.", "devices": ["loa-thon-1"], "repeat": "2", "minutes": "5"}
    assert browser.post("/khan-cap", {**order, "password": password}).status_code == 303
    assert office_world.office.alarms.in_force()
    assert new_browser("https://langso.local", "10.0.0.67").login().status_code == 303


def test_a_browser_once_used_comes_in_from_behind_an_attackers_address(new_browser: Any, accounts: Any) -> None:
    del accounts
    clerk, stranger = (new_browser("https://langso.local", "10.0.0.1") for _ in range(2))
    first = clerk.login()
    cookie = next(one for one in first.headers.get_list("set-cookie") if one.startswith("__Host-langso-known="))
    assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    kept = dict(clerk.client.cookies)
    moved = new_browser("https://langso.local", "10.0.0.2")
    moved.client.cookies.update({name: value for name, value in kept.items() if name.endswith("-known")})
    away = new_browser("https://langso.local", "10.0.0.2")
    assert [away.login(password="đoán bừa").status_code for _ in range(11)] == [401] * 10 + [429]
    assert away.login().status_code == 429
    assert moved.login().status_code == 303
    assert stranger.login().status_code == 303
