"""One copy of pip, locked itself, that fetches and installs what a lock names and nothing else.

Part of deploy/environment.py, and like it the standard library only.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import platform
import re
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from deploy.environment_running import AGAIN, PLAIN, NotMade, clean_variables, run, say, tail

WHEELS_ONLY = ("--only-binary", ":all:")
_REACHING = (
    "index-url",
    "proxy",
    "cert",
    "client-cert",
    "trusted-host",
    "timeout",
    "default-timeout",
    "cache-dir",
    "keyring-provider",
)
_NO_LINE = re.compile(
    r"NewConnectionError|Failed to establish a new connection|ConnectTimeout|Read timed out|ReadTimeout|ProxyError"
    r"|name resolution|Name or service not known|Network is unreachable|Connection (refused|reset|broken|aborted)"
    r"|ConnectionError|Max retries exceeded|IncompleteRead|incomplete-download|Connection timed out|ProtocolError"
)
_TRIES = 4
_AT_ONCE = 12


class Pip:
    """pip in an environment of its own under `scratch`, working in others. `wheels`: a folder, not the network."""

    def __init__(self, scratch: Path, fetched: Path, wheels: Path | None, *, compiled: bool = True) -> None:
        self.home = scratch / "tool"
        self._scratch, self._fetched, self._wheels = scratch, fetched, wheels
        self._compiled = () if compiled else ("--no-compile",)
        self._settings: dict[str, str] = {}
        self._modern = False

    def prepare(self, lock: Path) -> None:
        """Make its environment and bring it to the locked pip. Debian's own pip differs by release in how it fetches,
        resumes and tells of it. Raises NotMade.
        """
        make_venv(self.home)
        self._settings = self._reaching()
        self.install(self.home, lock, "the installer itself")
        self._modern = bool(pins_of(lock))

    def install(self, inside: Path, lock: Path, what: str, how: Sequence[str] = WHEELS_ONLY) -> None:
        """Fetch everything in `lock` and install it into the environment `inside`. Raises NotMade."""
        if not pins_of(lock):
            return
        watch = self.fetch(lock, what, how)
        local = ("--no-index", "--find-links", str(self._wheels or self._fetched), *self._compiled)
        command = self._command(inside, "install", "--no-deps", "--require-hashes", *how, *local, "-r", str(lock))
        if follow(command, self._variables(), watch.beginning(fetching=False)):
            raise NotMade(watch.reason())

    def fetch(self, lock: Path, what: str, how: Sequence[str] = WHEELS_ONLY) -> Progress:
        """Bring every file of `lock` into the folder for fetched files; nothing where a wheels' folder has them."""
        pins = pins_of(lock)
        watch = Progress(len(pins), lock, self._wheels)
        say(f"{'Installing' if self._wheels else 'Fetching'} {what}: {len(pins)} from {lock.name}")
        if not self._wheels:
            for start in range(0, len(pins), _AT_ONCE):
                self._fetch_some(pins[start : start + _AT_ONCE], watch, how)
        return watch

    def build(self, lock: Path, into: Path) -> Path:
        """The wheel of a lock's one source archive, built with what is installed beside this pip. Raises NotMade."""
        how = ("--no-build-isolation", "--no-binary", ":all:")
        self.fetch(lock, "a source archive", how)
        local = ("--no-index", "--find-links", str(self._wheels or self._fetched))
        before = set(into.glob("*.whl"))
        asked = ("--no-deps", "--require-hashes", "--wheel-dir", str(into), "-r", str(lock))
        self.must(self.home, "wheel", *how, *local, *asked)
        (made,) = set(into.glob("*.whl")) - before
        return made

    def must(self, inside: Path, *arguments: str) -> str:
        """Run pip for `inside` and give back what it wrote. Raises NotMade."""
        done = run(self._command(inside, *arguments), self._variables())
        if done.returncode:
            raise NotMade(f"pip {arguments[0]} did not succeed: {tail(done.stdout)}")
        return done.stdout

    def _fetch_some(self, pins: list[str], watch: Progress, how: Sequence[str]) -> None:
        # pip by itself keeps nothing of an interrupted run where its cache is off or the index forbids caching.
        text = "".join(pins)
        done = self._fetched / f"{hashlib.sha256(text.encode()).hexdigest()}.done"
        watch.beginning(fetching=True)
        if done.exists():
            watch.skip(len(pins))
            return
        part = self._scratch / "part.txt"
        part.write_text(text, encoding="utf-8")
        to = ("--dest", str(self._fetched), "--progress-bar", "raw" if self._modern else "off")
        command = self._command(self.home, "download", "--no-deps", "--require-hashes", *how, *to, "-r", str(part))
        for attempt in range(1, _TRIES + 1):
            # An older pip takes a file cut short for one with another hash: once more, and not from its cache.
            fresh = {"PIP_NO_CACHE_DIR": "1"} if watch.other_bytes else {}
            if follow(command, {**self._variables(), **fresh}, watch) == 0:
                done.touch()
                return
            broke = watch.other_bytes or (watch.line_broke and watch.reached)
            if not broke or attempt == _TRIES:
                raise NotMade(watch.reason())
            say(f"The line broke; going on with what is here (attempt {attempt + 1} of {_TRIES})")
            time.sleep(attempt)
            watch.beginning(fetching=True, again=True)

    def _command(self, inside: Path, *arguments: str) -> list[str]:
        # Run by the other environment's Python without a process between, which could outlive this one.
        runner = next(self.home.glob("lib/python3*/site-packages/pip/__pip-runner__.py"))
        return [str(inside / "bin/python"), "-I", str(runner), *arguments]

    def _variables(self) -> dict[str, str]:
        temporary = self._scratch / "tmp"
        temporary.mkdir(exist_ok=True)
        # Not /tmp: that is memory on Debian 13, too small on a Pi for what is fetched.
        clean = clean_variables(self._settings)
        # What was installed to build others (meson, ninja) is looked for on the path.
        return {**clean, "TMPDIR": str(temporary), "PATH": f"{self.home / 'bin'}{os.pathsep}{clean.get('PATH', '')}"}

    def _reaching(self) -> dict[str, str]:
        """What the user's own files and variables for pip say about reaching an index, and nothing else of them."""
        listed = run(
            [str(self.home / "bin/python"), "-I", "-m", "pip", "config", "list"], clean_variables(None)
        ).stdout
        # Without retries pip says nothing of a line that broke, and only that there is no such package.
        found = {"PIP_RETRIES": "3"}
        for section in ("global", "download", "install", ":env:"):
            for line in listed.splitlines():
                name, equals, value = line.partition("=")
                place, _, key = name.rpartition(".")
                if equals and place == section and key in _REACHING:
                    with contextlib.suppress(ValueError, SyntaxError):
                        found["PIP_" + key.upper().replace("-", "_")] = str(ast.literal_eval(value))
        return found


