from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from langso import machine_checks as checks
from langso.clock import ClockTrust


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
    assert not checks.card_writes(tmp_path / "absent").ok


def test_the_canary_is_written_read_and_removed(tmp_path: Path) -> None:
    assert checks.card_writes(tmp_path).ok
    assert list(tmp_path.iterdir()) == []


def test_a_card_that_reads_back_something_else_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "write_atomic", lambda path, data: path.write_bytes(data[::-1]))
    found = checks.card_writes(tmp_path)
    assert not found.ok
    assert "thay thẻ" in found.fix


def test_file_system_errors_are_counted(tmp_path: Path) -> None:
    for name, count in (("mmcblk0p1", "0"), ("mmcblk0p2", "3")):
        (tmp_path / "fs/ext4" / name).mkdir(parents=True)
        (tmp_path / "fs/ext4" / name / "errors_count").write_text(f"{count}\n")
    found = checks.card_errors(tmp_path)
    assert not found.ok
    assert "mmcblk0p2: 3" in found.why
    assert checks.card_errors(tmp_path / "other").ok


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
