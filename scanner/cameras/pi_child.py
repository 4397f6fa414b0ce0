"""The kiosk's side of the camera program: starts it, asks it with a deadline, checks its answers, ends it."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import mmap
import os
import socket
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from langso.words.catalogue import Sentence
from scanner.cameras.pi_program import ABSENT, MAX_MESSAGE, MAX_PIXELS
from scanner.errors import CameraFault

if TYPE_CHECKING:
    from scanner.arrays import Image

log = logging.getLogger(__name__)

PYTHON = ("/usr/bin/python3", "-I")
"""Debian's own interpreter, deaf to our environment: picamera2 comes from apt and so does the numpy it wants."""

PROBE_S = 10.0
"""Seconds the first look at the system's Python may take, on a Pi that has just booted."""

MOST_STRAYS = 3
"""Programs that did not end and are left behind; with so many no further one is started."""

_PROGRAM = str(Path(__file__).with_name("pi_program.py"))
# Seconds a killed program is waited for.
_END_S = 1.0
_BYTES = 3 * (MAX_PIXELS + MAX_PIXELS // 100)
"""Room for one picture: rounding to even sides may add a little."""

_Side = Annotated[int, Field(ge=16, le=16_384)]
_Held = bool | None


class ProgramAnswer(BaseModel):
    """What the program may answer; anything else ends it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    failed: Annotated[str, Field(max_length=500)] | None = None
    opened: bool = False
    finer: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = 1.0
    size: tuple[_Side, _Side] | None = None
    locks: tuple[_Held, _Held, _Held] | None = None

    @model_validator(mode="after")
    def _fits(self) -> ProgramAnswer:
        if self.size is not None and 3 * self.size[0] * self.size[1] > _BYTES:
            raise ValueError("larger than the memory for it")
        return self


class ProgramEnded(OSError):
    """The camera program is gone, or was ended for what it said."""


class Child:
    """One running program. Every call has a deadline: a program that hangs is ended, and TimeoutError is raised.

    Used by one thread at a time.
    """

    def __init__(self, python: Sequence[str] = PYTHON) -> None:
        _refuse_strays()
        memory = os.memfd_create("langso-camera", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        life, self._life = os.pipe()
        try:
            os.ftruncate(memory, _BYTES)
            # A program gone mad could otherwise shorten it under our eyes, and reading it would end us.
            fcntl.fcntl(memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
            self._memory = mmap.mmap(memory, _BYTES)
            passed = (theirs.fileno(), memory, life)
            self._process = subprocess.Popen(
                [*python, _PROGRAM, *map(str, passed)],
                pass_fds=passed,
                stdin=subprocess.DEVNULL,
                # libcamera's messages go to the journal.
                stdout=2,
                env=_environment(),
                cwd="/",
            )
        except OSError as error:
            ours.close()
            os.close(self._life)
            raise ProgramEnded(f"the camera program does not start: {error}") from error
        finally:
            theirs.close()
            os.close(memory)
            os.close(life)
        self.python = tuple(python)
        self._channel = ours

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def ask(self, do: str, seconds: float, **more: int) -> ProgramAnswer:
        """The answer. Raises TimeoutError, ProgramEnded, OSError for what the camera itself could not do."""
        import json

        try:
            self._channel.settimeout(seconds)
            self._channel.send(json.dumps({"do": do, **more}).encode())
            raw = self._channel.recv(MAX_MESSAGE + 1)
        except TimeoutError:
            log.warning("the camera program does not answer to %s; ending it", do)
            self.end()
            raise
        except OSError as error:
            self.end()
            raise ProgramEnded(f"the camera program is gone: {error}") from error
        if not raw:
            self.end()
            raise ProgramEnded("the camera program has ended")
        try:
            if len(raw) > MAX_MESSAGE:
                raise ValueError("too long")
            answer = ProgramAnswer.model_validate_json(raw)
        except ValidationError as error:
            self.end()
            raise ProgramEnded(f"the camera program speaks strangely: {error.errors()[0]['msg']}") from error
        except ValueError as error:
            self.end()
            raise ProgramEnded(f"the camera program speaks strangely: {error}") from error
        if answer.failed is not None:
            raise OSError(answer.failed)
        return answer

    def picture(self, do: str, seconds: float) -> Image:
        """A BGR picture of its own, copied out of the shared memory. Raises as `ask`."""
        import numpy

        size = self.ask(do, seconds).size
        if size is None:
            self.end()
            raise ProgramEnded("the camera program gave no picture")
        width, height = size
        shared = numpy.frombuffer(self._memory, numpy.uint8, 3 * width * height)
        return shared.reshape(height, width, 3).copy()

    def wipe(self) -> None:
        """Blanks the shared memory, so that no picture stays in it."""
        self._memory.madvise(mmap.MADV_REMOVE)

    def end(self) -> None:
        """Ends it at once; harmless when it has ended."""
        if self._life >= 0:
            self._channel.close()
            os.close(self._life)
            self._life = -1
            self._memory.close()
            self._process.kill()
            try:
                self._process.wait(_END_S)
            except subprocess.TimeoutExpired:
                # In the kernel, inside a driver: it ends when that lets it go.
                _strays.append(self._process)


def probe(python: Sequence[str] = PYTHON) -> None:
    """Whether that interpreter has picamera2. Raises CameraFault, which says what to install."""
    if tuple(python) in _good:
        return
    status = None
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        status = subprocess.run(
            [*python, _PROGRAM, "probe"], stdin=subprocess.DEVNULL, env=_environment(), timeout=PROBE_S, check=False
        ).returncode
    if status == ABSENT:
        raise CameraFault(Sentence("camera-no-picamera"))
    if status != 0:
        raise CameraFault(Sentence("camera-no-python", python=python[0]))
    _good.add(tuple(python))


def take(python: Sequence[str] = PYTHON) -> Child:
    """A running program: the one that was kept, or a new one. Raises ProgramEnded."""
    global _spare
    with _lock:
        spare, _spare = _spare, None
    if spare is not None:
        if spare.python == tuple(python):
            return spare
        spare.end()
    return Child(python)


def put_by(child: Child) -> None:
    """Keeps a program whose camera is closed: starting picamera2 again takes seconds."""
    global _spare
    child.wipe()
    with _lock:
        before, _spare = _spare, child
    if before is not None:
        before.end()


def end_spare() -> None:
    """Ends the program that was kept."""
    global _spare
    with _lock:
        spare, _spare = _spare, None
    if spare is not None:
        spare.end()


def _refuse_strays() -> None:
    _strays[:] = [process for process in _strays if process.poll() is None]
    if len(_strays) >= MOST_STRAYS:
        # One more would hang in the driver as well.
        raise ProgramEnded("camera programs hang in their driver; only a restart of the machine helps")


def _environment() -> dict[str, str]:
    """Nothing of our interpreter's own settings."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "LIBCAMERA_LOG_LEVELS", "LIBCAMERA_RPI_TUNING_FILE")
    return {name: os.environ[name] for name in kept if name in os.environ}


_lock = threading.Lock()
_spare: Child | None = None
_strays: list[subprocess.Popen[bytes]] = []
_good: set[tuple[str, ...]] = set()
