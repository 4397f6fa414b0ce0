"""Programs and calls that may hang (a dead share, a camera's driver): each gets its seconds, then is abandoned."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from langso.words.language import ENVIRONMENT, language

Value = TypeVar("Value")
MAX_OUTPUT = 1 << 20
ABSENT = 127
PATIENCE = 1.0
"""How many times as long anything may take as is said where it is asked for; tests run beside others."""


@dataclass(frozen=True)
class Who:
    """A user to act as: its name, numbers, and every group that its service has."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...] = ()

    @classmethod
    def me(cls) -> Who:
        """The user who runs this."""
        return cls(str(os.geteuid()), os.geteuid(), os.getegid(), tuple(os.getgroups()))

    @property
    def is_me(self) -> bool:
        """Whether acting as this user needs no change of user."""
        return self.uid == os.geteuid()


@dataclass(frozen=True)
class ProgramEnd:
    """How a program ended. `code`: its exit code; None: it did not end in time; ABSENT: there is no such program."""

    code: int | None
    out: str = ""
    err: str = ""

    @property
    def good(self) -> bool:
        """Whether it ended with 0."""
        return self.code == 0


def run(
    *command: str,
    seconds: float = 4.0,
    who: Who | None = None,
    stdin: str = "",
    more: Mapping[str, str] | None = None,
) -> ProgramEnd:
    """Runs a program, as another user where asked (needs root); never waits longer than `seconds` and a bit."""
    other = who is not None and not who.is_me
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, "LC_ALL": "C.UTF-8", ENVIRONMENT: language(), **(more or {})},
            cwd="/" if other else None,
            start_new_session=True,
            user=who.uid if who is not None and other else None,
            group=who.gid if who is not None and other else None,
            extra_groups=who.groups if who is not None and other else None,
        )
    except (FileNotFoundError, NotADirectoryError):
        return ProgramEnd(ABSENT)
    except (OSError, subprocess.SubprocessError) as error:
        return ProgramEnd(126, "", str(error))
    try:
        out, err = process.communicate(stdin, timeout=patient(seconds))
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, 9)
        # Killed, but perhaps inside a driver that never lets it go: not waited for longer than this.
        with contextlib.suppress(subprocess.TimeoutExpired, ValueError, OSError):
            process.communicate(timeout=0.5)
        return ProgramEnd(None)
    return ProgramEnd(process.returncode, out[:MAX_OUTPUT], err[:MAX_OUTPUT])


def patient(seconds: float) -> float:
    """So long it is really waited."""
    return seconds * PATIENCE


class Errand(Generic[Value]):
    """A call on a thread of its own; nobody has to wait for it to end."""

    def __init__(self, what: Callable[[], Value]) -> None:
        self._done = threading.Event()
        self._value: Value | None = None
        self._error: BaseException | None = None
        # A daemon: one that hangs in the kernel must not keep the program from ending.
        threading.Thread(target=self._run, args=(what,), daemon=True).start()

    def result(self, seconds: float) -> Value:
        """What the call returned or raised; TimeoutError where it has not ended in `seconds`."""
        if not self._done.wait(max(0.0, seconds)):
            raise TimeoutError
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]

    def _run(self, what: Callable[[], Value]) -> None:
        try:
            self._value = what()
        except BaseException as error:  # noqa: BLE001 - whoever asks for the result gets it
            self._error = error
        finally:
            self._done.set()
