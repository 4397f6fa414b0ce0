"""deploy/setup.sh where apt, dpkg, df, sudo and the environment's maker are stand-ins that say what they got."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from waiting import until

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("awk", "cat", "cut", "dirname", "env", "flock", "grep", "mktemp", "rm", "sed", "sha256sum", "sh", "tail")

APT = """
case "$*" in
  *update) echo "apt update" >> "$WORLD/did"; part=update ;;
  *) shift 2; echo "apt $*" >> "$WORLD/did"; part=install ;;
esac
if [ -s "$WORLD/$part-says" ]; then
    sed -n 1p "$WORLD/$part-says" >&2
    sed -i 1d "$WORLD/$part-says"
    exit 100
fi
[ $part = update ] || for name in "$@"; do echo "$name" >> "$WORLD/installed"; done
"""
MAKER = """
import os, pathlib, sys
world = pathlib.Path(os.environ["WORLD"])
with (world / "did").open("a") as file:
    file.write(" ".join(["environment", *sys.argv[1:]]) + "\\n")
if (world / "gate").exists():
    (world / "at-gate").touch()
    (world / "gate").open().read()
if (world / "environment-fails").exists():
    print("environment: No network, or so.", file=sys.stderr); sys.exit(1)
if "--into" in sys.argv:
    bin = pathlib.Path(".venv/bin"); bin.mkdir(parents=True, exist_ok=True)
    for name in ("langso", "python"):
        (bin / name).write_text(pathlib.Path(world / "venv-python").read_text()); (bin / name).chmod(0o755)
with (world / "did").open("a") as file:
    file.write("environment done\\n")
"""


NPM = """#!/bin/sh
[ "$1" != -c ] || [ ! -s "$WORLD/npm-says" ] || { cat "$WORLD/npm-says"; exit 1; }
"""


@dataclass
class World:
    """A checkout and a machine around it."""

    folder: Path

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    def tool(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)

    def says(self, name: str, *lines: str) -> None:
        (self.folder / f"{name}-says").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def free(self, megabytes: int) -> None:
        self.tool("df", f"echo head; echo '/dev/sda1 99999 1 {megabytes} 1% /'")

    def installed(self, *names: str) -> None:
        (self.folder / "installed").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")

    @property
    def did(self) -> list[str]:
        return (self.folder / "did").read_text(encoding="utf-8").splitlines()

    def start(self, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["/bin/sh", str(self.checkout / "deploy/setup.sh")],
            env={"PATH": str(self.folder / "bin"), "WORLD": str(self.folder), **variables},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def run(self, **variables: str) -> tuple[int, str]:
        running = self.start(**variables)
        said, _ = running.communicate(timeout=60)
        return running.returncode, said


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Root on a machine with room, a network, and none of two Debian packages that are needed."""
    made = World(tmp_path)
    for place in ("bin", "checkout/deploy/apt", "checkout/requirements", "checkout/office/assets"):
        (tmp_path / place).mkdir(parents=True)
    shutil.copy(ROOT / "deploy/setup.sh", made.checkout / "deploy")
    files = {
        "deploy/apt/village.txt": "# these\nmake\nmosquitto\n", "deploy/apt/test.txt": "chromium\n",
        "deploy/apt/gobject.txt": "build-essential\n", "deploy/environment.py": MAKER, "deploy/models.py": "",
        "deploy/web_fonts.py": "",
        "requirements/dev.txt": "", "pyproject.toml": "", "office/assets/package-lock.json": "{}",
    }  # fmt: skip
    for name, text in files.items():
        (made.checkout / name).write_text(text, encoding="utf-8")
    for name in TOOLS:
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    (tmp_path / "did").touch()
    (tmp_path / "venv-python").write_text(NPM, encoding="utf-8")
    made.installed()
    made.free(9000)
    made.tool("id", "echo 0")
    made.tool("sleep", f"exec {shutil.which('sleep')} 0.05")
    made.tool("dpkg-query", 'for name; do :; done; grep -qx "$name" "$WORLD/installed" && echo installed')
    made.tool("dpkg", 'echo "dpkg $*" >> "$WORLD/did"')
    made.tool("apt-get", APT)
    return made


def test_it_says_each_step_and_the_second_time_does_nothing(world: World) -> None:
    code, said = world.run()
    assert code == 0, said
    assert "Debian packages missing here: make mosquitto" in said
    assert "Ready: .venv/bin/langso" in said
    assert world.did[:2] == ["apt update", "apt install -y --no-install-recommends make mosquitto"]
    assert world.did[2] == "environment --lock requirements/dev.txt --into .venv --gi --project . --editable"
    before = world.did
    assert world.run() == (0, "")
    assert world.did == before


def test_a_changed_lock_sets_up_again(world: World) -> None:
    world.run()
    (world.checkout / "requirements/dev.txt").write_text("click==9\n", encoding="utf-8")
    before = len(world.did)
    assert world.run()[0] == 0
    assert any(line.startswith("environment --lock requirements/dev.txt") for line in world.did[before:])


