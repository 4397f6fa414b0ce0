"""By which names the console may be asked for. Pure.

A page of a stranger that makes its own name lead to this machine (DNS rebinding) would be taken by the browser for
ours: it is asked for by that name, so only names of ours are answered. A number is nobody's to redirect, and a
technician opens the console by whatever address leads there.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from langso.device.lan import lan_name
from langso.settings.model import OfficeSettings, hosts_of

_LONGEST = 260


def own_names(office: OfficeSettings) -> frozenset[str]:
    """The names chosen at set-up, this machine's own, and what the public address says; lower case."""
    own = (lan_name(), socket.gethostname().lower().rstrip("."), "localhost")
    public = urlsplit(office.public_url or "").hostname or ""
    return frozenset(
        name for name in (*hosts_of(office.names), *own, public, office.host.lower(), office.lan_host.lower()) if name
    )


def is_ours(host: str, names: frozenset[str]) -> bool:
    """Whether a request with this `Host` header is for us: one of our names, or an address; a port may follow."""
    if not host or len(host) > _LONGEST or not host.isascii() or not host.isprintable():
        return False
    name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not colon:
        name, port = host, ""
    if colon and not (port.isdigit() and 0 < int(port[:6]) <= 65535):
        return False
    try:
        if name.startswith("[") and name.endswith("]"):
            return ipaddress.IPv6Address(name[1:-1]).scope_id is None
        ipaddress.IPv4Address(name)
    except ValueError:
        return name.lower().rstrip(".") in names
    return True
