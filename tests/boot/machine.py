"""One machine: a Debian root folder that boots with its own systemd, has a plug to pull, and takes sticks."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lan import Lan

BOOT_S = 60.0
COMMAND_S = 240.0
STICK = "/media/usb"


class BootFault(AssertionError):
    """A machine did not do what was asked; the message holds what it said."""


@dataclass(frozen=True)
class Done:
    """A finished command: exit code, what it said (both streams), seconds."""

    code: int
    said: str
    seconds: float


class Machine:
    """`folder`: its disk, unpacked from `root_tar` at first; `lan`: what its cable is plugged into."""

    def __init__(self, name: str, folder: Path, lan: Lan, root_tar: Path, *, binds: dict[Path, str] | None = None):
        self.name = name
        self.folder = folder
        self._lan = lan
        self._binds = binds or {}
        self._process: subprocess.Popen[bytes] | None = None
        self._leader: int | None = None
        self.boots = 0
        if not (folder / "etc").is_dir():
            folder.mkdir(parents=True)
            subprocess.run(["tar", "-xf", root_tar, "-C", folder, "--numeric-owner"], check=True)
            (folder / "etc/hostname").write_text(f"{name}\n", encoding="utf-8")
            (folder / "etc/hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {name}\n", encoding="utf-8")
            (folder / "etc/resolv.conf").unlink(missing_ok=True)
            (folder / "etc/resolv.conf").write_text("", encoding="utf-8")
        _, self.address = lan.join(name)

    @property
    def log(self) -> Path:
        """What its console said, all boots."""
        return self.folder.with_suffix(".console")

    @property
    def running(self) -> bool:
        """Whether it is switched on."""
        return self._process is not None and self._process.poll() is None

    def boot(self) -> float:
        """Switches it on; returns the seconds until systemd has started everything."""
        begin = time.monotonic()
        space, _ = self._lan.join(self.name)
        command = [
            *("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot", f"--directory={self.folder}"),
            *(f"--network-namespace-path=/run/netns/{space}", "--capability=CAP_NET_ADMIN", "--resolv-conf=off"),
            *("--timezone=off", f"--hostname={self.name}", "--link-journal=no"),
            *(f"--bind-ro={outside}:{inside}" for outside, inside in self._binds.items()),
        ]
        groups = _own_groups(space)
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: _enter(groups),
            )
        self._leader = None
        wait_for(self._up, f"{self.name} boots", BOOT_S)
        self.run("systemctl", "is-system-running", "--wait", check=False, seconds=BOOT_S)
        self.boots += 1
        return time.monotonic() - begin

    def cut_power(self) -> None:
        """Pulls the plug: every process ends at once, nothing is told to stop."""
        if self._leader is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._leader, signal.SIGKILL)
        self._gone(20)

    def reboot(self) -> float:
        """Shuts down in order and boots again."""
        self.run("systemctl", "poweroff", check=False)
        self._gone(60)
        return self.boot()

    def remove(self) -> None:
        """Cuts the power and throws the disk away."""
        self.cut_power()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(
        self, *command: str, environment: dict[str, str] | None = None, stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[str]:
        """Starts a command inside as root, its output readable; for what is interrupted or spoken with."""
        return subprocess.Popen(
            self._inside(command, environment),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )

    def run(
        self,
        *command: str,
        check: bool = True,
        seconds: float = COMMAND_S,
        said: str | None = None,
        environment: dict[str, str] | None = None,
    ) -> Done:
        """Runs a command inside as root, as over ssh; `said`: what is typed into it. Raises BootFault."""
        begin = time.monotonic()
        try:
            done = subprocess.run(
                self._inside(command, environment),
                input=said,
                stdin=subprocess.DEVNULL if said is None else None,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise BootFault(
                f"{self.name}: «{' '.join(command)}» not done in {seconds:.0f} s: {late.stdout!r}"
            ) from late
        result = Done(done.returncode, done.stdout, time.monotonic() - begin)
        if check and result.code:
            raise BootFault(f"{self.name}: «{' '.join(command)}» ended with {result.code}:\n{result.said[-4000:]}")
        return result

    def sh(self, script: str, *, check: bool = True, seconds: float = COMMAND_S) -> str:
        """A shell script as root; what it said."""
        return self.run("/bin/sh", "-ec", script, check=check, seconds=seconds).said

    def inside(self, path: str) -> Path:
        """A path of the machine as the test may open it, what is mounted there included, while it runs."""
        assert self._leader is not None
        return Path(f"/proc/{self._leader}/root") / path.lstrip("/")

    def on_disk(self, path: str) -> Path:
        """A path on its disk; also while it is off."""
        return self.folder / path.lstrip("/")

    def wait(self, fact: Callable[[], bool], what: str, seconds: float) -> float:
        """Waits for a fact; where it does not come, the message holds the units' last words."""
        try:
            return wait_for(fact, f"{self.name}: {what}", seconds)
        except BootFault as fault:
            raise BootFault(f"{fault}\n{self.last_words()}") from None

    def processes(self) -> list[str]:
        """The command lines of what runs now; a bare Debian has neither ps nor pgrep."""
        said = self.sh('for one in /proc/[0-9]*/cmdline; do tr "\\0" " " < $one || true; echo; done 2>/dev/null')
        return [line.strip() for line in said.splitlines() if line.strip()]

    def active(self, unit: str) -> bool:
        """Whether a unit is active now."""
        return self.run("systemctl", "is-active", "--quiet", unit, check=False).code == 0

    def wait_active(self, unit: str, seconds: float = 60) -> float:
        """Waits until a unit is active; the seconds."""
        return self.wait(lambda: self.active(unit), f"{unit} runs", seconds)

    def last_words(self) -> str:
        """Failed units, and the end of the journal of ours."""
        if not self.running:
            return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        failed = self.run("systemctl", "--failed", "--no-legend", check=False).said
        words = self.run("journalctl", "--no-pager", "-n", "60", "-u", "langso-*", "-o", "cat", check=False).said
        return f"failed units: {failed}\njournal:\n{words[-5000:]}"

    @contextlib.contextmanager
    def stick(self, image: Path, at: str = STICK) -> Iterator[str]:
        """Plugs a stick in, mounted at `at`, and pulls it out at the end: a disk of its own (`image`, made where it
        is not there), as the kernel shows one; what is written stays on it.
        """
        if not image.exists():
            image.parent.mkdir(parents=True, exist_ok=True)
            with image.open("wb") as disk:
                disk.truncate(32 << 20)
            subprocess.run(["mkfs.ext4", "-q", "-L", "LANGSO", image], check=True)
        device = subprocess.run(
            ["losetup", "--find", "--show", image], check=True, capture_output=True, text=True
        ).stdout.strip()
        number = Path(device).stat().st_rdev
        node = f"/dev/stick{os.minor(number)}"
        try:
            self.sh(
                f"mkdir -p {at}; mknod {node} b {os.major(number)} {os.minor(number)};"
                f"mount -o nodev,nosuid {node} {at}"
            )
            yield at
        finally:
            if self.running:
                self.sh(f"umount {at}; rm {node}")
            subprocess.run(["losetup", "--detach", device], check=True)

    def _inside(self, command: tuple[str, ...], environment: dict[str, str] | None) -> list[str]:
        if not self.running or self._leader is None:
            raise BootFault(f"{self.name} is off")
        words = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            **(environment or {}),
        }
        return [
            *("nsenter", "--all", f"--target={self._leader}", f"--wd={self.inside('/root')}", "/usr/bin/env", "-i"),
            *(f"{name}={value}" for name, value in words.items()),
            *command,
        ]

    def _up(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise BootFault(f"{self.name} did not boot:\n{self.log.read_text(errors='replace')[-2000:]}")
        # Anew at every look: the first child only prepares the machine and ends.
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        self._leader = int(children[0]) if children else None
        return self._leader is not None and self.inside("/run/systemd/private").exists()

    def _gone(self, seconds: float) -> None:
        if self._process is not None:
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(20)
        self._process = self._leader = None


def _own_groups(name: str) -> list[Path]:
    """A control group for one machine in each hierarchy that systemd uses: in a common one two machines' units of the
    same name would be one, and each systemd would end the other's processes.
    """
    groups = []
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, mounted, kind, options = line.split()[:4]
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options):
            group = Path(mounted) / name
            group.mkdir(exist_ok=True)
            groups.append(group)
    return groups


def _enter(groups: list[Path]) -> None:
    for group in groups:
        (group / "cgroup.procs").write_text(str(os.getpid()), encoding="utf-8")


def wait_for(fact: Callable[[], bool], what: str, seconds: float, every: float = 0.1) -> float:
    """Waits until `fact` holds; returns the seconds. Raises BootFault."""
    begin = time.monotonic()
    while not fact():
        if time.monotonic() - begin > seconds:
            raise BootFault(f"expected within {seconds:.0f} s: {what}")
        time.sleep(every)
    return time.monotonic() - begin
