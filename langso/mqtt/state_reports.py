"""A device's own state told to the office: signed, numbered, published when it changes and once a minute at least."""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, Protocol

from langso.contract import ClockReport, Held, Presence, State, Storage, Topics
from langso.contract.health import Check, coded, line_of, worst_first
from langso.durable.card_hand import CardHand, by_hand
from langso.durable.files import write_atomic
from langso.errors import LangsoError
from langso.timekeeping.clock import Clock, ClockTrust
from langso.timekeeping.worker_thread import WorkerThread
from langso.trust import Keeper, SigningKey, seal

log = logging.getLogger(__name__)

STATE_EVERY_S = 60.0
SETTLE_S = 0.2
LEAST_S = 1.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Publisher(Protocol):
    """The part of langso.mqtt.link.Link that reports need."""

    @property
    def connected(self) -> bool: ...

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        expiry_s: int | None = None,
        tag: str | None = None,
        on_sent: Callable[[], None] | None = None,
    ) -> object: ...

    def withdraw(self, tag: str) -> None: ...


class StateReporter:
    """Works in a thread of its own, woken by `look`. `next_number` must be durable and rise by one at each call.

    `fill` adds what only the agent knows; `each_round` is done before the state is made, connected or not; `note` is
    given each new state's JSON, and once a minute, for those who ask on this machine: an old note says that it hangs.
    `understands`: the kinds of document this device takes, and what else it is able to that came after release 0.1.0.
    """

    def __init__(
        self,
        *,
        device: str,
        role: Literal["speaker", "kiosk"],
        boot: str,
        software: str,
        folder: Path,
        keeper: Keeper,
        key: SigningKey,
        clock: Clock,
        topics: Topics,
        link: Publisher,
        next_number: Callable[[], int],
        checks: Callable[[], list[Check]],
        understands: tuple[str, ...],
        fill: Callable[[State], State] = lambda state: state,
        each_round: Callable[[], None] = lambda: None,
        note: Callable[[bytes], None] = lambda state: None,
        card: CardHand | None = None,
    ) -> None:
        self._device = device
        self._role: Literal["speaker", "kiosk"] = role
        self._boot = boot
        self._software = software
        self._folder = folder
        self._keeper = keeper
        self._key = key
        self._clock = clock
        self._topics = topics
        self._link = link
        self._next_number = next_number
        self._checks = checks
        self._understands = understands
        self._fill = fill
        self._each_round = each_round
        self._note = note
        self._card = card
        self._noted = b""
        self._noted_at = float("-inf")
        self._again = True
        self._at_once = False
        self._last = b""
        self._last_at = float("-inf")
        self._thread = WorkerThread("reports", self._run)

    @property
    def hung(self) -> bool:
        """Whether its thread has stopped going round."""
        return self._thread.hung

    def start(self) -> None:
        """Begins to report."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the report in hand."""
        self._thread.stop()

    def look(self, *, again: bool = False, at_once: bool = False) -> None:
        """Something has changed: report soon. `again`: publish the state even if it is the same (a new
        connection); `at_once`: somebody waits for the answer.
        """
        self._again = self._again or again
        self._at_once = self._at_once or at_once
        self._thread.wake()

    def state(self) -> State:
        """The state as it is now, without its number."""
        trust = self._keeper.clock_trust()
        held: tuple[Held, ...] = tuple(self._keeper.versions()[:500])
        return self._fill(
            State(
                device=self._device,
                role=self._role,
                commune=self._keeper.commune,
                boot=self._boot,
                number=0,
                written=self._clock.now(),
                software=self._software,
                held=held,
                clock=_clock_report(trust),
                storage=_storage(self._folder, self._card),
                health=tuple(line_of(check) for check in worst_first(self._checks())[:50]),
                needs_nonce=self._keeper.nonce() if self._keeper.needs_nonce or self._keeper.asks_time else None,
                understands=self._understands,
            )
        )

    def sealed(self) -> bytes:
        """The state as it is now, numbered and signed: for who carries it where there is no line. Thread-safe."""
        return self._sealed(self.state())

    def report(self) -> None:
        """One round: the agent's own work (`each_round`), then the state, if it has changed or is old."""
        try:
            self._each_round()
        except LangsoError as error:
            # A full or locked card keeps the agent's receipts back; how it is must be known all the more.
            log.warning("a round of the agent's work failed: %s", error)
        except Exception:
            log.exception("a round of the agent's work failed")
        state = self.state()
        # What changes by itself (time, free bytes) is no news.
        news = state.model_copy(update={"written": _EPOCH, "storage": Storage(free=0, total=0)}).to_json()
        now = self._clock.monotonic()
        if news != self._noted or now - self._noted_at >= STATE_EVERY_S:
            self._noted, self._noted_at = news, now
            try:
                self._note(state.to_json())
            except OSError as error:
                # Those who ask on this machine see an old note; the office must not be left without news for it.
                log.warning("the state was not noted on this machine: %s", error)
        if self._link.connected:
            self._send(state, news)

    def _run(self) -> None:
        while not self._thread.stopping:
            self._thread.sleep(5.0)
            # Changes come in flocks: one report for all of them.
            if not self._at_once:
                self._thread.pause(SETTLE_S)
            self._at_once = False
            try:
                self.report()
            except Exception:
                log.exception("a report failed")
                self._thread.pause(5.0)

    def _send(self, state: State, news: bytes) -> None:
        now = self._clock.monotonic()
        old = now - self._last_at
        if not self._again and old < STATE_EVERY_S and (news == self._last or old < LEAST_S):
            if news != self._last:
                self._thread.wake()
            return
        self._again = False
        self._link.publish(self._topics.device(self._device, "state"), self._sealed(state), qos=1, retain=True)
        self._last, self._last_at = news, now

    def _sealed(self, state: State) -> bytes:
        return seal(state.model_copy(update={"number": self._next_number()}), "state", [self._key])


def _storage(folder: Path, card: CardHand | None) -> Storage:
    try:
        usage = by_hand(card, lambda: shutil.disk_usage(folder))
    except OSError:
        # A card that is gone, or says nothing, has no room.
        return Storage(free=0, total=0)
    return Storage(free=usage.free, total=usage.total)


def _clock_report(trust: ClockTrust) -> ClockReport:
    code, parameters = coded(trust.why)
    return ClockReport(
        trusted=trust.trusted,
        reason=trust.reason,
        why=str(trust.why),
        code=code,
        parameters=parameters or None,
        proven_until=trust.until,
    )


def note_in(file: Path) -> Callable[[bytes], None]:
    """Returns a function that keeps the newest state in a file of the run folder, for `langso speaker status` and
    doctor.
    """
    file.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    return lambda state: write_atomic(file, state, mode=0o640)


def presence(device: str, boot: str, clock: Clock, *, online: bool) -> bytes:
    """The unsigned message that a device is there or gone; also its last will."""
    since = clock.now() if online else None
    return Presence(device=device, online=online, boot=boot, since=since).to_json()


def new_boot() -> str:
    """128 random bits that name this run of the process."""
    return secrets.token_hex(16)


def software() -> str:
    """Name and version of the program, as a state reports them."""
    try:
        return f"langso {version('langso')}"
    except PackageNotFoundError:
        return "langso 0"
