"""Slow work beside the loop that shows: on threads, with its result brought back to that loop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)


class Errands:
    """`bring`: has a call made by the loop that shows, soon; it is called on any thread."""

    def __init__(self, bring: Callable[[Callable[[], None]], None]) -> None:
        self._bring = bring
        self._threads: list[threading.Thread] = []

    def run(
        self, what: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Does `what` on a thread; then `done` or `failed` is brought back."""

        def go() -> None:
            try:
                result = what()
            except Exception as error:
                log.warning("work failed: %s", error, exc_info=not str(error))
                fault = error
                self._bring(lambda: failed(fault))
            else:
                self._bring(lambda: done(result))

        self.start(threading.Thread(target=go, name="work", daemon=True))

    def in_background(self, what: Callable[[], None]) -> None:
        """Does something that nobody waits for; what goes wrong is logged."""
        self.run(what, lambda _: None, lambda _: None)

    def start(self, thread: threading.Thread) -> None:
        """Starts a thread that `join` waits for."""
        self._threads = [one for one in self._threads if one.is_alive()]
        self._threads.append(thread)
        thread.start()

    def join(self, timeout: float) -> None:
        """Waits so long for each."""
        for thread in self._threads:
            thread.join(timeout)
