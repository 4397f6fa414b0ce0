"""Who is told what the board says unasked: its readings, how loud it is, its talk key, its mute switch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from firmware_bridge.host.state_of_board import levels_of
from firmware_bridge.switchboard import Levels
from firmware_bridge.wire import codes
from firmware_bridge.wire.fields import LinkMessage
from firmware_bridge.wire.reports import Envelope, InputChange, Telemetry

TALK_S = 0.6
"""A talk key that is held is told every 0.2 s; after this silence it counts as let go."""

_log = logging.getLogger(__name__)
M = TypeVar("M")


class Listeners:
    """Calls on the thread that reads the line; what a listener does wrong never ends the link."""

    def __init__(self, on_telemetry: Callable[[Telemetry], None] | None) -> None:
        self._on_telemetry = on_telemetry
        self.on_levels: Callable[[Levels], None] | None = None
        self._talk_until = 0.0
        self.muted = False

    def take(self, message: LinkMessage) -> None:
        """Pass on what the board said."""
        if isinstance(message, InputChange | Telemetry):
            self.muted = bool(message.inputs & codes.INPUT_MUTE)
        if isinstance(message, InputChange):
            self._talk_until = time.monotonic() + TALK_S if message.inputs & codes.INPUT_TALK else 0.0
        elif isinstance(message, Envelope) and self.on_levels is not None:
            self._call(self.on_levels, levels_of(message, time.monotonic()))
        elif isinstance(message, Telemetry) and self._on_telemetry is not None:
            self._call(self._on_telemetry, message)

    def lost(self) -> None:
        """The link is down: no key is held, and of no switch is known how it stands."""
        self._talk_until, self.muted = 0.0, False

    def talk_held(self) -> bool:
        """Whether the talk key is held; a board that falls silent has let it go."""
        return time.monotonic() < self._talk_until

    @staticmethod
    def _call(take: Callable[[M], None], message: M) -> None:
        try:
            take(message)
        except Exception:  # noqa: BLE001 - the caller's fault must not end the link; it is logged whole
            _log.exception("telemetry callback failed")
