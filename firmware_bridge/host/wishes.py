"""What the programs want of the board, and what of it may be asked for now. No link here, no thread, no clock."""

from __future__ import annotations

from firmware_bridge.switchboard import AMPLIFIER
from firmware_bridge.wire.codes import REST_SOURCE
from firmware_bridge.wire.starts import SURVIVED_MS, rest_after


class Wishes:
    """Outputs and source as they are wanted; `until`: monotonic second up to which anybody vouches for them;
    `rest_on`: the amplifier stays on for the source that sounds at rest.
    """

    def __init__(self, *, rest_on: bool = False) -> None:
        self.rest_on = rest_on
        self.outputs: dict[str, bool] = {}
        self.source: str | None = None
        self.until: float | None = None
        self.refused: dict[str, str] = {}
        self._selected = False

    def want(self, name: str, on: bool) -> None:
        """A new order, also for what the board refused before."""
        self.outputs[name] = on

    def granted(self, name: str) -> None:
        """The board did what it was asked for."""
        self.refused.pop(name, None)

    def refuse(self, name: str, why: str) -> None:
        """The board refused it: asking again would not change its mind."""
        self.outputs.pop(name, None)
        self.refused[name] = why

    def overdue(self, now: float) -> bool:
        """Whether those who want something have not said for too long that they still live."""
        return self.until is not None and now > self.until and any(self.outputs.values())

    def on(self, name: str, now: float) -> bool:
        """Whether an output is to be on at `now`."""
        return self.outputs.get(name, False) and not self.overdue(now)

    def source_to_ask(self, sources: tuple[str, ...], now: float) -> int | None:
        """The number of the source to be asked for at `now`; None: what rests needs no order, it comes by itself when
        the lease of another is over.
        """
        # Once: another thread may wish for another one meanwhile.
        source = self.source
        if source is None and not self.rest_on and not self._selected:
            return None
        known = source is not None and source in sources and not self.overdue(now)
        number = sources.index(source) if known else REST_SOURCE
        self._selected = number != REST_SOURCE
        return number


class StartsSeen:
    """Restarts of a board soon after its amplifier was switched on: its supply breaks down under it.

    Boards of level 2 count for themselves, also what no host has seen; this is for those of level 1.
    """

    def __init__(self) -> None:
        self.failed = 0
        self._started: float | None = None
        self._rest_until = float("-inf")

    def started(self, name: str, now: float) -> None:
        """The board acknowledged that output `name` is on."""
        if name == AMPLIFIER:
            self._started = now

    def ended(self, name: str) -> None:
        """It was switched off by order: nothing is learnt of so short a start."""
        if name == AMPLIFIER:
            self._started = None

    def restarted(self, now: float) -> None:
        """The board is another than before."""
        if self._started is not None and not self._survived(now):
            self.failed += 1
            self._rest_until = now + rest_after(self.failed) / 1000
        self._started = None

    def answered(self, now: float) -> None:
        """The board still is the one it was: a start that it has survived ends the row of failed ones."""
        if self._survived(now):
            self.failed = 0

    def resting(self, name: str, now: float) -> bool:
        """Whether output `name` must not be switched on yet."""
        self.answered(now)
        return name == AMPLIFIER and now < self._rest_until

    def _survived(self, now: float) -> bool:
        return self._started is not None and now - self._started >= SURVIVED_MS / 1000
