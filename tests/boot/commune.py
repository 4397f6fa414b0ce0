"""One commune of three machines, set up as a technician sets it up: the commands are those of the README."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from evidence import Evidence
from lan import Lan
from machine import BootFault, Machine
from sticks import InstallStick

from deploy.packages.roots import tarball
from deploy.packages.targets import RELEASES
from deploy.village.story.pictures import a_page, lay_under_camera

CODE, NAME = "hoa-son", "Xã Hoa Sơn"
SPEAKER, KIOSK = "loa-thon-1", "kiosk-thon-2"
NAMES = {"office": "van-phong", "speaker": SPEAKER, "kiosk": KIOSK}
LOGIN, PASSWORD = "can-bo", "mật khẩu của một lần chạy thử 29"
INSTALLER = "/mnt/sticks"
"""Where the machines see the sticks of this run, one folder a version."""
PIPE = "/var/lib/langso-speaker/sound.pipe"
CAMERA = "/var/lib/langso-kiosk/camera"
SERVICES = {
    "office": ("langso-broker", "langso-signer", "langso-office"),
    "speaker": ("langso-speaker",),
    "kiosk": ("langso-kiosk",),
}
_ROOT_KEYS, _THRESHOLD = 3, 2


class Commune:
    """`folder`: disks, sticks and recordings. Machines are switched on as they are first asked for."""

    def __init__(self, release: str, folder: Path, lan: Lan, stick: InstallStick, evidence: Evidence) -> None:
        self.release = release
        self.folder = folder
        self.stick = stick
        self.evidence = evidence
        self._lan = lan
        self._machines: dict[str, Machine] = {}
        self._recorder: subprocess.Popen[bytes] | None = None

    @property
    def office(self) -> Machine:
        """The office's machine."""
        return self.of("office")

    @property
    def speaker(self) -> Machine:
        """The loudspeaker."""
        return self.of("speaker")

    @property
    def kiosk(self) -> Machine:
        """The kiosk."""
        return self.of("kiosk")

    def of(self, role: str) -> Machine:
        """The machine of a role."""
        return self.machine(role, NAMES[role])

    def machine(self, key: str, name: str) -> Machine:
        """A machine by key; made from a bare Debian with systemd at the first call, and switched on."""
        if key not in self._machines:
            root = tarball(RELEASES[self.release], tools=("dbus", "python3", "systemd", "systemd-sysv", "udev"))
            made = Machine(name, self.folder / key, self._lan, root, binds={self.stick.folder: INSTALLER})
            made.boot()
            self._machines[key] = made
        return self._machines[key]

    def install(self, role: str, *, version: int = 1) -> str:
        """The stick's installer, told the fingerprint that the technician read from paper; what it said."""
        return self.of(role).run(*self.installer(role, version), seconds=900).said

    def installer(self, role: str, version: int = 1) -> tuple[str, ...]:
        """The command as typed, for `Machine.run` and `Machine.start`."""
        return ("sh", f"{INSTALLER}/{version}/langso/cai-dat.sh", role, "--fingerprint", self.stick.key)

    def found(self) -> str:
        """The office founded by three holders who come with one stick each; what was said."""
        office = self.office
        said = ""
        office.on_disk("/root/mat-khau").write_text(PASSWORD + "\n", encoding="utf-8")
        for turn in (1, 2, 3, 1):
            office.on_disk("/root/cau").write_text(
                f"con trâu gặm cỏ bên suối số {turn} chiều nay\n", encoding="utf-8"
            )
            with office.stick(self.folder / f"khoa-{turn}.stick") as at:
                done = office.run(
                    *("langso", "setup", "--unattended", "--commune", CODE, "--commune-name", NAME),
                    *("--device", "van-phong", "--place", "Trụ sở xã", "--root-count", str(_ROOT_KEYS)),
                    *("--root-threshold", str(_THRESHOLD), "--root-stick", at, "--holder", f"người giữ {turn}"),
                    *(
                        "--passphrase-file",
                        "/root/cau",
                        "--account",
                        LOGIN,
                        "--account-password-file",
                        "/root/mat-khau",
                    ),
                    check=False,
                )
            said += f"--- stick {turn}, exit {done.code}\n{done.said}"
        for file in ("/root/cau", "/root/mat-khau"):
            office.on_disk(file).unlink()
        if not office.active("langso-office"):
            raise BootFault(f"the office does not run after setup:\n{said}\n{office.last_words()}")
        return said

    def pair(self, role: str) -> str:
        """A device set up, its request carried to the office and the answer back; what was said."""
        device, office, carried = self.of(role), self.office, self.folder / f"{role}.stick"
        words = {
            "speaker": ("--device", SPEAKER, "--place", "Thôn 1 – đầu làng", "--village", "thon-1"),
            "kiosk": ("--device", KIOSK, "--place", "Nhà văn hóa thôn 2", "--village", "thon-2"),
        }[role]
        self._connect_screen(role)
        with device.stick(carried) as at:
            first = device.run(
                *(
                    "langso",
                    "setup",
                    "--unattended",
                    "--commune",
                    CODE,
                    "--commune-name",
                    NAME,
                    *words,
                    "--stick",
                    at,
                ),
                check=False,
            )
        self._simulate_hardware(role)
        shown = re.search(r"(?:\d{4}\s?){3}", first.said)
        if shown is None:
            raise BootFault(f"no twelve digits to compare:\n{first.said}")
        with office.stick(carried) as at:
            answered = office.run(
                "langso", "setup", "--unattended", "--stick", at, "--code", shown[0].strip(), check=False
            )
        with device.stick(carried) as at:
            last = device.run("langso", "setup", "--unattended", "--stick", at, check=False)
        return f"{first.said}\n--- office\n{answered.said}\n--- device again, exit {last.code}\n{last.said}"

    def _connect_screen(self, role: str) -> None:
        """A screen that nobody sees: SDL draws the same pixels without one."""
        if role == "kiosk":
            self.kiosk.sh(
                "mkdir -p /etc/systemd/system/langso-kiosk.service.d;"
                "printf '[Service]\\nEnvironment=SDL_VIDEODRIVER=offscreen\\n'"
                " > /etc/systemd/system/langso-kiosk.service.d/screen.conf; systemctl daemon-reload"
            )

    def _simulate_hardware(self, role: str) -> None:
        """The seams of DESIGN: sound into a pipe, a camera that shows pictures."""
        machine = self.of(role)
        settings = machine.on_disk("/etc/langso/langso.toml")
        text = settings.read_text(encoding="utf-8")
        if role == "speaker":
            text = re.sub(r"(?m)^sound = .*$", 'sound = "pipe"', text)
            text = re.sub(r"(?m)^sink = .*$", f'sink = "{PIPE}"', text)
            machine.sh(f"mkfifo -m 660 {PIPE}; chown langso-speaker: {PIPE}")
            self.record()
        else:
            text = re.sub(r"(?m)^camera = .*$", 'camera = "replay"', text)
            text = re.sub(r"(?m)^source = .*$", f'source = "{CAMERA}"', text)
            lay_under_camera(machine.on_disk(CAMERA), a_page()[1])
            machine.sh(f"chown -R langso-kiosk: {CAMERA}")
        settings.write_text(text, encoding="utf-8")

    def at_a_desk(self, script: str, *words: str) -> str:
        """Runs one of this folder's scripts on a computer of its own in the office's network; what it printed."""
        space, _ = self._lan.join("desk")
        program = Path(__file__).with_name(script)
        command = ["ip", "netns", "exec", space, sys.executable, str(program), *words]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=program.parents[2], timeout=120, check=False
        )
        if done.returncode:
            raise BootFault(
                f"{script} ended with {done.returncode}:\n{done.stderr[-3000:]}\n{self.office.last_words()}"
            )
        return done.stdout

    def cable(self, role: str, *, plugged: bool) -> None:
        """Pulls a machine's network cable, or puts it back."""
        self._lan.cable(self.of(role).name, plugged=plugged)

    def visit(self, steps: list[dict[str, Any]]) -> dict[str, Any]:
        """A visit at the kiosk: its own service, user and confinement, with touches played instead of a finger's."""
        kiosk, home = self.kiosk, "/var/lib/langso-kiosk"
        drop_in = "/etc/systemd/system/langso-kiosk.service.d/visit.conf"
        kiosk.on_disk(f"{home}/steps.json").write_text(json.dumps(steps, ensure_ascii=False), encoding="utf-8")
        command = "/usr/lib/langso/venv/bin/python -m kiosk.shell.driving --settings /etc/langso/langso.toml"
        kiosk.on_disk(drop_in).write_text(
            f"[Service]\nRestart=no\nExecStart=\nExecStart={command} --steps {home}/steps.json --out {home}/visit\n"
        )
        kiosk.sh(
            f"chmod 644 {home}/steps.json; systemctl daemon-reload; systemctl stop langso-kiosk; rm -rf {home}/visit"
        )
        kiosk.sh("systemctl start --no-block langso-kiosk")
        try:
            result = kiosk.on_disk(f"{home}/visit/result.json")
            kiosk.wait(result.is_file, "the visit ends", 300)
            return json.loads(result.read_text(encoding="utf-8"))
        finally:
            kiosk.on_disk(drop_in).unlink()
            # A file of root's in a service's folder is a fault that doctor names.
            kiosk.on_disk(f"{home}/steps.json").unlink()
            kiosk.sh("systemctl daemon-reload; systemctl restart langso-kiosk", check=False)

    def record(self) -> Path:
        """Begins to record what the loudspeaker's amplifier would get; the folder of the recording."""
        out = self.folder / "recording"
        if self._recorder is None:
            pipe = self.speaker.on_disk(PIPE)
            command = [
                sys.executable,
                "-m",
                "deploy.village.instruments.recorder",
                "--pipe",
                str(pipe),
                "--out",
                str(out),
            ]
            self._recorder = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        return out

    def stop_recording(self) -> None:
        """So that the files are whole."""
        if self._recorder is not None:
            self._recorder.terminate()
            self._recorder.wait(20)
            self._recorder = None

    def end(self) -> None:
        """Everything off."""
        self.stop_recording()
        for machine in self._machines.values():
            machine.cut_power()
