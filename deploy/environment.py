"""The one way a Python environment is made from a lock: `python3 deploy/environment.py --lock LOCK --into DIR`.

Runs under a bare system Python before anything of ours is installed, so it imports the standard library only. Exactly
the locked wheels and nothing else come in: no system packages, no resolving, every file checked by its hash, the
user's own pip settings left out except those that reach an index. Killed at any moment, it leaves no process behind,
and the next run begins that environment anew with what was already fetched.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

READY = "langso-environment.json"
"""Written last inside an environment: without it the environment is half made and is made anew."""

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements"
APT_PYTHON = Path("/usr/lib/python3/dist-packages")
PYTHONS = ((3, 11), (3, 13))
MACHINES = ("x86_64", "aarch64")
NEEDED_MB = {
    "speaker": (60, 20),
    "scanner": (500, 160),
    "kiosk": (600, 190),
    "office": (550, 180),
    "dev": (1000, 330),
}
"""By lock: megabytes of the finished environment and of what is fetched for it (measured, rounded up)."""

_FORMAT = 1
_REACHING = ("index-url", "proxy", "cert", "client-cert", "trusted-host", "timeout", "default-timeout", "retries",
             "cache-dir", "keyring-provider")  # fmt: skip
_NO_LINE = re.compile(
    r"NewConnectionError|Failed to establish a new connection|ConnectTimeout|Read timed out|ReadTimeout|ProxyError"
    r"|name resolution|Name or service not known|Network is unreachable|Connection (refused|reset|broken|aborted)"
    r"|ConnectionError|Max retries exceeded|IncompleteRead|incomplete-download|Connection timed out|ProtocolError"
)
_TRIES = 4
_AT_ONCE = 12
_AGAIN = "run this again (what was fetched is kept)"


class NotMade(Exception):
    """The environment could not be made; the message is one sentence that says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make or complete the environment asked for; 0, or 1 after a sentence on stderr."""
    asked = _parser().parse_args(arguments)
    try:
        _fit_for_us()
        return _guarded(lambda: Maker(asked).make())
    except NotMade as reason:
        print(f"environment: {reason}", file=sys.stderr)
        return 1


class Maker:
    """Makes one environment; every method is a step that may be killed and begun again."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.lock: Path = asked.lock.resolve()
        self.into: Path = asked.into.absolute()
        self.wheels: Path | None = asked.wheels.resolve() if asked.wheels else None
        self.project: Path | None = asked.project.resolve() if asked.project else None
        self.editable: bool = asked.editable
        self.gi: bool = asked.gi
        self.compile: bool = not asked.no_compile
        self.python = self.into / "bin/python"
        self.scratch = self.into / ".making"
        self.tool = self.scratch / "tool"
        self.fetched = self.into / ".fetched"
        self._settings: dict[str, str] = {}

    def make(self) -> None:
        """All of it; at once where the environment is already what is asked for."""
        if not self.lock.is_file():
            raise NotMade(f"There is no lock {self.lock}.")
        self.into.mkdir(parents=True, exist_ok=True)
        with _alone(self.into):
            if self._ready() and self.python.exists() and (self.project is None or self.editable):
                _say(f"{self.into} is what {self.lock.name} asks for; nothing to do")
                return
            self._empty()
            self._room()
            self.scratch.mkdir()
            self.fetched.mkdir(exist_ok=True)
            self._environment()
            if self.gi:
                self._bindings()
            if self.project:
                self._our_own(self.project)
            self._check()
            shutil.rmtree(self.scratch)
            shutil.rmtree(self.fetched)
            _write(self.into / READY, json.dumps(self._wanted(), indent=1) + "\n")
            _say(f"{self.into} is ready")

    def _wanted(self) -> dict[str, object]:
        project = self.project and hashlib.sha256((self.project / "pyproject.toml").read_bytes()).hexdigest()
        return {
            "format": _FORMAT,
            "lock": hashlib.sha256(self.lock.read_bytes()).hexdigest(),
            "python": platform.python_version(),
            "bindings": self.gi,
            "project": project,
            "editable": self.editable,
        }

    def _ready(self) -> bool:
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
        _say(f"Removing {kind} environment in {self.into}")
        (self.into / READY).unlink(missing_ok=True)
        # What marks the folder as ours goes last, so that a removal cut short is recognised too.
        for path in sorted(there, key=lambda one: one.name in ours):
            if path == self.fetched:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def _room(self) -> None:
        finished, fetched = NEEDED_MB.get(self.lock.stem, (0, 0))
        free = shutil.disk_usage(self.into).free // 1_000_000
        # What is fetched may lie twice: beside the environment and in pip's own cache.
        needed = finished + 2 * fetched + 60
        if free < needed:
            raise NotMade(
                f"{self.into} needs {needed} MB and its disk has {free} MB free; make room and run this again."
            )

    def _environment(self) -> None:
        version = platform.python_version()
        _say(f"Making {self.into} with Python {version} from {self.lock.name}")
        for folder, more in ((self.tool, ()), (self.into, ("--without-pip",))):
            made = _run([sys.executable, "-I", "-m", "venv", *more, str(folder)], _environ({}))
            if made.returncode:
                if "ensurepip" in made.stdout:
                    raise NotMade("Python's venv module is not complete here: apt-get install python3-venv")
                raise NotMade(f"Python could not make {folder}: {_tail(made.stdout)}")
        self._settings = self._reaching()
        # The same pip everywhere: Debian's own differ by release in how they fetch, resume and show progress.
        self._install(self.tool, REQUIREMENTS / "build.txt", "the installer itself")
        (self.scratch / "modern").touch()
        self._install(self.into, self.lock, "the locked packages")

    def _reaching(self) -> dict[str, str]:
        """What pip's own files and variables say about reaching an index, and nothing else of them."""
        listed = _run([str(self.tool / "bin/python"), "-I", "-m", "pip", "config", "list"], _environ(None)).stdout
        found: dict[str, str] = {}
        for section in ("global", "download", "install", ":env:"):
            for line in listed.splitlines():
                name, equals, value = line.partition("=")
                place, dot, key = name.rpartition(".")
                if equals and dot and place == section and key in _REACHING:
                    with contextlib.suppress(ValueError, SyntaxError):
                        found["PIP_" + key.upper().replace("-", "_")] = str(ast.literal_eval(value))
        return found

    def _pip(self, inside: Path, *arguments: str) -> list[str]:
        """The tool's pip, run by and for the environment `inside` without a process between."""
        runner = next(self.tool.glob("lib/python3*/site-packages/pip/__pip-runner__.py"))
        return [str(inside / "bin/python"), "-I", str(runner), *arguments]

    def _install(self, inside: Path, lock: Path, what: str, *how: str) -> None:
        pins = _pins(lock)
        if not pins:
            return
        _say(f"Fetching and installing {what}: {len(pins)} from {lock.name}")
        watch = _Progress(len(pins), lock, self.wheels)
        how = how or ("--only-binary", ":all:")
        if not self.wheels:
            for start in range(0, len(pins), _AT_ONCE):
                self._fetch(pins[start : start + _AT_ONCE], watch, how)
        local = (
            "--no-index",
            "--find-links",
            str(self.wheels or self.fetched),
            *(() if self.compile else ("--no-compile",)),
        )
        command = self._pip(inside, "install", "--no-deps", "--require-hashes", *how, *local, "-r", str(lock))
        if _follow(command, self._environ(), watch.beginning(fetching=False)):
            raise NotMade(watch.reason())

    def _fetch(self, pins: list[str], watch: _Progress, how: Sequence[str]) -> None:
        """Some of a lock's files into `fetched`, where they stay until the environment is ready: pip by itself keeps
        nothing of an interrupted run where its cache is off or the index forbids caching.
        """
        text = "".join(pins)
        done = self.fetched / f"{hashlib.sha256(text.encode()).hexdigest()}.done"
        watch.beginning(fetching=True)
        if done.exists():
            watch.skip(len(pins))
            return
        part = self.scratch / "part.txt"
        part.write_text(text, encoding="utf-8")
        to = ("--dest", str(self.fetched), "--progress-bar", "raw" if (self.scratch / "modern").exists() else "off")
        command = self._pip(self.tool, "download", "--no-deps", "--require-hashes", *how, *to, "-r", str(part))
        for attempt in range(1, _TRIES + 1):
            if _follow(command, self._environ(), watch) == 0:
                done.touch()
                return
            if not watch.line_broke or not watch.reached or attempt == _TRIES:
                raise NotMade(watch.reason())
            _say(f"The line broke; going on with what is here (attempt {attempt + 1} of {_TRIES})")
            time.sleep(attempt)
            watch.beginning(fetching=True, again=True)

    def _environ(self) -> dict[str, str]:
        temporary = self.scratch / "tmp"
        temporary.mkdir(exist_ok=True)
        # Not /tmp: that is memory on Debian 13, too small on a Pi for what is fetched.
        return {**_environ(self._settings), "TMPDIR": str(temporary)}

    def _bindings(self) -> None:
        """GStreamer's bindings: apt's own where it was built for this Python, else built from the gobject locks."""
        place = next(self.into.glob("lib/python3*/site-packages"))
        tag = f"_gi.cpython-{sys.version_info[0]}{sys.version_info[1]}-"
        if any(file.name.startswith(tag) for file in APT_PYTHON.glob("gi/_gi.*.so")):
            _say("Linking Debian's python3-gi")
            (place / "gi").symlink_to(APT_PYTHON / "gi")
        else:
            _say("Debian's python3-gi does not fit this Python: building PyGObject")
            self._build_bindings()
        probe = "import gi; gi.require_version('Gst', '1.0'); from gi.repository import Gst"
        tried = _run([str(self.python), "-I", "-c", probe], _environ({}))
        if tried.returncode:
            raise NotMade(
                "GStreamer's bindings do not load; apt-get install python3-gi gir1.2-gstreamer-1.0, then again: "
                + _tail(tried.stdout)
            )

    def _build_bindings(self) -> None:
        missing = [name for name in ("cc", "pkg-config") if not shutil.which(name)]
        if missing:
            raise NotMade(
                f"Building PyGObject needs {' and '.join(missing)}: apt-get install what deploy/apt/gobject.txt names"
            )
        self._install(self.tool, REQUIREMENTS / "gobject-build.txt", "what builds PyGObject")
        # Each is built in the tool's environment, where its locked build requirements are, never in pip's isolation.
        sources = _pins(REQUIREMENTS / "gobject.txt")
        for name in ("pycairo", "pygobject"):
            only = self.scratch / f"{name}.txt"
            only.write_text("".join(pin for pin in sources if pin.startswith(f"{name}==")), encoding="utf-8")
            for place in (self.tool, self.into) if name == "pycairo" else (self.into,):
                self._install(place, only, f"{name} from source", "--no-build-isolation", "--no-binary", name)

    def _our_own(self, project: Path) -> None:
        _say("Installing this project" + (", editable" if self.editable else ""))
        quiet = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation")
        if self.editable:
            self._must(self._pip(self.into, "install", *quiet, "--editable", str(project)))
            return
        # From a copy: setuptools would build inside the source and take in what an earlier build left there.
        copy, built = self.scratch / "source", self.scratch / "built"
        _copy_sources(project, copy)
        self._must(self._pip(self.tool, "wheel", *quiet, "--wheel-dir", str(built), str(copy)))
        # By name, not by file: pip would write this folder's path into the environment.
        wheel = next(built.glob("*.whl"))
        name, version = wheel.name.split("-")[:2]
        more = () if self.compile else ("--no-compile",)
        self._must(self._pip(self.into, "install", *quiet, *more, "--find-links", str(built), f"{name}=={version}"))

    def _must(self, command: list[str]) -> None:
        done = _run(command, self._environ())
        if done.returncode:
            raise NotMade(f"pip could not do it: {_tail(done.stdout)}")

    def _check(self) -> None:
        _say("Checking that everything fits together")
        done = _run(self._pip(self.into, "check"), self._environ())
        if done.returncode:
            raise NotMade(
                f"{self.lock.name} does not fit together, re-make it with `make lock`: {_tail(done.stdout)}"
            )


