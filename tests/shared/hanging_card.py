"""A card that hangs for real: ext4 on a disk whose server stops answering, and may go on. Needs root and FUSE.

`from hanging_card import HangingCard, may_hang`
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

from failing_card import may_mount

SERVER = Path(__file__).resolve().parents[1] / "torture/recorded_disk.py"
SIZE = 48 << 20


def may_hang() -> bool:
    """Whether one can be made here."""
    return may_mount() and Path("/dev/fuse").exists()


class HangingCard:
    """Mounted over `folder` until `close`: whatever asks the disk while it hangs waits until `go_on`."""

    def __init__(self, folder: Path, room: Path) -> None:
        self._folder, self._fuse, self._loop = folder, room / "fuse", ""
        self._fuse.mkdir(parents=True)
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(SERVER), str(self._fuse), str(SIZE), os.devnull]
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._server.stdout is not None
        self._server.stdout.readline()
        self._loop = _run("losetup", "-f", "--show", str(self._fuse / "disk"))
        _run("mkfs.ext4", "-q", "-m", "0", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0", self._loop)
        _run("mount", self._loop, str(folder))

    def hang(self) -> None:
        """From now on the disk says nothing."""
        self._server.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """What waited is done."""
        self._server.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Goes on, and takes it away."""
        self.go_on()
        gc.collect()
        for undo in (
            ["umount", "-l", str(self._folder)],
            ["losetup", "-d", self._loop],
            ["umount", "-l", str(self._fuse)],
        ):
            subprocess.run(undo, capture_output=True, check=False)
        self._server.terminate()
        self._server.wait(60)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
