from __future__ import annotations

import errno
import os
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from langso.contract.health import Check
from langso.device import machine_checks as checks
from langso.durable.errors import FileRefused
from langso.timekeeping.clock import ClockTrust


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(("free_mb", "level"), [(8000, "ok"), (1500, "warn"), (400, "bad"), (50, "bad")], ids=str)
def test_free_space_is_judged_by_share_and_by_size(
    free_mb: int, level: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usage = Usage(16_000 << 20, 0, free_mb << 20)
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: usage)
    assert checks.disk_space(tmp_path).level == level


def test_a_small_disk_with_a_large_share_free_is_still_bad(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: Usage(100 << 20, 0, 60 << 20))
    assert checks.disk_space(tmp_path).level == "bad"


def test_the_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    assert not checks.disk_space(tmp_path / "absent").ok
    written = checks.card_writes(tmp_path / "absent")
    assert written is not None
    assert not written.ok


def test_a_disk_without_room_for_another_file_is_full_however_much_is_free(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: Usage(16_000 << 20, 0, 8_000 << 20))
    monkeypatch.setattr(checks.os, "statvfs", lambda _: SimpleNamespace(f_files=1000, f_favail=0))
    assert checks.disk_space(tmp_path).level == "bad"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
def test_a_full_disk_or_missing_rights_say_nothing_of_the_card(
    code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object) -> None:
        raise FileRefused("không ghi được") from OSError(code, "no")

    monkeypatch.setattr(checks, "write_atomic", refuse)
    assert checks.card_writes(tmp_path) is None


def test_the_canary_is_written_read_and_removed(tmp_path: Path) -> None:
    written = checks.card_writes(tmp_path)
    assert written is not None
    assert written.ok
    assert list(tmp_path.iterdir()) == []


def test_a_card_that_reads_back_something_else_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "write_atomic", lambda path, data: path.write_bytes(data[::-1]))
    found = checks.card_writes(tmp_path)
    assert found is not None
    assert not found.ok
    assert "thay thẻ" in found.fix


def test_file_system_errors_of_the_card_are_counted_and_no_stick_s(tmp_path: Path) -> None:
    sys = tmp_path / "sys"
    for name in ("mmcblk0p2", "sda1"):
        (sys / "fs/ext4" / name).mkdir(parents=True)
    device = tmp_path.stat().st_dev
    (sys / "dev/block").mkdir(parents=True)
    (sys / f"dev/block/{os.major(device)}:{os.minor(device)}").symlink_to(
        "../../devices/mmc0/block/mmcblk0/mmcblk0p2"
    )

    def count(card: int, stick: int) -> Check:
        for name, errors in (("mmcblk0p2", card), ("sda1", stick)):
            (sys / "fs/ext4" / name / "errors_count").write_text(f"{errors}\n")
        return checks.card_errors(tmp_path, sys)

    assert count(0, 0).ok
    assert count(0, 5).ok
    assert not count(3, 5).ok
    assert "(mmcblk0p2: 3)" in count(3, 5).why
    assert checks.card_errors(tmp_path, tmp_path / "other").ok
    assert checks.card_errors(tmp_path / "gone", sys).ok


@pytest.mark.parametrize(("alarm", "ok"), [("0", True), ("1", False)])
def test_low_voltage_since_boot(alarm: str, ok: bool, tmp_path: Path) -> None:
    for index, name in enumerate(("cpu_thermal", "rpi_volt")):
        folder = tmp_path / f"class/hwmon/hwmon{index}"
        folder.mkdir(parents=True)
        (folder / "name").write_text(f"{name}\n")
        (folder / "in0_lcrit_alarm").write_text(f"{alarm if name == 'rpi_volt' else 1 - int(alarm)}\n")
    assert checks.undervoltage(tmp_path).ok is ok


def test_a_pc_has_no_voltage_sensor_and_that_is_fine(tmp_path: Path) -> None:
    assert "không có cảm biến" in checks.undervoltage(tmp_path).why