def make_venv(folder: Path, *more: str) -> None:
    """An empty environment of the running Python, without the system's packages. Raises NotMade."""
    made = run([sys.executable, "-I", "-m", "venv", *more, str(folder)], clean_variables({}))
    if made.returncode:
        if "ensurepip" in made.stdout:
            raise NotMade("Python's venv module is not complete here: apt-get install python3-venv")
        raise NotMade(f"Python could not make {folder}: {tail(made.stdout)}")


def pins_of(lock: Path) -> list[str]:
    """A lock's entries, each with its hashes."""
    pins: list[str] = []
    for line in lock.read_text(encoding="utf-8").splitlines(keepends=True):
        if re.match(r"[A-Za-z0-9]", line):
            pins.append(line)
        elif pins and line.startswith(" "):
            pins[-1] += line
    return pins


def follow(command: list[str], variables: dict[str, str], watch: Progress) -> int:
    """Run pip to its end while `watch` reads along; its exit code."""
    with subprocess.Popen(command, env=variables, **PLAIN) as running:
        assert running.stdout is not None
        for line in running.stdout:
            watch.take(line)
        watch.over()
    return running.returncode


class Progress:
    """Reads pip's lines as they come: shows how far it is, and knows afterwards why it failed."""

    def __init__(self, total: int, lock: Path, wheels: Path | None) -> None:
        self.line_broke = self.other_bytes = self.reached = False
        self._total, self._lock, self._wheels = total, lock, wheels
        self._seen = self._seen_before = 0
        self._name = ""
        self._fetching = False
        self._last: deque[str] = deque(maxlen=60)
        self._shown = time.monotonic()
        self._terminal = sys.stdout.isatty()

    def beginning(self, *, fetching: bool, again: bool = False) -> Progress:
        """pip is about to run: for files, or to unpack them."""
        self._fetching = fetching
        if not again:
            self.line_broke = self.other_bytes = False
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
        if "DO NOT MATCH THE HASHES" in line:
            self.other_bytes = True
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
            return f"The disk became full; make room and {AGAIN}."
        if self.other_bytes:
            return f"A file is not the one that {self._lock.name} names, so it was not installed: {tail(text)}"
        if "CERTIFICATE_VERIFY_FAILED" in text:
            return f"The package index's certificate is not trusted here; set this machine's date right and {AGAIN}."
        lacking = re.search(r"No matching distribution found for ([^\s;]+)", text)
        if lacking and self._wheels:
            return f"{self._wheels} lacks {lacking.group(1)} for {here}."
        if self.line_broke:
            return f"No network, or the Python package index cannot be reached; connect and {AGAIN}."
        if lacking:
            return f"The package index has no {lacking.group(1)} for {here}."
        return f"pip could not install {self._lock.name}: {tail(text)}"

    def _show(self, what: str, *, now: bool = False) -> None:
        text = f"    {min(self._seen, self._total)} of {self._total}: {what}"
        if self._terminal:
            print(f"\r\033[K{text[:78]}", end="", flush=True)
        elif now or time.monotonic() - self._shown >= 5:
            self._shown = time.monotonic()
            print(text, flush=True)
