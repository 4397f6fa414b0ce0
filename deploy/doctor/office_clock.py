"""An office's clock: proven by the network, a hardware clock or a person, since there may be no internet."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from deploy.doctor.outcome import Skipped, Subject
from deploy.doctor.scene import Scene
from deploy.install.place import MachinePlace
from langso.contract.health import Check
from langso.device.machine_checks import RTC_OFF_S, SET_CLOCK
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.errors import LangsoError
from langso.timekeeping import dates
from langso.timekeeping.clock import BEHIND_FLOOR, VIETNAM
from langso.timekeeping.evidence import gather_evidence
from langso.words.catalogue import t
from office.places import OfficeHome

RTC = Path("/sys/class/rtc/rtc0")
UNTOUCHED_S = 60.0
"""So far a clock may have been moved since a person believed it."""


def look(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `clock`: an office signs times, so it must not lie behind what it has signed."""
    if scene.settings.clock.trust == "host":
        yield Check.good("clock", t("doctor-clock-by-host"))
        return
    issued = None
    with contextlib.suppress(LangsoError, ValueError, OSError):
        issued = OfficeHome(scene.settings).trust().trust.issued
    evidence = gather_evidence(scene.state, scene.settings.paths.run, remember=False)
    yield judge_office_clock(
        scene.now,
        issued,
        synchronised=evidence.ntp_synchronised,
        confirmed=scene.installed and confirmed(MachinePlace().clock_latch, scene.now),
        rtc_off_s=rtc_off(RTC, scene.now),
    )


LOOK = Subject(("clock",), ("office",), look)


def judge_office_clock(
    now: datetime, issued: datetime | None, *, synchronised: bool, confirmed: bool, rtc_off_s: float | None
) -> Check:
    """`issued`: when the list of rights was signed; `confirmed`: a person set or believed this clock since the last
    boot; `rtc_off_s`: how far the hardware clock is from the system's, None where there is none.
    """
    here = now.astimezone(VIETNAM)
    if issued is not None and now < issued - BEHIND_FLOOR:
        why = t("doctor-clock-behind", here=dates.plain_date(here))
        return Check.bad("clock", why, t("doctor-set-time-again", set_clock=SET_CLOCK))
    if synchronised:
        return Check.good("clock", t("doctor-office-clock-good"))
    if confirmed:
        return Check.good("clock", t("doctor-clock-confirmed", here=f"{here:%H:%M}"))
    fix = t("doctor-compare-time", set_clock=SET_CLOCK)
    shown = t("doctor-time-is", time=f"{here:%H:%M}", day=dates.plain_date(here))
    if rtc_off_s is None:
        why = t("doctor-clock-needs-person", shown=shown)
        return Check.warning("clock", why, fix)
    if abs(rtc_off_s) > RTC_OFF_S:
        why = t("doctor-clock-off-rtc", off=_span(abs(rtc_off_s)), shown=shown)
        return Check.warning("clock", why, fix)
    return Check.good("clock", t("doctor-clock-by-rtc", shown=shown))


def confirmed(latch: Path, now: datetime) -> bool:
    """Whether the clock has run on untouched since `langso setup` noted that a person believed it, in this boot."""
    try:
        seen = float(read_limited(latch, 64))
    except (FileRefused, ValueError):
        return False
    return abs(seen - (now.timestamp() - time.clock_gettime(time.CLOCK_BOOTTIME))) < UNTOUCHED_S


def rtc_off(rtc: Path, now: datetime) -> float | None:
    """Seconds from the system's clock to the hardware's; None where there is none that can be read."""
    try:
        return int((rtc / "since_epoch").read_text().strip()) - now.timestamp()
    except (OSError, ValueError):
        return None


def _span(seconds: float) -> str:
    if seconds >= 86_400:
        return t("doctor-days", days=int(seconds // 86400))
    return (
        t("doctor-hours", hours=int(seconds // 3600))
        if seconds >= 3600
        else t("doctor-minutes", minutes=int(seconds // 60))
    )
