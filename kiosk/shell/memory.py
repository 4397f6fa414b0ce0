"""What a process of the kiosk keeps in its memory: nothing that was freed, and nothing that others may read.

The shell draws names and codes: they pass through its memory though it holds none. Its C library therefore overwrites
what is freed (glibc's `perturb`; its quick lists, which would not, are off), Python takes its objects from there, and
what is large goes back to the kernel at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import sys
from collections.abc import Mapping

WIPING: Mapping[str, str] = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": ":".join(
        f"glibc.malloc.{name}"
        for name in ("perturb=165", "tcache_count=0", "mmap_threshold=65536", "trim_threshold=131072", "arena_max=2")
    ),
}
"""Variables with which a process must have been started for its freed memory to be overwritten."""

_PR_SET_DUMPABLE = 4


def wipes(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this process was started so that freed memory is overwritten."""
    return all(environment.get(name) == value for name, value in WIPING.items())


def begin_wiping() -> None:
    """Begins this process anew, the same command under the same number, unless freed memory is overwritten already.
    Call before threads and files are opened.
    """
    if wipes():
        return
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **WIPING})


def without_wiping(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a child that is ended whole, and need not pay for it."""
    return {name: value for name, value in environment.items() if name not in WIPING}


def keep_to_itself() -> None:
    """From now on no other program of this user may read the process's memory, and no crash writes it to a disk."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def give_back() -> None:
    """Collects what nobody holds any more and gives free memory back to the system."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
