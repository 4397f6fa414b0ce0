"""Work that one process does at a time, free of the user's variables; its child processes end with it.

Part of deploy/environment.py, and like it the standard library only.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

AGAIN = "run this again (what was fetched is kept)"


class NotMade(Exception):
    """The environment could not be made; the message is one sentence that says what to do."""


def guarded(work: Callable[[], None]) -> int:
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
        raise NotMade(f"Stopped; to go on, {AGAIN}.") from None
    finally:
        with contextlib.suppress(OSError):
            os.killpg(worker, signal.SIGKILL)


def _end_with(reading: int) -> None:
    os.read(reading, 1)  # returns when the other end is gone
    os.killpg(0, signal.SIGKILL)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Within the block nobody else works on this environment; waits for whoever does."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another set-up is working on {folder}; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def clean_variables(settings: dict[str, str] | None) -> dict[str, str]:
    """This process's variables without those that would change the outcome, with pip's `settings` for its own ones;
    None leaves the user's own for pip as they are.
    """
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


def run(command: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run to its end; stdout and stderr come back together as text."""
    return subprocess.run(command, env=variables, check=False, **PLAIN)


PLAIN: dict[str, Any] = {
    "stdin": subprocess.DEVNULL,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.STDOUT,
    "text": True,
    "errors": "replace",
    "cwd": "/",
}
"""How every process is started: nothing to read, one stream of text to follow, in no folder of the user's."""


def tail(text: str) -> str:
    """The last lines of a program's output, as one line for a person."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("WARNING")]
    return " / ".join(lines[-6:])[:900]


def say(text: str) -> None:
    """One step, told on stdout."""
    mark = "\033[1m==>\033[0m" if sys.stdout.isatty() else "==>"
    print(f"{mark} {text}", flush=True)
