"""How long to wait for an answer before asking again, learnt from the answers that came. Pure: seconds in and out."""

from __future__ import annotations

LONGEST_S = 0.12
"""A full frame takes 18 ms at 115,200 baud and the firmware answers within 20 ms."""
SHORTEST_S = 0.002
_GAIN = 0.125
_SPREAD_GAIN = 0.25
_SPREADS = 4.0


class ReplyTime:
    """Jacobson's estimate, as TCP uses it: the mean of the answers' times and their spread.

    Asking twice does no harm (the same frame is obeyed once), waiting does: so the first wait is short, each further
    one twice as long, none above LONGEST_S.
    """

    def __init__(self) -> None:
        self._mean: float | None = None
        self._spread = 0.0

    def wait(self, attempt: int) -> float:
        """Seconds to wait at attempt number `attempt`, from 0."""
        if self._mean is None:
            return LONGEST_S
        first = max(SHORTEST_S, self._mean + max(_SPREADS * self._spread, self._mean))
        return min(LONGEST_S, first * float(1 << min(attempt, 10)))

    def took(self, seconds: float) -> None:
        """An answer to a command that was sent only once came after `seconds` (after a repetition nobody knows which
        sending it answers).
        """
        if self._mean is None:
            self._mean, self._spread = seconds, seconds / 2
            return
        self._spread += _SPREAD_GAIN * (abs(seconds - self._mean) - self._spread)
        self._mean += _GAIN * (seconds - self._mean)
