"""What all looks share: the machine's role, how it is installed, its services, and what its running agent says."""

from __future__ import annotations

import grp
import os
import pwd
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from deploy.doctor.bounded import Who, run
from deploy.doctor.cures import reinstall
from deploy.doctor.services import Service, gather_services, systemd_runs
from deploy.install.placed import services_of
from deploy.install.units import ROLES, SETTINGS, units_of
from langso.contract import State
from langso.device.pairing import FOLDER as PAIRING
from langso.device.pairing import Paired
from langso.device.pairing_files import MAX_ANSWER_BYTES, read_answer
from langso.device.waits import Waits, read_waits, waits_file
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.errors import LangsoError
from langso.settings.reading import LinkSettings, Settings
from langso.words.catalogue import t

FRESH_S = 180.0
SETTLING_S = 90.0
"""So long a program that has just started may still be finding its office."""
MAX_STATE = 1 << 20
_LOCKS = {"speaker": "speaker.lock", "kiosk": "kiosk.lock", "office": "office-web.lock"}


@dataclass(frozen=True)
class Told:
    """The newest state that the running agent wrote for this machine's users, and its age."""

    state: State
    age_s: float

    @property
    def fresh(self) -> bool:
        """Whether it is young enough to rely on."""
        return self.age_s < FRESH_S


@dataclass(frozen=True)
class Scene:
    """One machine at one moment. `services` is empty where the role is not run by systemd (a village, a checkout);
    `beside`: units of ours that do no work of the role, the firewall's; `waits`: what the running agent waits for;
    `begun_s`: how long ago it got what it had waited for, a screen or its pairing.
    """

    settings: Settings
    settings_file: Path
    installed: bool
    container: bool
    systemd: bool
    services: tuple[Service, ...] = ()
    beside: tuple[Service, ...] = ()
    told: Told | None = None
    waits: Waits | None = None
    begun_s: float = float("inf")
    package: str = ""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def role(self) -> str:
        """speaker, kiosk or office."""
        return self.settings.device.role

    @property
    def state(self) -> Path:
        """The role's state folder."""
        return self.settings.paths.state

    @cached_property
    def agent(self) -> Service | None:
        """The role's own service (not signer or broker)."""
        return self.service(f"langso-{self.role}")

    def service(self, name: str) -> Service | None:
        """A unit by its name, None where systemd does not run it."""
        return next((one for one in self.services if one.name == f"{name}.service"), None)

    @cached_property
    def running(self) -> bool:
        """Whether the role's agent runs: by systemd, else by the lock it holds."""
        if self.agent is not None:
            return self.agent.running
        return lock_held(self.settings.paths.run / _LOCKS.get(self.role, "none.lock"))

    @property
    def settling(self) -> bool:
        """Whether the agent has only just begun its work (perhaps again and again: its service's line tells)."""
        return (
            self.agent is not None
            and self.running
            and (min(self.agent.up_s, self.begun_s) < SETTLING_S or self.agent.looping)
        )

    @cached_property
    def who(self) -> Who:
        """The user whose eyes count: the service's, else the owner of the state folder."""
        return self.user_of(f"langso-{self.role}")

    def user_of(self, unit: str) -> Who:
        """A unit's user with all groups its service has; where there is no such user, the state folder's owner."""
        service = self.service(unit)
        name = service.user if service is not None and service.user else unit
        more = service.groups if service is not None else _planned_groups(self.role, unit)
        if self.installed:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                pass
            else:
                groups = {*os.getgrouplist(name, entry.pw_gid), *_numbers(more)}
                return Who(name, entry.pw_uid, entry.pw_gid, tuple(sorted(groups)))
        try:
            owner = self.state.stat().st_uid
            entry = pwd.getpwuid(owner)
        except (OSError, KeyError):
            return Who.me()
        if owner == os.geteuid():
            return Who.me()
        return Who(entry.pw_name, owner, entry.pw_gid, tuple(os.getgrouplist(entry.pw_name, entry.pw_gid)))

    @cached_property
    def paired(self) -> Paired | None:
        """The pairing in force, read without finishing or mending anything; None where it cannot be read."""
        current = self.state / PAIRING / "current"
        try:
            return Paired(read_answer(read_limited(current / "answer.json", MAX_ANSWER_BYTES)), current)
        except LangsoError:
            return None

    @cached_property
    def without_pairing(self) -> str:
        """Why there is no pairing to look at, for lines that are left out."""
        try:
            (self.state / PAIRING / "current").stat()
        except PermissionError:
            return t("doctor-pairing-unseen")
        except OSError:
            return t("doctor-unpaired")
        return t("doctor-pairing-unreadable")

    @cached_property
    def link(self) -> LinkSettings:
        """The connection's settings that the agent will use: the settings file first, else the pairing's answer."""
        return self.settings.link if self.paired is None else self.paired.link(self.settings.link)

    def again(self) -> str:
        """What to type to repair this machine's programs."""
        if self.package:
            return reinstall(self.package)
        return t("doctor-make-test")