@pytest.mark.parametrize(("installed", "free"), [((), 2600), (("make", "mosquitto"), 1500)])
def test_too_little_room_is_told_before_anything_begins(world: World, installed: tuple[str, ...], free: int) -> None:
    world.installed(*installed)
    world.free(free)
    code, said = world.run()
    assert code == 1
    assert f"{free} MB are free" in said
    assert "Nothing was begun" in said
    assert world.did == []


def test_room_on_two_disks_is_counted_apart(world: World) -> None:
    other = 'echo "sda 9 1 1100 1% /"'
    world.tool(
        "df", f'for at; do :; done; echo head; [ $at != /usr ] || {{ {other}; exit; }}; echo "sdb 9 1 2000 1% /x"'
    )
    assert world.run()[0] == 0


@pytest.mark.parametrize("part", ["update", "install"])
def test_no_network_is_told_as_such(world: World, part: str) -> None:
    world.says(part, "W: Failed to fetch http://x  Temporary failure resolving 'x'")
    code, said = world.run()
    assert code == 1
    assert "No network: the Debian package archive cannot be reached." in said
    assert world.run()[0] == 0  # and the next time goes on


def test_it_waits_while_another_program_installs_packages(world: World) -> None:
    held = "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (unattended-upgr)"
    world.says("update", held, held)
    code, said = world.run()
    assert code == 0, said
    assert said.count("Another program is installing packages on this machine") == 1
    assert world.did[:3] == ["apt update"] * 3


def test_it_does_not_wait_for_ever(world: World) -> None:
    world.says("update", *["E: Could not get lock /var/lib/apt/lists/lock"] * 9)
    code, said = world.run(LANGSO_APT_WAIT="10")
    assert code == 1
    assert "Another program is still installing packages; when it has ended, run this again." in said


def test_an_installation_cut_off_earlier_is_finished_first(world: World) -> None:
    world.says(
        "install", "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem."
    )
    code, said = world.run()
    assert code == 0, said
    assert "dpkg --configure -a" in world.did


def test_packages_left_half_installed_are_mended_first(world: World) -> None:
    world.says("install", "E: Unmet dependencies. Try 'apt --fix-broken install' with no packages")
    code, said = world.run()
    assert code == 0, said
    assert "apt install -y --fix-broken" in world.did


def test_without_an_administrator_it_names_the_command_to_ask_for(world: World) -> None:
    world.tool("id", "echo 1000")
    code, said = world.run()
    assert code == 1
    assert "apt-get install --no-install-recommends make mosquitto" in said
    world.tool("sudo", "exit 1")  # it would ask for a password, and nobody is there to type it
    assert world.run()[0] == 1
    assert world.did == []


def test_with_sudo_only_apt_is_run_by_it(world: World) -> None:
    world.tool("id", "echo 1000")
    world.tool("sudo", '[ "$1" = -n ] || { echo sudo >> "$WORLD/did"; exec "$@"; }')
    assert world.run()[0] == 0
    assert world.did.count("sudo") == 2


def test_a_machine_without_dpkg_is_told_what_this_is_for(world: World) -> None:
    (world.folder / "bin/dpkg-query").unlink()
    code, said = world.run()
    assert (code, "for Debian, Ubuntu and Raspberry Pi OS" in said) == (1, True)


def test_a_python_of_another_age_is_refused_by_name(world: World) -> None:
    world.tool("python3.9", "exit 1")
    code, said = world.run(LANGSO_PYTHON="python3.9")
    assert (code, "Python 3.11, 3.12 or 3.13 was not found" in said) == (1, True)


def test_a_python_that_debians_bindings_do_not_fit_gets_what_builds_them(world: World) -> None:
    world.tool("other-python", f'[ "$1" != -Ic ] || exit 1; exec {sys.executable} "$@"')
    code, said = world.run(LANGSO_PYTHON="other-python")
    assert code == 0, said
    assert "apt install -y --no-install-recommends build-essential" in world.did


def test_an_environment_that_fails_leaves_nothing_that_looks_ready(world: World) -> None:
    (world.folder / "environment-fails").touch()
    code, said = world.run()
    assert code != 0
    assert "No network" in said
    (world.folder / "environment-fails").unlink()
    assert world.run()[0] == 0


def test_assets_that_do_not_come_are_told(world: World) -> None:
    world.says("npm", "npm error code ENOTFOUND")
    code, said = world.run()
    assert (code, "No network: the npm registry cannot be reached" in said) == (1, True)
    world.says("npm", "npm error code EINTEGRITY")
    code, said = world.run()
    assert (code, "EINTEGRITY" in said and "package-lock.json" in said) == (1, True)


@pytest.mark.parametrize("killed", [False, True])
def test_two_at_once_and_the_rest_of_a_killed_one_are_waited_for(world: World, killed: bool) -> None:
    os.mkfifo(world.folder / "gate")
    first = world.start()
    until((world.folder / "at-gate").exists)
    if killed:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    second = world.start()
    assert second.stdout is not None
    assert "Another set-up of this checkout is running" in second.stdout.readline()
    gate = (world.folder / "gate").open("w")
    (world.folder / "gate").unlink()
    gate.close()
    assert second.wait(60) == 0
    if not killed:
        assert first.wait(60) == 0
    made = [line.split()[1] for line in world.did if line.startswith("environment")]
    assert made == ["--lock", "done"] * (2 if killed else 1)
    assert world.run() == (0, "")