class _Progress:
    """Reads pip's lines as they come: shows how far it is, and knows afterwards why it failed."""

    def __init__(self, total: int, lock: Path, wheels: Path | None) -> None:
        self.line_broke = False
        self.reached = False
        self._total, self._lock, self._wheels = total, lock, wheels
        self._seen = self._seen_before = 0
        self._name = ""
        self._fetching = False
        self._last: deque[str] = deque(maxlen=60)
        self._shown = time.monotonic()
        self._terminal = sys.stdout.isatty()

    def beginning(self, *, fetching: bool, again: bool = False) -> _Progress:
        """pip is about to run: for files, or to unpack them."""
        self._fetching, self.line_broke = fetching, False
        self._last.clear()
        self._seen = self._seen_before if again else self._seen
        self._seen_before = self._seen
        return self

    def skip(self, count: int) -> None:
        """That many are here already."""
        self._seen += count

    def take(self, line: str) -> None:
        """One line of pip's."""
        line = line.rstrip()
        step = re.match(r"Progress (\d+) of (\d+)", line)
        if step:
            done, size = (int(part) / 1_000_000 for part in step.groups())
            if size > 1:
                self._show(f"{self._name} {done:.0f} of {size:.0f} MB")
            return
        self._last.append(line)
        if _NO_LINE.search(line):
            self.line_broke = True
        if self._fetching and line.startswith(("Collecting ", "Ignoring ")):
            self._seen += 1
            self._name = re.split(r"[=:\s]", line.split()[1])[0]
            self._show(self._name)
        elif line.lstrip().startswith(("Downloading ", "Using cached ", "Saved ")):
            self.reached = True
        elif line.startswith("Installing collected"):
            self._show("unpacking", now=True)

    def over(self) -> None:
        """Leaves the terminal's line as it should be."""
        if self._terminal:
            print("\r\033[K", end="", flush=True)

    def reason(self) -> str:
        """One sentence about what went wrong."""
        text, here = "\n".join(self._last), f"Python {platform.python_version()} on {platform.machine()}"
        if "No space left" in text or "Errno 28" in text:
            return f"The disk became full; make room and {_AGAIN}."
        if "DO NOT MATCH THE HASHES" in text:
            return f"A file is not the one that {self._lock.name} names, so it was not installed: {_tail(text)}"
        lacking = re.search(r"No matching distribution found for ([^\s;]+)", text)
        if lacking and self._wheels:
            return f"{self._wheels} lacks {lacking.group(1)} for {here}."
        if self.line_broke:
            return f"No network, or the Python package index cannot be reached; connect and {_AGAIN}."
        if lacking:
            return f"The package index has no {lacking.group(1)} for {here}."
        return f"pip could not install {self._lock.name}: {_tail(text)}"

    def _show(self, what: str, *, now: bool = False) -> None:
        text = f"    {min(self._seen, self._total)} of {self._total}: {what}"
        if self._terminal:
            print(f"\r\033[K{text[:78]}", end="", flush=True)
        elif now or time.monotonic() - self._shown >= 5:
            self._shown = time.monotonic()
            print(text, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="environment.py", description="Make a Python environment from a lock.")
    parser.add_argument("--lock", type=Path, required=True, help="requirements/ROLE.txt")
    parser.add_argument("--into", type=Path, required=True, help="the environment's folder")
    parser.add_argument("--gi", action="store_true", help="with GStreamer's bindings (apt's, or built)")
    parser.add_argument("--wheels", type=Path, help="offline: take every file from this folder")
    parser.add_argument("--project", type=Path, help="install this project into it too")
    parser.add_argument("--editable", action="store_true", help="the project as it stands, not a copy")
    parser.add_argument("--no-compile", action="store_true", help="leave out compiled .pyc files")
    return parser


