"""The state of the machine itself as Checks: disk, card, power, heat, memory, hardware clock and watchdog.

For `langso doctor`, and for the state that each device reports.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from langso.contract.health import Check
from langso.device.storage_checks import set_aside
from langso.durable.card_hand import CardHand, by_hand
from langso.durable.errors import CardHangs, FileRefused
from langso.durable.files import open_plain, write_atomic
from langso.timekeeping.clock import ClockTrust
from langso.words.catalogue import Sentence, t
from langso.words.numbers import decimal
from langso.words.os_reasons import os_reason

DISK_WARN = 0.10
DISK_BAD = 0.03
DISK_BAD_BYTES = 64 << 20
WARM_C, HOT_C = 75, 85
"""A Pi slows itself down from 80 °C on and at 85 °C to a crawl."""
MEMORY_WARN, MEMORY_BAD = 0.10, 0.04
RTC_OFF_S = 60.0
RTC_LOST_S = 86_400.0
AGAIN_S = 60.0
PI_MODEL = Path("/proc/device-tree/model")


def machine_checks(state: Path, trust: ClockTrust | None = None) -> list[Check]:
    """All checks below for the folder ``state``; the clock's too where ``trust`` is given."""
    written = card_writes(state)
    room, *others = _readings(state)
    checks = [room, *([] if written is None else [written]), *others]
    return checks if trust is None else [*checks, clock(trust)]


def _readings(state: Path) -> list[Check]:
    """What is only read, the room first. No canary is among them: a card is not to be worn by the looking at it."""
    return [disk_space(state), card_errors(state), undervoltage(), temperature(), memory(), hardware_clock()]


class MachineWatch:
    """What a device's state says of its machine: only what is not well, looked at once a minute at most.
    `card`: waits for one that hangs.

    Good results are left out: a state is sent whenever it changes, and a temperature changes all the time.
    """

    def __init__(
        self, state: Path, card: CardHand | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._state = state
        self._card = card
        self._monotonic = monotonic
        self._read_at = float("-inf")
        self._found: list[Check] = []

    def checks(self) -> list[Check]:
        """Warnings and worse."""
        now = self._monotonic()
        if now - self._read_at >= AGAIN_S:
            self._read_at = now
            try:
                seen = by_hand(self._card, self._look)
            except CardHangs:
                seen = [Check.bad("storage", t("machine-card-hangs"), t("machine-card-hangs-do"))]
                self._read_at = float("-inf")
            self._found = [check for check in seen if check.level != "ok"]
        return self._found

    def _look(self) -> list[Check]:
        # Doctor looks for databases set aside by itself, among all that it says of them.
        return [*_readings(self._state), set_aside(self._state)]


def disk_space(folder: Path) -> Check:
    """Free space where ``folder`` lives: warns under 10 %, bad under 3 % or 64 MiB (little is left to log with)."""
    try:
        usage = shutil.disk_usage(folder)
        names = os.statvfs(folder)
    except OSError as error:
        return Check.bad(
            "disk", t("machine-space-unknown", folder=folder, why=os_reason(error)), t("machine-check-card")
        )
    free = usage.free / usage.total if usage.total else 0.0
    why = t("machine-space-left", free=_size(usage.free), share=f"{free:.0%}")
    fix = t("machine-free-space")
    if names.f_files and not names.f_favail:
        return Check.bad("disk", t("machine-space-no-names", free=_size(usage.free), share=f"{free:.0%}"), fix)
    if free < DISK_BAD or usage.free < DISK_BAD_BYTES:
        return Check.bad("disk", why, fix)
    return Check.warning("disk", why, fix) if free < DISK_WARN else Check.good("disk", why)


def card_writes(folder: Path) -> Check | None:
    """Writes a small file, reads it back and removes it: a dying card turns read-only or lies.

    None where nothing could be tried: a full disk is the disk's line, and missing rights say nothing of the card.
    """
    canary = folder / ".canary"
    sent = secrets.token_bytes(64)
    fix = t("machine-replace-card")
    try:
        write_atomic(canary, sent)
        with open_plain(canary, follow=False) as file:
            # The page cache would answer for the card; ask the kernel to forget what it holds.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            got = file.read(2 * len(sent))
        canary.unlink()
    except FileRefused as error:
        cause = error.__cause__.errno if isinstance(error.__cause__, OSError) else None
        if cause in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM):
            return None
        return Check.bad("card_write", str(error), fix)
    except PermissionError:
        return None
    except OSError as error:
        return Check.bad("card_write", t("machine-cannot-write", folder=folder, why=os_reason(error)), fix)
    if got != sent:
        return Check.bad("card_write", t("machine-reads-differently"), fix)
    return Check.good("card_write", t("machine-card-good"))


def card_errors(folder: Path, sys: Path = Path("/sys")) -> Check:
    """ext4's own count of errors, since they were made, on the file systems of ``folder`` and of the system; anything
    but 0 means a worn card. A stick that happens to be plugged in is not the card.
    """
    found = {}
    for name in sorted({_disk(place, sys) for place in (Path("/"), folder)}):
        count = _number(sys / "fs/ext4" / name / "errors_count") if name else None
        if count:
            found[name] = count
    if not found:
        return Check.good("card_errors", t("machine-files-good"))
    named = ", ".join(f"{name}: {count}" for name, count in found.items())
    return Check.bad("card_errors", t("machine-files-errors", named=named), t("machine-replace-and-install"))


def _disk(folder: Path, sys: Path) -> str:
    """The kernel's name of the disk (or partition) that the folder lies on; empty where it is none."""
    try:
        device = folder.stat().st_dev
        return (sys / f"dev/block/{os.major(device)}:{os.minor(device)}").readlink().name
    except OSError:
        return ""


