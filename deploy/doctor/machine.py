"""The machine under the programs: time, journal, firewall, watchdog, backups, and the readings states share."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.doctor.bounded import ABSENT, run
from deploy.doctor.cures import FINISH, restore
from deploy.doctor.outcome import Look, Skipped, unseen
from deploy.doctor.scene import Scene
from deploy.install.firewall import SERVICE as FIREWALL
from langso.contract.health import Check
from langso.device.machine_checks import hardware_watchdog, machine_checks
from langso.timekeeping.evidence import kernel_synchronised

ROLES = ("speaker", "kiosk", "office", "bridge", "signer")
JOURNAL_WARN = 1 << 30
JOURNALS = (Path("/var/log/journal"), Path("/run/log/journal"))
JOURNALD = ("usr/lib/systemd", "run/systemd", "etc/systemd")
KEEPERS = ("chrony.service", "systemd-timesyncd.service", "ntpsec.service")
BACKUPS = (Path("/var/backups/langso"),)
BACKUP_OLD_S = 35 * 86_400


def look_readings(scene: Scene) -> Iterable[Check | Skipped]:
    """Lines `disk`, `card_write`, `card_errors`, `undervoltage`, `temperature`, `memory`, `rtc`."""
    found = readings(scene.state)
    yield from found
    if all(check.name != "card_write" for check in found):
        yield Skipped("card_write", "đĩa đầy, hoặc không có quyền ghi thử")


def readings(place: Path) -> list[Check]:
    """The same for a folder that need not exist: its nearest parent stands for it."""
    existing = next((path for path in (place, *place.parents) if path.is_dir()), Path("/"))
    return machine_checks(existing)


def look_watchdog(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `watchdog`; a container has its host's, which is not its own to arm."""
    if scene.container:
        yield Check.good("watchdog", "Máy ảo dùng chung: máy chủ lo việc canh treo máy.")
    elif not scene.installed:
        yield Skipped("watchdog", "máy này không cài Làng Số làm dịch vụ")
    else:
        yield hardware_watchdog()


