"""What a driven visit is told to do, as JSON, and what it tells of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator, model_validator

from langso.errors import UsageError
from langso.words.catalogue import Sentence, is_known

DEFAULT_WAIT_S = 60.0
"""Long, for a busy machine: what happens is seen at once, only what does not happen takes all of it."""


class ById(BaseModel):
    """A sentence of the catalogue, looked for in the language that the kiosk speaks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sentence: Annotated[str, Field(min_length=1, max_length=100)]
    values: Annotated[dict[str, str | int], Field(max_length=10)] = {}

    @field_validator("sentence")
    @classmethod
    def _known(cls, id: str) -> str:
        if not is_known(id):
            raise ValueError(f"no sentence {id}")
        return id


_Pixel = Annotated[int, Field(ge=0)]
_Text = Annotated[str, Field(min_length=1, max_length=300)] | ById


class Step(BaseModel):
    """One step; exactly one of the actions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    touch: _Text | None = None
    wait: _Text | None = None
    gone: _Text | None = None
    shot: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")] | None = None
    camera: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    pause: Annotated[float, Field(ge=0, le=600)] | None = None
    idle: Annotated[float, Field(gt=0, le=3600)] | None = None
    tap: tuple[_Pixel, _Pixel] | None = None
    drag: tuple[_Pixel, _Pixel, _Pixel, _Pixel] | None = None
    seconds: Annotated[float, Field(gt=0, le=600)] = DEFAULT_WAIT_S

    @model_validator(mode="after")
    def _one(self) -> Step:
        asked = self.model_dump(exclude={"seconds"}, exclude_none=True)
        if len(asked) != 1:
            raise ValueError("a step has exactly one of touch, wait, gone, shot, camera, pause, idle, tap, drag")
        return self


_STEPS = TypeAdapter(Annotated[tuple[Step, ...], Field(max_length=1000)])


@dataclass
class Done:
    """What one step led to: the place and the visible texts after it, in reading order, and the files kept."""

    step: dict[str, Any]
    place: str
    ok: bool
    texts: list[str]
    seconds: float
    why: str = ""
    files: list[str] = field(default_factory=list)


@dataclass
class Played:
    """The whole of it, as result.json holds it; `workspace`: files of the visit left at the very end."""

    ok: bool = False
    steps: list[Done] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    workspace: list[str] = field(default_factory=list)
    workspace_folder: str = ""
    error: str = ""


def read_steps(raw: bytes) -> tuple[Step, ...]:
    """Steps from JSON. Raises UsageError."""
    try:
        return _STEPS.validate_json(raw)
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        raise UsageError(Sentence("kiosk-driving-steps", where=where)) from error
