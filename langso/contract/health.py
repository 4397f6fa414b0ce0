"""Check: one thing looked at, how it is, why it matters and what to do. Shown by doctor, console and kiosk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from langso.words.catalogue import Words, t

Level = Literal["ok", "warn", "bad"]
_ORDER: dict[Level, int] = {"bad": 0, "warn": 1, "ok": 2}


@dataclass(frozen=True)
class Check:
    """``name``: short code; ``why``: what was seen; ``fix``: what to do ("" when ok), as said when it was looked at.

    ``ok`` is False only for level "bad": a warning does not stop the work.
    """

    name: str
    ok: bool
    why: str
    fix: str = ""
    level: Level = "ok"

    def __post_init__(self) -> None:
        # Check(name, False, ...) without a level means bad: nobody should have to say it twice.
        if not self.ok and self.level == "ok":
            object.__setattr__(self, "level", "bad")
        if self.ok == (self.level == "bad"):
            raise ValueError(f"check {self.name}: ok={self.ok} does not fit level={self.level}")

    @classmethod
    def good(cls, name: str, why: Words) -> Check:
        """All is well."""
        return cls(name, True, str(why))

    @classmethod
    def warning(cls, name: str, why: Words, fix: Words) -> Check:
        """Works now, needs somebody soon."""
        return cls(name, True, str(why), str(fix), "warn")

    @classmethod
    def bad(cls, name: str, why: Words, fix: Words) -> Check:
        """Does not work, or data are in danger."""
        return cls(name, False, str(why), str(fix), "bad")


def worst_first(checks: Iterable[Check]) -> list[Check]:
    """Bad, then warnings, then ok; in the given order within each."""
    return sorted(checks, key=lambda check: _ORDER[check.level])


def worst_level(checks: Iterable[Check]) -> Level:
    """The gravest level present; "ok" when there are none."""
    return min((check.level for check in checks), key=lambda level: _ORDER[level], default="ok")


def one_line(checks: Iterable[Check]) -> str:
    """One sentence for a status bar: the gravest check and how many others need attention."""
    wanting = [check for check in worst_first(checks) if check.level != "ok"]
    if not wanting:
        return t("health-all-well")
    if len(wanting) == 1:
        return wanting[0].why
    return t("health-and-others", first=wanting[0].why, others=len(wanting) - 1)
