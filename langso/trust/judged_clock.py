"""Whether this device's clock may be acted on, by all that speaks for it; and the last word on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import get_args

from langso.timekeeping.clock import Clock, ClockEvidence, ClockMode, ClockTrust, judge_clock
from langso.timekeeping.hand_set import withdraw_hand_set
from langso.timekeeping.proven_clock import ProvenClock

LATELY_S = 2.0
"""So old may the last word be where a new one would have to wait for the card."""


class JudgedClock:
    """`evidence`: what speaks for the clock (in mode `auto`); `state`: where a time that was set by hand lies. Raises
    ValueError for a bad mode.
    """

    def __init__(self, clock: Clock, mode: str, evidence: Callable[[], ClockEvidence], state: Path) -> None:
        if mode not in get_args(ClockMode):
            raise ValueError(f"clock mode {mode!r}")
        self._clock = clock
        self._mode: ClockMode = "host" if mode == "host" else "auto"
        self.evidence = evidence
        self._state = state
        self._last: tuple[float, ClockTrust] | None = None

    @property
    def doubt(self) -> datetime | None:
        """What was due after this moment is judged over by a clock that has just leapt; None: nothing is in doubt."""
        return self._clock.doubt if self._mode == "auto" and isinstance(self._clock, ProvenClock) else None

    def judge(self, floor: datetime | None, proven: float | None) -> ClockTrust:
        """The word on it now. `floor`: the latest time that documents prove; `proven`: the monotonic second at which
        a nonce answer did. One caller at a time.
        """
        trust = self._judge(floor, proven)
        self._last = self._clock.monotonic(), trust
        return trust

    def lately(self) -> ClockTrust | None:
        """The last word, where it is no older than a moment. From any thread."""
        last = self._last
        return None if last is None or self._clock.monotonic() - last[0] > LATELY_S else last[1]

    def _judge(self, floor: datetime | None, proven: float | None) -> ClockTrust:
        if self._mode == "host":
            return judge_clock(self._clock.now(), ClockEvidence(), floor=floor, mode=self._mode)
        age = None if proven is None else self._clock.monotonic() - proven
        evidence = dataclasses.replace(self.evidence(), nonce_age_s=age)
        if not isinstance(self._clock, ProvenClock):
            return judge_clock(self._clock.now(), evidence, floor=floor, mode=self._mode)
        trust = self._clock.judge(evidence, floor)
        if evidence.by_hand is not None and self._clock.settled:
            withdraw_hand_set(self._state)
        return trust
