"""The host's end of the serial link: one thread owns the port, keeps leases, reconnects, restores outputs."""

from __future__ import annotations

import dataclasses
import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable

from firmware_bridge.errors import BridgeError, CommandRefused, LinkLost, UnknownOutput
from firmware_bridge.host.exchange import ATTEMPTS, Counters, Exchange
from firmware_bridge.host.listeners import Listeners
from firmware_bridge.host.reply_time import LONGEST_S
from firmware_bridge.host.serial_line import UNPLUGGED_WHY, SerialLine
from firmware_bridge.host.state_of_board import BoardState, judge_board
from firmware_bridge.host.waiting_call import WaitingCall
from firmware_bridge.host.wishes import StartsSeen, Wishes
from firmware_bridge.switchboard import Levels, Switchboard
from firmware_bridge.wire import codes
from firmware_bridge.wire.fields import LinkMessage
from firmware_bridge.wire.messages import Ack, Hello, KeepAlive, Select, SetOutput
from firmware_bridge.wire.reports import Error, Telemetry
from langso.contract.health import Check
from langso.words.catalogue import t

RENEWALS_PER_LEASE = 3
BACKOFF_S = (0.1, 5.0)
"""First and longest wait before the port is tried again."""
STEADY_S = 10.0
"""A link that held for so long was a good one: the next loss is answered at once."""

_CALL_S = ATTEMPTS * LONGEST_S * 3
_log = logging.getLogger(__name__)


