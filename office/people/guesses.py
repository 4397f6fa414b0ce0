"""Limits on guessing passwords: by address, browser and session, so that nobody is locked out by others' failures."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Hashable
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence
from office.errors import TooManyTries

PAIR_TRIES = 10
"""Failures at one account from one address, or of one browser, or of one session, in a window."""
ADDRESS_TRIES = 40
ACCOUNT_TRIES = 20
"""Failures at one account from everywhere; then whoever failed there waits between two tries."""
WINDOW_S = 900.0
SLOW_S = 30.0
NEAR_S = 2.0
"""Between two tries where an address that logged in well has many failures: a whole network may be behind it."""
CONFIRM_S = 3.0
"""Between two tries of a session with many failures: a wrong key under stress must not cost a village its alarm, and
whoever stole the session still guesses no more than 1,200 times an hour."""
GOOD_S = 7 * 86400.0
MOST_KEPT = 20_000

Lane = Literal["trusted", "fresh", "failed"]
"""Where a password waits to be hashed: apart from those of strangers, and of strangers that have failed."""


@dataclass(frozen=True)
class Try:
    """A try that is counted before the password is looked at; it counts as failed until given back."""

    lane: Lane
    keys: tuple[Hashable, ...]
    at: float
    good: tuple[str, str] | None = None


class Guesses:
    """Counts failures in a sliding window, in memory only: a restart forgives. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: dict[Hashable, list[float]] = {}
        self._good: dict[tuple[str, str], float] = {}

    def login(self, login: str, address: str, browser: str = "") -> Try:
        """Counts a try to log in. `browser`: the mark of a browser that this account used before, "" for another.

        An address without failures is never refused, whatever others do. Raises TooManyTries.
        """
        network = network_of(address)
        pair, everywhere = ("pair", login, network), ("address", network)
        account, known = ("account", login), ("browser", browser, login)
        with self._lock:
            now = self._clock.monotonic()
            if browser and self._count(known, now) < PAIR_TRIES:
                return self._take("trusted", (known,), now, (login, network))
            keys: tuple[Hashable, ...] = (pair, everywhere, account)
            many = self._count(pair, now) >= PAIR_TRIES or self._count(everywhere, now) >= ADDRESS_TRIES
            if now - self._good.get((login, network), float("-inf")) < GOOD_S:
                if many:
                    self._spaced(pair, NEAR_S, now)
                return self._take("failed" if many else "trusted", keys, now, (login, network))
            if many:
                raise TooManyTries(Sentence("people-barred"))
            if self._count(account, now) >= ACCOUNT_TRIES:
                self._spaced(pair, SLOW_S, now)
            return self._take("failed" if self._count(everywhere, now) else "fresh", keys, now, (login, network))

    def confirm(self, session: str) -> Try:
        """Counts a try of somebody logged in already. Only this session's failures count, and they never bar it:
        after many it waits a moment between two tries. Raises TooManyTries.
        """
        key = ("session", session)
        with self._lock:
            now = self._clock.monotonic()
            if self._count(key, now) >= PAIR_TRIES:
                self._spaced(key, CONFIRM_S, now)
            return self._take("trusted", (key,), now, None)

    def right(self, tried: Try) -> None:
        """The password was right: the try is given back, and the failures of this browser, session or pair are
        forgotten.
        """
        with self._lock:
            self._give_back(tried)
            self._failures.pop(tried.keys[0], None)
            if tried.good is not None:
                self._good.pop(tried.good, None)
                self._good[tried.good] = self._clock.monotonic()
                _bound(self._good)

    def unjudged(self, tried: Try) -> None:
        """The password was not looked at: the try is given back."""
        with self._lock:
            self._give_back(tried)

    def _take(self, lane: Lane, keys: tuple[Hashable, ...], now: float, good: tuple[str, str] | None) -> Try:
        for key in keys:
            # Taken out first: the oldest stand in front and go first when there are too many.
            times = self._failures.pop(key, [])
            self._failures[key] = [*(at for at in times if at > now - WINDOW_S), now][-ADDRESS_TRIES:]
        _bound(self._failures)
        return Try(lane, keys, now, good)

    def _give_back(self, tried: Try) -> None:
        for key in tried.keys:
            times = self._failures.get(key, [])
            if tried.at in times:
                times.remove(tried.at)
            if not times:
                self._failures.pop(key, None)

    def _spaced(self, key: Hashable, apart: float, now: float) -> None:
        wait = max(self._failures.get(key, ()), default=float("-inf")) + apart - now
        if wait > 0:
            raise TooManyTries(Sentence("people-wait", seconds=ceil(wait)))

    def _count(self, key: Hashable, now: float) -> int:
        return sum(at > now - WINDOW_S for at in self._failures.get(key, ()))


def network_of(address: str) -> str:
    """The part of an address that is counted: an IPv4 address, or the /64 of an IPv6 one, since each machine has a
    whole /64.
    """
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv4Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return str(ipaddress.ip_network((read, 64), strict=False))


def _bound(kept: dict[Any, Any]) -> None:
    while len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]
