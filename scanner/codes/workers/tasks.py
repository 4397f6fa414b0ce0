"""What a worker is asked and what it answers: one JSON line each, checked on arrival."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scanner.codes.engines import MAX_CODES, EngineLook, Reading
from scanner.codes.texts import MAX_TEXT

_Point = tuple[float, float]
_Place = tuple[_Point, _Point, _Point, _Point]
MAX_LINE = 4 << 20
"""Bytes of a task or an answer: 255 codes of the longest text."""

Kind = Literal["find", "whole", "flat", "place", "solve", "weave"]


class ReadingTask(BaseModel):
    """One piece of work on the frame in shared memory, until `until` (monotonic seconds): `find` places with the net
    at `side` pixels; look at the `whole` changed by number `step`; lay `flat` what finder patterns show, but for the
    places in `skip`; climb `step` of the ladder at one `place`; `solve` for the modules of a blurred place; `weave` a
    grid over a place.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    kind: Kind
    height: int = Field(gt=0)
    width: int = Field(gt=0)
    until: float
    step: int = 0
    side: int = 400
    place: _Place | None = None
    skip: Annotated[tuple[_Place, ...], Field(max_length=MAX_CODES)] = ()


class _Read(BaseModel):
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    polygon: _Place
    engine: Annotated[str, Field(max_length=40)]


class Answer(BaseModel):
    """What came of a task. The worker's first line has id 0: it is ready."""

    model_config = ConfigDict(frozen=True)

    id: int
    readings: Annotated[list[_Read], Field(max_length=MAX_CODES)] = []
    unread: Annotated[list[_Place], Field(max_length=4 * MAX_CODES)] = []

    @classmethod
    def of(cls, id_: int, look: EngineLook) -> Answer:
        """An answer that carries a look."""
        return cls(
            id=id_,
            readings=[_Read(text=r.text, polygon=r.polygon, engine=r.engine) for r in look.readings[:MAX_CODES]],
            unread=list(look.unread[: 4 * MAX_CODES]),
        )

    def look(self) -> EngineLook:
        """The look it carries."""
        return EngineLook(tuple(Reading(r.text, r.polygon, r.engine) for r in self.readings), tuple(self.unread))