def _fit_for_us() -> None:
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        raise NotMade(
            f"Python {platform.python_version()} does not fit; 3.11, 3.12 or 3.13 is needed (Debian 12 or 13)."
        )
    if sys.maxsize < 2**32 or platform.machine() not in MACHINES:
        raise NotMade(f"{platform.machine()} does not fit; a 64-bit x86 or ARM system is needed.")


def _guarded(work: Callable[[], None]) -> int:
    """Do `work` in a process group of its own, which ends with this process however that ends; its exit code."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    worker = os.fork()
    if worker == 0:
        os.close(writing)
        os.setpgid(0, 0)
        os.umask(0o022)
        threading.Thread(target=_end_with, args=(reading,), daemon=True).start()
        code = 1
        try:
            work()
            code = 0
        except NotMade as reason:
            print(f"environment: {reason}", file=sys.stderr)
        except OSError as error:
            print(f"environment: {error}; mend that and run this again.", file=sys.stderr)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    os.close(reading)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    except KeyboardInterrupt:
        raise NotMade(f"Stopped; to go on, {_AGAIN}.") from None
    finally:
        with contextlib.suppress(OSError):
            os.killpg(worker, signal.SIGKILL)


def _end_with(reading: int) -> None:
    os.read(reading, 1)  # returns when the other end is gone
    os.killpg(0, signal.SIGKILL)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else works on this environment meanwhile; waits for who does."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"Another set-up is working on {folder}; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _environ(settings: dict[str, str] | None) -> dict[str, str]:
    """This process's variables without what would change the outcome; with None, those for pip stay."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "VIRTUAL_ENV", "UV_", "CONDA"))
        and (settings is None or not name.startswith("PIP_"))
    }
    if settings is None:
        return kept
    ours = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    return {**kept, **settings, **ours, "LC_ALL": "C.UTF-8"}


def _run(command: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", cwd="/", check=False,
    )  # fmt: skip


def _follow(command: list[str], environ: dict[str, str], watch: _Progress) -> int:
    with subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", cwd="/",
    ) as running:  # fmt: skip
        assert running.stdout is not None
        for line in running.stdout:
            watch.take(line)
        watch.over()
    return running.returncode


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


def _pins(lock: Path) -> list[str]:
    """A lock's entries, each with its hashes."""
    pins: list[str] = []
    for line in lock.read_text(encoding="utf-8").splitlines(keepends=True):
        if re.match(r"[A-Za-z0-9]", line):
            pins.append(line)
        elif pins and line.startswith(" "):
            pins[-1] += line
    return pins


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _tail(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("WARNING")]
    return " / ".join(lines[-6:])[:900]


def _say(text: str) -> None:
    mark = "\033[1m==>\033[0m" if sys.stdout.isatty() else "==>"
    print(f"{mark} {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
