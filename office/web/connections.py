"""Connections to the office, counted and timed, so that nobody takes the files and threads that all others need."""

from __future__ import annotations

import contextlib
import logging
import resource
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

log = logging.getLogger(__name__)

MOST = 512
"""Connections at all doors together: half of what select() and an old soft limit leave for files."""
EACH = 64
"""Connections of one address; a proxy that the settings name is excepted."""
TELL_S = 1.0
"""How often it is said at most that somebody was turned away."""
RATE_S = 20.0
"""New connections of one address in a second, after `EACH` at once; each costs a handshake."""
FEW = 16
"""Connections that nobody takes from an address, whatever it does with them."""
HEADER_S = 10.0
"""From the connection to the end of the first request's header, TLS included; later ones have `KEEP_ALIVE_S` more."""
KEEP_ALIVE_S = 5
BODY_WINDOW_S, BODY_LEAST = 20.0, 10 << 10
"""A body brings at least so many bytes in such a time, or its end."""
STALL_S = 60.0
"""How long whoever asked may take nothing of the answer."""

Phase = Literal["waiting", "body", "working", "writing"]
"""For a request; for the rest of one; for our answer; for whoever asked to take it."""


@dataclass(frozen=True)
class Moment:
    """How a connection stands: in which phase, at which request; `taken` of its bytes, `held` of our answer's."""

    phase: Phase
    request: object = None
    taken: int = 0
    held: int = 0


@dataclass(eq=False)
class Visit:
    """One connection; whoever serves it sets `look` and `cut`, how it stands and how it ends at once."""

    address: str
    since: float
    look: Callable[[], Moment] = lambda: Moment("waiting")
    cut: Callable[[], object] = lambda: None
    last: Moment = field(default_factory=lambda: Moment("waiting"))

    def overdue(self, now: float) -> bool:
        """Whether its time is over; asked about once a second."""
        moment, last = self.look(), self.last
        if (moment.phase, moment.request) != (last.phase, last.request):
            self.last, self.since = moment, now
            return False
        spent = now - self.since
        if moment.phase == "waiting":
            return spent > HEADER_S + (0 if moment.request is None else KEEP_ALIVE_S)
        if moment.phase == "body" and spent > BODY_WINDOW_S:
            if moment.taken - last.taken < BODY_LEAST:
                return True
            self.last, self.since = moment, now
        if moment.phase == "writing":
            if moment.held != last.held:
                self.last, self.since = moment, now
            return now - self.since > STALL_S
        return False

    @property
    def silent(self) -> bool:
        """Whether it has never asked for anything."""
        return self.look() == Moment("waiting")


class Gate:
    """Counts the connections of all doors; of one thread. A newcomer takes the place of the oldest that never asked
    for anything: of its own address where that has its fill, of the address with the most where all places are taken.
    Where all are at work, the address with the most loses its oldest.
    """

    def __init__(self, free: tuple[str, ...] = (), most: int | None = None) -> None:
        self._free = frozenset(free)
        self._most = _most() if most is None else most
        self._visits: dict[str, list[Visit]] = {}
        self._count = 0
        self._swept = self._told_at = float("-inf")
        self._untold = 0
        self._hurry: dict[str, tuple[float, float]] = {}

    def __len__(self) -> int:
        return self._count

    def enter(self, address: str, now: float) -> Visit | None:
        """A place for a new connection; None where there is no room."""
        if address not in self._free and not self._in_time(address, now):
            self._tell(now, f"more than {RATE_S:.0f} new connections a second from {address}")
            return None
        own = self._visits.get(address, [])
        if len(own) >= EACH and address not in self._free:
            self._tell(now, f"more than {EACH} connections from {address}")
            if not self._displace(own):
                return None
        if self._count >= self._most:
            self._tell(now, f"more than {self._most} connections")
            if not self._room():
                return None
        visit = Visit(address, now)
        self._visits.setdefault(address, []).append(visit)
        self._count += 1
        return visit

    def leave(self, visit: Visit) -> None:
        """The connection has ended; calling it twice does no harm."""
        own = self._visits.get(visit.address, [])
        if visit in own:
            own.remove(visit)
            self._count -= 1
            if not own:
                del self._visits[visit.address]

    def tick(self, now: float) -> None:
        """Ends connections whose time is over; looks once a second, however often it is called."""
        if now - self._swept < 1.0:
            return
        self._swept = now
        self._hurry = {key: kept for key, kept in self._hurry.items() if _left(kept, now) < EACH}
        for visit in [each for own in self._visits.values() for each in own]:
            if visit.overdue(now):
                self._end(visit)

    def _tell(self, now: float, what: str) -> None:
        """One line a second at most: a crowd must not fill the journal's disk with what is all the same."""
        if now - self._told_at < TELL_S:
            self._untold += 1
            return
        more = f", and {self._untold} like it" if self._untold else ""
        log.warning("%s%s", what, more)
        self._told_at, self._untold = now, 0

    def _in_time(self, address: str, now: float) -> bool:
        left = _left(self._hurry.get(address, (EACH, now)), now)
        self._hurry[address] = (left - 1 if left >= 1 else left), now
        return left >= 1

    def _room(self) -> bool:
        strangers = [own for own in self._visits.values() if own[0].address not in self._free]
        by_size = sorted(strangers, key=len, reverse=True)
        if any(self._displace(own) for own in by_size):
            return True
        # No device or browser needs so many: slow uploads, and answers that nobody reads, would else take all places.
        if not by_size or len(by_size[0]) <= FEW:
            return False
        self._end(by_size[0][0])
        return True

    def _displace(self, own: list[Visit]) -> bool:
        oldest = next((each for each in own if each.silent), None)
        if oldest is not None:
            self._end(oldest)
        return oldest is not None

    def _end(self, visit: Visit) -> None:
        self.leave(visit)
        visit.cut()


def raise_file_limit() -> None:
    """Lets this process open as many files as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _left(kept: tuple[float, float], now: float) -> float:
    """How many connections an address may make now, of what it had left then."""
    left, then = kept
    return min(float(EACH), left + (now - then) * RATE_S)


def _most() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else min(MOST, soft // 2)
