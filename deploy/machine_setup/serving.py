"""Starts the role's services, waits for them, and examines the machine."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.install.units import sockets_of, units_of
from deploy.machine_setup.dialogue import Dialogue
from langso.contract.health import Check
from langso.words.catalogue import t

READY_S = 120.0
COMES_S = 40.0
_LOOK_S = 0.5
_COMES = ("link", "office", "clock", "trust", "catalogue")
"""Lines of doctor that the first minute turns good: the office found, its answer proves the time."""


def systemd_runs() -> bool:
    """Whether there is a systemd to start anything with."""
    return shutil.which("systemctl") is not None and Path("/run/systemd/system").is_dir()


def start(talk: Dialogue, role: str, *, anew: bool) -> list[str]:
    """Starts the role's units (`anew`: also those that run) and waits until each says it serves; those that do not.

    Units are Type=notify: active means serving.
    """
    names = [unit.file_name for unit in units_of(role)]
    doors = [socket.file_name for socket in sockets_of(role)]
    for name in (*doors, *names):
        _systemctl("enable", "--quiet", name)
    if doors:
        # A service takes over its doors as it starts; they are opened first.
        if anew:
            _systemctl("stop", *[name for name in names if name == f"langso-{role}.service"])
        _systemctl("start", *doors)
    _systemctl("restart" if anew else "start", "--no-block", *names)
    return wait_for(talk, names)


def wait_for(talk: Dialogue, names: list[str], *, active: Callable[[str], bool] | None = None) -> list[str]:
    """Waits until all are active; tells each as it comes; those that are not after `READY_S`."""
    active = active or (lambda name: _systemctl("is-active", "--quiet", name) == 0)
    left, deadline = list(names), time.monotonic() + READY_S
    while left and time.monotonic() < deadline:
        for name in [one for one in left if active(one)]:
            talk.say(t("setup-unit-runs", name=name), mark="good")
            left.remove(name)
        if left:
            time.sleep(_LOOK_S)
    for name in left:
        talk.say(t("setup-unit-fails", name=name), mark="bad")
    return left


def examine_and_tell(talk: Dialogue, settings: Path, look: Callable[[], Sequence[Check]] | None = None) -> bool:
    """The doctor's lines that are not good; whether nothing is bad.

    What comes by itself once the services run is waited for: a technician should not be sent to mend it.
    """
    from deploy.doctor.examining import examine
    from deploy.doctor.report import told

    look = look or (lambda: examine(settings).checks)
    checks = look()
    deadline = time.monotonic() + COMES_S
    while any(check.level == "bad" and check.name in _COMES for check in checks) and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
        checks = look()
    for check in checks:
        if check.level != "ok":
            for line, mark in told(check):
                talk.say(line, mark=mark)
    good = sum(check.level == "ok" for check in checks)
    talk.say(t("setup-examined", good=good, rest=len(checks) - good))
    return not any(check.level == "bad" for check in checks)


def _systemctl(*words: str) -> int:
    try:
        return subprocess.run(
            ["systemctl", *words], capture_output=True, check=False, timeout=200, stdin=subprocess.DEVNULL
        ).returncode
    except (OSError, subprocess.SubprocessError):
        return 1
