"""Opens the console's ports (systemd's sockets or our own), serves them in one loop, renews certificates."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from langso.device.tls import MAX_PEM, load_pair
from langso.durable.files import read_limited
from langso.errors import LangsoError
from langso.settings.model import OfficeSettings, hosts_of
from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence, Words, words_of
from langso.words.os_reasons import os_reason
from office.errors import PortTaken
from office.founding.console_ca import ensure_console_certificate, ensure_device_certificate
from office.founding.doors import Door, doors_of
from office.places import OfficeHome
from office.web.accepting import watched_server
from office.web.connections import KEEP_ALIVE_S, Gate
from office.web.security import DOOR

log = logging.getLogger(__name__)

GRACE_S = 3
RENEW_S = 60.0
ASK_S = 1.0
_FIRST_PASSED = 3


def inherited(environment: Mapping[str, str] | None = None) -> dict[int, socket.socket]:
    """Listening TCP sockets that systemd opened for this process, by port."""
    environment = os.environ if environment is None else environment
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return {}
    told = environment.get("LISTEN_FDS", "")
    found: dict[int, socket.socket] = {}
    for number in range(_FIRST_PASSED, _FIRST_PASSED + (int(told) if told.isdigit() else 0)):
        os.set_inheritable(number, False)
        passed = socket.socket(fileno=number)
        if passed.family in (socket.AF_INET, socket.AF_INET6) and passed.type == socket.SOCK_STREAM:
            found[passed.getsockname()[1]] = passed
    return found


def listen(door: Door) -> socket.socket:
    """A listening socket of our own. Raises PortTaken."""
    key = {"plain": "port", "https": "https_port", "guide": "http_port", "device": "device_port"}[door.kind]
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            door.host, door.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        where = "host" if door.kind == "plain" else "lan_host"
        raise PortTaken(Sentence("doors-address-unknown", host=door.host, setting=where)) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        at: dict[str, object] = {"port": door.port, "host": door.host, "setting": key}
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(Sentence("doors-port-taken", **at)) from error
        if error.errno in (errno.EACCES, errno.EPERM) and door.port < 1024:
            raise PortTaken(Sentence("doors-port-low", **at)) from error
        raise PortTaken(Sentence("doors-port-closed", why=os_reason(error), **at)) from error
    return listener


@dataclass
class Tls:
    """The certificate that a port uses. `provide`: gives the PEM file to use, made or renewed as needed."""

    door: Door
    provide: Callable[[datetime], tuple[Path, Path | None]]
    context: ssl.SSLContext
    loaded: tuple[bytes, bytes | None] = (b"", None)
    trouble: Words = ""

    def refresh(self, now: datetime) -> bool:
        """Uses a new certificate for connections from now on, if there is one; returns whether there was."""
        try:
            certificate, key = self.provide(now)
            content = read_limited(certificate, MAX_PEM), None if key is None else read_limited(key, MAX_PEM)
            if content == self.loaded:
                self.trouble = ""
                return False
            # Tried apart first: a context that took half of a pair would serve nothing any more.
            load_pair(_context(), *content)
            load_pair(self.context, *content)
        except (LangsoError, OSError) as error:
            # An ssl.SSLError is an OSError too.
            trouble = _words_of(error)
            if trouble != self.trouble:
                log.warning("%s %d: %s", self.door.kind, self.door.port, trouble)
            self.trouble = trouble
            return False
        self.loaded, self.trouble = content, ""
        log.info("%s %d: certificate taken into use", self.door.kind, self.door.port)
        return True


class Serving:
    """All doors of an office. Raises PortTaken where the plain door cannot be opened; another that cannot is said in
    `troubles`, and the office goes on without it. `turned` is called in every round of the loop that takes questions,
    `worked` by the hands that answer them: while all of those hang the loop turns on, and nobody is answered.
    """

    def __init__(
        self,
        home: OfficeHome,
        app: ASGIApp,
        clock: Clock,
        turned: Callable[[], None] = lambda: None,
        worked: Callable[[], None] = lambda: None,
        passed: Mapping[int, socket.socket] | None = None,
    ) -> None:
        office = home.settings.office
        self._clock = clock
        self._worked = worked
        self._troubles: list[Words] = []
        self._tls: list[Tls] = []
        self._servers: list[tuple[uvicorn.Server, socket.socket]] = []
        self._stopping = asyncio.Event()
        gate = Gate(_proxies(office))
        given = dict(inherited() if passed is None else passed)
        try:
            for door in doors_of(office):
                listener = self._open(door, given.pop(door.port, None))
                if listener is None:
                    continue
                tls = _tls_of(door, home) if door.tls else None
                if tls is not None:
                    tls.refresh(clock.now())
                    self._tls.append(tls)
                config = _config(office, _Through(app, door), None if tls is None else tls.context)
                fed = turned if door.kind == "plain" else lambda: None
                self._servers.append((watched_server(config, fed, gate), listener))
        except BaseException:
            self.close()
            raise
        finally:
            for port, unused in given.items():
                log.warning("systemd opened port %d, which no setting names", port)
                unused.close()

    @property
    def troubles(self) -> tuple[Words, ...]:
        """Ports that are not open or have no certificate, one sentence each."""
        return (*self._troubles, *(tls.trouble for tls in self._tls if tls.trouble))

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports it listens on."""
        return tuple(int(listener.getsockname()[1]) for _, listener in self._servers)

    @property
    def started(self) -> bool:
        """Whether every port is served."""
        return all(server.started for server, _ in self._servers)

    def run(self) -> None:
        """Serves until `stop`, SIGTERM or SIGINT."""
        asyncio.run(self._run())

    def stop(self) -> None:
        """Ends after the requests in hand, for at most 3 s; from any thread."""
        for server, _ in self._servers:
            server.should_exit = True

    def renew(self) -> bool:
        """Looks for new certificates, as it does every minute; returns whether one was exchanged."""
        now = self._clock.now()
        exchanged = [tls for tls in self._tls if tls.refresh(now)]
        return bool(exchanged)

    def close(self) -> None:
        """Closes the ports."""
        for _, listener in self._servers:
            listener.close()

    def _open(self, door: Door, passed: socket.socket | None) -> socket.socket | None:
        if passed is not None:
            return passed
        try:
            return listen(door)
        except PortTaken as error:
            if door.kind == "plain":
                raise
            log.error("%s", error)
            self._troubles.append(_words_of(error))
            return None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            # Where this is not the main thread (tests) signals are somebody else's.
            with contextlib.suppress(ValueError, RuntimeError):
                loop.add_signal_handler(number, self.stop)
        renewing, asking = asyncio.create_task(self._keep_renewed()), asyncio.create_task(self._keep_asking())
        await asyncio.gather(*(server.serve(sockets=[listener]) for server, listener in self._servers))
        self._stopping.set()
        asking.cancel()
        await asyncio.gather(renewing, asking, return_exceptions=True)

    async def _keep_asking(self) -> None:
        while True:
            # In line with the pages' own questions: a free hand takes whichever came first.
            await run_in_threadpool(self._worked)
            await asyncio.sleep(ASK_S)

    async def _keep_renewed(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), RENEW_S)
                return
            await asyncio.to_thread(self.renew)


