"""Faults that are really made on an installed, booted machine, each with the one line of doctor that it turns.

Every `inject` and `heal` is shell, run as root on the machine; each waits until its change is there. Pure but for the
`shell` that is handed in, so that any way of running commands on a machine serves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from deploy.doctor.services import LOOP_RESTARTS

Shell = Callable[[str], str]
"""Runs shell text as root on the machine and returns what it printed; raises where it fails."""

DEVICES = ("speaker", "kiosk")
ALL = ("speaker", "kiosk", "office")
TOML = "/etc/langso/langso.toml"


@dataclass(frozen=True)
class Fault:
    """`line`, `level`: what doctor says while it lasts. `{role}` in the shell is the machine's role."""

    name: str
    roles: tuple[str, ...]
    line: str
    inject: str
    heal: str
    level: str = "bad"


def _stopped(unit: str, role: str) -> Fault:
    name = unit.removeprefix("langso-")
    return Fault(
        f"{name} is stopped", (role,), f"service_{name}", f"systemctl stop {unit}", f"systemctl start {unit}"
    )


def _moved(name: str, roles: tuple[str, ...], line: str, path: str) -> Fault:
    return Fault(name, roles, line, f"mv {path} {path}.away", f"mv {path}.away {path}")


_LOOP = "/run/systemd/system/langso-{role}.service.d/broken.conf"
_KEY = "/var/lib/langso-{role}/pairing/current/tls.pem"
_KEEP = f"cp -p {TOML} /run/langso.toml.kept"
_BACK = f"cp -p /run/langso.toml.kept {TOML}"
_LIST = "/var/lib/dpkg/info/langso-{role}.list"
_JOURNAL = "/etc/systemd/journald.conf.d/50-langso.conf"
_MODELS = "/usr/lib/langso/assets/models"
_KNOCK = 'import socket; socket.create_connection(("127.0.0.1", 18883))'
_NOTE = "/run/langso-speaker/speaker-state.json"
_SCREEN = "/etc/systemd/system/langso-kiosk.service.d/screen.conf"
_STATUS = "/var/lib/dpkg/status"
_HTTPS = "langso-office-https.socket"

