"""Sets a clock that is plainly wrong, before anything is signed or certified with it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from deploy.errors import SetupRefused
from deploy.machine_setup.dialogue import Dialogue
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.timekeeping import dates
from langso.timekeeping.evidence import kernel_synchronised
from langso.words.catalogue import Sentence, t
from langso.words.os_reasons import os_reason

LAST_YEAR = 2100
_SAME_S = 60.0


def put_right(
    talk: Dialogue,
    built: datetime,
    *,
    given: str | None = None,
    latch: Path | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    set_clock: Callable[[datetime], None] | None = None,
    synchronised: Callable[[], bool] = kernel_synchronised,
) -> None:
    """Believes a clock that the network sets, asks a person about any other, and sets one that cannot be right.

    `built`: when this program was made; `given`: the time an option gives; `latch`: remembers until the next boot
    that a person confirmed the clock. Raises SetupRefused, AnswerMissing.
    """
    there = now()
    possible = built <= there and there.year < LAST_YEAR
    setting = set_clock or _set_clock
    if given is not None:
        setting(_parse(given, built))
    elif possible and (synchronised() or _agreed(latch, there)):
        return
    elif not possible:
        talk.say(
            t("setup-clock-wrong", there=dates.full(there), built=dates.full(built)),
            mark="warn",
        )
        setting(talk.ask(str(_QUESTION), "--time", lambda text: _parse(text, built)))
    elif talk.agree(t("setup-clock-right", there=dates.full(there)), default=True, unattended=True):
        if talk.asks:
            _remember(latch, there)
        return
    else:
        setting(talk.ask(str(_QUESTION), "--time", lambda text: _parse(text, built)))
    _remember(latch, now())
    talk.say(t("setup-clock-set", now=dates.full(now())))


_QUESTION = Sentence("setup-ask-time")


def _agreed(latch: Path | None, there: datetime) -> bool:
    """Whether the clock has run on untouched since a person believed it in this boot."""
    try:
        seen = float(read_limited(latch, 64)) if latch is not None else None
    except (FileRefused, ValueError):
        return False
    return seen is not None and abs(seen - _since_boot(there)) < _SAME_S


def _remember(latch: Path | None, there: datetime) -> None:
    if latch is not None:
        # Forgotten, the question comes again.
        with contextlib.suppress(FileRefused):
            write_atomic(latch, f"{_since_boot(there)}\n".encode(), mode=0o644)


def _since_boot(there: datetime) -> float:
    return there.timestamp() - time.clock_gettime(time.CLOCK_BOOTTIME)


def _parse(text: str, built: datetime) -> datetime:
    try:
        meant = dates.read_moment(text)
    except ValueError as error:
        raise SetupRefused(Sentence("setup-time-form")) from error
    if meant < built or meant.year >= LAST_YEAR:
        raise SetupRefused(Sentence("setup-time-before", built=dates.full(built)))
    return meant


def _set_clock(moment: datetime) -> None:
    try:
        time.clock_settime(time.CLOCK_REALTIME, moment.timestamp())
    except OSError as error:
        raise SetupRefused(Sentence("setup-clock-not-set", why=os_reason(error))) from error
    program = shutil.which("hwclock")
    if program is not None:
        # A board without a hardware clock has nothing to write to.
        subprocess.run([program, "--systohc", "--utc"], capture_output=True, check=False, timeout=30)
