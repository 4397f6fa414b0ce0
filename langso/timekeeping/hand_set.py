"""A time that a person set, kept as a file: it goes on with this boot, and over a restart with the hardware clock.

The machine's own clock is not touched: services may not set it, and a wrong word can be taken back. What was set
counts until a minute's precision is long gone, and only where nothing proves the time better (`proven_clock`).
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.durable.ownership import acting_as_owner
from langso.timekeeping.clock import STEADY_PPM, HandSet, proof_life

FILE = "clock-by-hand.json"
MOST_OFF_S = 600.0
"""By a phone's clock a person sets minutes; a broadcast some minutes off is better than none."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    seconds: float = Field(ge=0, lt=1e11)
    steady: float = Field(ge=0, lt=1e11)
    boot: str = Field(max_length=64)
    rtc: float | None = Field(default=None, ge=0, lt=1e11)
    made: str = Field(max_length=64)
    who: str = Field(default="", max_length=200)


@dataclass(frozen=True)
class SetByHand:
    """When it was set (by itself), by whom, and which setting it is."""

    moment: datetime
    who: str
    made: str


def set_by_hand(state: Path, moment: datetime, *, steady: float, boot: str, rtc: float | None, who: str) -> None:
    """Keeps that it is `moment` now: at `steady` seconds since this boot, with the hardware clock at `rtc`. Raises
    FileRefused.
    """
    kept = _Kept(
        seconds=moment.timestamp(), steady=steady, boot=boot, rtc=rtc, made=secrets.token_hex(8), who=who[:200]
    )
    with acting_as_owner(state):
        write_atomic(state / FILE, kept.model_dump_json().encode())


def hand_set(state: Path, *, steady: float, boot: str, rtc: float | None, rtc_ppm: float) -> HandSet | None:
    """What was set, as an offset to the seconds since boot; None where nothing was, or nothing carried it on."""
    kept = _read(state)
    if kept is None:
        return None
    passed, ppm = steady - kept.steady, STEADY_PPM
    if kept.boot != boot:
        if rtc is None or kept.rtc is None:
            return None
        passed, ppm = rtc - kept.rtc, rtc_ppm
    left = proof_life(ppm, MOST_OFF_S).total_seconds() - passed
    # A hardware clock that went back has lost its battery.
    return None if passed < 0 or left <= 0 else HandSet(kept.seconds + passed - steady, left, kept.made)


def told_of(state: Path) -> SetByHand | None:
    """What was set, for those who journal it; None where nothing is."""
    kept = _read(state)
    return None if kept is None else SetByHand(datetime.fromtimestamp(kept.seconds, UTC), kept.who, kept.made)


def changed_at(state: Path) -> int | None:
    """Changes whenever somebody sets the time."""
    try:
        return (state / FILE).stat().st_mtime_ns
    except OSError:
        return None


def withdraw_hand_set(state: Path) -> None:
    """Something better proves the time."""
    with contextlib.suppress(OSError, FileRefused):
        if (state / FILE).exists():
            with acting_as_owner(state):
                (state / FILE).unlink(missing_ok=True)


def _read(state: Path) -> _Kept | None:
    try:
        return _Kept.model_validate_json(read_limited(state / FILE, 4096))
    except (FileRefused, ValidationError):
        return None
