"""What a running service waits for before its work can begin, left in its run folder for doctor."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from langso.contract.base import Code, Parameters
from langso.contract.health import coded
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.words.catalogue import Words

MAX = 4096


class Waits(BaseModel):
    """`reason`: a short code ("screen"); `why`: one sentence, which `code` with `parameters` says to programs and in
    other languages; `pid`: who waits, so that a note that was left behind is known for one; `over`: it has what it
    waited for, since the file was written.
    """

    model_config = ConfigDict(frozen=True)

    reason: str = Field(max_length=40)
    why: str = Field(max_length=300)
    pid: int = Field(gt=0)
    over: bool = False
    code: Code | None = None
    parameters: Parameters | None = None


def say_waits(run: Path, role: str, reason: str, why: Words) -> None:
    """This process waits. Never raises: a note for others must not end the waiting."""
    code, parameters = coded(why)
    note = Waits(
        reason=reason, why=str(why)[:300], pid=os.getpid(), code=code or reason, parameters=parameters or None
    )
    with contextlib.suppress(FileRefused, OSError):
        write_atomic(waits_file(run, role), note.model_dump_json().encode(), mode=0o644)


def say_goes_on(run: Path, role: str) -> None:
    """It waits no longer, and begins what it is there for. Never raises."""
    note = read_waits(run, role)
    if note is None:
        return
    with contextlib.suppress(FileRefused, OSError):
        write_atomic(
            waits_file(run, role), note.model_copy(update={"over": True}).model_dump_json().encode(), mode=0o644
        )


def read_waits(run: Path, role: str) -> Waits | None:
    """The note; None where there is none that can be read."""
    try:
        return Waits.model_validate_json(read_limited(waits_file(run, role), MAX))
    except (FileRefused, OSError, ValidationError, RecursionError):
        return None


def waits_file(run: Path, role: str) -> Path:
    """Where the note lies."""
    return run / f"{role}-waits.json"
