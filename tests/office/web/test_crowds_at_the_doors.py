"""Many connections at the doors keep no clerk out."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable

import pytest
from office_doors import NAME, PUBLIC, Doors, log_in

from office.web import connections
from office.web.connections import EACH, raise_file_limit


@pytest.mark.parametrize("addresses", [1, 30])
def test_a_clerk_logs_in_while_1200_connections_stand_idle_or_half_asked(
    open_doors: Callable[..., Doors], addresses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEADER_S", 60.0)
    raise_file_limit()
    doors = open_doors()
    half = {"https": b"\x16\x03\x01\x02", "device": b"\x16\x03\x01\x02", "guide": b"GET /media/"}
    with contextlib.ExitStack() as held, doors.client("https", doors.own()) as browser:
        for number in range(1200):
            kind = tuple(half)[number % 3]
            source = f"127.0.0.{2 + number % addresses}"
            line = held.enter_context(
                socket.create_connection(("127.0.0.1", doors.port(kind)), timeout=60, source_address=(source, 0))
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
            line = held.enter_context(socket.create_connection(("127.0.0.1", doors.port("plain")), timeout=60))
            line.sendall(b"GET /static/cai.js HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.recv(20).startswith(b"HTTP/1.1 200")
