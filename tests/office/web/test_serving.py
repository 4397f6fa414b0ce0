"""The office's doors with real handshakes: who trusts whom, what each door lets through, certificates renewed."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import plistlib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from at_once import at_once
from cryptography import x509

from langso.settings.model import OfficeSettings
from langso.timekeeping.clock import SystemClock
from office.errors import PortTaken
from office.founding import console_ca
from office.founding.console_ca import RENEW_DAYS, SERVER_DAYS, fingerprint, root_certificate
from office.people.accounts import Accounts
from office.web import connections
from office.web.app import make_app
from office.web.connections import EACH, raise_file_limit
from office.web.security import login_token
from office.web.serving import Serving
from office.whole_office import Office

NAME = "ten-may.local"
PASSWORD = "bốn con trâu đi cày"


class Watch(SystemClock):
    """The time of day, and `ahead` of it."""

    ahead = timedelta()

    def now(self) -> Any:
        return super().now() + self.ahead


def free_ports(many: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(many)]
        return [one.getsockname()[1] for one in sockets]


@dataclass
class Doors:
    """An office that serves: its world, its ports, its clock."""

    world: Any
    console: Office
    serving: Serving
    office: OfficeSettings
    clock: Watch

    def port(self, kind: str) -> int:
        return {
            "plain": self.office.port,
            "https": self.office.https_port,
            "guide": self.office.http_port,
            "device": self.office.device_port,
        }[kind]

    def trusting(self, authority: bytes | None) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if authority is not None:
            context.load_verify_locations(cadata=authority.decode())
        return context

    def client(self, kind: str, authority: bytes | None = None, name: str = NAME) -> httpx.Client:
        """A browser at one door, which reaches the machine by `name`."""
        scheme = "https" if kind in ("https", "device") else "http"

        class Named(httpx.HTTPTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                request.extensions["sni_hostname"] = name
                return super().handle_request(request)

        made = httpx.Client(
            base_url=f"{scheme}://127.0.0.1:{self.port(kind)}",
            headers={"Host": f"{name}:{self.port(kind)}"},
            transport=Named(verify=self.trusting(authority)),
        )
        return made

    def own(self) -> bytes:
        return root_certificate(self.world.home)

    def served(self, kind: str = "https", name: str = NAME, authority: bytes | None = None) -> x509.Certificate:
        """What a handshake that trusts the root (or `authority`) gets."""
        context = self.trusting(authority or self.own())
        with (
            socket.create_connection(("127.0.0.1", self.port(kind))) as raw,
            context.wrap_socket(raw, server_hostname=name) as sealed,
        ):
            der = sealed.getpeercert(binary_form=True)
        assert der is not None
        return x509.load_der_x509_certificate(der)


def handed_out(doors: Doors, kind: str) -> x509.Certificate:
    """What a handshake gets that looks at no time of day."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", doors.port(kind))) as raw,
        context.wrap_socket(raw, server_hostname=NAME) as sealed,
    ):
        return x509.load_der_x509_certificate(sealed.getpeercert(binary_form=True) or b"")


def no_handshake(doors: Doors, context: ssl.SSLContext) -> bool:
    """Whether the https door, though it listens, gives this client no handshake."""
    with socket.create_connection(("127.0.0.1", doors.port("https"))) as raw:
        try:
            context.wrap_socket(raw, server_hostname=NAME)
        except (ssl.SSLError, ConnectionError):
            return True
    return False


@pytest.fixture
def open_doors(
    make_office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, until: Callable[..., bool]
) -> Iterator[Callable[..., Doors]]:
    monkeypatch.setattr(console_ca, "lan_addresses", lambda: ("192.168.1.20",))
    running: list[tuple[Serving, threading.Thread, Office]] = []

    def make(**more: Any) -> Doors:
        world = make_office()
        plain, tls, guide, device = free_ports(4)
        fields: dict[str, Any] = {"https": "own", "names": NAME, "lan_host": "127.0.0.1", "port": plain}
        office = OfficeSettings(
            **{**fields, "https_port": tls, "http_port": guide, "device_port": device, **more.pop("office", {})}
        )
        world.console.close()
        world.settings = world.settings.model_copy(update={"office": office})
        clock = more.pop("clock", Watch())
        world.console = console = Office(world.settings, clock)
        Accounts(console.store, clock, office).add("Văn thư", PASSWORD)
        serving = Serving(console.home, make_app(console), clock, passed={})
        thread = threading.Thread(target=serving.run, daemon=True)
        thread.start()
        assert until(lambda: serving.started)
        running.append((serving, thread, console))
        return Doors(world, console, serving, office, clock)

    yield make
    for serving, thread, _ in running:
        serving.stop()
        thread.join(60)
        serving.close()


