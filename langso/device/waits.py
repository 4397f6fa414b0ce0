"""What a running service waits for before it can begin its work, noted in its run folder for doctor."""

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
    other languages; `pid`: the process that waits, so that an old note can be recognised; `over`: it waits no longer.
    """

    model_config = ConfigDict(frozen=True)

    reason: str = Field(max_length=40)
    why: str = Field(max_length=300)
    pid: int = Field(gt=0)
    over: bool = False
    code: Code | None = None
    parameters: Parameters | None = None


def say_waits(run: Path, role: str, reason: str, why: Words) -> None:
    """Notes that this process waits. Never raises: failing to write the note must not end the waiting."""
    code, parameters = coded(why)
    note = Waits(
        reason=reason, why=str(why)[:300], pid=os.getpid(), code=code or reason, parameters=parameters or None
    )
    with contextlib.suppress(FileRefused, OSError):
        write_atomic(waits_file(run, role), note.model_dump_json().encode(), mode=0o644)


def say_goes_on(run: Path, role: str) -> None:
    """Notes that it waits no longer and begins its work. Never raises."""
    note = read_waits(run, role)
    if note is None:
        return
    with contextlib.suppress(FileRefused, OSError):
        write_atomic(
            waits_file(run, role), note.model_copy(update={"over": True}).model_dump_json().encode(), mode=0o644
        )


def read_waits(run: Path, role: str) -> Waits | None:
    """Reads the note; None where there is none, or none that can be read."""
    try:
        return Waits.model_validate_json(read_limited(waits_file(run, role), MAX))
    except (FileRefused, OSError, ValidationError, RecursionError):
        return None


def waits_file(run: Path, role: str) -> Path:
    """The note's path."""
    return run / f"{role}-waits.json"
