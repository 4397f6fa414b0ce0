"""A thread that works in rounds until it is told to stop, and can be woken before its time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from langso.timekeeping.pulse import Pulse


class WorkerThread:
    """Runs `rounds` in a daemon thread; `rounds` loops until `stopping` and waits by `sleep` or `pause` only."""

    def __init__(self, name: str, rounds: Callable[[], None]) -> None:
        self._name = name
        self._rounds = rounds
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._pulse = Pulse()
        self._thread: threading.Thread | None = None

    @property
    def stopping(self) -> bool:
        """Whether the work is to end."""
        return self._stopping.is_set()

    @property
    def hung(self) -> bool:
        """Whether it has worked for far too long without a `sleep` or `pause`."""
        return self._thread is not None and self._thread.is_alive() and self._pulse.hung

    def start(self) -> None:
        """Begins; after a stop it begins anew."""
        self._stopping.clear()
        self._pulse.beat()
        self._thread = threading.Thread(target=self._rounds, name=self._name, daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Ends what sleeps at once, what works after this round; waits for it no longer than `timeout_s`."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def wake(self) -> None:
        """There is work: ends the sleep, or the next one if it is awake."""
        self._woken.set()

    def sleep(self, seconds: float | None) -> None:
        """Until woken or stopped, at most so long (None: no end). What is asked from then on wakes the next sleep."""
        with self._pulse.resting():
            self._woken.wait(seconds)
        self._woken.clear()

    def pause(self, seconds: float) -> None:
        """So long, or until stopped; being woken does not shorten it."""
        with self._pulse.resting():
            self._stopping.wait(seconds)

    def resting(self) -> AbstractContextManager[None]:
        """Around what may rightly take long (a slow line): time spent in it is no hang."""
        return self._pulse.resting()
