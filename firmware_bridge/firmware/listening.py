"""How loud it is: many short looks at a sensor become one level for each 50 ms."""

from math import sqrt

from firmware_bridge.wire.codes import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:  # MicroPython has no typing module
    from firmware_bridge.firmware.hardware import AnalogueInput, TicksDiff

STEP_MS = 50
BATCH = 4
"""Levels in one ENVELOPE: five frames a second, a hundred and thirty bytes."""
LOOKS = 24
"""Samples taken at each turn of the loop."""


class Loudness:
    """Levels of two sensors; each has MicroPython's `read_u16()`, None = not there."""

    def __init__(
        self, horn: "AnalogueInput | None", microphone: "AnalogueInput | None", ticks_diff: "TicksDiff", now: int
    ) -> None:
        # A current begins at nothing; a microphone swings around the middle of its range.
        self._meters = (_Meter(horn, swings=False), _Meter(microphone, swings=True))
        self._ticks_diff = ticks_diff
        self._began = now
        self.step_ms = STEP_MS
        self._levels: list[tuple[int, int]] = []

    def look(self, now: int) -> "tuple[tuple[int, int], ...]":
        """Sample; the levels of a batch that has become full, otherwise none."""
        for meter in self._meters:
            meter.look()
        late = self._ticks_diff(now, self._began)
        if late < STEP_MS:
            return ()
        # A loop that was held up says nothing of the time it missed.
        self._began = (now - late % STEP_MS) if late < 2 * STEP_MS else now
        if late >= 2 * STEP_MS:
            self._levels = []
        horn, microphone = self._meters
        self._levels.append((horn.level(), microphone.level()))
        if len(self._levels) < BATCH:
            return ()
        full, self._levels = tuple(self._levels), []
        return full


class _Meter:
    """Root mean square over all looks since the last level, of what `swings` around its mean."""

    def __init__(self, channel: "AnalogueInput | None", swings: bool) -> None:
        self._channel = channel
        self._swings = swings
        self._count = 0
        self._sum = 0
        self._squares = 0

    def look(self) -> None:
        if self._channel is None:
            return
        for _ in range(LOOKS):
            # Eleven bits keep the squares of a second inside MicroPython's small integers.
            value = self._channel.read_u16() >> 5
            self._sum += value
            self._squares += value * value
        self._count += LOOKS

    def level(self) -> int:
        count, total, squares = self._count, self._sum, self._squares
        self._count = self._sum = self._squares = 0
        if not count:
            return UNKNOWN
        power = squares / count - ((total / count) ** 2 if self._swings else 0)
        return min(int(sqrt(max(0.0, power)) * 32), UNKNOWN - 1)
