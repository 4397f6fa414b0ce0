"""The host's end of the serial link: one thread owns the port, keeps leases, reconnects, restores outputs."""

from __future__ import annotations

import dataclasses
import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable

from firmware_bridge.errors import BridgeError, LinkLost, UnknownOutput
from firmware_bridge.host.exchange import ATTEMPTS, REPLY_TIMEOUT_S, WRONG_VERSION_WHY, Counters, Exchange
from firmware_bridge.host.serial_line import UNPLUGGED_WHY, SerialLine
from firmware_bridge.host.state_of_board import judge_board
from firmware_bridge.wire import messages
from firmware_bridge.wire.frames import VERSION
from firmware_bridge.wire.messages import Ack, Error, Hello, KeepAlive, LinkMessage, SetOutput, Telemetry
from langso.contract.health import Check
from langso.words.catalogue import t

RENEWALS_PER_LEASE = 3
BACKOFF_S = (0.1, 5.0)
"""First and longest wait before the port is tried again."""

_CALL_S = ATTEMPTS * REPLY_TIMEOUT_S * 3
_log = logging.getLogger(__name__)


class Bridge:
    """Switches the outputs of the board on serial device `port`. Thread-safe.

    What `set_output` asked for stands until the opposite is asked or `close`: leases are renewed, and after an
    unplugged cord or a restarted board an output still wanted is switched on again. `on_telemetry` runs on the
    bridge's thread: it must be short and must not call `set_output` or `keep_alive`.
    """

    def __init__(
        self,
        port: str,
        baud: int = 115200,
        lease_ms: int = 3000,
        on_telemetry: Callable[[Telemetry], None] | None = None,
    ) -> None:
        if not messages.lease_is_valid(lease_ms):
            raise ValueError(f"lease_ms {lease_ms} outside {messages.MIN_LEASE_MS}..{messages.MAX_LEASE_MS}")
        self._port = port
        self._baud = baud
        self._lease_ms = lease_ms
        self._on_telemetry = on_telemetry
        self._session = random.getrandbits(32)
        self._changed = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._wanted: dict[str, bool] = {}
        self._hello: Hello | None = None
        self._alive = False
        self._why = t("bridge-not-open-yet")
        self._leased = 0
        self._telemetry: Telemetry | None = None
        self._counters = Counters()
        self._line: SerialLine | None = None
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._renew_at = 0.0

    def open(self, timeout: float = 3.0) -> bool:
        """Start, and wait up to `timeout` seconds for the board; False = not there yet, it goes on trying."""
        with self._changed:
            if self._thread is None:
                self._closing.clear()
                self._thread = threading.Thread(target=self._run, name="bridge", daemon=True)
                self._thread.start()
            return self._changed.wait_for(lambda: self._alive, timeout)

    def close(self) -> None:
        """Switch off what is on, give the port back, end the thread."""
        with self._changed:
            thread, self._thread = self._thread, None
        self._closing.set()
        self._wake()
        if thread is not None:
            thread.join()

    def __enter__(self) -> Bridge:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether the board answered its last command."""
        return self._alive

    @property
    def hello(self) -> Hello:
        """Who the board is; raises LinkLost when it has not been heard yet."""
        with self._changed:
            if self._hello is None:
                raise LinkLost(self._why)
            return self._hello

    @property
    def telemetry(self) -> Telemetry | None:
        """The last telemetry, None before the first or while the link is down."""
        return self._telemetry

    @property
    def counters(self) -> Counters:
        """A copy of what the link has counted."""
        return dataclasses.replace(self._counters)

    def set_output(self, name: str, on: bool) -> None:
        """Switch an output and wait for its acknowledgement. Raises UnknownOutput, CommandRefused or LinkLost;
        after LinkLost the wish stands and is carried out when the board is back."""
        with self._changed:
            if self._hello is not None and name not in self._hello.outputs:
                raise UnknownOutput(name, self._hello.outputs)
            self._wanted[name] = on
            job = self._enqueue(name)
        job.wait(self._why)

    def keep_alive(self) -> None:
        """Renew all leases now and wait for the acknowledgement (the bridge does so by itself in time)."""
        with self._changed:
            job = self._enqueue(None)
        job.wait(self._why)

    def outputs(self) -> dict[str, bool]:
        """Output name -> on by order, as the board last said; empty while the link is down."""
        with self._changed:
            if self._hello is None or not self._alive:
                return {}
            return {name: bool(self._leased & 1 << n) for n, name in enumerate(self._hello.outputs)}

    def health(self) -> Check:
        """Link, supply, horn and mute switch as one check."""
        with self._changed:
            return judge_board(self._hello if self._alive else None, self._why, self._telemetry)

    def _enqueue(self, name: str | None) -> _Job:
        if threading.current_thread() is self._thread:
            raise RuntimeError("on_telemetry must not wait for the bridge that calls it")
        if not self._alive:
            raise LinkLost(self._why)
        job = _Job(name, name is not None and self._wanted[name])
        self._jobs.append(job)
        self._wake()
        return job

    def _wake(self) -> None:
        with self._changed:
            if self._line is not None:
                self._line.wake()

    def _run(self) -> None:
        pause = BACKOFF_S[0]
        try:
            while not self._closing.is_set():
                connects = self._counters.connects
                try:
                    self._hold_line()
                except (BridgeError, OSError) as error:
                    self._fail(str(error if isinstance(error, BridgeError) else UNPLUGGED_WHY))
                if self._counters.connects != connects:
                    pause = BACKOFF_S[0]
                self._closing.wait(pause * random.uniform(0.5, 1.0))
                pause = min(pause * 2, BACKOFF_S[1])
        finally:
            # Also when a fault of ours ends this thread: nobody may believe the link is still up.
            self._fail(t("bridge-closed"))

    def _hold_line(self) -> None:
        line = SerialLine(self._port, self._baud)
        try:
            with self._changed:
                self._line = line
            self._converse(Exchange(line, self._counters, self._take_unasked))
        finally:
            with self._changed:
                self._line = None
                line.close()

    def _converse(self, exchange: Exchange) -> None:
        hello = exchange.connect(self._session)
        if hello.protocol != VERSION:
            raise LinkLost(WRONG_VERSION_WHY)
        lease = min(self._lease_ms, hello.max_lease_ms)
        self._meet(hello)
        self._renew(exchange, hello, lease)
        self._come_up()
        while not self._closing.is_set():
            if time.monotonic() >= self._renew_at:
                self._renew(exchange, hello, lease)
            job = self._next_job()
            if job is not None:
                self._do(job, exchange, hello, lease)
            else:
                exchange.listen(self._renew_at - time.monotonic())
        for number in range(len(hello.outputs)):
            if self._leased & 1 << number:
                self._leased = exchange.command(SetOutput(number, False, 0)).leased

    def _meet(self, hello: Hello) -> None:
        with self._changed:
            if self._hello is not None and self._hello.boot_id != hello.boot_id:
                self._counters.restarts += 1
            self._counters.connects += 1
            self._hello = hello
        _log.info("board %s %s, boot %s", hello.board, hello.firmware, hello.boot_id.hex())

    def _come_up(self) -> None:
        with self._changed:
            self._alive = True
            self._why = ""
            self._changed.notify_all()

    def _fail(self, why: str) -> None:
        with self._changed:
            if self._alive:
                _log.warning("link down: %s", why)
            self._alive = False
            self._why = why
            self._leased = 0
            self._telemetry = None
            jobs = list(self._jobs)
            self._jobs.clear()
        for job in jobs:
            job.finish(LinkLost(why))

    def _next_job(self) -> _Job | None:
        with self._changed:
            return self._jobs.popleft() if self._jobs else None

    def _do(self, job: _Job, exchange: Exchange, hello: Hello, lease: int) -> None:
        try:
            if job.name is None:
                self._renew(exchange, hello, lease)
            elif job.name not in hello.outputs:
                raise UnknownOutput(job.name, hello.outputs)
            else:
                number = hello.outputs.index(job.name)
                self._note(exchange.command(SetOutput(number, job.on, lease if job.on else 0)))
        except (LinkLost, OSError) as error:
            job.finish(error if isinstance(error, LinkLost) else LinkLost(UNPLUGGED_WHY))
            raise
        except BridgeError as error:
            with self._changed:
                self._wanted.pop(job.name or "", None)
            job.finish(error)
        else:
            job.finish(None)

    def _renew(self, exchange: Exchange, hello: Hello, lease: int) -> None:
        """Renew what is wanted and on; then repair what differs from what is wanted."""
        self._renew_at = time.monotonic() + lease / 1000 / RENEWALS_PER_LEASE
        wanted = self._wanted_mask(hello)
        ack = exchange.command(KeepAlive(wanted, lease))
        if self._alive:
            self._counters.lease_drops += (wanted & ~ack.leased & self._leased).bit_count()
        self._note(ack)
        for number in range(len(hello.outputs)):
            bit = 1 << number
            if (wanted ^ ack.leased) & bit:
                on = bool(wanted & bit)
                self._note(exchange.command(SetOutput(number, on, lease if on else 0)))

    def _wanted_mask(self, hello: Hello) -> int:
        with self._changed:
            # A job still waiting will switch its output itself: renewing must not do so before it.
            waiting = {job.name for job in self._jobs}
            mask = 0
            for number, name in enumerate(hello.outputs):
                on = self._wanted.get(name, False)
                if name in waiting:
                    on = bool(self._leased & 1 << number)
                mask |= on << number
            return mask

    def _note(self, ack: Ack) -> None:
        with self._changed:
            self._leased = ack.leased

    def _take_unasked(self, message: LinkMessage) -> None:
        if isinstance(message, Error):
            if message.code == messages.LEASE_EXPIRED:
                _log.warning("board let outputs fall: mask %d", message.detail)
                self._renew_at = 0.0
            return
        if not isinstance(message, Telemetry):
            return
        with self._changed:
            self._telemetry = message
            if self._leased & ~message.leased:
                # The board forgot what it acknowledged (it restarted): do not wait for the next renewal.
                self._renew_at = 0.0
        if self._on_telemetry is not None:
            try:
                self._on_telemetry(message)
            except Exception:  # noqa: BLE001 - the caller's fault must not end the link; it is logged whole
                _log.exception("telemetry callback failed")


class _Job:
    """A caller waiting for one command; `name` None = renew."""

    def __init__(self, name: str | None, on: bool) -> None:
        self.name = name
        self.on = on
        self._error: BridgeError | None = None
        self._done = threading.Event()

    def finish(self, error: BridgeError | None) -> None:
        """Release the caller."""
        self._error = error
        self._done.set()

    def wait(self, why: str) -> None:
        """Block until done; raises what went wrong."""
        if not self._done.wait(_CALL_S):
            raise LinkLost(why or t("bridge-no-answer"))
        if self._error is not None:
            raise self._error
