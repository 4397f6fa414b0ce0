"""How a service's process ends when all is closed: with its own exit status, whatever still runs in it."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Collection
from typing import NoReturn


def end_process(status: int, *, but: Collection[threading.Thread] = ()) -> NoReturn:
    """Ends the process; call it last, from the main thread. `but`: threads that are known to do no harm.

    Where a daemon thread is still at work Python does not take itself down first: a thread that comes back out of C++
    (OpenCV, the code readers) into a Python that is ending aborts the process, and a stop would pass for a crash.
    """
    if not any(thread.daemon and thread not in but for thread in threading.enumerate()):
        sys.exit(status)
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # Whoever read it may be gone.
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
