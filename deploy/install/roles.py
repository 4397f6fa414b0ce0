"""Which steps make a machine a loudspeaker, a kiosk or an office."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from deploy.broker import BrokerPlace, access_rules, mosquitto_conf
from deploy.install.steps import File, Folder, Packages, Release, Services, Step, Users
from deploy.install.units import SETTINGS, units_of

_BROKER_PORT = 8883


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
        place = BrokerPlace("0.0.0.0", _BROKER_PORT, Path("/var/lib/langso-broker"), Path("/etc/langso/broker"))
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


def settings_text(role: str, *, commune: str, commune_name: str, device: str) -> str:
    """A first langso.toml for a role, with a comment beside what a technician must look at."""
    state = f"/var/lib/langso-{role}"
    head = [
        "# Cấu hình Làng Số. Sau khi sửa: langso settings check " + SETTINGS,
        "[commune]",
        f'code = "{commune}"',
        f'name = "{commune_name}"',
        "",
        "[device]",
        f'id = "{device}"',
        f'role = "{role}"',
        'place = ""            # nơi đặt, nói như bà con: "Thôn 1 – đầu làng"',
        "",
        "[paths]",
        f'state = "{state}"',
        f'run = "/run/langso-{role}"',
        "",
    ]
    return "\n".join([*head, *_SECTIONS[role], ""])


_SECTIONS = {
    "speaker": (
        "[speaker]",
        'sound = "alsa"        # hoặc "pulse"',
        'sink = "default"',
        "volume = 80",
        "",
        "[bridge]",
        '# port = "/dev/ttyAMA0"   # cổng nối bộ điều khiển âm ly; bỏ trống nếu không có',
        "lease_ms = 3000",
    ),
    "kiosk": (
        "[scanner]",
        'camera = "picamera2"  # hoặc "v4l2"',
        'source = "0"',
        "",
        "[kiosk]",
        "idle_s = 60",
        "warn_s = 20",
    ),
    "office": (
        "[link]",
        'host = "localhost"',
        f"port = {_BROKER_PORT}",
        # langso office init writes these three.
        'ca = "/var/lib/langso-office/link/ca.pem"',
        'cert = "/var/lib/langso-office/link/office.pem"',
        'key = "/var/lib/langso-office/link/office.key"',
        "",
        "[office]",
        'host = "127.0.0.1"    # để sau một máy chủ HTTPS của xã',
        "port = 8080",
        "",
        "[signer]",
        'socket = "/run/langso-signer/signer.sock"',
        'state = "/var/lib/langso-signer"   # khoá: chỉ người ký đọc được',
    ),
}
