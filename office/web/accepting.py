"""How the web server takes connections: counted by the gate, timed from the start, paused when files run out."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import socket
import ssl
from asyncio import sslproto
from collections.abc import Callable, Iterator
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from office.web import connections
from office.web.connections import Gate, Moment, Visit

log = logging.getLogger(__name__)

PAUSE_S = 1.0
PIECES, LEAST_PIECE = 64, 64
"""Chunks of a body that may be of any size; from then on they are of so many bytes on average."""
MOST_HEADER = 64 << 10
"""Bytes of a request's head, of a line that says how long a chunk is, of what follows the last one."""
_AT_ONCE = 32
_BACKLOG = 512
# What the kernel holds of an answer, so that it is seen soon whether anybody takes it.
_HELD = 256 << 10
# What Python's TLS takes of memory to read into, a connection: 256 KiB unless told, and a record has 16.
sslproto.SSLProtocol.max_size = 32 << 10


def watched_server(config: uvicorn.Config, turned: Callable[[], None], gate: Gate | None = None) -> uvicorn.Server:
    """A server that calls `turned` in every round of its loop, first when it serves; it does not handle signals.

    Its connections are counted at `gate`, which several servers in one loop may share.
    """
    counted = Gate() if gate is None else gate

    class Watched(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            def make(visit: Visit, ended: Callable[[], None]) -> asyncio.Protocol:
                return _Timed(visit, ended, config=config, server_state=self.server_state, app_state={})

            acceptors = [Acceptor(each, counted, make, config.ssl) for each in sockets or ()]
            self.servers = acceptors  # type: ignore[assignment]
            for acceptor in acceptors:
                acceptor.start()
            self.started = True

        # Not `callback_notify`: that counts wall time, which falls silent when the clock is set back.
        async def on_tick(self, counter: int) -> bool:
            turned()
            counted.tick(asyncio.get_running_loop().time())
            return await super().on_tick(counter)

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return Watched(config)


class Acceptor:
    """Accepts connections on one listening socket as long as the gate has room; asyncio's own server has no such
    limit.
    """

    def __init__(
        self,
        listener: socket.socket,
        gate: Gate,
        make: Callable[[Visit, Callable[[], None]], asyncio.Protocol],
        tls: ssl.SSLContext | None,
    ) -> None:
        self._listener = listener
        self._gate = gate
        self._make = make
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._beginning: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begins to accept."""
        self._listener.setblocking(False)
        self._listener.listen(_BACKLOG)
        self._resume()

    def close(self) -> None:
        """Accepts nobody more; connections that have not begun to be served are closed."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._listener)
        for task in self._beginning:
            task.cancel()

    async def wait_closed(self) -> None:
        """Waits until those connections are gone."""
        await asyncio.gather(*self._beginning, return_exceptions=True)

    def _resume(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listener, self._ready)

    def _ready(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                connection, peer = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                # No file is free: the listener stays readable, and a loop that asked on would do nothing else.
                log.warning("no connection can be taken: %s", error.strerror)
                self._loop.remove_reader(self._listener)
                self._pause = self._loop.call_later(PAUSE_S, self._resume)
                return
            visit = self._gate.enter(str(peer[0]), self._loop.time())
            if visit is None:
                connection.close()
                continue
            task = self._loop.create_task(self._begin(connection, visit))
            visit.cut = task.cancel
            self._beginning.add(task)
            task.add_done_callback(functools.partial(self._begun, connection, visit))

    def _begun(self, connection: socket.socket, visit: Visit, task: asyncio.Task[None]) -> None:
        self._beginning.discard(task)
        # A handshake that fails is the other side's affair.
        if task.cancelled() or task.exception() is not None:
            connection.close()
            self._gate.leave(visit)
            if not task.cancelled() and not isinstance(task.exception(), OSError):
                log.error("a connection was not served", exc_info=task.exception())

    async def _begin(self, connection: socket.socket, visit: Visit) -> None:
        limits = {} if self._tls is None else {"ssl_handshake_timeout": connections.HEADER_S}
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _HELD)
        # TLS takes memory and time: not for one that says nothing.
        spoke = asyncio.Event()
        self._loop.add_reader(connection, spoke.set)
        try:
            await spoke.wait()
        finally:
            self._loop.remove_reader(connection)
        await self._loop.connect_accepted_socket(
            lambda: self._make(visit, lambda: self._gate.leave(visit)), connection, ssl=self._tls, **limits
        )


class _Frugal(h11.Connection):
    """Refuses a body cut into crumbs: each piece costs the one loop that serves everybody the same, a byte or a
    kilobyte, and 64 KiB of crumbs held it for half a second.
    """

    _pieces = _bytes = 0

    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._pieces = self._bytes = 0
        elif isinstance(event, h11.Data) and event.chunk_start:
            self._pieces, self._bytes = self._pieces + 1, self._bytes + len(event.data)
            if self._pieces > PIECES and self._bytes < self._pieces * LEAST_PIECE:
                raise h11.RemoteProtocolError("a body in crumbs")
        return event


class _Timed(H11Protocol):
    """uvicorn's protocol, which tells how its connection stands."""

    def __init__(self, visit: Visit, ended: Callable[[], None], **more: Any) -> None:
        super().__init__(**more)
        self.conn = _Frugal(h11.SERVER, self.config.h11_max_incomplete_event_size or MOST_HEADER)
        self._visit = visit
        self._ended = ended
        self._taken = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._visit.look = self._look
        self._visit.cut = self._cut

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._taken += len(data)
        super().data_received(data)

    def _look(self) -> Moment:
        cycle = self.cycle
        held = self._held()
        if self.transport.is_closing() or self.flow.write_paused:
            return Moment("writing", cycle, self._taken, held)
        if cycle is None or cycle.response_complete:
            return Moment("waiting", cycle)
        # Who may not send on is not slow.
        if cycle.more_body and not self.flow.read_paused:
            return Moment("body", cycle, self._taken)
        return Moment("working", cycle)

    def _held(self) -> int:
        # Python's TLS transport forgets its inside when it is closed twice.
        with contextlib.suppress(AttributeError):
            return self.transport.get_write_buffer_size()
        return 0

    def _cut(self) -> None:
        with contextlib.suppress(AttributeError):
            self.transport.abort()