def log_in(browser: httpx.Client, base: str) -> httpx.Response:
    browser.get("/dang-nhap")
    visit = next(value for name, value in browser.cookies.items() if name.endswith("-visit"))
    form = {"token": login_token(visit), "name": "van-thu", "password": PASSWORD}
    return browser.post("/dang-nhap", data=form, headers={"Origin": base})


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


def test_without_tls_there_is_only_the_guide_and_it_leads_on(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    with doors.client("guide") as browser:
        for path, to in (
            ("/", "/cai-chung-thu"),
            ("/dang-nhap", "/cai-chung-thu?toi=/dang-nhap"),
            ("/ban-tin/b1", "/cai-chung-thu?toi=/ban-tin/b1"),
            ("/cai-chung-thuoc", "/cai-chung-thu?toi=/cai-chung-thuoc"),
        ):
            answer = browser.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, to)
        page = browser.get("/cai-chung-thu?toi=/lich")
        assert f'data-onward="https://{NAME}:{doors.port("https")}/lich"' in page.text
        assert f"connect-src 'self' https://{NAME}:{doors.port('https')};" in page.headers["content-security-policy"]
        assert "strict-transport-security" not in page.headers
        assert browser.post("/dang-nhap", data={"name": "a"}).status_code == 403
        assert browser.get("/static/cai.js").status_code == 200
        assert browser.get("/media/" + "0" * 64).status_code == 404
        assert dict(browser.cookies) == {}


@pytest.mark.parametrize("path", ["//ac.example", "https://ac.example", '/a"b', "/a%22", "/%0d%0aX: 1", "x" * 600])
def test_the_guide_leads_nowhere_else(open_doors: Callable[..., Doors], path: str) -> None:
    doors = open_doors()
    with doors.client("guide") as browser:
        page = browser.get("/cai-chung-thu", params={"toi": path}).text
    assert f'data-onward="https://{NAME}:{doors.port("https")}/"' in page


