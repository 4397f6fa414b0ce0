"""Which steps make a machine a loudspeaker, a kiosk or an office."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from deploy.broker import BrokerPlace, access_rules, mosquitto_conf
from deploy.install.steps import File, Folder, Packages, Release, Services, Step, Users
from deploy.install.units import SETTINGS, units_of
from deploy.machine_setup.settings_text import BROKER_PORT, settings_text


def steps_of(role: str, *, commune: str, commune_name: str, device: str, root: Path, source: Path) -> list[Step]:
    """The ordered steps. `root`: "/" or a staging tree; `source`: the checkout or unpacked bundle; KeyError for a
    role that does not exist.
    """
    units = units_of(role)
    users = tuple(dict.fromkeys(unit.user for unit in units))
    etc = root / "etc/langso"
    steps: list[Step] = [
        Packages(role),
        Users(root, users),
        Folder(etc, 0o755),
        Release(root, role, source, version("langso")),
        File(
            root / SETTINGS.lstrip("/"),
            settings_text(role, commune=commune, commune_name=commune_name, device=device),
            mode=0o644,
            keep=True,
        ),
    ]
    if role == "office":
        # The broker is reachable from the villages: certificates, not addresses, decide who may come in.
        place = BrokerPlace("0.0.0.0", BROKER_PORT, Path("/var/lib/langso-broker"), Path("/etc/langso/broker"))
        steps += [
            # There before `langso office init`, which gives what it makes to the folders' owners.
            Folder(root / "var/lib/langso-office", 0o750, "langso-office"),
            Folder(root / "var/lib/langso-signer", 0o700, "langso-signer"),
            Folder(etc / "broker", 0o750, "langso-broker"),
            File(etc / "broker/mosquitto.conf", mosquitto_conf(place), owner="langso-broker"),
            File(root / "var/lib/langso-broker/access.acl", access_rules(commune), mode=0o600, owner="langso-broker"),
        ]
    steps += [File(root / "etc/systemd/system" / unit.file_name, unit.text()) for unit in units]
    steps.append(Services(root, tuple(unit.file_name for unit in units)))
    return steps