def gather_scene(settings: Settings, settings_file: Path) -> Scene:
    """Looks once for all that is shared; takes four seconds at most."""
    role = settings.device.role
    installed = settings_file.absolute() == Path(SETTINGS)
    package = f"langso-{role}"
    said = run("dpkg-query", "-W", "-f=${db:Status-Status}", package, seconds=2).out if installed else ""
    # Half done it is there too: the line of packages says how far.
    has = said not in ("", "not-installed", "config-files")
    systemd = systemd_runs()
    services: tuple[Service, ...] = ()
    own: set[str] = set()
    if installed and systemd and role in ROLES:
        own = {unit.file_name for unit in units_of(role)}
        services = gather_services(services_of(role))
    agent = next((one for one in services if one.name == f"langso-{role}.service"), None)
    return Scene(
        settings=settings,
        settings_file=settings_file,
        installed=installed,
        container=Path("/run/systemd/container").exists() or Path("/run/host/container-manager").exists(),
        systemd=systemd,
        services=tuple(service for service in services if service.name in own),
        beside=tuple(service for service in services if service.name not in own),
        told=read_told(settings, agent),
        waits=waits_now(settings, agent),
        begun_s=begun_ago(settings),
        package=package if has else "",
    )


def read_told(settings: Settings, agent: Service | None = None) -> Told | None:
    """The agent's note in the run folder; None where there is none that can be read or it is of an earlier run."""
    file = settings.paths.run / f"{settings.device.role}-state.json"
    try:
        age = time.time() - file.lstat().st_mtime
        told = Told(State.model_validate_json(read_limited(file, MAX_STATE)), max(0.0, age))
    except (OSError, FileRefused, ValueError):
        return None
    return None if agent is not None and agent.running and told.age_s > agent.up_s + 1 else told


def waits_now(settings: Settings, agent: Service | None) -> Waits | None:
    """What the running agent waits for; the note of a process that has ended does not count."""
    note = read_waits(settings.paths.run, settings.device.role)
    if note is None or note.over:
        return None
    if agent is not None:
        return note if agent.running and agent.pid == note.pid else None
    return note if Path(f"/proc/{note.pid}").exists() else None


def begun_ago(settings: Settings) -> float:
    """Seconds since the agent got what it waited for (the screen, or its pairing); infinity where it waited for
    nothing.
    """
    ages = [float("inf")]
    note = read_waits(settings.paths.run, settings.device.role)
    files = [settings.paths.state / PAIRING / "current"]
    files += [waits_file(settings.paths.run, settings.device.role)] if note is not None and note.over else []
    for file in files:
        try:
            ages.append(max(0.0, time.time() - file.lstat().st_mtime))
        except OSError:
            continue
    return min(ages)


def lock_held(file: Path) -> bool:
    """Whether a process holds this lock file; looked up in the kernel's list, so that nothing is touched."""
    try:
        wanted = file.stat()
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    place = f"{os.major(wanted.st_dev):02x}:{os.minor(wanted.st_dev):02x}:{wanted.st_ino}"
    return any("FLOCK" in line and place in line.split() for line in lines)


def _planned_groups(role: str, unit: str) -> tuple[str, ...]:
    try:
        return next((one.groups for one in units_of(role) if one.name == unit), ())
    except KeyError:
        return ()


def _numbers(names: tuple[str, ...]) -> set[int]:
    found = set()
    for name in names:
        try:
            found.add(int(name) if name.isdigit() else grp.getgrnam(name).gr_gid)
        except KeyError:
            continue
    return found
