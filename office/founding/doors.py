"""The ports by which people and devices come to the office, and the addresses that lead there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from langso.device.lan import lan_addresses
from langso.settings.model import OfficeSettings, Settings
from office.founding.console_ca import console_names

GUIDE = "/cai-chung-thu"
"""The page that installs the console's certificate on a phone."""
_USUAL = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Door:
    """A listening place. `plain`: this machine and a proxy; `https`: staff; `guide`: http for whoever has no
    certificate yet, and media; `device`: https under the devices' CA."""

    kind: Literal["plain", "https", "guide", "device"]
    host: str
    port: int

    @property
    def tls(self) -> bool:
        """Whether it speaks TLS."""
        return self.kind in ("https", "device")


def doors_of(office: OfficeSettings) -> tuple[Door, ...]:
    """All doors of these settings, the plain one first."""
    plain = Door("plain", office.host, office.port)
    more = []
    if office.https in ("own", "files"):
        more.append(Door("https", office.lan_host, office.https_port))
        if office.http_port:
            more.append(Door("guide", office.lan_host, office.http_port))
    if office.https != "off" and office.device_port:
        more.append(Door("device", office.lan_host, office.device_port))
    return (plain, *more)


def console_url(office: OfficeSettings) -> str:
    """The address that staff type."""
    if office.https in ("own", "files"):
        return _url("https", console_names(office).first, office.https_port)
    return office.public_url or _url("http", office.host, office.port)


def guide_url(office: OfficeSettings, host: str) -> str | None:
    """The address of the page that installs the certificate, as reached at `host`; None where there is
    no such page.
    """
    if office.https != "own" or not office.http_port:
        return None
    return _url("http", host, office.http_port) + GUIDE


def scanned_url(office: OfficeSettings) -> str | None:
    """The same for a phone that scans it: by IP address where there is one, since older phones know no `.local`
    names.
    """
    return guide_url(office, next(iter(lan_addresses()), None) or console_names(office).first)


def device_addresses(settings: Settings, host: str) -> tuple[str, str]:
    """(media, office): the two addresses as devices reach them; `host`: this machine's name or address on the
    network.

    Media may be fetched without TLS: their name is their hash, and a loudspeaker with a wrong clock still gets them.
    Dossiers go over TLS, whose authority a device has from its pairing.
    """
    office = settings.office
    if office.https == "off":
        plain = office.public_url or _url("http", host, office.port)
        return plain, plain
    sealed = _url("https", host, office.device_port) if office.device_port else None
    if office.https == "proxy":
        # The proxy's certificate is of an authority that devices do not know.
        reached = sealed or office.public_url or ""
        return reached, reached
    clear = _url("http", host, office.http_port) if office.http_port else None
    return clear or sealed or "", sealed or clear or ""


def _url(scheme: str, host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + ("" if port == _USUAL[scheme] else f":{port}")
