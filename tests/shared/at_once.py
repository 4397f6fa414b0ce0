"""What must not wait for anybody: `import at_once` where a conftest has put tests/shared on sys.path."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def at_once(work: Callable[[], Value], seconds: float = 5.0) -> Value:
    """What the work returns or raises; fails where it is still not done after so many seconds."""
    got: list[Value] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            got.append(work())
        except Exception as error:  # noqa: BLE001 - raised again below, on the test's own thread
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "it waits"
    if raised:
        raise raised[0]
    return got[0]
