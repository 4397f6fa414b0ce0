"""Measures one thing after another; what is not installed here is left out, and said so."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from langso.errors import LangsoError
from langso.words.catalogue import t
from langso.words.os_reasons import os_reason

LONGEST_S = 6.0
"""No measurement goes on longer, however slow the machine; the first round is done in any case."""


@dataclass(frozen=True)
class Speed:
    """Milliseconds of one round; the first round apart, since it loads what later ones find loaded. `why`: a sentence
    instead of figures.
    """

    name: str
    label: str
    first_ms: float | None = None
    median_ms: float | None = None
    least_ms: float | None = None
    most_ms: float | None = None
    rounds: int = 0
    why: str = ""


@dataclass(frozen=True)
class Task:
    """Something to measure. `prepare` opens what it needs (a context) and gives the round; a round that measures
    itself returns its milliseconds, another None.
    """

    name: str
    prepare: Callable[[], AbstractContextManager[Callable[[], float | None]]]
    rounds: int = 10

    @property
    def label(self) -> str:
        """What is measured, for people."""
        return t(f"bench-task-{self.name.replace('_', '-')}")


def measure(task: Task, clock: Callable[[], float] = time.perf_counter) -> Speed:
    """The task's speed on this machine. Never raises for what is missing or does not work here."""
    try:
        with task.prepare() as one:
            times = list(_times(one, task.rounds, clock))
    except ModuleNotFoundError as error:
        return Speed(task.name, task.label, why=t("bench-not-installed", name=error.name))
    except LangsoError as error:
        return Speed(task.name, task.label, why=str(error))
    except OSError as error:
        return Speed(task.name, task.label, why=t("bench-cannot", why=os_reason(error)))
    later = times[1:] or times
    return Speed(
        task.name,
        task.label,
        first_ms=round(times[0], 3),
        median_ms=round(statistics.median(later), 3),
        least_ms=round(min(later), 3),
        most_ms=round(max(later), 3),
        rounds=len(times),
    )


def _times(one: Callable[[], float | None], rounds: int, clock: Callable[[], float]) -> Iterator[float]:
    end = clock() + LONGEST_S
    for number in range(rounds + 1):
        begin = clock()
        if number and begin > end:
            return
        own = one()
        yield (clock() - begin) * 1000 if own is None else own
