"""By which names the console answers; and that no route gives anything to whoever is not logged in."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from app_routes import leaves
from hypothesis import given
from hypothesis import strategies as st

from langso.device.lan import lan_name
from langso.settings.model import OfficeSettings
from office.web.app import make_app
from office.web.hosts import is_ours, own_names

NAMES = own_names(OfficeSettings(names="uy-ban.local, xa.example", host="127.0.0.1"))
OPEN_TO_ALL = {
    ("GET", "/dang-nhap"): 200,
    ("POST", "/dang-nhap"): 403,
    ("GET", "/cai-chung-thu/tin"): 204,
    ("GET", "/media/{sha256}"): 404,
    ("HEAD", "/media/{sha256}"): 404,
    ("GET", "/static/{name}"): 404,
    ("HEAD", "/static/{name}"): 404,
    ("OPTIONS", "/desk/uploads"): 204,
    ("POST", "/desk/uploads"): 412,
    ("HEAD", "/desk/uploads/{id}"): 404,
    ("PATCH", "/desk/uploads/{id}"): 412,
    ("POST", "/devices/certificate"): 400,
    ("GET", "/cai-chung-thu"): 404,
    ("GET", "/cai-chung-thu/langso.crt"): 404,
    ("GET", "/cai-chung-thu/langso.mobileconfig"): 404,
    ("GET", "/cai-chung-thu/ma.svg"): 404,
}
"""What answers a stranger, and how, where nothing of the kind is there; all else leads to the login."""


LOGIN_AT_ONCE = {
    ("POST", "/ban-tin/{id}/dung"),
    ("POST", "/ban-tin/{id}/xac-nhan"),
    ("POST", "/khan-cap/{id}/bao-yen"),
    ("POST", "/giay-to/mo-khoa"),
    ("POST", "/giay-to/khoa-lai"),
    ("POST", "/giay-to/cau-mat-khau"),
}
"""Forms that ask for nothing but a proof: the login comes at once, and knows the page to go back to."""


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.0.0.1:8080", "192.168.1.20", "10.0.0.7:443", "[::1]:8080", "[fe80::1]", "203.0.113.9"),
        *("localhost:8080", "uy-ban.local", "UY-BAN.LOCAL.", "xa.example:443", lan_name(), socket.gethostname()),
    ],
)
def test_our_names_and_every_number_are_ours(host: str) -> None:
    assert is_ours(host, NAMES)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "",
            "evil.example",
            "uy-ban.local.evil.example",
            "evil.example:8080",
            "127.0.0.1.evil.example",
            "a@127.0.0.1",
        ),
        *("127.0.0.1:8080:80", "[::1", "[::1%eth0]", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", "0x7f.1"),
        *(
            "127.1",
            "2130706433",
            "uy-ban.local/..",
            "x" * 300,
            "ủy-ban.local",
            "localhost\t",
            "local host",
            "localhost,x",
        ),
    ],
)
def test_whatever_else_is_asked_for_is_not_ours(host: str) -> None:
    assert not is_ours(host, NAMES)


@given(st.text(max_size=300))
def test_no_host_breaks_anything(host: str) -> None:
    if is_ours(host, NAMES):
        assert host.isascii()


def test_a_page_under_a_strangers_name_says_where_it_is(browser: Any) -> None:
    for path in ("/lich", "/lich/manh", "/dang-nhap", "/tai-khoan"):
        answer = browser.get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 421
        assert "hãy mở http://127.0.0.1:8080" in answer.text
        assert "evil.example" not in answer.text
        assert "Văn thư" not in answer.text
    form = {"token": browser.token("/tai-khoan"), "text": "a"}
    assert browser.client.post("/soan/doc", data=form, headers={"Host": "evil.example"}).status_code == 421
    assert browser.get("/lich", headers={"Host": "192.168.1.20"}).status_code == 200
    # Devices come by whatever name their pairing wrote down.
    assert browser.get("/static/console.css", headers={"Host": "van-phong.xa.example"}).status_code == 200


def test_only_a_proxy_that_was_named_is_believed(open_doors: Any) -> None:
    doors = open_doors()
    claims = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example"}
    with doors.client("plain") as plain:
        answer = plain.get("/dang-nhap", headers={**claims, "Forwarded": "for=203.0.113.9;proto=https"})
    assert answer.status_code == 200
    assert "secure" not in answer.headers["set-cookie"].lower()
    with socket.create_connection(("127.0.0.1", doors.port("plain"))) as line:
        line.sendall(b"GET /dang-nhap HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert line.recv(100).split()[1] in (b"400", b"421")
    with socket.create_connection(("127.0.0.1", doors.port("plain"))) as line:
        line.sendall(b"GET /dang-nhap HTTP/1.0\r\n\r\n")
        assert line.recv(100).split()[1] == b"421"


def test_no_route_gives_anything_to_a_stranger(new_browser: Any, office_world: Any) -> None:
    stranger, seen, wrong = new_browser(), set(), []
    for route in leaves(make_app(office_world.office).routes):
        for method in sorted(getattr(route, "methods", ())):
            path = str(route.path)  # type: ignore[attr-defined]
            asked = path.replace("{sha256}", "0" * 64).replace("{id}", "x").replace("{name}", "x.css")
            seen.add((method, path))
            answer = stranger.client.request(method, asked)
            given = (answer.status_code, answer.headers.get("location"))
            expected = (OPEN_TO_ALL[method, path], None) if (method, path) in OPEN_TO_ALL else (303, "/dang-nhap")
            if (method, path) in LOGIN_AT_ONCE:
                expected = (401, None)
                assert 'action="/dang-nhap"' in answer.text
            if given != expected:
                wrong.append((method, path, given))
            part = stranger.client.request(method, asked, headers={"HX-Request": "true"})
            if (method, path) not in OPEN_TO_ALL and (part.status_code, part.content) != (401, b""):
                wrong.append((method, path, "as a part", part.status_code))
    assert wrong == []
    assert set(OPEN_TO_ALL) - seen == set()
    assert len(seen) > 40


def test_a_sound_that_was_not_sent_is_for_those_who_write(
    browser: Any, new_browser: Any, accounts: Any, password: str, office_world: Any, device: Any
) -> None:
    office = office_world.office
    made = office.media.speak("Nghe thử.").media
    accounts.add("Tiếp dân", password, ("desk",))
    desk = new_browser()
    assert desk.login("tiep-dan").status_code == 303
    path = f"/media/{made.sha256}"
    for other in (new_browser(), desk):
        for more in ({}, {"Range": "bytes=0-9"}, {"If-None-Match": f'"{made.sha256}"'}):
            assert other.get(path, headers=more).status_code == 404
    mine = browser.get(path)
    assert (mine.status_code, mine.headers["cache-control"]) == (200, "private, no-store")
    office.alarms.urgent("Nghe thử.", targets=["*"], by="van-thu")
    assert new_browser().get(path).status_code == 200
