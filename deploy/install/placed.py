"""Every file that a role's package puts on a machine beside the programs.

`python -m deploy.install.placed ROLE DIR` writes them, for the build of the package.
"""

from __future__ import annotations

import sys
from pathlib import Path

from deploy.install import drop_ins, firewall
from deploy.install.units import ROLES, sockets_of, units_of

SYSTEMD = "/usr/lib/systemd"
CLOCK = "/etc/chrony/conf.d/langso.conf"
"""The one file of these that a technician may edit in place (a conffile)."""


def placed_of(role: str) -> dict[str, str]:
    """Absolute path on the machine -> text; all belong to root, mode 0644. Raises KeyError for an unknown role."""
    files = {f"{SYSTEMD}/system/{unit.file_name}": unit.text() for unit in units_of(role)}
    files |= {f"{SYSTEMD}/system/{socket.file_name}": socket.text() for socket in sockets_of(role)}
    files |= {
        f"{SYSTEMD}/system/{firewall.SERVICE}": firewall.service(),
        f"{SYSTEMD}/system/{firewall.WATCHER}": firewall.watcher(),
        firewall.RULES: firewall.rules(role),
        firewall.LOADER: firewall.loader(),
        f"{SYSTEMD}/journald.conf.d/50-langso.conf": drop_ins.journal(role),
        f"{SYSTEMD}/system.conf.d/50-langso.conf": drop_ins.hardware_watchdog(),
        "/usr/lib/sysctl.d/50-langso.conf": drop_ins.kernel(),
        "/usr/lib/sysusers.d/langso.conf": drop_ins.accounts(role),
        "/usr/lib/tmpfiles.d/langso.conf": drop_ins.folders(role),
        CLOCK: drop_ins.clock(role),
    }
    if role == "office":
        files[f"{SYSTEMD}/system/mosquitto.service.d/50-langso.conf"] = drop_ins.no_second_broker()
    owners = drop_ins.device_owners(role)
    return files | ({"/usr/lib/udev/rules.d/60-langso.rules": owners} if owners else {})


def services_of(role: str) -> tuple[str, ...]:
    """The unit files that are enabled."""
    return (
        *(unit.file_name for unit in units_of(role)),
        *(socket.file_name for socket in sockets_of(role)),
        firewall.SERVICE,
        firewall.WATCHER,
    )


def write_placed(role: str, root: Path) -> None:
    """Writes them all under `root`. Raises KeyError, OSError."""
    for path, text in placed_of(role).items():
        file = root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o644)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ROLES:
        sys.exit(f"usage: python -m deploy.install.placed {'|'.join(ROLES)} DIR")
    write_placed(sys.argv[1], Path(sys.argv[2]))
