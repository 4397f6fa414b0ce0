"""Room kept on a card by a file that holds nothing: given up for a moment where the card is full."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def keep_reserve(reserve: Path, size: int) -> None:
    """Takes so many bytes, if they are not kept already and there is room; else leaves it be."""
    with contextlib.suppress(OSError):
        descriptor = os.open(reserve, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError:
            # What little room there is belongs to what it is kept for.
            reserve.unlink()
        finally:
            os.close(descriptor)


def give_up_reserve(reserve: Path) -> bool:
    """Whether there was one."""
    try:
        reserve.unlink()
    except OSError:
        return False
    return True
