"""Where to look for the office when its address has changed: at what mDNS offers, then at the pairing's addresses.

Neither is trusted: an address is only tried, and TLS with the pairing's authority and name decides whether it is the
office. Without mDNS, the paired address and the addresses noted at pairing remain.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from langso.device.lan import lan_addresses
from langso.settings.model import is_loopback

log = logging.getLogger(__name__)

SERVICE = "_langso._tcp.local."
COMMUNE = "commune"
LISTEN_S = 3.0
AGAIN_S = 60.0
MOST = 8


@dataclass(frozen=True)
class Place:
    """An address (a name or an IP address) and the broker's port there."""

    address: str
    port: int


class Whereabouts:
    """The places to try in turn, for one link. `noted`: addresses of the office at pairing time.

    `listen(commune)`: what others on the network offer now; asked once a minute at most, when the known places fail.
    """

    def __init__(
        self,
        commune: str,
        noted: Sequence[str] = (),
        *,
        listen: Callable[[str], list[Place]] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._commune = commune
        self._noted = tuple(noted)
        self._listen = listen or listen_for_offices
        self._monotonic = monotonic
        self._home = Place("", 0)
        self._left: list[Place] = []
        self._now: Place | None = None
        self._dead: Place | None = None
        self._listened = float("-inf")
        self._lock = threading.Lock()
        self._proven: tuple[str, str] | None = None

    def place(self, host: str, port: int) -> Place:
        """Where to try now; at first the paired one."""
        self._home = Place(host, port)
        return self._now or self._home

    def missed(self) -> bool:
        """Call when the place tried was not our office or did not answer; returns whether to try
        another one at once.
        """
        if is_loopback(self._home.address):
            return False
        if self._now is None and not self._left:
            self._left = [place for place in self._others() if place != self._dead]
        before, self._now = self._now, self._left.pop(0) if self._left else None
        if before is not None:
            with self._lock:
                # Where it was a moment ago is tried last: it costs a whole timeout.
                self._dead = before if self._proven is not None else self._dead
                self._proven = None
        else:
            self._dead = None
        return self._now is not None

    def reached(self) -> None:
        """Call when our office has proven itself at the present place."""
        self._left = []
        with self._lock:
            self._proven = None if self._now is None else (self._home.address, self._now.address)
        if self._now is not None:
            log.info("the office is at %s now", self._now.address)

    def moved_from(self, host: str) -> str | None:
        """The address where the office named `host` was reached last, if that is another address; else None."""
        with self._lock:
            return self._proven[1] if self._proven is not None and self._proven[0] == host else None

    def _others(self) -> list[Place]:
        found: list[Place] = []
        now = self._monotonic()
        if now - self._listened >= AGAIN_S:
            self._listened = now
            try:
                found += self._listen(self._commune)
            except Exception as error:  # noqa: BLE001 - a library's fault must not end the link's thread
                log.warning("mDNS gave no answer: %s", error)
        # What is said now is fresher than what was noted at pairing.
        found = [*found[:MOST], *(Place(address, self._home.port) for address in self._noted)]
        return [place for place in dict.fromkeys(found) if place != self._home]


def listen_for_offices(commune: str, seconds: float = LISTEN_S, *, interfaces: Sequence[str] = ()) -> list[Place]:
    """What offers itself on the local network as this commune's office; untrusted.

    Empty where the library is not installed or the network forbids it. `interfaces`: own addresses to listen at.
    """
    try:
        from zeroconf import IPVersion, ServiceBrowser, ServiceStateChange, Zeroconf
    except ImportError:
        return []
    # Named: other interfaces of the machine (a VPN, containers) are none of a device's.
    at = list(interfaces or lan_addresses())
    if not at:
        return []
    names: dict[str, None] = {}
    first = threading.Event()

    def heard(zeroconf: object, service_type: str, name: str, state_change: object) -> None:
        del zeroconf, service_type
        if state_change is not ServiceStateChange.Removed and len(names) < MOST:
            names[name] = None
            first.set()

    found: list[Place] = []
    net = Zeroconf(interfaces=at, ip_version=IPVersion.V4Only)
    try:
        browser = ServiceBrowser(net, SERVICE, handlers=[heard])
        first.wait(seconds)
        for name in list(names):
            info = net.get_service_info(SERVICE, name, timeout=int(seconds * 1000))
            if info is not None and info.port and info.decoded_properties.get(COMMUNE) == commune:
                found += [Place(str(address), int(info.port)) for address in info.parsed_scoped_addresses()]
        browser.cancel()
    finally:
        net.close()
    return found[:MOST]
