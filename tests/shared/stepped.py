"""A module's `time` that goes on by its own sleeps alone: `monkeypatch.setattr("….time", Stepped())`."""

from __future__ import annotations


class Stepped:
    """However slow the machine, as much time passes as is slept."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        """The seconds slept so far, from 100."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Passes at once."""
        self.now += seconds
