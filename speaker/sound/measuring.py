"""Plays a known signal and hears when it sounds: by a monitor or a microphone, or by a person who presses a key."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from speaker.sound.clicks import LENGTH_MS, find_clicks
from speaker.sound.listening import Listener
from speaker.sound.sinks import RATE
from speaker.sound.sounds import Player, SoundFile

BEFORE_S = 0.15
LOOK_S = 0.15
LONGEST_S = 1.2
"""The longest delay that is looked for, and a little."""
AIR_MS = 1000 / 343
"""A metre of air."""
BEATS_S = 1.0


def heard_delays(
    player: Player, listener: Listener, clicks: Path, plays: int, *, not_before: float = 0.0, metres: float = 0.0
) -> Iterator[float | None]:
    """One play after another: by how many ms it was heard late, None where it was not."""
    for number in range(plays):
        # At no even millisecond: a device that sounds by its blocks would always be met at the same place.
        at = max(player.soonest() + 0.05, not_before) + 0.00713 * number
        voice = player.play(SoundFile(clicks, "wav", LENGTH_MS), at)
        # As soon as it can be whole; then until the longest delay is over.
        time.sleep(max(0.0, at + LENGTH_MS / 1000 - time.monotonic()))
        found = None
        end = time.monotonic() + LONGEST_S
        while found is None and time.monotonic() < end and voice.state != "failed":
            time.sleep(LOOK_S)
            samples, zero = listener.between(at - BEFORE_S, at + LONGEST_S)
            found = find_clicks(samples)
        yield None if found is None else (zero + found.place / RATE - at) * 1000 - metres * AIR_MS


def tapped_delays(
    player: Player,
    tick: Path,
    tick_ms: int,
    beats: int,
    pressed: Callable[[], float],
    *,
    not_before: float = 0.0,
) -> Iterator[float | None]:
    """A beat a second; `pressed` waits for a key and says the monotonic second. The first beats are not counted."""
    first = max(player.soonest(), not_before) + 1.0
    voices = [player.play(SoundFile(tick, "wav", tick_ms), first + number * BEATS_S) for number in range(beats)]
    try:
        for number in range(beats):
            at = pressed()
            beat = round((at - first) / BEATS_S)
            late = (at - first - beat * BEATS_S) * 1000
            if beat >= beats - 1:
                return
            if number >= 3:
                yield late
    finally:
        for voice in voices:
            voice.cut()
