"""The one way a Python environment is made from a lock: `python3 deploy/environment.py --lock LOCK --into DIR`.

Runs under a bare system Python before anything of ours is installed, so it imports the standard library only. Exactly
the locked wheels and nothing else come in: no system packages, no resolving, every file checked by its hash, the
user's own pip settings left out except those that reach an index. Killed at any moment, it leaves no process behind,
and the next run begins that environment anew with what was already fetched.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

if __package__ in (None, ""):  # run by its path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from deploy.environment_pip import Pip, make_venv, pins_of
from deploy.environment_running import NotMade, alone, clean_variables, guarded, run, say, tail

READY = "langso-environment.json"
"""Written last inside an environment: without it the environment is half made and is made anew."""

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements"
APT_PYTHON = Path("/usr/lib/python3/dist-packages")
PYTHONS = ((3, 11), (3, 13))
MACHINES = ("x86_64", "aarch64")
NEEDED_MB = {"speaker": (80, 20), "scanner": (500, 170), "kiosk": (600, 190), "office": (550, 180), "dev": (900, 330)}
"""By lock: megabytes of the finished environment and of what is fetched for it (measured, rounded up)."""

_FORMAT = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Make or complete the environment asked for; 0, or 1 after a sentence on stderr."""
    asked = _parser().parse_args(arguments)
    try:
        _fit_for_us()
        if not asked.lock.is_file():
            raise NotMade(f"There is no lock {asked.lock}.")
        if asked.fetch:
            return guarded(lambda: fetch_only(asked.lock.resolve(), asked.fetch.absolute()))
        return guarded(Maker(asked).make)
    except NotMade as reason:
        print(f"environment: {reason}", file=sys.stderr)
        return 1


def fetch_only(lock: Path, folder: Path) -> None:
    """Fetch a lock's files into a folder without installing any. Raises NotMade."""
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        scratch = folder / ".making"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        pip = Pip(scratch, folder, None)
        pip.prepare(REQUIREMENTS / "build.txt")
        pip.fetch(lock, "files")
        shutil.rmtree(scratch)
        for mark in folder.glob("*.done"):
            mark.unlink()


