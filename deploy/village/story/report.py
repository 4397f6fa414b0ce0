"""The story's evidence: one entry a step with what was seen, files beside it, all in DIR/report.json."""

from __future__ import annotations

import platform
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from langso.durable.files import write_atomic
from langso.words.catalogue import Sentence, Words

Echo = Callable[[str], None]


class NotSeen(AssertionError):
    """A step of the story did not happen as it must; says what was expected and what was seen."""

    def __init__(self, said: Sentence) -> None:
        super().__init__(said)


def not_seen(expected: Sentence, seen: str = "") -> NotSeen:
    """What had to be seen, and what was instead where that is known."""
    if not seen:
        return NotSeen(Sentence("story-expected", expected=expected))
    return NotSeen(Sentence("story-expected-seen", expected=expected, seen=seen))


class StepReport(BaseModel):
    """One step: what had to happen, whether it did, the figures seen, the files kept."""

    model_config = ConfigDict(frozen=True)

    name: str
    says: str
    outcome: Literal["seen", "not seen", "not reached"]
    seconds: float
    seen: dict[str, JsonValue]
    files: tuple[str, ...]
    problem: str = ""


class StoryReport(BaseModel):
    """The whole story as written to report.json."""

    model_config = ConfigDict(frozen=True)

    software: str
    machine: str
    python: str
    began: datetime
    seconds: float
    complete: bool
    steps: tuple[StepReport, ...]


@dataclass
class Evidence:
    """What a running step hands in: figures by name, and files copied into its own folder."""

    folder: Path
    seen: dict[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def note(self, **figures: Any) -> None:
        """Keep figures."""
        self.seen |= figures

    def keep(self, file: Path, name: str | None = None) -> Path:
        """Copy a file into the evidence; returns the copy."""
        self.folder.mkdir(parents=True, exist_ok=True)
        copy = self.folder / (name or file.name)
        shutil.copyfile(file, copy)
        self.files.append(f"{self.folder.name}/{copy.name}")
        return copy

    def write(self, name: str, data: bytes) -> Path:
        """Keep bytes as a file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / name
        file.write_bytes(data)
        self.files.append(f"{self.folder.name}/{name}")
        return file

    def require(self, fact: bool, expected: Sentence, **figures: Any) -> None:
        """Keep the figures and raise NotSeen where the fact does not hold."""
        self.note(**figures)
        if not fact:
            raise not_seen(expected, ", ".join(f"{name}={value!r}" for name, value in figures.items()))


class Chronicle:
    """Runs steps one after the other and writes report.json after each, so that a stopped story leaves its part."""

    def __init__(self, folder: Path, echo: Echo) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._echo = echo
        self._began = datetime.now(UTC)
        self._start = time.monotonic()
        self._steps: list[StepReport] = []

    @property
    def complete(self) -> bool:
        """Whether every step so far was seen."""
        return bool(self._steps) and all(step.outcome == "seen" for step in self._steps)

    @contextmanager
    def step(self, name: str, says: Words) -> Iterator[Evidence]:
        """One step; an exception is recorded with its place, and the story goes on to the next step."""
        self._echo(f"· {says}")
        evidence = Evidence(self.folder / f"{len(self._steps) + 1:02d}-{name}")
        start, problem = time.monotonic(), ""
        try:
            yield evidence
        except NotSeen as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - whatever breaks a step is evidence, not the end of the report
            problem = f"{type(error).__name__}: {error}"
            evidence.write("traceback.txt", traceback.format_exc().encode())
        seconds = time.monotonic() - start
        outcome: Literal["seen", "not seen"] = "not seen" if problem else "seen"
        self._steps.append(
            StepReport(
                name=name,
                says=str(says),
                outcome=outcome,
                seconds=round(seconds, 2),
                seen=evidence.seen,
                files=tuple(evidence.files),
                problem=problem,
            )
        )
        self._echo(f"  {'✓' if not problem else '✗'} {seconds:.1f} s" + (f" — {problem}" if problem else ""))
        self.save()

    def save(self) -> Path:
        """Write report.json; returns its path."""
        report = StoryReport(
            software=version("langso"),
            machine=platform.machine(),
            python=sys.version.split()[0],
            began=self._began,
            seconds=round(time.monotonic() - self._start, 1),
            complete=self.complete,
            steps=tuple(self._steps),
        )
        file = self.folder / "report.json"
        write_atomic(file, report.model_dump_json(indent=1).encode(), mode=0o644)
        return file
