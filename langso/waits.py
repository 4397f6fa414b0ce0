"""What a running service waits for before its work can begin, left in its run folder for doctor."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from langso.errors import FileRefused
from langso.paths import read_limited, write_atomic

MAX = 4096


class Waits(BaseModel):
    """`reason`: a short code ("screen"); `why`: one Vietnamese sentence; `pid`: who waits, so that a note that was
    left behind is known for one.
    """

    model_config = ConfigDict(frozen=True)

    reason: str = Field(max_length=40)
    why: str = Field(max_length=300)
    pid: int = Field(gt=0)


def say_waits(run: Path, role: str, reason: str, why: str) -> None:
    """This process waits. Never raises: a note for others must not end the waiting."""
    note = Waits(reason=reason, why=why[:300], pid=os.getpid())
    with contextlib.suppress(FileRefused, OSError):
        write_atomic(_file(run, role), note.model_dump_json().encode(), mode=0o644)


def say_goes_on(run: Path, role: str) -> None:
    """It waits no longer. Never raises."""
    with contextlib.suppress(OSError):
        _file(run, role).unlink(missing_ok=True)


def read_waits(run: Path, role: str) -> Waits | None:
    """The note; None where there is none that can be read."""
    try:
        return Waits.model_validate_json(read_limited(_file(run, role), MAX))
    except (FileRefused, OSError, ValidationError, RecursionError):
        return None


def _file(run: Path, role: str) -> Path:
    return run / f"{role}-waits.json"
