"""Doors with real sockets: floods, idlers, those who send or take slowly, and files that run out."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import socket
import ssl
import threading
import time
from asyncio import sslproto
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from langso.device.certificates import make_ca, make_server_certificate
from langso.timekeeping.clock import SystemClock
from office.web import accepting, connections
from office.web.accepting import watched_server
from office.web.connections import EACH, Gate

ASK = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
BIG = 24 << 20


@dataclass
class Door:
    """A served listener and its gate."""

    port: int
    gate: Gate
    server: uvicorn.Server
    bodies: list[int]

    def connect(self, source: str = "127.0.0.1") -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60, source_address=(source, 0))

    def answers(self, source: str = "127.0.0.1") -> bool:
        with self.connect(source) as line, contextlib.suppress(ConnectionError):
            line.sendall(ASK)
            return line.recv(100).startswith(b"HTTP/1.1 200")
        return False


@pytest.fixture
def open_door(until: Callable[..., bool]) -> Iterator[Callable[..., Door]]:
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def make(listener: socket.socket | None = None, tls: ssl.SSLContext | None = None, **more: Any) -> Door:
        listener = listener or socket.create_server(("127.0.0.1", 0))
        bodies: list[int] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            taken, more_body = 0, scope["method"] == "POST"
            if scope["path"] == "/late":
                await asyncio.sleep(3.5)
            while more_body:
                message = await receive()
                taken, more_body = taken + len(message.get("body", b"")), message.get("more_body", False)
            bodies.append(taken)
            size = BIG if scope["path"] == "/big" else 2
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(size >> 16):
                await send({"type": "http.response.body", "body": bytes(1 << 16), "more_body": True})
            await send({"type": "http.response.body", "body": b"ok"})

        gate = Gate(**more)
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            timeout_keep_alive=connections.KEEP_ALIVE_S,
            timeout_graceful_shutdown=1,
            ssl_context_factory=None if tls is None else lambda *_: tls,
        )
        server = watched_server(config, lambda: None, gate)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        assert until(lambda: server.started)
        running.append((server, thread))
        return Door(listener.getsockname()[1], gate, server, bodies)

    yield make
    for server, thread in running:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive()


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    now = SystemClock().now()
    made = make_server_certificate(make_ca("CA", now=now), ["x.local"], now=now, days=9)
    (tmp_path / "c.pem").write_bytes(made.certificate)
    (tmp_path / "k.pem").write_bytes(made.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "c.pem", tmp_path / "k.pem")
    return context


def ended(line: socket.socket) -> bool:
    """Whether the other side hung up by now."""
    line.setblocking(False)
    try:
        while line.recv(1 << 16):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def within(line: socket.socket, seconds: float) -> float:
    """When the other side hung up, or `seconds`."""
    began = time.monotonic()
    line.settimeout(seconds)
    with contextlib.suppress(OSError):
        while line.recv(1 << 16):
            pass
    return time.monotonic() - began


def test_one_address_does_not_take_the_places_of_others(
    open_door: Callable[..., Door], until: Callable[..., bool]
) -> None:
    door = open_door()
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(door.connect("127.0.0.2")) for _ in range(EACH + 30)]
        assert until(lambda: sum(ended(line) for line in lines) == 30)
        assert len(door.gate) == EACH
        assert door.answers("127.0.0.1")
        assert until(lambda: door.answers("127.0.0.2")), "who asks takes the place of one that does not"
        assert sum(ended(line) for line in lines) == 31


def test_those_at_work_keep_their_places(open_door: Callable[..., Door], until: Callable[..., bool]) -> None:
    door = open_door()
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(door.connect("127.0.0.2")) for _ in range(EACH)]
        for line in lines:
            line.sendall(ASK)
            assert line.recv(100)
        late = held.enter_context(door.connect("127.0.0.2"))
        assert within(late, 9) < 8
        assert not any(ended(line) for line in lines)
        assert door.answers("127.0.0.3")


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_half_a_header_is_not_waited_for(
    open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(connections, "HEADER_S", 1.0)
    door = open_door()
    with door.connect() as line:
        line.sendall(sent)
        assert 0.9 < within(line, 9) < 8
    assert len(door.gate) == 0


def test_a_letter_now_and_then_wins_no_time(
    open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch, until: Callable[..., bool]
) -> None:
    monkeypatch.setattr(connections, "HEADER_S", 1.0)
    door = open_door()
    with door.connect() as line:

        def one_more() -> bool:
            with contextlib.suppress(OSError):
                line.send(b"G")
            return ended(line)

        assert until(one_more, 8)


@pytest.mark.parametrize("hello", [False, True])
def test_a_handshake_that_stands_still_is_cut(
    open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch, tls: ssl.SSLContext, hello: bool
) -> None:
    monkeypatch.setattr(connections, "HEADER_S", 1.0)
    door = open_door(tls=tls)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with door.connect() as line:
        if hello:
            out = ssl.MemoryBIO()
            with contextlib.suppress(ssl.SSLWantReadError):
                context.wrap_bio(ssl.MemoryBIO(), out).do_handshake()
            line.sendall(out.read())
            assert line.recv(1 << 16)
        assert within(line, 9) < 8
    with context.wrap_socket(door.connect()) as sealed:
        assert within(sealed, 9) < 8, "a handshake alone is no request"
    with context.wrap_socket(door.connect()) as sealed:
        sealed.sendall(ASK)
        assert sealed.recv(100).startswith(b"HTTP/1.1 200")
    assert len(door.gate) <= 1


def test_half_a_handshake_takes_little_memory(
    open_door: Callable[..., Door], tls: ssl.SSLContext, until: Callable[..., bool]
) -> None:
    def buffers() -> list[int]:
        alive = (each for each in gc.get_objects() if isinstance(each, sslproto.SSLProtocol))
        return [len(getattr(each, "_ssl_buffer", b"")) for each in alive]

    door = open_door(tls=tls)
    with door.connect() as line:
        assert until(lambda: len(door.gate) == 1)
        silent = len(buffers())
        line.sendall(b"\x16\x03\x01\x02")
        assert until(lambda: len(buffers()) == silent + 1), "TLS begins when something was said, not before"
        assert max(buffers()) <= 32 << 10


def test_a_handshake_that_fails_leaves_its_place_at_once(
    open_door: Callable[..., Door], tls: ssl.SSLContext, until: Callable[..., bool]
) -> None:
    door = open_door(tls=tls)
    with door.connect() as line:
        line.sendall(ASK)
        assert until(lambda: ended(line))
        assert until(lambda: len(door.gate) == 0, 8)


def test_a_flood_of_handshakes_makes_room_for_who_asks(
    open_door: Callable[..., Door], tls: ssl.SSLContext, until: Callable[..., bool]
) -> None:
    door = open_door(tls=tls, most=20)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(door.connect(f"127.0.0.{2 + number % 9}")) for number in range(60)]
        assert until(lambda: sum(ended(line) for line in lines) == 40)
        with context.wrap_socket(door.connect()) as sealed:
            sealed.sendall(ASK)
            assert sealed.recv(100).startswith(b"HTTP/1.1 200")
        assert len(door.gate) <= 20


def test_a_kept_connection_ends_when_nobody_asks(
    open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "KEEP_ALIVE_S", 1)
    monkeypatch.setattr(connections, "HEADER_S", 1.0)
    door = open_door()
    with door.connect() as line:
        line.sendall(ASK)
        assert within(line, 8) < 4.5
    with door.connect() as line:
        # Half of the next one: uvicorn itself would then wait for ever.
        line.sendall(ASK)
        assert line.recv(100)
        line.sendall(b"GET")
        assert within(line, 9) < 8


def test_a_body_that_stands_still_is_cut_and_one_that_comes_on_is_not(
    open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch, until: Callable[..., bool]
) -> None:
    monkeypatch.setattr(connections, "HEADER_S", 1.0)
    monkeypatch.setattr(connections, "BODY_WINDOW_S", 1.5)
    monkeypatch.setattr(connections, "BODY_LEAST", 1000)
    door = open_door()
    with door.connect() as still, door.connect() as coming:
        still.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\nabc")
        coming.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n")
        gone = threading.Event()
        for _ in range(60):
            coming.sendall(bytes(1000))
            # A slow sender takes its time.
            gone.wait(0.1)
        assert coming.recv(100).startswith(b"HTTP/1.1 200")
        assert ended(still)
    assert 60_000 in door.bodies


def test_a_body_that_goes_on_after_the_answer_is_cut(
    open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch, until: Callable[..., bool]
) -> None:
    monkeypatch.setattr(connections, "HEADER_S", 1.0)
    monkeypatch.setattr(connections, "KEEP_ALIVE_S", 1)
    door = open_door()
    with door.connect() as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")

        def one_more() -> bool:
            with contextlib.suppress(OSError):
                line.send(bytes(1000))
            return ended(line)

        assert until(one_more, 8)


def test_who_takes_nothing_is_cut_and_who_takes_slowly_gets_all(
    open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch, until: Callable[..., bool]
) -> None:
    monkeypatch.setattr(connections, "STALL_S", 1.5)
    door = open_door()
    with door.connect() as deaf, door.connect() as slow:
        for line in (deaf, slow):
            line.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        taken, began = 0, time.monotonic()
        while piece := slow.recv(1 << 16):
            taken += len(piece)
            # So slow that it takes several times as long as whoever takes nothing may.
            time.sleep(max(0.0, taken / BIG * 5 - (time.monotonic() - began)))
        assert taken > BIG
        assert until(lambda: len(door.gate) == 0, 30), "the deaf one is gone"
        assert until(lambda: not door.server.server_state.connections, 30), "its file too, though it took nothing"


def test_who_sends_on_only_when_the_office_reads_is_not_cut(
    open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BODY_WINDOW_S", 1.0)
    door = open_door()
    with door.connect() as line:
        line.sendall(
            b"POST /late HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\nExpect: 100-continue\r\n\r\n"
            + bytes(200_000)
        )
        assert line.recv(100).startswith(b"HTTP/1.1 100")
        line.sendall(bytes(100_000))
        assert line.recv(100).startswith(b"HTTP/1.1 200")
    assert door.bodies == [300_000]


def test_a_place_is_free_as_soon_as_its_connection_ends(
    open_door: Callable[..., Door], until: Callable[..., bool]
) -> None:
    door = open_door()
    for _ in range(5):
        assert door.answers()
    assert until(lambda: len(door.gate) == 0, 8)


class Poor(socket.socket):
    """A listener for which no file is free while `lack`."""

    lack = True
    asked = 0

    def accept(self) -> Any:
        if self.lack:
            self.asked += 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


def test_when_files_run_out_it_pauses_and_then_serves(
    open_door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch, until: Callable[..., bool]
) -> None:
    monkeypatch.setattr(accepting, "PAUSE_S", 0.3)
    listener = Poor()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    door = open_door(listener)
    with door.connect() as line:
        began = time.monotonic()
        assert until(lambda: listener.asked >= 3)
        assert listener.asked <= (time.monotonic() - began) / 0.3 + 2
        listener.lack = False
        line.sendall(ASK)
        assert line.recv(100).startswith(b"HTTP/1.1 200")