class Bridge(Switchboard):
    """Switches the outputs of the board on serial device `port`. Thread-safe.

    What `set_output` asked for stands until the opposite is asked or `close`: leases are renewed, and after an
    unplugged cord or a restarted board an output still wanted is switched on again. `on_telemetry` runs on the
    bridge's thread: it must be short and must not call `set_output` or `keep_alive`. `rest_on`: the amplifier stays
    on for the source that sounds at rest (FM), also when this program is gone.
    """

    def __init__(
        self,
        port: str,
        baud: int = 115200,
        lease_ms: int = 3000,
        on_telemetry: Callable[[Telemetry], None] | None = None,
        *,
        rest_on: bool = False,
    ) -> None:
        if not codes.lease_is_valid(lease_ms):
            raise ValueError(f"lease_ms {lease_ms} outside {codes.MIN_LEASE_MS}..{codes.MAX_LEASE_MS}")
        self._port = port
        self._baud = baud
        self._lease_ms = lease_ms
        self._listeners = Listeners(on_telemetry)
        self._session = random.getrandbits(32)
        self._changed = threading.Condition()
        self._jobs: deque[WaitingCall] = deque()
        self._wishes = Wishes(rest_on=rest_on)
        self._starts = StartsSeen()
        self._hello: Hello | None = None
        self._alive = False
        self._why = t("bridge-not-open-yet")
        self._leased = 0
        self._driven = 0
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
            self._wishes.want(name, on)
            job = self._enqueue(name)
        job.wait(_CALL_S, self._why)

    def keep_alive(self) -> None:
        """Renew all leases now and wait for the acknowledgement (the bridge does so by itself in time)."""
        with self._changed:
            job = self._enqueue(None)
        job.wait(_CALL_S, self._why)

    def outputs(self) -> dict[str, bool]:
        """Output name -> on by order, as the board last said; empty while the link is down."""
        with self._changed:
            if self._hello is None or not self._alive:
                return {}
            return {name: bool(self._leased & 1 << n) for n, name in enumerate(self._hello.outputs)}

    def is_on(self, name: str) -> bool:
        """Whether the board says that `name` is really on; False while it cannot be heard."""
        with self._changed:
            if self._hello is None or not self._alive or name not in self._hello.outputs:
                return False
            return bool(self._driven >> self._hello.outputs.index(name) & 1)

    def hold_until(self, moment: float) -> None:
        """Outputs are renewed until monotonic second `moment` only; a program that hangs lets them fall."""
        # One attribute, no lock: whoever feeds this must never wait for the link.
        self._wishes.until = moment

    def select(self, source: str | None) -> None:
        """Choose the source of sound where the board can; it is asked for at once and held like a lease."""
        with self._changed:
            if self._wishes.source == source:
                return
            self._wishes.source = source
            self._renew_at = 0.0
            self._wake()

    def sources(self) -> tuple[str, ...]:
        """The board's sources by name; empty while the link is down, and for a board that cannot choose."""
        with self._changed:
            if self._hello is None or not self._alive or self._hello.level == 1:
                return ()
            return self._hello.sources

    def listen(self, take: Callable[[Levels], None]) -> None:
        """`take` is called with every ENVELOPE of a board of level 2."""
        self._listeners.on_levels = take

    def talk_held(self) -> bool:
        """Whether the talk key is held; a board that falls silent has let it go."""
        return self._listeners.talk_held()

    def muted(self) -> bool:
        """Whether the mute switch is on, as far as the board says."""
        return self._listeners.muted

    def health(self) -> Check:
        """Link, starts, refusals, supply, horn and mute switch as one check."""
        with self._changed:
            hello = self._hello if self._alive else None
            refused = next(iter(self._wishes.refused.values()), "")
            overdue = self._wishes.overdue(time.monotonic())
            state = BoardState(hello, self._why, self._telemetry, self._failed_starts(), refused, overdue)
        return judge_board(state)

    def _failed_starts(self) -> int:
        more = None if self._hello is None else self._hello.more
        told = more.failed_starts if more is not None else 0
        return max(told if self._telemetry is None else self._telemetry.failed_starts or 0, self._starts.failed)

    def _enqueue(self, name: str | None) -> WaitingCall:
        if threading.current_thread() is self._thread:
            raise RuntimeError("on_telemetry must not wait for the bridge that calls it")
        if not self._alive:
            raise LinkLost(self._why)
        job = WaitingCall(name, name is not None and self._wishes.outputs[name])
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
                began = time.monotonic()
                try:
                    self._hold_line()
                except (BridgeError, OSError) as error:
                    self._fail(str(error if isinstance(error, BridgeError) else UNPLUGGED_WHY))
                # A link that comes and goes is no reason to hammer the board.
                if time.monotonic() - began >= STEADY_S:
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
                self._starts.restarted(time.monotonic())
            self._counters.connects += 1
            self._hello = hello
        _log.info("board %s %s, level %d, boot %s", hello.board, hello.firmware, hello.level, hello.boot_id.hex())

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
            self._driven = 0
            self._listeners.lost()
            self._telemetry = None
            jobs = list(self._jobs)
            self._jobs.clear()
        for job in jobs:
            job.finish(LinkLost(why))

    def _next_job(self) -> WaitingCall | None:
        with self._changed:
            return self._jobs.popleft() if self._jobs else None

    def _do(self, job: WaitingCall, exchange: Exchange, hello: Hello, lease: int) -> None:
        try:
            if job.name is None:
                self._renew(exchange, hello, lease)
            elif job.name not in hello.outputs:
                raise UnknownOutput(job.name, hello.outputs)
            else:
                self._switch(exchange, hello, job.name, job.on, lease)
        except CommandRefused as error:
            # The link is good, the answer is no: it is told as what it is, and not asked again.
            self._refuse(job.name, error)
            job.finish(error)
        except (LinkLost, OSError) as error:
            job.finish(error if isinstance(error, LinkLost) else LinkLost(UNPLUGGED_WHY))
            raise
        except BridgeError as error:
            with self._changed:
                self._wishes.outputs.pop(job.name or "", None)
            job.finish(error)
        else:
            job.finish(None)

    def _switch(self, exchange: Exchange, hello: Hello, name: str, on: bool, lease: int) -> None:
        if on and self._starts.resting(name, time.monotonic()):
            # The wish stands; renewing carries it out when the supply has had its rest.
            return
        ack = exchange.command(SetOutput(hello.outputs.index(name), on, lease if on else 0))
        self._note(ack)
        self._wishes.granted(name)
        if not on:
            self._starts.ended(name)
        elif hello.level == 1:
            self._starts.started(name, time.monotonic())

    def _refuse(self, name: str | None, error: CommandRefused) -> None:
        with self._changed:
            self._wishes.refuse(name or "", str(error))
        _log.warning("the board refuses %s: %s", name or "to renew", error)

    def _renew(self, exchange: Exchange, hello: Hello, lease: int) -> None:
        """Renew what is wanted and on; then repair what differs from what is wanted."""
        self._renew_at = time.monotonic() + lease / 1000 / RENEWALS_PER_LEASE
        wanted = self._wanted_mask(hello)
        try:
            self._choose(exchange, hello, lease)
            ack = exchange.command(KeepAlive(wanted, lease))
        except CommandRefused as error:
            self._refuse(None, error)
            return
        self._wishes.granted("")
        if self._alive:
            self._counters.lease_drops += (wanted & ~ack.leased & self._leased).bit_count()
        self._note(ack)
        self._starts.answered(time.monotonic())
        for number, name in enumerate(hello.outputs):
            if (wanted ^ ack.leased) >> number & 1:
                try:
                    self._switch(exchange, hello, name, bool(wanted >> number & 1), lease)
                except CommandRefused as error:
                    self._refuse(name, error)

    def _choose(self, exchange: Exchange, hello: Hello, lease: int) -> None:
        if hello.level == 1 or not hello.sources:
            return
        number = self._wishes.source_to_ask(hello.sources, time.monotonic())
        if number is not None:
            exchange.command(Select(number, lease, self._wishes.rest_on))

    def _wanted_mask(self, hello: Hello) -> int:
        now = time.monotonic()
        with self._changed:
            # A job still waiting will switch its output itself: renewing must not do so before it.
            waiting = {job.name for job in self._jobs}
            mask = 0
            for number, name in enumerate(hello.outputs):
                on = self._leased >> number & 1 if name in waiting else self._wishes.on(name, now)
                mask |= on << number
            return mask

    def _note(self, ack: Ack) -> None:
        with self._changed:
            self._leased = ack.leased
            self._driven = ack.driven

    def _take_unasked(self, message: LinkMessage) -> None:
        if isinstance(message, Error):
            self._take_trouble(message)
        elif isinstance(message, Telemetry):
            with self._changed:
                self._telemetry = message
                self._driven = message.driven
                if self._leased & ~message.leased:
                    # The board forgot what it acknowledged (it restarted): do not wait for the next renewal.
                    self._renew_at = 0.0
        self._listeners.take(message)

    def _take_trouble(self, error: Error) -> None:
        if error.code == codes.LEASE_EXPIRED:
            _log.warning("board let outputs fall: mask %d", error.detail)
            with self._changed:
                self._driven &= ~error.detail
            self._renew_at = 0.0
        elif error.code == codes.SOURCE_EXPIRED:
            _log.warning("board fell back from source %d", error.detail)
            self._renew_at = 0.0
