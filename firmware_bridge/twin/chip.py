"""The process that is the chip: MicroPython's unix port on the flashed files, ended when its bench ends."""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Ask the kernel (Linux) to send signal `number` to this process when its parent ends."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def main() -> int:
    """`python -m firmware_bridge.twin.chip PARENT_PID MICROPYTHON_ARGUMENTS...`"""
    die_with_parent()
    if os.getppid() != int(sys.argv[1]):
        return 1
    # The board's flash is what its relative paths mean.
    os.chdir(os.environ.get("TWIN_FLASH", "."))
    micropython = importlib.import_module("micropython_run")
    return int(micropython.run_main(["micropython", *sys.argv[2:]]) or 0)


if __name__ == "__main__":
    sys.exit(main())
