"""Programs that a visit started and that left its group: they outlive it, come to the shell, and are ended there."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

PR_SET_CHILD_SUBREAPER = 36
_MOST_ROUNDS = 200
_ROUND_S = 0.02
_lock = threading.Lock()
_ours: set[int] = set()
_adopting: list[bool] = []


def adopt() -> None:
    """From now on whoever loses its parent below this process becomes its child."""
    with contextlib.suppress(OSError, AttributeError):
        if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0:
            _adopting.append(True)


def begin_ours(start: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Starts a process in a session of its own that is no orphan, until `end_with_orphans` is told of its end."""
    with _lock:
        process = start()
        _ours.add(process.pid)
    return process


def is_ours(pid: int) -> None:
    """A process that another one of ours has started, in a session of its own, is no orphan either."""
    with _lock:
        _ours.add(pid)


def end_with_orphans(pid: int) -> None:
    """This process of ours has ended: ends what it left behind, and what that leaves behind. Waits; does nothing more
    unless `adopt` was called.
    """
    with _lock:
        _ours.discard(pid)
    for _ in range(_MOST_ROUNDS if _adopting else 0):
        with _lock:
            # What this process starts for itself stays in its session, which nobody else can join.
            strangers = [child for child in _children() if child not in _ours and _session(child) != os.getsid(0)]
            for child in strangers:
                with contextlib.suppress(OSError):
                    os.kill(child, signal.SIGKILL)
        if not strangers:
            return
        time.sleep(_ROUND_S)
        for child in strangers:
            with contextlib.suppress(OSError):
                os.waitpid(child, os.WNOHANG)
    if _adopting:
        log.error("what a visit has started does not end")


def _children() -> list[int]:
    found: list[int] = []
    for path in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, path.read_text(encoding="ascii").split())
    return found


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return os.getsid(0)