def undervoltage(sys: Path = Path("/sys")) -> Check:
    """The Pi's low-voltage alarm (hwmon ``rpi_volt``): latched, so a "no" covers the time since boot.

    Where there is no such sensor the check is good and says so.
    """
    for name in sorted(sys.glob("class/hwmon/hwmon*/name")):
        try:
            is_pi = name.read_text().strip() == "rpi_volt"
        except OSError:
            continue
        if not is_pi:
            continue
        alarm = _number(name.parent / "in0_lcrit_alarm")
        if alarm:
            return Check.bad(
                "undervoltage",
                t("machine-power-was-low"),
                t("machine-replace-supply"),
            )
        if alarm == 0:
            return Check.good("undervoltage", t("machine-power-good"))
    return Check.good("undervoltage", t("machine-no-power-sensor"))


def temperature(sys: Path = Path("/sys")) -> Check:
    """The hottest thermal zone: warns from 75 °C, bad from 85 °C. Good, and says so, where there is no sensor."""
    read = [
        degrees
        for zone in sorted(sys.glob("class/thermal/thermal_zone*/temp"))
        # Zones that are switched off read as 0 or far below.
        if (degrees := (_number(zone) or 0) / 1000) > 0
    ]
    if not read:
        return Check.good("temperature", t("machine-no-heat-sensor"))
    hottest = max(read)
    # In steps of 5: a report is sent again for every word that changes.
    if hottest >= WARM_C:
        why = t("machine-hot", degrees=int(hottest // 5 * 5))
        fix = t("machine-cool-it")
        return Check.bad("temperature", why, fix) if hottest >= HOT_C else Check.warning("temperature", why, fix)
    return Check.good("temperature", t("machine-temperature", degrees=f"{hottest:.0f}"))


def memory(proc: Path = Path("/proc")) -> Check:
    """Memory that programs can still have: warns under 10 %, bad under 4 %. Good where the kernel does not tell."""
    try:
        lines = (proc / "meminfo").read_text().splitlines()
    except OSError:
        return Check.good("memory", t("machine-memory-unknown"))
    kilobytes = {
        name: int(words[0])
        for name, _, rest in (line.partition(":") for line in lines)
        if (words := rest.split()) and words[0].isdigit()
    }
    total, free = kilobytes.get("MemTotal", 0), kilobytes.get("MemAvailable")
    if not total or free is None:
        return Check.good("memory", t("machine-memory-unknown"))
    share = free / total
    why = t("machine-memory-left", share=f"{share:.0%}", total=_size(total << 10))
    fix = t("machine-close-programs")
    if share < MEMORY_BAD:
        return Check.bad("memory", why, fix)
    return Check.warning("memory", why, fix) if share < MEMORY_WARN else Check.good("memory", why)


def hardware_clock(sys: Path = Path("/sys"), now: Callable[[], float] = time.time, *, pi: Path = PI_MODEL) -> Check:
    """The clock with a battery (RTC): there, and within a minute of the system's. A PC or container without is fine.

    On a Pi a missing one is a warning: after a power cut without a network the broadcasts wait for the time.
    """
    clock_folder = sys / "class/rtc/rtc0"
    if not clock_folder.exists():
        if pi.exists():
            return Check.warning(
                "rtc",
                t("machine-no-rtc"),
                t("machine-fit-rtc"),
            )
        return Check.good("rtc", t("machine-has-no-rtc"))
    seconds = _number(clock_folder / "since_epoch")
    if seconds is None:
        return Check.warning("rtc", t("machine-rtc-unreadable"), t("machine-rtc-wires"))
    off = abs(seconds - now())
    if off > RTC_LOST_S:
        return Check.warning("rtc", t("machine-rtc-date"), t("machine-rtc-battery"))
    if off > RTC_OFF_S:
        # Debian 13 brings no hwclock; each of these makes timedated write the system's time to it.
        return Check.warning(
            "rtc",
            t("machine-rtc-differs"),
            t("machine-rtc-copy"),
        )
    return Check.good("rtc", t("machine-rtc-good"))


def hardware_watchdog(sys: Path = Path("/sys")) -> Check:
    """Whether a hardware watchdog is armed, so that a hung machine starts again. Good where there is none."""
    states = []
    for file in sorted(sys.glob("class/watchdog/watchdog*/state")):
        try:
            states.append(file.read_text().strip())
        except OSError:
            continue
    if not states:
        return Check.good("watchdog", t("machine-no-watchdog"))
    if "active" in states:
        return Check.good("watchdog", t("machine-watchdog-on"))
    return Check.warning(
        "watchdog",
        t("machine-watchdog-off"),
        t("machine-watchdog-switch-on"),
    )


SET_CLOCK = Sentence("machine-set-clock")
"""Sets the machine's clock, also where a time daemon runs, and remembers until the next boot that a person did."""


def clock(trust: ClockTrust) -> Check:
    """The judgement of ``judge_clock`` as a check: an untrusted clock holds scheduled broadcasts back."""
    if trust.trusted:
        return Check.good("clock", trust.why)
    if trust.reason == "far_from_floor":
        # The office may have been asked, and confirms no wrong time.
        fix = t("machine-clock-compare", set_clock=SET_CLOCK)
        return Check.bad("clock", trust.why, fix)
    return Check.bad("clock", trust.why, t("machine-clock-connect"))


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text().strip())
    except (OSError, ValueError):
        return None


def _size(count: int) -> str:
    return f"{decimal(count / (1 << 30))} GB" if count >= 1 << 30 else f"{count >> 20} MB"