class Maker:
    """Makes one environment; every method is a step that may be killed and begun again."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.lock: Path = asked.lock.resolve()
        self.into: Path = asked.into.absolute()
        self.project: Path | None = asked.project.resolve() if asked.project else None
        self.editable: bool = asked.editable
        self.gi: bool = asked.gi
        self.compiled: bool = not asked.no_compile
        self.python = self.into / "bin/python"
        self.scratch = self.into / ".making"
        self.fetched = self.into / ".fetched"
        wheels = asked.wheels.resolve() if asked.wheels else None
        self.pip = Pip(self.scratch, self.fetched, wheels, compiled=self.compiled)

    def make(self) -> None:
        """All of it; at once where the environment is already what is asked for. Raises NotMade."""
        self.into.mkdir(parents=True, exist_ok=True)
        with alone(self.into):
            if self._ready():
                say(f"{self.into} is what {self.lock.name} asks for; nothing to do")
                return
            self._empty()
            self._room()
            self.scratch.mkdir()
            self.fetched.mkdir(exist_ok=True)
            say(f"Making {self.into} with Python {platform.python_version()} from {self.lock.name}")
            self.pip.prepare(REQUIREMENTS / "build.txt")
            make_venv(self.into, "--without-pip")
            self.pip.install(self.into, self.lock, "the locked packages")
            if self.gi:
                self._bindings()
            if self.project:
                self._our_own(self.project)
            say("Checking that everything fits together")
            self.pip.must(self.into, "check")
            shutil.rmtree(self.scratch)
            shutil.rmtree(self.fetched)
            _write(self.into / READY, json.dumps(self._wanted(), indent=1) + "\n")
            say(f"{self.into} is ready")

    def _wanted(self) -> dict[str, object]:
        project = self.project and hashlib.sha256((self.project / "pyproject.toml").read_bytes()).hexdigest()
        return {
            "format": _FORMAT,
            "lock": hashlib.sha256(self.lock.read_bytes()).hexdigest(),
            "python": ".".join(platform.python_version_tuple()[:2]),
            "bindings": self.gi,
            "project": project,
            "editable": self.editable,
        }

    def _ready(self) -> bool:
        # A copied project may have changed in any file.
        if not self.python.exists() or (self.project and not self.editable):
            return False
        try:
            return bool(json.loads((self.into / READY).read_text(encoding="utf-8")) == self._wanted())
        except (OSError, ValueError):
            return False

    def _empty(self) -> None:
        there = list(self.into.iterdir())
        ours = {"pyvenv.cfg", READY, self.scratch.name, self.fetched.name}
        if not there:
            return
        if not ours & {path.name for path in there}:
            raise NotMade(f"{self.into} holds other things; name a folder that is empty or an environment.")
        kind = "an older" if (self.into / READY).exists() else "a half-made"
        say(f"Removing {kind} environment in {self.into}")
        (self.into / READY).unlink(missing_ok=True)
        # What marks the folder as ours goes last, so that a removal cut short is recognised too.
        for path in sorted(there, key=lambda one: one.name in ours):
            if not path.is_dir() or path.is_symlink():
                path.unlink(missing_ok=True)
            elif path != self.fetched:
                shutil.rmtree(path)

    def _room(self) -> None:
        finished, fetched = NEEDED_MB.get(self.lock.stem, (0, 0))
        free = shutil.disk_usage(self.into).free // 1_000_000
        # What is fetched may lie twice: beside the environment and in pip's own cache.
        needed = finished + 2 * fetched + 60
        if free < needed:
            raise NotMade(
                f"{self.into} needs {needed} MB, its disk has {free} MB free; make room and run this again."
            )

    def _bindings(self) -> None:
        """GStreamer's bindings: apt's own where it was built for this Python, else built from the gobject locks."""
        place = next(self.into.glob("lib/python3*/site-packages"))
        tag = f"_gi.cpython-{sys.version_info[0]}{sys.version_info[1]}-"
        if any(file.name.startswith(tag) for file in APT_PYTHON.glob("gi/_gi.*.so")):
            say("Linking Debian's python3-gi")
            (place / "gi").symlink_to(APT_PYTHON / "gi")
        else:
            say("Debian's python3-gi does not fit this Python: building PyGObject")
            self._build_bindings()
        probe = "import gi; gi.require_version('Gst', '1.0'); from gi.repository import Gst"
        tried = run([str(self.python), "-I", "-c", probe], clean_variables({}))
        if tried.returncode:
            needs = "apt-get install python3-gi gir1.2-gstreamer-1.0"
            raise NotMade(f"GStreamer's bindings do not load; {needs}, then run this again: {tail(tried.stdout)}")

    def _build_bindings(self) -> None:
        missing = " and ".join(name for name in ("cc", "pkg-config") if not shutil.which(name))
        if missing:
            raise NotMade(f"Building PyGObject needs {missing}: apt-get install what deploy/apt/gobject.txt names.")
        self.pip.install(self.pip.home, REQUIREMENTS / "gobject-build.txt", "what builds PyGObject")
        # Built where its locked build requirements are, never in pip's isolation, which would fetch unlocked ones.
        for pin in sorted(pins_of(REQUIREMENTS / "gobject.txt")):  # pycairo first: PyGObject is built against it
            only = self.scratch / "source.txt"
            only.write_text(pin, encoding="utf-8")
            wheel = self.pip.build(only, self.scratch / "built")
            for place in (self.pip.home, self.into):
                self._install_wheel(place, wheel)

    def _our_own(self, project: Path) -> None:
        say("Installing this project" + (", editable" if self.editable else ""))
        quiet = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation")
        if self.editable:
            self.pip.must(self.into, "install", *quiet, "--editable", str(project))
            return
        # From a copy: setuptools would build inside the source and take in what an earlier build left there.
        copy, built = self.scratch / "source", self.scratch / "built"
        _copy_sources(project, copy)
        self.pip.must(self.pip.home, "wheel", *quiet, "--wheel-dir", str(built), str(copy))
        self._install_wheel(self.into, next(built.glob("*.whl")))

    def _install_wheel(self, inside: Path, wheel: Path) -> None:
        # By name, not by file: pip would write this folder's path into the environment.
        name, version = wheel.name.split("-")[:2]
        more = () if self.compiled else ("--no-compile",)
        local = ("--no-index", "--find-links", str(wheel.parent))
        self.pip.must(inside, "install", "--quiet", "--no-deps", *local, *more, f"{name}=={version}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="environment.py", description="Make a Python environment from a lock.")
    parser.add_argument("--lock", type=Path, required=True, help="requirements/ROLE.txt")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--into", type=Path, help="the environment's folder")
    where.add_argument(
        "--fetch", type=Path, metavar="FOLDER", help="no environment: only the lock's files, into here"
    )
    parser.add_argument("--gi", action="store_true", help="with GStreamer's bindings (apt's, or built)")
    parser.add_argument("--wheels", type=Path, help="offline: every file from this folder (build.txt's too)")
    parser.add_argument("--project", type=Path, help="install this project into it too")
    parser.add_argument("--editable", action="store_true", help="the project as it stands, not a copy")
    parser.add_argument("--no-compile", action="store_true", help="leave out compiled .pyc files")
    return parser


def _fit_for_us() -> None:
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        has = platform.python_version()
        raise NotMade(f"Python {has} does not fit; 3.11, 3.12 or 3.13 is needed (Debian 12 and 13 have one).")
    if sys.maxsize < 2**32 or platform.machine() not in MACHINES:
        raise NotMade(f"{platform.machine()} does not fit; a 64-bit x86 or ARM system is needed.")


def _copy_sources(project: Path, copy: Path) -> None:
    """The project's packages and top-level files, without what earlier builds, runs or set-ups left beside them."""
    import tomllib  # Python 3.11; an older one has been refused by now

    told = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = told["tool"]["setuptools"]["packages"]["find"]["include"]
    leave = shutil.ignore_patterns("__pycache__", "node_modules", "*.egg-info", "models")
    copy.mkdir()
    for path in sorted(project.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            shutil.copy2(path, copy)
        elif path.is_dir() and "." not in path.name and any(path.match(one) for one in patterns):
            shutil.copytree(path, copy / path.name, ignore=leave, symlinks=True)


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


if __name__ == "__main__":
    sys.exit(main())