def test_an_untrusted_clock_is_bad_and_says_what_to_do(tmp_path: Path) -> None:
    bad = checks.machine_checks(tmp_path, ClockTrust(False, "unsynchronised", "Đồng hồ chưa chỉnh."))[-1]
    assert (bad.name, bad.level, bad.why) == ("clock", "bad", "Đồng hồ chưa chỉnh.")
    assert bad.fix
    assert checks.clock(ClockTrust(True, "ntp", "Khớp.")).ok
    behind = checks.clock(ClockTrust(False, "far_from_floor", "Đồng hồ chậm."))
    assert "langso setup --time" in behind.fix, "a line to the office is there and did not help"


@pytest.mark.parametrize(("millidegrees", "level"), [("41000", "ok"), ("76500", "warn"), ("86000", "bad")])
def test_heat_is_judged_by_the_hottest_zone(millidegrees: str, level: str, tmp_path: Path) -> None:
    for index, text in enumerate(("38000", millidegrees, "-274000", "nonsense")):
        zone = tmp_path / f"class/thermal/thermal_zone{index}"
        zone.mkdir(parents=True)
        (zone / "temp").write_text(f"{text}\n")
    assert checks.temperature(tmp_path).level == level
    assert checks.temperature(tmp_path / "none").level == "ok"


@pytest.mark.parametrize(("free_kb", "level"), [(500_000, "ok"), (70_000, "warn"), (20_000, "bad")])
def test_memory_that_programs_can_still_have(free_kb: int, level: str, tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text(f"MemTotal: 1000000 kB\nMemFree: 1 kB\nMemAvailable: {free_kb} kB\n")
    assert checks.memory(tmp_path).level == level
    # ProcSubset=pid hides it from a service.
    assert checks.memory(tmp_path / "none").level == "ok"


@pytest.mark.parametrize(("off", "level"), [(3, "ok"), (-90, "warn"), (9_000_000, "warn")])
def test_the_hardware_clock_is_compared_with_the_system_s(off: int, level: str, tmp_path: Path) -> None:
    (tmp_path / "class/rtc/rtc0").mkdir(parents=True)
    (tmp_path / "class/rtc/rtc0/since_epoch").write_text(f"{1_800_000_000 + off}\n")
    assert checks.hardware_clock(tmp_path, lambda: 1_800_000_000.0).level == level


def test_no_hardware_clock_is_fine_on_a_pc_and_a_warning_on_a_pi(tmp_path: Path) -> None:
    assert checks.hardware_clock(tmp_path, pi=tmp_path / "model").level == "ok"
    (tmp_path / "model").write_text("Raspberry Pi 4 Model B")
    assert checks.hardware_clock(tmp_path, pi=tmp_path / "model").level == "warn"


@pytest.mark.parametrize(("states", "level"), [((), "ok"), (("inactive",), "warn"), (("inactive", "active"), "ok")])
def test_a_hardware_watchdog_that_is_there_must_be_armed(states: tuple[str, ...], level: str, tmp_path: Path) -> None:
    for index, state in enumerate(states):
        folder = tmp_path / f"class/watchdog/watchdog{index}"
        folder.mkdir(parents=True)
        (folder / "state").write_text(f"{state}\n")
    assert checks.hardware_watchdog(tmp_path).level == level


def test_a_state_carries_what_is_wrong_with_the_machine_and_reads_it_once_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    watch = checks.MachineWatch(tmp_path, monotonic=lambda: seconds[0])
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: Usage(16_000 << 20, 0, 8_000 << 20))
    assert [check for check in watch.checks() if check.name == "disk"] == []
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: Usage(16_000 << 20, 0, 1 << 20))
    assert [check for check in watch.checks() if check.name == "disk"] == []
    seconds[0] += checks.AGAIN_S
    assert [check.level for check in watch.checks() if check.name == "disk"] == ["bad"]
    assert list(tmp_path.iterdir()) == []
