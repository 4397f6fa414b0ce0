"""What is wrong with a settings file; all its mistakes at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from langso.errors import LangsoError
from langso.words.catalogue import Joined, Sentence, Words, t


@dataclass(frozen=True)
class Problem:
    """One mistake in a settings file: line (1 = first; 0 = the file as a whole), dotted key, why."""

    line: int
    where: str
    why: Words

    def __str__(self) -> str:
        place = t("settings-at-line", line=self.line) if self.line else ""
        key = f"{self.where}: " if self.where else ""
        return f"{place}{key}{self.why}"


class SettingsError(LangsoError, ValueError):
    """The settings file cannot be used; ``problems`` holds every mistake, in line order."""

    exit_code: ClassVar[int] = 2

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        self.source = source
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.where)))
        lines = Joined("\n  ", ("", *self.problems))
        super().__init__(Sentence("settings-wrong", source=source, count=len(self.problems), lines=lines))
