"""How a service's process ends once everything is closed: with its own exit status, even if a thread still runs."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Collection
from typing import NoReturn


def end_process(status: int, *, but: Collection[threading.Thread] = ()) -> NoReturn:
    """Ends the process; call it last, from the main thread. `but`: threads that are known to be harmless.

    While a daemon thread still works, Python is not shut down in the usual way: a thread that returns from C++
    (OpenCV, the code readers) into a Python that is ending aborts the process, and a normal stop would look like a
    crash.
    """
    if not any(thread.daemon and thread not in but for thread in threading.enumerate()):
        sys.exit(status)
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # Whoever read it may be gone.
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