def _words_of(error: LangsoError | OSError) -> Words:
    if isinstance(error, LangsoError):
        return words_of(error)
    return Sentence("doors-certificate-unusable", why=os_reason(error))


class _Through:
    """Says in a request's scope through which door it came."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        scope[DOOR] = self._door.kind
        await self._app(scope, receive, send)


def _config(office: OfficeSettings, app: ASGIApp, tls: ssl.SSLContext | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        # Whoever may write X-Forwarded-For says where he comes from: only a proxy named in the settings may.
        proxy_headers=office.https == "proxy" and tls is None,
        forwarded_allow_ips=list(_proxies(office)),
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        h11_max_incomplete_event_size=32 << 10,
        ssl_context_factory=None if tls is None else lambda *_: tls,
    )


def _proxies(office: OfficeSettings) -> tuple[str, ...]:
    return hosts_of(office.proxies) if office.https == "proxy" else ()


def _tls_of(door: Door, home: OfficeHome) -> Tls:
    office = home.settings.office
    if door.kind == "https" and office.https == "files":
        assert office.https_cert is not None
        files = office.https_cert, office.https_key
        return Tls(door, lambda now: files, _context())
    make = ensure_console_certificate if door.kind == "https" else ensure_device_certificate
    file = home.console_ca / ("server.pem" if door.kind == "https" else "devices.pem")

    def provide(now: datetime) -> tuple[Path, None]:
        make(home, now)
        return file, None

    return Tls(door, provide, _context())


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context
