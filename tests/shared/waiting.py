"""Waiting for what happens on another thread or in another process: `from waiting import until`."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

LONG_S = 60.0
"""Long, for a busy machine: what happens is seen at once, only what does not happen takes all of it."""


def until(what: Callable[[], Any], seconds: float = LONG_S) -> Any:
    """The first answer of `what` that is true. AssertionError where none comes within so many seconds."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"it did not happen within {seconds:g} s"
        time.sleep(0.02)
    return found
