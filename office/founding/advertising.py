"""The office announces its address on the local network (mDNS), so that devices find it after a change.

A device only tries the address: TLS with the pairing's authority decides. Without mDNS only this way of finding is
lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from langso.device.lan import lan_addresses
from langso.device.whereabouts import COMMUNE, SERVICE
from langso.settings.model import Settings, is_loopback
from langso.timekeeping.worker_thread import WorkerThread
from office.founding.console_ca import console_names

log = logging.getLogger(__name__)
# An address that has just gone takes its goodbye with it; the library would tell that with a traceback.
logging.getLogger("zeroconf").setLevel(logging.ERROR)

LOOK_S = 15.0
AVAHI = Path("/run/avahi-daemon/pid")
"""Where it runs it answers for this machine's name itself, and takes a second answer for another machine's."""


class Advertiser:
    """Announces the broker's port, under the commune's code, at this machine's addresses, and again
    when they change.
    """

    def __init__(self, settings: Settings, *, addresses: Callable[[], Sequence[str]] = lan_addresses) -> None:
        self._settings = settings
        self._addresses = addresses
        self._said: tuple[str, ...] = ()
        self._net: Any = None
        self._thread = WorkerThread("advertising", self._run)

    def start(self) -> None:
        """Begins, if devices can reach this office at all."""
        office = self._settings.office
        # A broker elsewhere is not ours to announce, and one of a trial on this machine is nobody's.
        if is_loopback(self._settings.link.host) and office.https in ("own", "files", "proxy"):
            self._thread.start()

    def stop(self) -> None:
        """Withdraws the announcement."""
        self._thread.stop()
        self._silence()

    def _run(self) -> None:
        while not self._thread.stopping:
            try:
                self._look()
            except ImportError:
                log.info("mDNS: not installed, so devices find this office by its name alone")
                return
            except Exception as error:  # noqa: BLE001 - whatever the network says, the office goes on
                log.warning("mDNS: %s", error)
                self._silence()
            self._thread.sleep(LOOK_S)

    def _look(self) -> None:
        now = tuple(self._addresses())
        if now == self._said:
            return
        self._silence()
        if now:
            self._announce(now)
        self._said = now

    def _announce(self, addresses: tuple[str, ...]) -> None:
        from zeroconf import IPVersion, ServiceInfo, Zeroconf

        commune, device = self._settings.commune.code, self._settings.device.id
        office = self._settings.office
        info = ServiceInfo(
            SERVICE,
            f"{commune} {device}.{SERVICE}",
            port=self._settings.link.port,
            properties={COMMUNE: commune, "https": str(office.device_port)},
            parsed_addresses=list(addresses),
            server=f"langso-{commune}-{device}.local.",
        )
        net = Zeroconf(interfaces=list(addresses), ip_version=IPVersion.V4Only)
        self._net = net
        net.register_service(info, allow_name_change=True)
        if office.https in ("own", "files") and not AVAHI.exists():
            for name in console_names(office).all:
                if name.endswith(".local"):
                    net.register_service(_console(name, office.https_port, addresses), allow_name_change=True)
        log.info("mDNS: the office is at %s", ", ".join(addresses))

    def _silence(self) -> None:
        net, self._net, self._said = self._net, None, ()
        if net is not None:
            net.close()


def _console(name: str, port: int, addresses: Sequence[str]) -> Any:
    """The console under a name of this machine: what staff type, a bare machine answers to only by this."""
    from zeroconf import ServiceInfo

    kind = "_https._tcp.local."
    return ServiceInfo(
        kind,
        f"langso {name.removesuffix('.local')}.{kind}",
        port=port,
        parsed_addresses=list(addresses),
        server=f"{name}.",
    )
