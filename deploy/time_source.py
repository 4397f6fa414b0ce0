"""The office as a paired device's source of time, beside those of the internet."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from langso.durable.errors import FileRefused
from langso.durable.files import write_atomic
from langso.settings.model import is_loopback

SOURCES = Path("/etc/chrony/sources.d")
MOST = 4
_FILE = "langso-office.sources"
_HOST = re.compile(r"[0-9A-Za-z][0-9A-Za-z.:-]{0,252}")
_RELOAD_S = 5.0


def follow_office(hosts: Sequence[str], folder: Path = SOURCES, *, reload: bool = True) -> tuple[str, ...]:
    """chrony asks these names and addresses of the office for the time from now on; returns those that can be used.

    Time over the network proves nothing (documents and nonces do): what cannot be set up is left out, nothing is
    raised.
    """
    usable = tuple(dict.fromkeys(host for host in hosts if _usable(host)))[:MOST]
    if not usable or not folder.is_dir():
        return ()
    text = "".join(f"server {host} iburst minpoll 4 maxpoll 8\n" for host in usable)
    try:
        write_atomic(folder / _FILE, text.encode(), mode=0o644)
    except FileRefused:
        # Not root: pairing itself goes on.
        return ()
    if not reload:
        return usable
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(["chronyc", "reload", "sources"], capture_output=True, timeout=_RELOAD_S, check=False)
    return usable


def _usable(host: str) -> bool:
    """Names under .local are found by mDNS, which chrony does not speak: the noted addresses stand for them."""
    return bool(_HOST.fullmatch(host)) and not is_loopback(host) and not host.lower().endswith(".local")
