"""A card that fails for real: ext4 in a file of its own, which fills up, turns read-only or answers EIO. Needs root.

`from failing_card import FailingCard, may_mount`
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import struct
import subprocess
from pathlib import Path

from waiting import until

_EXT4_SHUTDOWN = 0x8004587D
_WITHOUT_FLUSH = 2
FAULTS = ("full", "read_only", "eio")


def may_mount() -> bool:
    """Whether this process is root where file systems can be mounted."""
    return os.geteuid() == 0 and Path("/dev/loop-control").exists() and _mounts()


def _mounts() -> bool:
    tried = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


class FailingCard:
    """Mounted over `folder` until `close`. A fault lasts until `repair`."""

    def __init__(self, folder: Path, image: Path, *, megabytes: int = 200) -> None:
        self.folder = folder
        self.fault: str | None = None
        self._image = image
        with image.open("wb") as file:
            file.truncate(megabytes << 20)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-E", "nodiscard", str(image)], check=True)
        folder.mkdir(parents=True, exist_ok=True)
        self._mount()

    def fail(self, fault: str) -> None:
        """One of FAULTS, from now on."""
        self.fault = fault
        {"full": self._fill, "read_only": self._abort, "eio": self._shut_down}[fault]()

    def repair(self) -> None:
        """What a technician does: makes room, or takes the card out, checks it and puts it back."""
        with contextlib.suppress(OSError):
            for path in self.folder.glob("fill*"):
                path.unlink()
        if self._works():
            return
        until(self._unmounted)
        subprocess.run(["e2fsck", "-p", "-f", str(self._image)], capture_output=True, check=False)
        self._mount()

    def close(self) -> None:
        """Takes it away."""
        gc.collect()
        subprocess.run(["umount", "-l", str(self.folder)], capture_output=True, check=False)

    def _mount(self) -> None:
        subprocess.run(["mount", "-o", "loop", str(self._image), str(self.folder)], check=True)

    def _unmounted(self) -> bool:
        gc.collect()
        return subprocess.run(["umount", str(self.folder)], capture_output=True, check=False).returncode == 0

    def _works(self) -> bool:
        try:
            (self.folder / "tried").write_bytes(b"x")
            (self.folder / "tried").unlink()
        except OSError:
            return False
        return True

    def _fill(self) -> None:
        # In halves, so that the last block is taken too.
        for number, size in enumerate(1 << bits for bits in range(30, 9, -1)):
            with contextlib.suppress(OSError), (self.folder / f"fill{number}").open("wb") as file:
                while True:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)

    def _abort(self) -> None:
        subprocess.run(["mount", "-o", "remount,abort", str(self.folder)], capture_output=True, check=False)

    def _shut_down(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _EXT4_SHUTDOWN, struct.pack("I", _WITHOUT_FLUSH))
        finally:
            os.close(descriptor)
