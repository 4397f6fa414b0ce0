"""Readings of the machine itself as Checks: disk, undervoltage, card errors, clock. For doctor, console, kiosk."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from pathlib import Path

from langso.clock import ClockTrust
from langso.errors import FileRefused, os_reason
from langso.health import Check
from langso.paths import write_atomic

DISK_WARN = 0.10
DISK_BAD = 0.03
DISK_BAD_BYTES = 64 << 20


def machine_checks(state: Path, trust: ClockTrust | None = None) -> list[Check]:
    """All readings below for the folder ``state``; the clock's where its judgement is given."""
    checks = [disk_space(state), card_writes(state), card_errors(), undervoltage()]
    return checks if trust is None else [*checks, clock(trust)]


def disk_space(folder: Path) -> Check:
    """Free space where ``folder`` lives: warns under 10 %, bad under 3 % or 64 MiB (little is left to log with)."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        return Check.bad("disk", f"Không xem được chỗ trống ở {folder}: {os_reason(error)}.", "Hãy kiểm tra thẻ nhớ.")
    free = usage.free / usage.total if usage.total else 0.0
    why = f"Thẻ nhớ còn trống {_size(usage.free)} ({free:.0%})."
    fix = "Hãy xoá bớt tệp cũ hoặc thay thẻ lớn hơn."
    if free < DISK_BAD or usage.free < DISK_BAD_BYTES:
        return Check.bad("disk", why, fix)
    return Check.warning("disk", why, fix) if free < DISK_WARN else Check.good("disk", why)


def card_writes(folder: Path) -> Check:
    """Writes a small file, reads it back and removes it: a dying card turns read-only or lies."""
    canary = folder / ".canary"
    sent = secrets.token_bytes(64)
    fix = "Hãy sao lưu rồi thay thẻ nhớ."
    try:
        write_atomic(canary, sent)
        with canary.open("rb") as file:
            # The page cache would answer for the card; ask the kernel to forget what it holds.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            got = file.read()
        canary.unlink()
    except FileRefused as error:
        full = isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.ENOSPC
        return Check.bad("card_write", str(error), "Hãy xoá bớt tệp cũ." if full else fix)
    except OSError as error:
        return Check.bad("card_write", f"Không ghi đọc được ở {folder}: {os_reason(error)}.", fix)
    if got != sent:
        return Check.bad("card_write", "Thẻ nhớ đọc lại khác với lúc ghi.", fix)
    return Check.good("card_write", "Ghi và đọc lại thẻ nhớ tốt.")


def card_errors(sys: Path = Path("/sys")) -> Check:
    """ext4's own count of errors on each file system since it was made; anything but 0 means a worn card."""
    found = {}
    for counter in sorted(sys.glob("fs/ext4/*/errors_count")):
        count = _number(counter)
        if count:
            found[counter.parent.name] = count
    if not found:
        return Check.good("card_errors", "Hệ thống tệp không ghi nhận lỗi.")
    named = ", ".join(f"{name}: {count}" for name, count in found.items())
    return Check.bad(
        "card_errors", f"Hệ thống tệp đã có lỗi ({named}).", "Hãy sao lưu, thay thẻ nhớ, rồi cài lại máy."
    )


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
                "Điện vào máy đã có lúc quá thấp từ khi bật.",
                "Hãy thay bộ nguồn hoặc dây nguồn to và ngắn hơn.",
            )
        if alarm == 0:
            return Check.good("undervoltage", "Điện vào máy đủ từ khi bật.")
    return Check.good("undervoltage", "Máy này không có cảm biến điện áp.")


def clock(trust: ClockTrust) -> Check:
    """The judgement of ``judge_clock`` as a check: an untrusted clock holds scheduled broadcasts back."""
    if trust.trusted:
        return Check.good("clock", trust.why)
    return Check.bad("clock", trust.why, "Hãy nối máy vào mạng, hoặc nhờ văn phòng xã xác nhận giờ.")


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text().strip())
    except (OSError, ValueError):
        return None


def _size(count: int) -> str:
    return f"{count / (1 << 30):.1f} GB".replace(".", ",") if count >= 1 << 30 else f"{count >> 20} MB"
