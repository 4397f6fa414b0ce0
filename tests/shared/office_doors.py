"""An office that serves at real ports, and browsers and devices at its doors."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography import x509

from langso.settings.model import OfficeSettings
from langso.timekeeping.clock import SystemClock
from office.founding import console_ca
from office.founding.console_ca import root_certificate
from office.people.accounts import Accounts
from office.web.app import make_app
from office.web.security import login_token
from office.web.serving import Serving
from office.whole_office import Office

NAME = "ten-may.local"
PASSWORD = "bốn con trâu đi cày"
PUBLIC = {"https": "proxy", "public_url": "https://langso.xa.vn", "device_port": 0}


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
    opened: Office
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


@contextlib.contextmanager
def opened_doors(
    make_office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, until: Callable[..., bool]
) -> Iterator[Callable[..., Doors]]:
    """`make(office={…}, clock=…)` opens an office's doors; all are shut at the end."""
    monkeypatch.setattr(console_ca, "lan_addresses", lambda: ("192.168.1.20",))
    running: list[tuple[Serving, threading.Thread, Office]] = []

    def make(**more: Any) -> Doors:
        world = make_office()
        plain, tls, guide, device = free_ports(4)
        fields: dict[str, Any] = {"https": "own", "names": NAME, "lan_host": "127.0.0.1", "port": plain}
        office = OfficeSettings(
            **{**fields, "https_port": tls, "http_port": guide, "device_port": device, **more.pop("office", {})}
        )
        world.office.close()
        world.settings = world.settings.model_copy(update={"office": office})
        clock = more.pop("clock", Watch())
        world.office = opened = Office(world.settings, clock)
        Accounts(opened.store, clock, office).add("Văn thư", PASSWORD)
        serving = Serving(opened.home, make_app(opened), clock, passed={})
        thread = threading.Thread(target=serving.run, daemon=True)
        thread.start()
        assert until(lambda: serving.started)
        running.append((serving, thread, opened))
        return Doors(world, opened, serving, office, clock)

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
