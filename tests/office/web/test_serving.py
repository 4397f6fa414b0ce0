"""The office's doors with real handshakes: who trusts whom, and what each door lets through."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from office_doors import NAME, PUBLIC, Doors, log_in, no_handshake
from sent_sounds import as_sent

from langso.words.language import in_language
from office.errors import PortTaken


def test_who_installed_the_root_comes_in_and_nobody_else_is_told_to_trust(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    assert doors.served().subject.rfc4514_string() == f"CN={NAME}"
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        doors.served(authority=doors.world.home.authority().certificate)
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        doors.served(name="khac.local")
    with pytest.raises(httpx.ConnectError):
        doors.client("https").get("/dang-nhap")
    assert doors.client("https", doors.own()).get("/dang-nhap").status_code == 200


def test_only_modern_tls_is_spoken(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    old = doors.trusting(doors.own())
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    assert no_handshake(doors, old)


def test_a_login_over_tls_is_bound_to_the_host_and_to_tls(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    base = f"https://{NAME}:{doors.port('https')}"
    with doors.client("https", doors.own()) as browser:
        answer = log_in(browser, base)
        assert (answer.status_code, answer.headers["location"]) == (303, "/lich")
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-langso="))
        assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert browser.get("/lich").status_code == 200
        # A week, not a year: an own authority may be made anew.
        assert answer.headers["strict-transport-security"] == "max-age=604800"


@pytest.mark.parametrize(
    "origin", ["http://{host}", "https://khac.local:{port}", "https://ten-may.local", "null", "https://{host}.vn"]
)
def test_a_page_without_tls_at_the_same_name_may_not_act_for_the_clerk(
    open_doors: Callable[..., Doors], origin: str
) -> None:
    doors = open_doors()
    host = f"{NAME}:{doors.port('https')}"
    with doors.client("https", doors.own()) as browser:
        answer = log_in(browser, origin.format(host=host, port=doors.port("https")))
        assert answer.status_code == 403
        assert "trang khác" in answer.text


def test_devices_come_under_the_authority_of_their_pairing_and_find_no_pages(
    open_doors: Callable[..., Doors],
) -> None:
    doors = open_doors()
    authority = doors.world.home.authority().certificate
    assert doors.served("device", authority=authority)
    with pytest.raises(ssl.SSLCertVerificationError):
        doors.served("device")
    with doors.client("device", authority) as kiosk:
        assert kiosk.get("/media/" + "0" * 64).status_code == 404
        assert kiosk.options("/desk/uploads").status_code in (200, 204)
        for path in ("/", "/dang-nhap", "/cai-chung-thu", "/lich"):
            assert kiosk.get(path).status_code == 404
        assert "strict-transport-security" not in kiosk.get("/dang-nhap").headers


def test_a_port_that_another_program_holds_leaves_the_other_doors_open(open_doors: Callable[..., Doors]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        doors = open_doors(office={"https_port": taken})
        assert any(
            f"cổng {taken}" in trouble and "https_port" in trouble for trouble in map(str, doors.serving.troubles)
        )
        with in_language("en"):
            assert any(f"Port {taken} at" in trouble for trouble in map(str, doors.serving.troubles))
        with doors.client("plain", name="127.0.0.1") as here:
            assert here.get("/dang-nhap").status_code == 200
        assert doors.served("device", authority=doors.world.home.authority().certificate)


def test_the_plain_door_must_open(open_doors: Callable[..., Doors]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(PortTaken, match="`port` trong"):
        open_doors(office={"port": other.getsockname()[1]})


TOLD = {"X-Forwarded-For": "10.0.0.9", "X-Forwarded-Proto": "https", "Host": "langso.xa.vn"}


def test_behind_the_communes_own_web_server(open_doors: Callable[..., Doors]) -> None:
    with open_doors(office=PUBLIC).client("plain") as proxy:
        answer = proxy.get("/dang-nhap", headers=TOLD)
        assert answer.status_code == 200
        assert any(one.startswith("__Host-") for one in answer.headers.get_list("set-cookie"))
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert proxy.get("/dang-nhap", headers={**TOLD, "X-Forwarded-Proto": "http"}).status_code == 403


@pytest.mark.parametrize("office", [{**PUBLIC, "proxies": "127.0.0.9"}, {"https": "off"}])
def test_nobody_else_says_where_people_come_from(open_doors: Callable[..., Doors], office: dict[str, Any]) -> None:
    with open_doors(office=office).client("plain") as stranger:
        answer = stranger.get("/dang-nhap", headers=TOLD)
        assert not any(one.startswith("__Host-") for one in answer.headers.get_list("set-cookie"))


def test_ports_that_systemd_opened_are_taken_over() -> None:
    code = (
        "import os, sys; os.dup2(int(sys.argv[1]), 3)\n"
        "from office.web.serving import inherited\n"
        "named = {'LISTEN_PID': str(os.getpid()), 'LISTEN_FDS': '1'}\n"
        "print(list(inherited(named)), list(inherited({**named, 'LISTEN_PID': '1'})), list(inherited({})),"
        " list(inherited({**named, 'LISTEN_FDS': 'x'})))\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = subprocess.run(
            [sys.executable, "-c", code, str(listener.fileno())],
            pass_fds=(listener.fileno(),),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == f"[{listener.getsockname()[1]}] [] [] []"


def test_a_kiosk_and_a_loudspeaker_as_paired_come_through_their_doors(
    open_doors: Callable[..., Doors], tmp_path: Path
) -> None:
    from kiosk.sending.sender import office_client
    from langso.device.office_line import OfficeLine

    doors = open_doors(office={"names": f"{NAME}, localhost"})
    ca = tmp_path / "ca.pem"
    ca.write_bytes(doors.world.home.authority().certificate)
    line = OfficeLine(ca=ca)
    sound = doors.opened.media.speak("Xin chào bà con.").media
    as_sent(doors.opened, sound.sha256)
    with office_client(f"https://localhost:{doors.port('device')}", line=line) as kiosk:
        assert kiosk.options("/desk/uploads").status_code in (200, 204)
        assert kiosk.get(f"/media/{sound.sha256}").content[:4] == b"OggS"
    with line.client(f"http://localhost:{doors.port('guide')}") as loudspeaker:
        whole = loudspeaker.get(f"http://localhost:{doors.port('guide')}/media/{sound.sha256}")
        assert len(whole.content) == sound.size
    stranger = office_client(f"https://localhost:{doors.port('device')}", line=OfficeLine())
    with stranger, pytest.raises(httpx.ConnectError):
        stranger.options("/desk/uploads")
