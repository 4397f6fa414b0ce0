"""A thread that works in rounds until it is told to stop, and can be woken before its time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from langso.timekeeping.pulse import Pulse


class WorkerThread:
    """Runs `rounds` in a daemon thread. `rounds` must loop until `stopping` is true and wait by `sleep` or `pause`
    only.
    """

    def __init__(self, name: str, rounds: Callable[[], None]) -> None:
        self._name = name
        self._rounds = rounds
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._pulse = Pulse()
        self._thread: threading.Thread | None = None
        self._died = False

    @property
    def stopping(self) -> bool:
        """Whether the work is to end."""
        return self._stopping.is_set()

    @property
    def hung(self) -> bool:
        """Whether it has worked for far too long without a `sleep` or `pause`, or died of an error."""
        if self._thread is None:
            return False
        return self._pulse.hung if self._thread.is_alive() else self._died

    def start(self) -> None:
        """Begins; after a stop it begins anew."""
        self._died = False
        self._stopping.clear()
        self._pulse.beat()
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Ends the thread: at once if it sleeps, else after its round; waits for that at most `timeout_s` seconds."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def wake(self) -> None:
        """There is work: ends the present sleep, or the next one where the thread is awake."""
        self._woken.set()

    def sleep(self, seconds: float | None) -> None:
        """Sleeps until woken or stopped, or for so many seconds (None: no limit). A wake-up after it ends counts for
        the next one.
        """
        with self._pulse.resting():
            self._woken.wait(seconds)
        self._woken.clear()

    def pause(self, seconds: float) -> None:
        """Sleeps so many seconds, or until stopped; `wake` does not shorten it."""
        with self._pulse.resting():
            self._stopping.wait(seconds)

    def _work(self) -> None:
        try:
            self._rounds()
        except BaseException:
            self._died = True
            raise

    def resting(self) -> AbstractContextManager[None]:
        """For a block that may rightly take long (a slow line): the time in it does not count as a hang."""
        return self._pulse.resting()
