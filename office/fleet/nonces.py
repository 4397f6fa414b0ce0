"""Devices that ask the office to prove the present time: which questions are open, and since when."""

from __future__ import annotations

from collections.abc import Callable

SAME_AGAIN_S = 60.0
"""An answer that got lost on the way is given again after this."""
PAUSE_S = 5.0
"""A device gets no two answers sooner: one that asks anew at every answer would have us sign without end."""


class Nonces:
    """Each device's newest question, until it asks no more. Pure but for its clock (seconds)."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._open: dict[str, str] = {}
        self._answered: dict[str, tuple[str, float]] = {}

    def asked(self, device: str, nonce: str | None) -> None:
        """Notes what a device's newest state asks (its nonce); None: it asks nothing."""
        if nonce is None:
            self._open.pop(device, None)
        else:
            self._open[device] = nonce

    def due(self) -> list[tuple[str, str]]:
        """(device, nonce) pairs to be answered now."""
        return [(device, nonce) for device, nonce in self._open.items() if self._is_due(device, nonce)]

    def done(self, device: str, nonce: str) -> None:
        """The answer is signed. The question stays open: as long as the device's state asks, it may be answered
        again.
        """
        self._answered[device] = nonce, self._monotonic()

    def _is_due(self, device: str, nonce: str) -> bool:
        before, at = self._answered.get(device, ("", float("-inf")))
        return self._monotonic() - at >= (SAME_AGAIN_S if nonce == before else PAUSE_S)
