"""A founded village running: every process with its own log, started in order, each waited for."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.broker import mosquitto_program
from deploy.village.confirming import ClerksProofs
from deploy.village.hoa_son import KIOSK, SPEAKERS
from deploy.village.layout import VillageGround
from deploy.village.processes import Processes, answers, langso_command
from langso.words.catalogue import Sentence, t

Echo = Callable[[str], None]

BROKER = "broker"
SIGNER = "signer"
OFFICE = "office"
KIOSK_PROCESS = "kiosk"


@dataclass(frozen=True)
class Login:
    """The login made for this run."""

    name: str
    password: str


class Village:
    """The processes of a village. Use as `with Village(ground, echo) as village`: leaving stops all of them."""

    def __init__(self, ground: VillageGround, echo: Echo) -> None:
        self.ground = ground
        self.processes = Processes(ground.logs)
        self._echo = echo

    def __enter__(self) -> Village:
        return self

    def __exit__(self, *_: object) -> None:
        self.processes.stop_all()

    def start(self) -> None:
        """Broker, signer, console, then each loudspeaker with its board and recorder."""
        self.start_broker()
        self.start_office()
        for machine in SPEAKERS:
            self.start_speaker(machine.id)

    def start_broker(self) -> None:
        """Mosquitto; waits until it listens."""
        self._echo(t("village-starts-broker"))
        self._run(BROKER, str(mosquitto_program()), "-c", str(self.ground.broker / "mosquitto.conf"))
        self.processes.wait_until(lambda: answers(self.ground.broker_port), "broker", 15, [BROKER])

    def start_office(self) -> None:
        """The signer and the console; waits until both answer."""
        self._echo(t("village-starts-office"))
        settings = str(self.ground.office_settings)
        self._run(SIGNER, *langso_command("office", "signer", "--settings", settings))
        self._run(OFFICE, *langso_command("office", "web", "--settings", settings))
        self.processes.wait_until(
            lambda: answers(self.ground.office_port), t("village-office-pages"), 60, [SIGNER, OFFICE]
        )

    def start_speaker(self, device: str) -> None:
        """A loudspeaker's board, recorder and agent."""
        home = self.ground.home(device)
        self._echo(t("village-starts-speaker", place=home.machine.place, device=device))
        self.start_board(device)
        self._run(
            f"{device}-recorder",
            *(sys.executable, "-m", "deploy.village.instruments.recorder"),
            *("--pipe", str(home.pipe), "--out", str(home.recording), "--board", str(home.twin)),
        )
        self._run(device, *langso_command("speaker", "run", "--settings", str(home.settings)))

    def start_board(self, device: str) -> None:
        """The simulated microcontroller; waits for its serial device."""
        home = self.ground.home(device)
        name = f"{device}-board"
        self._run(name, sys.executable, "-m", "firmware_bridge.twin", "--dir", str(home.twin))
        self.processes.wait_until(lambda: (home.twin / "serial").exists(), name, 15, [name])

    def start_kiosk(self) -> None:
        """The kiosk in a window; only where there is a display."""
        self._echo(t("village-starts-kiosk", place=KIOSK.place))
        self._run(KIOSK_PROCESS, *langso_command("kiosk", "run", "--settings", str(self.ground.home(KIOSK).settings)))

    def make_login(self, name: str = "can-bo") -> Login:
        """A staff account with a random password, for this run only."""
        import subprocess

        password = secrets.token_urlsafe(12)
        done = subprocess.run(
            [
                *langso_command("office", "staff", "add", name),
                "--password-stdin",
                "--settings",
                str(self.ground.office_settings),
            ],
            input=password + "\n",
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            from deploy.errors import ProcessDied

            raise ProcessDied(Sentence("village-no-account", said=(done.stderr or done.stdout).strip()))
        return Login(name, password)

    def enrol(self, login: str) -> ClerksProofs:
        """The clerk confirms what is to sound from now on; the signer must run."""
        from langso.settings.reading import load_settings
        from office.signer.client import SignerClient

        settings = load_settings(self.ground.office_settings)
        return ClerksProofs(SignerClient(settings.signer.socket), login, settings.commune.name)

    def _run(self, name: str, *command: str) -> None:
        self.processes.start(name, command)


def display_present() -> bool:
    """Whether a window can be opened here."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def default_folder() -> Path:
    """Where `langso village` keeps its village when no folder is named."""
    return Path.cwd() / "village-run"
