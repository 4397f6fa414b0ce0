"""Calls that may hang (a driver whose camera was pulled) done on a thread that can be left behind."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")


class Errands:
    """One daemon thread, one call after the other; `do` gives up waiting, the call itself cannot be ended.

    After a TimeoutError the thread is lost with whatever hangs in it: make a new Errands.
    """

    def __init__(self, name: str = "camera-device") -> None:
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], _Answer] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def do(self, what: Callable[[], Result], timeout: float) -> Result:
        """What the call returns or raises; TimeoutError when it takes longer than `timeout` seconds."""
        answer = _Answer()
        self._calls.put((what, answer))
        if not answer.done.wait(timeout):
            raise TimeoutError
        if answer.error is not None:
            raise answer.error
        result: Result = answer.value
        return result

    def leave(self, last: Callable[[], Any] | None = None) -> None:
        """No further call; the thread ends after `last` (and never, if that hangs)."""
        if last is not None:
            self._calls.put((last, _Answer()))
        self._calls.put(None)

    @property
    def ended(self) -> bool:
        """Whether its thread is gone; after `leave`, False means that something hangs in it."""
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            what, answer = call
            try:
                answer.value = what()
            except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
                answer.error = error
            answer.done.set()


class _Answer:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.value: Any = None
        self.error: BaseException | None = None
