"""Where everything of a village in a box lies, and the settings file of each of its machines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deploy.village.hoa_son import COMMUNE, COMMUNE_NAME, MACHINES, OFFICE_PLACE, VillageMachine
from langso.durable.files import write_atomic
from langso.words.language import language


@dataclass(frozen=True)
class MachineHome:
    """One device's folder: settings, state, pipe, twin, recording."""

    machine: VillageMachine
    folder: Path

    @property
    def settings(self) -> Path:
        """Its langso.toml."""
        return self.folder / "langso.toml"

    @property
    def state(self) -> Path:
        """What would be /var/lib/langso-ROLE."""
        return self.folder / "state"

    @property
    def run(self) -> Path:
        """What would be /run/langso-ROLE."""
        return self.folder / "run"

    @property
    def pipe(self) -> Path:
        """Where its sound goes instead of an amplifier's input."""
        return self.folder / "sound.pipe"

    @property
    def recording(self) -> Path:
        """What the village's recorder heard from it."""
        return self.folder / "recording"

    @property
    def twin(self) -> Path:
        """Its simulated microcontroller."""
        return self.folder / "board"

    @property
    def camera(self) -> Path:
        """The pictures its camera sees."""
        return self.folder / "camera"


@dataclass(frozen=True)
class VillageGround:
    """A village's folder and its two ports."""

    folder: Path
    broker_port: int
    office_port: int

    @property
    def office_url(self) -> str:
        """The console's address."""
        return f"http://127.0.0.1:{self.office_port}"

    @property
    def logs(self) -> Path:
        """One log file a process."""
        return self.folder / "logs"

    @property
    def broker(self) -> Path:
        """Mosquitto's folder."""
        return self.folder / "broker"

    @property
    def certificates(self) -> Path:
        """ca.pem, broker.pem, broker.key."""
        return self.folder / "broker" / "certificates"

    @property
    def root_keys(self) -> Path:
        """The commune's sticks of root keys and their passphrase: in drawers, anywhere but in a village in a box."""
        return self.folder / "root-keys"

    @property
    def office(self) -> Path:
        """The office's folder."""
        return self.folder / "office"

    @property
    def office_settings(self) -> Path:
        """The office's langso.toml."""
        return self.office / "langso.toml"

    @property
    def office_state(self) -> Path:
        """What would be /var/lib/langso-office."""
        return self.office / "state"

    def home(self, machine: VillageMachine | str) -> MachineHome:
        """A device's folder, by machine or id. Raises KeyError for an unknown id."""
        found = machine if isinstance(machine, VillageMachine) else {m.id: m for m in MACHINES}[machine]
        return MachineHome(found, self.folder / found.id)


def write_office_settings(ground: VillageGround) -> None:
    """The office's settings file, with its own certificate at the broker."""
    write_atomic(
        ground.office_settings,
        "\n".join(
            [
                *_head("van-phong", "office", OFFICE_PLACE, None),
                "[link]",
                'host = "127.0.0.1"',
                f"port = {ground.broker_port}",
                f'ca = "{ground.certificates / "ca.pem"}"',
                f'cert = "{ground.office / "office.pem"}"',
                f'key = "{ground.office / "office.key"}"',
                "retry_max_s = 3.0",
                "[office]",
                'host = "127.0.0.1"',
                f"port = {ground.office_port}",
                f'public_url = "{ground.office_url}"',
                "[paths]",
                f'state = "{ground.office_state}"',
                f'run = "{ground.office / "run"}"',
                "",
            ]
        ).encode(),
    )


def write_machine_settings(ground: VillageGround, machine: VillageMachine, *, window: bool = False) -> None:
    """A device's settings file. `window`: the kiosk opens in a window instead of the whole screen.

    The kiosk speaks the language of whoever lays out the village.
    """
    home = ground.home(machine)
    lines = [
        *_head(machine.id, machine.role, machine.place, machine.village),
        "[link]",
        'host = "127.0.0.1"',
        f"port = {ground.broker_port}",
        # A village is watched by a person: it comes back in seconds where the field takes a minute.
        "retry_max_s = 3.0",
        "[paths]",
        f'state = "{home.state}"',
        f'run = "{home.run}"',
        "[clock]",
        'trust = "host"',
    ]
    if machine.role == "speaker":
        lines += [
            "[speaker]",
            'sound = "pipe"',
            f'sink = "{home.pipe}"',
            "amplifier_lead_ms = 300",
            "amplifier_tail_ms = 200",
            f'media_url = "{ground.office_url}"',
            "[bridge]",
            f'port = "{home.twin / "serial"}"',
            "lease_ms = 2000",
        ]
    else:
        lines += [
            "[scanner]",
            'camera = "replay"',
            f'source = "{home.camera}"',
            "[kiosk]",
            f'office_url = "{ground.office_url}"',
            f"fullscreen = {'false' if window else 'true'}",
            # Vietnamese is what a kiosk speaks unasked: a line that says so would stop one of release 0.1.0.
            *([] if language() == "vi" else ['language = "en"']),
        ]
    write_atomic(home.settings, "\n".join([*lines, ""]).encode())


def _head(device: str, role: str, place: str, village: str | None) -> list[str]:
    return [
        "[commune]",
        f'code = "{COMMUNE}"',
        f'name = "{COMMUNE_NAME}"',
        "[device]",
        f'id = "{device}"',
        f'role = "{role}"',
        f'place = "{place}"',
        *([f'village = "{village}"'] if village else []),
    ]
