"""When to hold focus and exposure fixed, and when to make them automatic again. Pure: numbers in, advice out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import Image

Advice = Literal["lock", "unlock"]

LEAST_S = 1.2
"""Seconds after opening before anything is held fast: automatic control has not begun to settle before."""

CALM_S = 0.8
"""Seconds the light must have stayed the same to be held."""

CHANGED_S = 0.5
"""Seconds other light must last before automatic control is let in again: a hand is gone sooner."""

# Share by which the level may differ from frame to frame and still be the same.
_LEVEL_SLACK = 0.04
# The same of the sharpness, which noise alone moves more.
_EDGE_SLACK = 0.15
# Times brighter or darker than what was held: a lamp switched, not a sheet laid down.
_LIGHT_RATIO = 1.35
# Share of pixels more at the top than when it was held: the sheet burns out.
_CLIPPED_MORE = 0.08


@dataclass(frozen=True)
class LightLevel:
    """Exposure and focus of a frame: mean level 0-255, share of overexposed pixels 0-1, mean edge strength."""

    level: float
    clipped: float
    edges: float


def measure(image: Image) -> LightLevel:
    """The light level of a BGR frame, from the green of every fourth pixel."""
    green = image[::4, ::4, 1]
    steps = np.abs(np.diff(green.astype(np.int16), axis=1))
    return LightLevel(float(green.mean()), float(np.mean(green >= 252)), float(steps.mean()))


class Settling:
    """Advises "lock" once the picture has been calm, and "unlock" once the light of the scene has changed for good.

    A hand that passes changes nothing: a change must last.
    """

    def __init__(self, *, least_s: float = LEAST_S, calm_s: float = CALM_S, changed_s: float = CHANGED_S) -> None:
        self._least_s = least_s
        self._calm_s = calm_s
        self._changed_s = changed_s
        self._held: LightLevel | None = None
        self._begun: float | None = None
        self._calm: tuple[LightLevel, float] | None = None
        self._changed_since: float | None = None

    @property
    def locked(self) -> bool:
        """Whether the last advice was to lock."""
        return self._held is not None

    def see(self, light: LightLevel, now: float) -> Advice | None:
        """Takes one frame's measures at `now` (monotonic seconds); returns an advice or None."""
        if self._begun is None:
            self._begun = now
        if self._held is None:
            return self._wait_for_calm(light, now)
        if not _other(light, self._held):
            self._changed_since = None
            return None
        if self._changed_since is None:
            self._changed_since = now
        if now - self._changed_since < self._changed_s:
            return None
        self.forget()
        self._begun = now
        return "unlock"

    def forget(self) -> None:
        """Begins again: the device was opened anew, or locking failed."""
        self._held = self._begun = self._calm = self._changed_since = None

    def _wait_for_calm(self, light: LightLevel, now: float) -> Advice | None:
        assert self._begun is not None
        if self._calm is None or _moved(light, self._calm[0]):
            self._calm = (light, now)
            return None
        if now - self._calm[1] < self._calm_s or now - self._begun < self._least_s:
            return None
        self._held, self._calm = light, None
        return "lock"


def _moved(light: LightLevel, before: LightLevel) -> bool:
    return abs(light.level - before.level) > _LEVEL_SLACK * max(before.level, 20.0) or abs(
        light.edges - before.edges
    ) > _EDGE_SLACK * max(before.edges, 1.0)


def _other(light: LightLevel, held: LightLevel) -> bool:
    ratio = max(light.level, 4.0) / max(held.level, 4.0)
    return not 1 / _LIGHT_RATIO < ratio < _LIGHT_RATIO or light.clipped > held.clipped + _CLIPPED_MORE
