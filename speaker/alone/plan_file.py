"""The file in which a person writes when which sound is played: TOML, read whole or refused with its mistake."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from langso.contract.base import NO_CONTROLS, Percent, Slug
from langso.timekeeping.clock import VIETNAM
from langso.words.catalogue import Sentence
from speaker.errors import PlanFileRefused

MAX_FILE = 256 << 10
USUAL_DAYS = 31
MOST_DAYS = 370
MOST_BELLS = 100
_DAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
_HOUR = re.compile("([01]?[0-9]|2[0-3])[:hg]([0-5][0-9])(?::([0-5][0-9]))?")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_CONTROLS)]
_Words = Annotated[tuple[_Text, ...], Field(min_length=1, max_length=400)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _BellPart(_Part):
    """One row: a sound at times of day, on days of the week (`T2-T6, CN`)."""

    at: _Words
    sound: _Text
    days: _Text = "T2-CN"
    title: _Text | None = None
    volume: Percent = 100


class _PlanPart(_Part):
    code: Slug
    name: _Text
    begins: _Text | None = None
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = USUAL_DAYS
    volume: Percent = 100
    off: Annotated[tuple[_Text, ...], Field(max_length=400)] = ()
    bell: Annotated[tuple[_BellPart, ...], Field(min_length=1, max_length=MOST_BELLS)]


@dataclass(frozen=True)
class Bell:
    """A sound at these times of day on these weekdays (0: Monday). `volume` 0-100."""

    times: tuple[time, ...]
    weekdays: frozenset[int]
    sound: Path
    title: str
    volume: int

    def moments(self, day: date) -> Iterator[datetime]:
        """When it sounds on that day, aware, in order of the file."""
        if day.weekday() in self.weekdays:
            for hour in self.times:
                yield datetime.combine(day, hour, VIETNAM)


@dataclass(frozen=True)
class BellPlan:
    """What the file says. `begins`: None is the day of signing; `off`: days without any bell; `volume`: the most."""

    code: str
    name: str
    begins: date | None
    days: int
    volume: int
    off: frozenset[date]
    bells: tuple[Bell, ...]

    def moments(self, today: date) -> Iterator[tuple[datetime, Bell]]:
        """Every bell from the first day on, day by day, by time."""
        first = self.begins or today
        for number in range(self.days):
            day = first + timedelta(days=number)
            if day not in self.off:
                due = [(moment, place, bell) for place, bell in enumerate(self.bells) for moment in bell.moments(day)]
                for moment, _, bell in sorted(due, key=lambda one: one[:2]):
                    yield moment, bell


def read_plan_file(raw: bytes, folder: Path) -> BellPlan:
    """The plan in a file's bytes; sounds are beside it or below `folder`. Raises PlanFileRefused."""
    if len(raw) > MAX_FILE:
        raise PlanFileRefused(Sentence("alone-plan-too-large", most=MAX_FILE >> 10))
    try:
        fields: dict[str, Any] = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PlanFileRefused(Sentence("alone-plan-no-toml", why=str(error)[:120])) from error
    try:
        found = _PlanPart.model_validate(fields)
    except ValidationError as error:
        raise PlanFileRefused(Sentence("alone-plan-entry", entry=_entry(error))) from error
    bells = []
    for number, part in enumerate(found.bell, 1):
        times = tuple(_hour(text, number) for text in part.at)
        if len(set(times)) != len(times):
            raise PlanFileRefused(Sentence("alone-plan-twice", number=number))
        sound = _beside(part.sound, folder)
        bells.append(Bell(times, _weekdays(part.days, number), sound, part.title or sound.stem, part.volume))
    begins = None if found.begins is None else _date(found.begins)
    off = frozenset(day for text in found.off for day in _span(text))
    return BellPlan(found.code, found.name, begins, found.days, found.volume, off, tuple(bells))


def _entry(error: ValidationError) -> str:
    """Where the first mistake stands, as the file writes it: `bell 2, at`."""
    place = error.errors(include_url=False)[0]["loc"]
    return ", ".join(str(one + 1) if isinstance(one, int) else str(one) for one in place[:3]) or "bell"


def _hour(text: str, number: int) -> time:
    found = _HOUR.fullmatch(text.strip())
    if found is None:
        raise PlanFileRefused(Sentence("alone-plan-hour", text=text, number=number))
    return time(int(found[1]), int(found[2]), int(found[3] or 0))


def _weekdays(text: str, number: int) -> frozenset[int]:
    days: set[int] = set()
    for part in text.upper().split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            raise PlanFileRefused(Sentence("alone-plan-days", text=text, number=number))
        begin = _DAYS.index(first)
        end = _DAYS.index(last) if dash else begin
        if end < begin:
            raise PlanFileRefused(Sentence("alone-plan-days", text=text, number=number))
        days.update(range(begin, end + 1))
    return frozenset(days)


def _date(text: str) -> date:
    found = _DATE.fullmatch(text.strip())
    try:
        if found is not None:
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise PlanFileRefused(Sentence("alone-plan-date", text=text))


def _span(text: str) -> Iterator[date]:
    first, dash, last = text.partition("-")
    begin = _date(first)
    end = _date(last) if dash else begin
    if end < begin or end - begin > timedelta(days=MOST_DAYS):
        raise PlanFileRefused(Sentence("alone-plan-date", text=text))
    while begin <= end:
        yield begin
        begin += timedelta(days=1)


def _beside(name: str, folder: Path) -> Path:
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        raise PlanFileRefused(Sentence("alone-plan-sound-elsewhere", name=name))
    return folder / path
