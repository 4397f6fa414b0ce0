"""The machine under the programs: time, journal, firewall, watchdog, backups, and the checks that states have too."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.doctor.bounded import ABSENT, run
from deploy.doctor.cures import FINISH, restore
from deploy.doctor.outcome import Skipped, Subject, unseen
from deploy.doctor.scene import Scene
from deploy.install.firewall import SERVICE as FIREWALL
from langso.contract.health import Check
from langso.device.machine_checks import hardware_watchdog, machine_checks
from langso.timekeeping.evidence import kernel_synchronised
from langso.words.catalogue import Sentence, t

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
        yield Skipped("card_write", t("doctor-disk-full-or-no-right"))


def readings(place: Path) -> list[Check]:
    """The same checks for a folder that need not exist; its nearest parent stands for it."""
    existing = next((path for path in (place, *place.parents) if path.is_dir()), Path("/"))
    return machine_checks(existing)


def look_watchdog(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `watchdog`; a container has its host's, which is not its own to arm."""
    if scene.container:
        yield Check.good("watchdog", t("doctor-host-watchdog"))
    elif not scene.installed:
        yield Skipped("watchdog", t("doctor-not-installed"))
    else:
        yield hardware_watchdog()


def look_timesync(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `timesync`: something keeps the time."""
    if scene.container or not scene.systemd or not scene.installed:
        yield Skipped("timesync", t("doctor-host-time"))
        return
    said = run("systemctl", "is-active", *KEEPERS, seconds=3)
    active = [name for name, state in zip(KEEPERS, said.out.split(), strict=False) if state == "active"]
    yield judge_timesync(active, synchronised=kernel_synchronised())


def judge_timesync(active: list[str], *, synchronised: bool) -> Check:
    """`active`: the daemons that run."""
    if not active:
        return Check.warning(
            "timesync",
            t("doctor-no-time-daemon"),
            t("doctor-start-chrony", finish=FINISH),
        )
    name = active[0].removesuffix(".service")
    if synchronised:
        return Check.good("timesync", t("doctor-time-kept", name=name))
    return Check.good("timesync", t("doctor-time-not-yet", name=name))


def look_journal(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `journal`: the log is bounded, so that it never fills the card."""
    if not scene.systemd or not scene.installed:
        yield Skipped("journal", t("doctor-no-services"))
        return
    yield judge_journal(_size_of(JOURNALS), limits_in(Path("/")))


def judge_journal(size: int | None, limits: Mapping[str, str]) -> Check:
    """`size` None: may not be looked at; `limits`: what journald.conf and its drop-ins set."""
    limit = limits.get("SystemMaxUse")
    if limit is None:
        return Check.warning(
            "journal",
            t("doctor-log-no-limit"),
            t("doctor-limit-log"),
        )
    if size is not None and size > max(JOURNAL_WARN, 2 * _bytes(limit)):
        return Check.warning("journal", t("doctor-log-large", size=size >> 20), "journalctl --vacuum-size=100M")
    if size is None:
        return Check.good("journal", t("doctor-log-limit", limit=limit))
    return Check.good("journal", t("doctor-log-limit-used", limit=limit, size=size >> 20))


def limits_in(root: Path) -> dict[str, str]:
    """The settings of journald.conf and its drop-ins under `root`; later files win, as for systemd."""
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
        yield Skipped("firewall", t("doctor-not-installed"))
        return
    if os.geteuid() != 0:
        yield unseen("firewall", Sentence("doctor-firewall"))
        return
    said = run("nft", "list", "ruleset", seconds=3)
    if scene.container and not said.good:
        yield Skipped("firewall", t("doctor-host-firewall"))
        return
    yield judge_firewall(None if said.code == ABSENT else said.out if said.good else "")


def judge_firewall(rules: str | None) -> Check:
    """`rules` None: there is no nft on this machine."""
    if rules is None:
        return Check.warning(
            "firewall",
            t("doctor-no-firewall"),
            t("doctor-restore-firewall", restore=restore("nftables"), firewall=FIREWALL),
        )
    if re.search(r"hook input[^;]*;\s*policy drop", rules):
        return Check.good("firewall", t("doctor-firewall-good"))
    return Check.warning("firewall", t("doctor-firewall-open"), f"systemctl restart {FIREWALL}")


def look_backup(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `backup` of an office that makes any: how old the newest is."""
    newest = _newest(BACKUPS)
    if newest is not None:
        yield judge_backup(time.time() - newest)


def judge_backup(age_s: float) -> Check:
    """`age_s`: seconds since the newest."""
    days = int(max(0.0, age_s) // 86_400)
    if age_s > BACKUP_OLD_S:
        return Check.warning("backup", t("doctor-backup-old", days=days), t("doctor-backup-again"))
    return Check.good("backup", t("doctor-backup-good", days=days))


LOOKS = (
    Subject(
        ("disk", "card_write", "card_errors", "undervoltage", "temperature", "memory", "rtc"), ROLES, look_readings
    ),
    Subject(("watchdog",), ROLES, look_watchdog),
    Subject(("timesync",), ROLES, look_timesync),
    Subject(("journal",), ROLES, look_journal),
    Subject(("firewall",), ROLES, look_firewall),
    Subject(("backup",), ("office",), look_backup),
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