FAULTS: tuple[Fault, ...] = (
    _stopped("langso-speaker", "speaker"),
    _stopped("langso-kiosk", "kiosk"),
    _stopped("langso-office", "office"),
    _stopped("langso-signer", "office"),
    _stopped("langso-broker", "office"),
    Fault(
        "the service starts and fails, again and again", ALL, "service_{role}",
        f"mkdir -p $(dirname {_LOOP}); printf '[Service]\\nExecStartPre=/bin/false\\n' > {_LOOP}; "
        "systemctl daemon-reload; systemctl restart langso-{role} || true; "
        f'until [ "$(systemctl show -P NRestarts langso-{{role}})" -ge {LOOP_RESTARTS} ]; do sleep 0.2; done',
        f"rm {_LOOP}; systemctl daemon-reload; systemctl stop langso-{{role}}; "
        "systemctl reset-failed langso-{role}; systemctl start langso-{role}",
    ),
    Fault(
        "the service is off at the next boot", ALL, "boot",
        "systemctl disable -q langso-{role}", "systemctl enable -q langso-{role}",
    ),
    Fault(
        "the service is masked", ALL, "service_{role}",
        "systemctl mask -q --runtime langso-{role}", "systemctl unmask -q --runtime langso-{role}",
    ),
    Fault("the service cannot read its key", DEVICES, "private_key", f"chmod 000 {_KEY}", f"chmod 600 {_KEY}"),
    Fault("others can read the key", DEVICES, "private_key", f"chmod 644 {_KEY}", f"chmod 600 {_KEY}"),
    _moved("the list of who may order is gone", DEVICES, "trust", "/var/lib/langso-{role}/trust/bundle.json"),
    Fault(
        "both copies of the marks are gone", DEVICES, "marks",
        "cd /var/lib/langso-{role}/trust; for n in 1 2; do mv marks.$n kept.$n; done",
        "cd /var/lib/langso-{role}/trust; for n in 1 2; do mv -f kept.$n marks.$n; done",
    ),
    Fault(
        "a command of root's left a file", ALL, "state",
        "touch /var/lib/langso-{role}/left", "rm /var/lib/langso-{role}/left",
    ),
    Fault(
        "a database is damaged", ALL, "database",
        "cd /var/lib/langso-{role}; head -c 9000 /dev/urandom > damaged.sqlite; chown langso-{role}: damaged.sqlite",
        "rm /var/lib/langso-{role}/damaged.sqlite*",
    ),
    Fault(
        "programs were installed and the service not restarted", ALL, "running_version",
        f"touch -r {_LIST} /run/list.kept; touch {_LIST}", f"touch -r /run/list.kept {_LIST}", "warn",
    ),
    Fault(
        "nothing bounds the journal", ALL, "journal",
        f"mkdir -p $(dirname {_JOURNAL}); ln -s /dev/null {_JOURNAL}", f"rm {_JOURNAL}", "warn",
    ),
    Fault(
        "the firewall is gone", ALL, "firewall",
        "nft delete table inet langso", "systemctl restart langso-firewall", "warn",
    ),
    Fault(
        "a web server stands where the broker should be", DEVICES, "broker",
        f"{_KEEP}; printf '\\n[link]\\nhost = \"127.0.0.1\"\\nport = 18883\\n' >> {TOML}; "
        "systemd-run -q --unit=not-a-broker python3 -m http.server 18883 --bind 127.0.0.1; "
        f"until python3 -c '{_KNOCK}' 2>/dev/null; do sleep 0.2; done",
        f"{_BACK}; systemctl stop not-a-broker",
    ),
    Fault(
        "the serial port is not there", ("speaker",), "bridge",
        f"{_KEEP}; sed -i 's|^# port = .*|port = \"/dev/ttyUSB77\"|' {TOML}; grep -q ttyUSB77 {TOML}", _BACK,
    ),
    Fault(
        "somebody muted it on the spot", ("speaker",), "mute",
        f"langso speaker mute on; until grep -q '\"muted\":true' {_NOTE}; do sleep 0.2; done",
        f"langso speaker mute off; until grep -q '\"muted\":false' {_NOTE}; do sleep 0.2; done", "warn",
    ),
    Fault(
        "the camera is not there", ("kiosk",), "camera",
        f"{_KEEP}; sed -i 's|^source = .*|source = \"/nowhere\"|' {TOML}", _BACK,
    ),
    Fault(
        "the screen is unplugged", ("kiosk",), "screen",
        f"mv {_SCREEN} {_SCREEN}.away; systemctl daemon-reload; systemctl restart langso-kiosk; "
        "until [ -e /run/langso-kiosk/kiosk-waits.json ]; do sleep 0.2; done",
        f"mv {_SCREEN}.away {_SCREEN}; systemctl daemon-reload; systemctl restart langso-kiosk",
    ),
    Fault(
        "the power was cut while the package was set up", ALL, "packages",
        f"cp -p {_STATUS} /run/status.kept; "
        "sed -i '/^Package: langso-{role}$/,/^$/s/^Status: .*/Status: install ok half-configured/' "
        f"{_STATUS}; grep -q 'ok half-configured' {_STATUS}",
        f"cp -p /run/status.kept {_STATUS}",
    ),
    Fault(
        "systemd does not open the https door", ("office",), "console",
        # Masked, or the service would open it as it starts.
        f"systemctl mask -q --runtime --now {_HTTPS}; systemctl restart langso-office",
        f"systemctl unmask -q --runtime {_HTTPS}; "
        f"for do in stop start; do systemctl $do {_HTTPS} langso-office-http.socket langso-office; done",
    ),
    _moved("a trained weight is gone", ("kiosk", "office"), "models", f"{_MODELS}/page-upright.onnx"),
    _moved("no program reads text", ("kiosk", "office"), "text", "/usr/bin/tesseract"),
    _moved("no voice", ("kiosk", "office"), "voice", "/usr/bin/espeak-ng"),
    _moved("root.json is gone", ("office",), "root", "/var/lib/langso-office/root.json"),
    _moved("the office's list of who may order is gone", ("office",), "trust", "/var/lib/langso-office/trust.bundle"),
    Fault(
        "the authority's key is open to all", ("office",), "private_key",
        "chmod 644 /var/lib/langso-office/ca/ca.key", "chmod 600 /var/lib/langso-office/ca/ca.key",
    ),
    Fault(
        "media cannot be stored", ("office",), "media",
        "chown root:root /var/lib/langso-office/media; chmod 755 /var/lib/langso-office/media",
        "chown langso-office: /var/lib/langso-office/media; chmod 700 /var/lib/langso-office/media",
    ),
    Fault(
        "no right to call the signer", ("office",), "signer",
        "chmod 600 /run/langso-signer/signer.sock", "chmod 660 /run/langso-signer/signer.sock",
    ),
)  # fmt: skip


def faults_of(role: str) -> list[Fault]:
    """Those of one role, with its name put in."""

    def fill(text: str) -> str:
        return text.replace("{role}", role)

    return [
        Fault(one.name, (role,), fill(one.line), fill(one.inject), fill(one.heal), one.level)
        for one in FAULTS
        if role in one.roles
    ]


def levels(shell: Shell) -> dict[str, str]:
    """What doctor says now: level by line."""
    said = shell("langso doctor --json || [ $? = 1 ]")
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return {line["name"]: line["level"] for line in lines}


def turned(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """Lines that are not what they were; one left out because of another's fault has not turned."""
    return {name: level for name, level in after.items() if before.get(name, "ok") != level}


def try_fault(shell: Shell, fault: Fault, before: dict[str, str]) -> dict[str, str]:
    """Makes the fault, asks doctor, heals; what turned. It should be `{fault.line: fault.level}`."""
    shell(fault.inject)
    try:
        return turned(before, levels(shell))
    finally:
        shell(fault.heal)