def test_the_fingerprint_is_shown_where_it_may_be_believed_only(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    told = fingerprint(doors.own())
    with doors.client("guide") as stranger, doors.client("plain", name="127.0.0.1") as here:
        abroad, own = stranger.get("/cai-chung-thu").text, here.get("/cai-chung-thu").text
    assert told.lines[0] not in abroad
    assert told.sha1 not in abroad
    assert all(line in own for line in told.lines)
    assert "/cai-chung-thu/ma.svg" in own
    assert "/cai-chung-thu/ma.svg" not in abroad


def test_the_code_on_the_offices_screen_leads_a_phone_to_the_guide(
    open_doors: Callable[..., Doors], monkeypatch: pytest.MonkeyPatch
) -> None:
    import segno

    doors = open_doors()
    monkeypatch.setattr("office.founding.doors.lan_addresses", lambda: ("192.168.1.20",))
    drawn: list[str] = []
    make = segno.make
    monkeypatch.setattr("segno.make", lambda text, **more: drawn.append(text) or make(text, **more))
    with doors.client("plain", name="127.0.0.1") as here:
        answer = here.get("/cai-chung-thu/ma.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert drawn == [f"http://192.168.1.20:{doors.port('guide')}/cai-chung-thu"]


def test_what_phones_download_is_the_very_root(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    with doors.client("guide") as phone:
        plain, wrapped = phone.get("/cai-chung-thu/langso.crt"), phone.get("/cai-chung-thu/langso.mobileconfig")
    assert plain.headers["content-type"] == "application/x-x509-ca-cert"
    assert "langso-hoa-son.crt" in plain.headers["content-disposition"]
    root = x509.load_der_x509_certificate(plain.content)
    assert root == x509.load_pem_x509_certificate(doors.own())
    assert wrapped.headers["content-type"] == "application/x-apple-aspen-config"
    profile = plistlib.loads(wrapped.content)
    (payload,) = profile["PayloadContent"]
    assert (payload["PayloadType"], payload["PayloadContent"]) == ("com.apple.security.root", plain.content)


@pytest.mark.parametrize(
    ("agent", "opened"),
    [
        ("Mozilla/5.0 (Linux; Android 13; SM-A135F) Chrome/120 Mobile", "Điện thoại Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Safari/604.1", "iPhone, iPad"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120", "Máy tính Windows"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox trên máy tính"),
        ("", "Máy Linux"),
    ],
)
def test_the_guide_opens_at_the_device_that_asks(open_doors: Callable[..., Doors], agent: str, opened: str) -> None:
    with open_doors().client("guide") as phone:
        page = phone.get("/cai-chung-thu", headers={"User-Agent": agent}).text
    (section,) = [part for part in page.split("<details")[1:] if part.startswith(" open>")]
    assert opened in section.split("</summary>")[0]


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


def test_it_is_renewed_well_before_its_end_without_anybody_logging_in_again(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    with doors.client("https", doors.own()) as browser:
        log_in(browser, f"https://{NAME}:{doors.port('https')}")
        before = {kind: handed_out(doors, kind) for kind in ("https", "device")}
        assert not doors.serving.renew()
        doors.clock.ahead = timedelta(days=SERVER_DAYS - RENEW_DAYS, minutes=1)
        assert doors.serving.renew()
        assert doors.serving.troubles == ()
        for kind, first in before.items():
            second = handed_out(doors, kind)
            assert second.serial_number != first.serial_number
            assert second.issuer == first.issuer
            later = second.not_valid_after_utc - first.not_valid_after_utc
            assert abs(later - doors.clock.ahead) < timedelta(minutes=2)
        # The connection that was open and the session both live on.
        doors.clock.ahead = timedelta()
        assert browser.get("/lich").status_code == 200
        assert doors.serving.renew(), "a certificate of a future that did not come is exchanged again"
    with doors.client("https", doors.own()) as again:
        again.cookies = browser.cookies
        assert again.get("/lich").status_code == 200


def test_a_new_address_is_in_the_certificate_within_a_minute(
    open_doors: Callable[..., Doors], monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = open_doors()
    with pytest.raises(ssl.SSLCertVerificationError):
        doors.served(name="10.9.8.7")
    monkeypatch.setattr(console_ca, "lan_addresses", lambda: ("10.9.8.7",))
    assert doors.serving.renew()
    names = doors.served(name="10.9.8.7").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("10.9.8.7")]


def test_a_clock_that_stands_in_1970_leaves_the_plain_door_and_is_told(open_doors: Callable[..., Doors]) -> None:
    clock = Watch()
    clock.ahead = -timedelta(days=365 * 50)
    doors = open_doors(clock=clock)
    assert any("chỉnh đồng hồ" in trouble for trouble in doors.serving.troubles)
    assert no_handshake(doors, ssl.create_default_context())
    with doors.client("plain", name="127.0.0.1") as here:
        assert here.get("/dang-nhap").status_code == 200
    clock.ahead = timedelta()
    assert doors.serving.renew()
    assert doors.serving.troubles == ()
    assert doors.served()


def test_a_port_that_another_program_holds_leaves_the_other_doors_open(open_doors: Callable[..., Doors]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        doors = open_doors(office={"https_port": taken})
        assert any(f"cổng {taken}" in trouble and "https_port" in trouble for trouble in doors.serving.troubles)
        with doors.client("plain", name="127.0.0.1") as here:
            assert here.get("/dang-nhap").status_code == 200
        assert doors.served("device", authority=doors.world.home.authority().certificate)


def test_the_plain_door_must_open(open_doors: Callable[..., Doors]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(PortTaken, match="`port` trong"):
        open_doors(office={"port": other.getsockname()[1]})


def test_files_of_another_authority_are_served_and_taken_anew_when_they_change(
    open_doors: Callable[..., Doors], tmp_path: Path
) -> None:
    from langso.device.certificates import make_ca, make_server_certificate

    now = SystemClock().now()
    ca = make_ca("CA của tỉnh", now=now)
    certificate, key = tmp_path / "web.pem", tmp_path / "web.key"

    def write() -> int:
        made = make_server_certificate(ca, [NAME], now=now, days=90)
        certificate.write_bytes(made.certificate)
        key.write_bytes(made.key)
        return x509.load_pem_x509_certificate(made.certificate).serial_number

    first = write()
    doors = open_doors(office={"https": "files", "https_cert": certificate, "https_key": key})
    assert doors.served(authority=ca.certificate).serial_number == first
    with doors.client("guide") as browser:
        answer = browser.get("/lich")
        assert (answer.status_code, answer.headers["location"]) == (307, f"https://{NAME}:{doors.port('https')}/lich")
        assert browser.get("/cai-chung-thu").status_code == 404
    # Half of a new pair: the old one goes on being served.
    certificate.write_bytes(make_server_certificate(ca, [NAME], now=now, days=90).certificate)
    assert not doors.serving.renew()
    assert doors.serving.troubles
    assert doors.served(authority=ca.certificate).serial_number == first
    # Nor is a pipe waited at, or a file read that has no end.
    for lay in (lambda: os.mkfifo(certificate), lambda: certificate.write_bytes(b"#" * (1 << 20))):
        certificate.unlink()
        lay()
        assert not at_once(doors.serving.renew)
        assert "web.pem" in doors.serving.troubles[0]
    second = write()
    assert doors.serving.renew()
    assert doors.served(authority=ca.certificate).serial_number == second


TOLD = {"X-Forwarded-For": "10.0.0.9", "X-Forwarded-Proto": "https", "Host": "langso.xa.vn"}
PUBLIC = {"https": "proxy", "public_url": "https://langso.xa.vn", "device_port": 0}


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


def test_the_command_tells_what_the_screen_tells(open_doors: Callable[..., Doors], tmp_path: Path) -> None:
    from click.testing import CliRunner

    from langso.settings.reading import write_settings
    from office.commands import office

    doors = open_doors()
    file = tmp_path / "langso.toml"
    file.write_text(write_settings(doors.world.settings))
    said = CliRunner().invoke(office, ["ca", "--settings", str(file), "--out", str(tmp_path / "goc.crt")])
    assert said.exit_code == 0, said.output
    assert all(line in said.output for line in fingerprint(doors.own()).lines)
    assert f"https://{NAME}:{doors.port('https')}" in said.output
    assert x509.load_der_x509_certificate((tmp_path / "goc.crt").read_bytes())
    before = doors.own()
    refused = CliRunner().invoke(office, ["ca", "--settings", str(file), "--new"], input="n\n")
    assert refused.exit_code != 0
    assert doors.own() == before
    assert CliRunner().invoke(office, ["ca", "--settings", str(file), "--new"], input="y\n").exit_code == 0
    assert doors.own() != before
    # The running office takes it up by itself.
    assert doors.serving.renew()
    assert doors.served()


def test_a_kiosk_and_a_loudspeaker_as_paired_come_through_their_doors(
    open_doors: Callable[..., Doors], tmp_path: Path
) -> None:
    from kiosk.sending.sender import office_client
    from langso.device.office_line import OfficeLine

    doors = open_doors(office={"names": f"{NAME}, localhost"})
    ca = tmp_path / "ca.pem"
    ca.write_bytes(doors.world.home.authority().certificate)
    line = OfficeLine(ca=ca)
    sound = doors.console.media.speak("Xin chào bà con.").media
    with office_client(f"https://localhost:{doors.port('device')}", line=line) as kiosk:
        assert kiosk.options("/desk/uploads").status_code in (200, 204)
        assert kiosk.get(f"/media/{sound.sha256}").content[:4] == b"OggS"
    with line.client(f"http://localhost:{doors.port('guide')}") as loudspeaker:
        whole = loudspeaker.get(f"http://localhost:{doors.port('guide')}/media/{sound.sha256}")
        assert len(whole.content) == sound.size
    stranger = office_client(f"https://localhost:{doors.port('device')}", line=OfficeLine())
    with stranger, pytest.raises(httpx.ConnectError):
        stranger.options("/desk/uploads")


@pytest.mark.parametrize("addresses", [1, 30])
def test_a_clerk_logs_in_while_1200_connections_stand_idle_or_half_asked(
    open_doors: Callable[..., Doors], addresses: int
) -> None:
    raise_file_limit()
    doors = open_doors()
    half = {"https": b"\x16\x03\x01\x02", "device": b"\x16\x03\x01\x02", "guide": b"GET /media/"}
    with contextlib.ExitStack() as held, doors.client("https", doors.own()) as browser:
        for number in range(1200):
            kind = tuple(half)[number % 3]
            source = f"127.0.0.{2 + number % addresses}"
            line = held.enter_context(
                socket.create_connection(("127.0.0.1", doors.port(kind)), timeout=10, source_address=(source, 0))
            )
            if number % 2:
                with contextlib.suppress(ConnectionError):
                    line.sendall(half[kind])
        began = time.monotonic()
        assert log_in(browser, f"https://{NAME}:{doors.port('https')}").headers["location"] == "/lich"
        assert browser.get("/lich").status_code == 200
        with doors.client("plain", name="127.0.0.1") as here:
            assert here.get("/dang-nhap").status_code == 200
        with doors.client("guide") as speaker:
            assert speaker.get("/media/" + "0" * 64).status_code == 404
        # Sooner than any of those would have had to go.
        assert time.monotonic() - began < connections.HEADER_S


def test_the_communes_own_web_server_brings_more_people_than_one_address_may(
    open_doors: Callable[..., Doors],
) -> None:
    doors = open_doors(office=PUBLIC)
    with contextlib.ExitStack() as held:
        for _ in range(EACH + 20):
            line = held.enter_context(socket.create_connection(("127.0.0.1", doors.port("plain")), timeout=10))
            line.sendall(b"GET /static/cai.js HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.recv(20).startswith(b"HTTP/1.1 200")