def look_timesync(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `timesync`: something keeps the time."""
    if scene.container or not scene.systemd or not scene.installed:
        yield Skipped("timesync", "máy chủ giữ giờ cho máy này")
        return
    said = run("systemctl", "is-active", *KEEPERS, seconds=3)
    active = [name for name, state in zip(KEEPERS, said.out.split(), strict=False) if state == "active"]
    yield judge_timesync(active, synchronised=kernel_synchronised())


def judge_timesync(active: list[str], *, synchronised: bool) -> Check:
    """`active`: the daemons that run."""
    if not active:
        return Check.warning(
            "timesync",
            "Không có chương trình chỉnh giờ nào chạy.",
            f"sudo systemctl enable --now chrony; máy không có chrony thì: {FINISH}",
        )
    name = active[0].removesuffix(".service")
    if synchronised:
        return Check.good("timesync", f"{name} đang giữ giờ, giờ đã khớp.")
    return Check.good("timesync", f"{name} đang chạy, chưa lấy được giờ mạng.")


def look_journal(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `journal`: the log is bounded, so that it never fills the card."""
    if not scene.systemd or not scene.installed:
        yield Skipped("journal", "máy này không chạy dịch vụ của Làng Số")
        return
    yield judge_journal(_size_of(JOURNALS), limits_in(Path("/")))


def judge_journal(size: int | None, limits: Mapping[str, str]) -> Check:
    """`size` None: may not be looked at; `limits`: what journald.conf and its drop-ins set."""
    limit = limits.get("SystemMaxUse")
    if limit is None:
        return Check.warning(
            "journal",
            "Nhật ký hệ thống không có giới hạn riêng, có thể chiếm 10 % thẻ nhớ.",
            "Ghi [Journal] SystemMaxUse=100M vào /etc/systemd/journald.conf.d/langso.conf, "
            "rồi: systemctl restart systemd-journald",
        )
    if size is not None and size > max(JOURNAL_WARN, 2 * _bytes(limit)):
        return Check.warning("journal", f"Nhật ký hệ thống chiếm {size >> 20} MB.", "journalctl --vacuum-size=100M")
    seen = "" if size is None else f", đang dùng {size >> 20} MB"
    return Check.good("journal", f"Nhật ký hệ thống tối đa {limit}{seen}.")


def limits_in(root: Path) -> dict[str, str]:
    """The settings of journald.conf and its drop-ins under `root`, later ones over earlier, as systemd reads them."""
    drops: dict[str, Path] = {}
    for place in JOURNALD:
        for file in (root / place / "journald.conf.d").glob("*.conf"):
            drops[file.name] = file
    files = [root / place / "journald.conf" for place in JOURNALD] + [drops[name] for name in sorted(drops)]
    found: dict[str, str] = {}
    for file in files:
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for line in text.splitlines():
            key, equals, value = line.strip().partition("=")
            if equals and value and not key.startswith(("#", ";")):
                found[key.strip()] = value.strip()
    return found


def look_firewall(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `firewall`: what is not asked for is refused."""
    if not scene.installed:
        yield Skipped("firewall", "máy này không cài Làng Số làm dịch vụ")
        return
    if os.geteuid() != 0:
        yield unseen("firewall", "tường lửa")
        return
    said = run("nft", "list", "ruleset", seconds=3)
    if scene.container and not said.good:
        yield Skipped("firewall", "máy chủ lo tường lửa cho máy này")
        return
    yield judge_firewall(None if said.code == ABSENT else said.out if said.good else "")


def judge_firewall(rules: str | None) -> Check:
    """`rules` None: there is no nft on this machine."""
    if rules is None:
        return Check.warning(
            "firewall",
            "Máy không có tường lửa (nftables).",
            f"{restore('nftables')}; rồi: sudo systemctl restart {FIREWALL}",
        )
    if re.search(r"hook input[^;]*;\s*policy drop", rules):
        return Check.good("firewall", "Tường lửa đang bật: chỉ mở những cổng cần.")
    return Check.warning("firewall", "Tường lửa không chặn gì từ bên ngoài.", f"systemctl restart {FIREWALL}")


def look_backup(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `backup` of an office that makes any: how old the newest is."""
    newest = _newest(BACKUPS)
    if newest is not None:
        yield judge_backup(time.time() - newest)


def judge_backup(age_s: float) -> Check:
    """`age_s`: seconds since the newest."""
    days = int(max(0.0, age_s) // 86_400)
    if age_s > BACKUP_OLD_S:
        return Check.warning("backup", f"Bản sao lưu mới nhất đã {days} ngày.", "Cắm USB sao lưu và sao lưu lại.")
    return Check.good("backup", f"Bản sao lưu mới nhất cách đây {days} ngày.")


LOOKS = (
    Look(("disk", "card_write", "card_errors", "undervoltage", "temperature", "memory", "rtc"), ROLES, look_readings),
    Look(("watchdog",), ROLES, look_watchdog),
    Look(("timesync",), ROLES, look_timesync),
    Look(("journal",), ROLES, look_journal),
    Look(("firewall",), ROLES, look_firewall),
    Look(("backup",), ("office",), look_backup),
)


def _size_of(folders: tuple[Path, ...]) -> int | None:
    total, seen = 0, False
    for folder in folders:
        try:
            for place, _, files in os.walk(folder):
                seen = True
                total += sum((Path(place) / name).lstat().st_blocks * 512 for name in files)
        except OSError:
            continue
    return total if seen else None


def _bytes(limit: str) -> int:
    number = re.match(r"(\d+)([KMGT]?)", limit)
    if number is None:
        return 0
    return int(number[1]) << {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[number[2]]


def _newest(folders: tuple[Path, ...]) -> float | None:
    times = []
    for folder in folders:
        try:
            times += [entry.stat().st_mtime for entry in os.scandir(folder) if entry.is_file()]
        except OSError:
            continue
    return max(times, default=None)
