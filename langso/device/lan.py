"""This machine's name and addresses on the local network. Asks the kernel only: no packet leaves the machine."""

from __future__ import annotations

import array
import fcntl
import ipaddress
import re
import socket
import struct

PRIVATE = tuple(
    ipaddress.IPv4Network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")
)
"""Networks of which no address is anybody's on the internet."""
_SIOCGIFCONF = 0x8912
_ENTRY = 40
_MOST = 64
_NOT_IN_NAMES = re.compile(r"[^a-z0-9-]+")
_NO_NAME = ("", "localhost", "localdomain")


def lan_name() -> str:
    """The name by which others find this machine without a name server (mDNS): `may-van-phong.local`."""
    return local_name(socket.gethostname())


def local_name(hostname: str) -> str:
    """The first label of a host name, made fit for mDNS, under `.local`; `langso.local` where there is none."""
    label = _NOT_IN_NAMES.sub("-", hostname.lower().split(".")[0]).strip("-")[:63].rstrip("-")
    return f"{'langso' if label in _NO_NAME else label}.local"


def lan_addresses() -> tuple[str, ...]:
    """This machine's private IPv4 addresses on interfaces that are up, in the kernel's order; empty without any."""
    # An ioctl, not netlink: the services' units allow no AF_NETLINK.
    entries = array.array("B", bytes(_ENTRY * _MOST))
    address, _ = entries.buffer_info()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            told = fcntl.ioctl(asking, _SIOCGIFCONF, struct.pack("iL", len(entries), address))
    except OSError:
        return ()
    length = struct.unpack("iL", told)[0]
    raw = entries.tobytes()[:length]
    found = [ipaddress.IPv4Address(raw[at + 20 : at + 24]) for at in range(0, length, _ENTRY)]
    return tuple(dict.fromkeys(str(one) for one in found if any(one in net for net in PRIVATE)))
