"""Tests that ask for milliseconds (`pytest.mark.real_time`): one that fails while the machine itself was late is
tried again, twice at most, and says so. Nothing passes without having passed.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

LATE_S = 0.015
"""Such tests may err by 20 ms: a thread that only sleeps is not kept waiting as long on a machine with room."""
TRIES = 3


class Sleeper:
    """Sleeps and measures by how much it was woken too late: `late_s`, the worst of all."""

    def __init__(self) -> None:
        self.late_s = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sleep, daemon=True)

    def __enter__(self) -> Sleeper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _sleep(self) -> None:
        while not self._over.is_set():
            due = time.monotonic() + 0.005
            time.sleep(0.005)
            self.late_s = max(self.late_s, time.monotonic() - due)


def run(item: Any, nextitem: Any) -> bool | None:
    """pytest_runtest_protocol: True where the test is one of these, and has been run and reported."""
    if item.get_closest_marker("real_time") is None:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for attempt in range(1, TRIES + 1):
        with Sleeper() as sleeper:
            reports = runtestprotocol(item, log=False, nextitem=nextitem)
        failed = any(report.failed for report in reports)
        if not failed or sleeper.late_s < LATE_S or attempt == TRIES:
            break
        late = f"{item.name} is tried again: the machine was {sleeper.late_s * 1000:.0f} ms late (attempt {attempt})"
        item.warn(pytest.PytestWarning(late))
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
