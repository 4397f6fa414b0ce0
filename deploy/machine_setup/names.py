"""Names: of the machine on its network, of the commune, of the place; read, proposed, refused with a sentence."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path

from deploy.errors import DeployError
from langso.contract.topics import SLUG
from langso.device.lan import lan_addresses, local_name
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.words import fold, nfc
from langso.words.catalogue import Sentence
from langso.words.os_reasons import os_reason

_GENERIC = {
    "",
    "localhost",
    "debian",
    "raspberrypi",
    "raspberry",
    "ubuntu",
    "armbian",
    "dietpi",
    "pc",
    "kiosk",
    "office",
    "speaker",
}
_SLUG = re.compile(SLUG)


class BadName(DeployError, ValueError):
    """What was given is no name."""


def slug_of(text: str) -> str:
    """`Xã Hoa Sơn` -> `hoa-son`: plain small letters, digits, hyphens; may be empty."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(text).casefold()).strip("-")
    return re.sub(r"^(xa|phuong|thi-tran|dac-khu)-(?=.)", "", plain)[:64].strip("-")


def slug(text: str) -> str:
    """A code as typed, or made from a name. Raises BadName."""
    found = text.strip()
    if not _SLUG.fullmatch(found):
        near = slug_of(found)
        if _SLUG.fullmatch(near):
            raise BadName(Sentence("setup-bad-code-near", near=near, found=found[:60]))
        raise BadName(Sentence("setup-bad-code", found=found[:60]))
    return found


def line(text: str) -> str:
    """A name as people say it. Raises BadName."""
    found = nfc(" ".join(text.split()))
    if not 1 <= len(found) <= 200 or not found.isprintable():
        raise BadName(Sentence("setup-one-line"))
    return found


def optional_line(text: str) -> str:
    """The same, or nothing."""
    return line(text) if text.strip() else ""


def generic_hostname(hostname: str | None = None) -> bool:
    """Whether the machine still has the name it came with, which others on the network have too."""
    return (hostname if hostname is not None else socket.gethostname()).split(".")[0].lower() in _GENERIC


def device_default(role: str, village: str | None = None, hostname: str | None = None) -> str | None:
    """A name to propose: the host's own, where somebody gave it one; else from role and village; None for neither."""
    own = local_name(hostname if hostname is not None else socket.gethostname()).removesuffix(".local")
    if not generic_hostname(hostname) and _SLUG.fullmatch(own):
        return own
    words = {"speaker": "loa", "kiosk": "kiosk", "office": "van-phong"}
    if role == "office":
        return words[role]
    return f"{words[role]}-{village}" if village else None


def used_elsewhere(name: str, wait_s: float = 2.0) -> str | None:
    """The address of another machine on this network that answers to `name`.local (mDNS); None where none does."""
    own = set(lan_addresses())
    if not own:
        return None
    try:
        from zeroconf import AddressResolverIPv4, IPVersion, Zeroconf  # type: ignore[attr-defined]  # no __all__

        net = Zeroconf(interfaces=sorted(own), ip_version=IPVersion.V4Only)
    except (ImportError, OSError):
        return None
    try:
        asked = AddressResolverIPv4(f"{name}.local.")
        asked.request(net, wait_s * 1000)
        others = [one for one in asked.parsed_addresses() if one not in own and not one.startswith("127.")]
    finally:
        net.close()
    return others[0] if others else None


def rename_host(name: str, root: Path = Path("/")) -> None:
    """Gives the machine this name, durably and at once. Raises BadName, FileRefused."""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name):
        raise BadName(Sentence("setup-bad-hostname", name=name[:60]))
    hosts = root / "etc/hosts"
    try:
        text = read_limited(hosts, 64 << 10).decode("utf-8", "surrogateescape")
    except FileRefused:
        text = "127.0.0.1\tlocalhost\n"
    kept = [one for one in text.splitlines() if one.split("#")[0].split()[:1] != ["127.0.1.1"]]
    write_atomic(hosts, "\n".join([*kept, f"127.0.1.1\t{name}", ""]).encode("utf-8", "surrogateescape"), mode=0o644)
    write_atomic(root / "etc/hostname", f"{name}\n".encode(), mode=0o644)
    if root == Path("/"):
        try:
            socket.sethostname(name)
        except OSError as error:
            raise FileRefused(Sentence("setup-hostname-not-changed", why=os_reason(error))) from error
        # Whatever announces the name on the network learns it anew.
        subprocess.run(
            ["systemctl", "try-restart", "systemd-hostnamed", "avahi-daemon"], capture_output=True, check=False
        )
