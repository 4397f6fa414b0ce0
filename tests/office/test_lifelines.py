"""The office's loops really hang, and the watchdog is fed no more."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from systemd_ear import SystemdEar

from langso.device.lifeline import Lifeline
from langso.settings.model import OfficeSettings
from langso.timekeeping.clock import SystemClock
from office.places import OfficeHome
from office.signer.server import SignerServer
from office.signer.signing import Signing
from office.web import serving
from office.web.accepting import watched_server
from office.web.serving import Serving

QUIET_S = 1.5
HANDS = 40
"""As many as anyio gives the pages."""


@pytest.fixture
def ear() -> Iterator[SystemdEar]:
    made = SystemdEar(watchdog_s=1.0)
    yield made
    made.close()


def test_a_request_that_blocks_the_pages_loop(ear: SystemdEar, until: Callable[..., bool]) -> None:
    line = Lifeline("pages", environment=ear.environment)
    go_on = threading.Event()

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        # What no page may do: wait on the loop itself.
        go_on.wait(120)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    listener = socket.create_server(("127.0.0.1", 0))
    server = watched_server(uvicorn.Config(pages, lifespan="off", log_config=None), lambda: line.turned("pages"))
    assert ear.hear() is None, "not ready before it serves"
    running = threading.Thread(target=server.run, args=([listener],), daemon=True)
    running.start()
    try:
        ear.wait("READY")
        ear.wait("WATCHDOG")
        with socket.create_connection(listener.getsockname()) as browser:
            browser.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert ear.falls_silent(QUIET_S)
            go_on.set()
            ear.wait("WATCHDOG")
    finally:
        go_on.set()
        server.should_exit = True
        running.join(60)
        listener.close()


def test_requests_that_hold_every_hand(
    office_world: Any, ear: SystemdEar, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "ASK_S", 0.05)
    line = Lifeline("pages", "hands", environment=ear.environment)
    go_on, held = threading.Event(), threading.Semaphore(0)
    app = FastAPI()

    @app.get("/")
    def page() -> str:
        held.release()
        go_on.wait(120)
        return ""

    office = OfficeSettings(port=free_port())
    home = OfficeHome(office_world.home.settings.model_copy(update={"office": office}))
    doors = Serving(home, app, SystemClock(), lambda: line.turned("pages"), lambda: line.turned("hands"), passed={})
    running = threading.Thread(target=doors.run, daemon=True)
    running.start()
    try:
        ear.wait("READY")
        with contextlib.ExitStack() as browsers:
            for _ in range(HANDS):
                browser = browsers.enter_context(socket.create_connection(("127.0.0.1", doors.ports[0])))
                browser.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert all(held.acquire(timeout=60) for _ in range(HANDS))
            assert ear.falls_silent(QUIET_S)
            go_on.set()
            ear.wait("WATCHDOG")
    finally:
        go_on.set()
        doors.stop()
        running.join(60)
        doors.close()
    assert not running.is_alive()


def test_the_pages_go_on_being_watched_when_the_clock_is_set_back(
    ear: SystemdEar, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Lifeline("pages", environment=ear.environment)
    server = watched_server(uvicorn.Config(lambda *_: None, log_config=None), lambda: line.turned("pages"))

    async def tick() -> None:
        await server.on_tick(0)
        monkeypatch.setattr("time.time", lambda: 0.0)
        await asyncio.sleep(0.3)
        await server.on_tick(10)

    asyncio.run(tick())
    assert ear.hear(1) is not None
    assert ear.hear(1) == {"WATCHDOG": "1"}


def test_a_message_that_hangs_the_publisher(
    office_world: Any, ear: SystemdEar, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Lifeline("publisher", environment=ear.environment)
    go_on = threading.Event()
    publisher = office_world.office.start_publisher(turned=lambda: line.turned("publisher"))
    ear.wait("READY")
    monkeypatch.setattr(publisher, "_look", lambda: go_on.wait(120))
    assert ear.falls_silent(QUIET_S)
    go_on.set()
    ear.wait("WATCHDOG")


def test_a_signer_that_takes_no_more_questions(
    office_world: Any, ear: SystemdEar, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    line = Lifeline("questions", environment=ear.environment)
    path = tmp_path / "second.sock"
    server = SignerServer(path, lambda: Signing(office_world.home, SystemClock()))
    go_on, stop = threading.Event(), threading.Event()
    running = threading.Thread(
        target=server.run, args=(stop,), kwargs={"turned": lambda: line.turned("questions")}, daemon=True
    )
    running.start()
    try:
        ear.wait("READY")
        take = server._seats.take
        monkeypatch.setattr(server._seats, "take", lambda *asked: go_on.wait(120) and take(*asked))
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asker:
            asker.connect(str(path))
            assert ear.falls_silent(QUIET_S)
            go_on.set()
            ear.wait("WATCHDOG")
    finally:
        go_on.set()
        stop.set()
        running.join(60)
