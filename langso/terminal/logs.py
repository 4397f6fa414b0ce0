"""A service's log: one line a message, and what repeats is said seldom, with how often it was."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable

EVERY_S = 60.0
MOST_OF_A_KIND = 20
"""Messages that differ in their words only, in `EVERY_S`: who makes them may choose the words."""
MOST_KEPT = 500


def start_logging(*quiet: str) -> None:
    """To stderr, as every service does; of the loggers in `quiet` only warnings."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(Seldom())
    for name in quiet:
        logging.getLogger(name).setLevel(logging.WARNING)


class Seldom(logging.Filter):
    """Lets a warning or error through once in `EVERY_S`, then with the number of those held back; thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._said: dict[Hashable, _Said] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; it then tells how many like it were not."""
        if record.levelno < logging.WARNING:
            return True
        try:
            text = record.getMessage()
        except (TypeError, ValueError, KeyError):
            # Python's own handler says what is wrong with it.
            return True
        failed = repr(record.exc_info[1])[:200] if record.exc_info else ""
        kind = (record.name, record.levelno, str(record.msg)[:200])
        with self._lock:
            now = self._clock()
            same = self._of((kind, text[:500], failed), now)
            alike = self._of(kind, now)
            if same.written >= 1 or alike.written >= MOST_OF_A_KIND:
                same.held += 1
                return False
            same.written, alike.written = 1, alike.written + 1
            held, same.held = same.held, 0
        if held:
            record.msg, record.args = f"{text} (and {held} times more since it was last said)", None
        return True

    def _of(self, key: Hashable, now: float) -> _Said:
        # Taken out first: the longest unheard stand in front and go first when there are too many.
        said = self._said.pop(key, None) or _Said(now)
        if now - said.since >= EVERY_S:
            said.since, said.written = now, 0
        self._said[key] = said
        while len(self._said) > MOST_KEPT:
            del self._said[next(iter(self._said))]
        return said


class _Said:
    def __init__(self, since: float) -> None:
        self.since = since
        self.written = self.held = 0
