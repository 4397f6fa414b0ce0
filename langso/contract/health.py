"""Check: the result of one look: its level, what was seen, what to do. Shown by doctor, console and kiosk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from langso.contract.base import CODE
from langso.contract.outcomes import Value
from langso.contract.reports import ClockReport, HealthLine
from langso.words.catalogue import Words, known_sentence, said, sentence_in, t

MOST_VALUE = 200
_CODE = re.compile(CODE)
Level = Literal["ok", "warn", "bad"]
_ORDER: dict[Level, int] = {"bad": 0, "warn": 1, "ok": 2}


@dataclass(frozen=True)
class Check:
    """``name``: short code; ``why``: what was seen; ``fix``: what to do ("" when ok), as said when it was looked at.

    ``ok`` is False only for level "bad": a warning does not stop the work. ``code`` with ``parameters`` says ``why``
    to programs and in other languages: the sentence's own id, or the name and level of words from elsewhere.
    """

    name: str
    ok: bool
    why: str
    fix: str = ""
    level: Level = "ok"
    code: str = ""
    parameters: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        # Check(name, False, ...) without a level means bad: nobody should have to say it twice.
        if not self.ok and self.level == "ok":
            object.__setattr__(self, "level", "bad")
        if self.ok == (self.level == "bad"):
            raise ValueError(f"check {self.name}: ok={self.ok} does not fit level={self.level}")
        if not self.code:
            code, parameters = coded(self.why)
            object.__setattr__(self, "code", code or f"{self.name}-{self.level}")
            object.__setattr__(self, "parameters", parameters)

    @classmethod
    def good(cls, name: str, why: Words) -> Check:
        """All is well."""
        return cls(name, True, said(why))

    @classmethod
    def warning(cls, name: str, why: Words, fix: Words) -> Check:
        """Works now, needs somebody soon."""
        return cls(name, True, said(why), said(fix), "warn")

    @classmethod
    def bad(cls, name: str, why: Words, fix: Words) -> Check:
        """Does not work, or data are in danger."""
        return cls(name, False, said(why), said(fix), "bad")


def coded(words: Words) -> tuple[str | None, dict[str, Value]]:
    """A sentence's id and values in the form that is sent; (None, {}) for words that came from elsewhere."""
    sentence = sentence_in(words)
    if sentence is None:
        return None, {}
    plain = {
        name: value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)[:MOST_VALUE]
        for name, value in sentence.parameters
    }
    return sentence.id, plain


def line_of(check: Check) -> HealthLine:
    """A check in the form that is sent."""
    fix, values = coded(check.fix)
    return HealthLine(
        name=check.name,
        level=check.level,
        why=check.why,
        fix=check.fix,
        code=check.code if _CODE.fullmatch(check.code) else None,
        parameters=dict(check.parameters) or None,
        fix_code=None if values else fix,
    )


def check_of(line: HealthLine) -> Check:
    """A received line as a check: in the reader's language where its code is known here, else in the words that were
    sent.
    """
    why, fix = _known(line.code, line.parameters, line.why), _known(line.fix_code, None, line.fix)
    return Check(line.name, line.level != "bad", why, fix, line.level, line.code or "", line.parameters or {})


def clock_in_words(clock: ClockReport) -> str:
    """Why a device trusts its clock or does not, in the same way."""
    return _known(clock.code, clock.parameters, clock.why)


def _known(code: str | None, parameters: Mapping[str, Value] | None, text: str) -> str:
    return said((known_sentence(code, parameters or {}) if code else None) or text)


def worst_first(checks: Iterable[Check]) -> list[Check]:
    """Bad, then warnings, then ok; in the given order within each."""
    return sorted(checks, key=lambda check: _ORDER[check.level])


def worst_level(checks: Iterable[Check]) -> Level:
    """The gravest level present; "ok" when there are none."""
    return min((check.level for check in checks), key=lambda level: _ORDER[level], default="ok")


def one_line(checks: Iterable[Check]) -> str:
    """One sentence for a status bar: the worst check, and how many others need attention."""
    wanting = [check for check in worst_first(checks) if check.level != "ok"]
    if not wanting:
        return t("health-all-well")
    if len(wanting) == 1:
        return wanting[0].why
    return t("health-and-others", first=wanting[0].why, others=len(wanting) - 1)
