"""A network of the test's own: machines that hear each other through one bridge and nothing of the world outside."""

from __future__ import annotations

import fcntl
import os
import subprocess
from types import TracebackType

PREFIX = "langso-boot"
NETWORK = "10.77.0"
"""Machines get .2, .3, … of this /24; there is no gateway and no name server."""


class Lan:
    """Use as `with Lan() as lan`: namespaces are made on entering and removed on leaving."""

    def __init__(self) -> None:
        self._bridge = f"{PREFIX}-lan"
        self._spaces: dict[str, str] = {}

    def __enter__(self) -> Lan:
        # Namespaces have names of their own on the whole computer: a second run would take away the first one's.
        self._lock = os.open(f"/run/{PREFIX}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise RuntimeError("another boot test runs on this computer; wait for its end") from None
        self._remove_all()
        _ip("netns", "add", self._bridge)
        _ip("-n", self._bridge, "link", "add", "br0", "type", "bridge")
        _ip("-n", self._bridge, "link", "set", "br0", "up")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove_all()
        os.close(self._lock)

    def join(self, name: str) -> tuple[str, str]:
        """A new namespace with a plugged-in cable; returns its name and its address."""
        if name in self._spaces:
            return f"{PREFIX}-{name}", self._spaces[name]
        space, port = f"{PREFIX}-{name}", f"p{len(self._spaces)}"
        address = f"{NETWORK}.{len(self._spaces) + 2}"
        _ip("netns", "add", space)
        _ip(
            "link", "add", "name", port, "netns", self._bridge, "type", "veth", "peer", "name", "lan0", "netns", space
        )
        _ip("-n", self._bridge, "link", "set", port, "master", "br0", "up")
        _ip("-n", space, "addr", "add", f"{address}/24", "dev", "lan0")
        _ip("-n", space, "link", "set", "lan0", "up")
        _ip("-n", space, "link", "set", "lo", "up")
        self._spaces[name] = address
        return space, address

    def cable(self, name: str, *, plugged: bool) -> None:
        """Pulls a machine's cable out or puts it back."""
        _ip("-n", f"{PREFIX}-{name}", "link", "set", "lan0", "up" if plugged else "down")

    def _remove_all(self) -> None:
        listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
        for line in listed.splitlines():
            if line.split()[0].startswith(f"{PREFIX}-"):
                subprocess.run(["ip", "netns", "delete", line.split()[0]], check=False)
        self._spaces.clear()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
