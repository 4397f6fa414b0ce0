"""Calls that may hang (into a driver whose camera was unplugged), made on a thread that can be abandoned."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class HangingCalls:
    """One daemon thread that makes one call after another. `do` stops waiting; the call itself cannot be stopped.

    After a TimeoutError the thread may hang for ever: throw this object away and make a new one.
    """

    def __init__(self, name: str = "camera-device") -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def do(self, what: Callable[[], Result], timeout: float) -> Result:
        """What the call returns or raises; TimeoutError when it takes longer than `timeout` seconds."""
        answer = _Answer(what)
        self._calls.put(answer.work)
        if not answer.done.wait(timeout):
            raise TimeoutError
        return answer.taken()

    def leave(self, last: Callable[[], object] | None = None) -> None:
        """Makes no further calls; the thread ends after the call `last` (never, where that hangs)."""
        if last is not None:
            self._calls.put(_Answer(last).work)
        self._calls.put(None)

    @property
    def ended(self) -> bool:
        """Whether the thread has ended; False after `leave` means that a call still hangs in it."""
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            call()


class _Answer(Generic[Result]):
    """What a call returned or raised."""

    def __init__(self, what: Callable[[], Result]) -> None:
        self.done = threading.Event()
        self._what = what
        self._returned: list[Result] = []
        self._error: BaseException | None = None

    def work(self) -> None:
        try:
            self._returned.append(self._what())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            self._error = error
        self.done.set()

    def taken(self) -> Result:
        if self._error is not None:
            raise self._error
        return self._returned[0]
