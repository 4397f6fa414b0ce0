"""Which language is in force: one for the whole process, or another one during one request or one visit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

Language = Literal["vi", "en", "qps"]
"""Vietnamese, English, and a pseudo-language made from English by machine, in which what was forgotten shows."""

LANGUAGES: tuple[Language, ...] = ("vi", "en")
"""What a person may choose; "qps" is for tests and `LANGSO_LANGUAGE`."""
ENVIRONMENT = "LANGSO_LANGUAGE"

_MOST_HEADER = 1000
_here: ContextVar[Language | None] = ContextVar("language", default=None)
_everywhere: list[Language] = ["vi"]


def language() -> Language:
    """The language of this request or visit, else that of the process ("vi" until `use_language` sets another)."""
    return _here.get() or _everywhere[0]


def use_language(chosen: Language) -> None:
    """Sets the language of the whole process, all threads: a command calls it once at its start."""
    _everywhere[0] = chosen


def unless_tried(chosen: Language) -> Language:
    """`chosen`; in a process that speaks the language made for tests that one, as nothing may hide behind another."""
    return "qps" if language() == "qps" else chosen


@contextmanager
def in_language(chosen: Language) -> Iterator[None]:
    """Within the block, and in this thread or task only, this language is in force."""
    before = _here.set(chosen)
    try:
        yield
    finally:
        _here.reset(before)


def known_language(name: str) -> Language | None:
    """`en`, `en_GB.UTF-8`, `vi-VN` -> the language meant; None for one we do not speak."""
    plain = name.strip().casefold().replace("-", "_").partition(".")[0].partition("_")[0]
    return next((found for found in get_args(Language) if found == plain), None)


def language_of_environment(environment: Mapping[str, str]) -> Language:
    """What a terminal asks for: the first of LANGSO_LANGUAGE, LC_ALL, LC_MESSAGES and LANG that is set, or "vi"."""
    for name in (ENVIRONMENT, "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return known_language(value) or "vi"
    return "vi"


def language_of_header(accepted: str) -> Language | None:
    """What Accept-Language asks for (`vi-VN,vi;q=0.9,en;q=0.5`): the language of ours that weighs most, or None."""
    best: tuple[float, Language] | None = None
    for part in accepted[:_MOST_HEADER].split(","):
        name, _, weight = part.partition(";")
        found = known_language(name)
        if found in LANGUAGES:
            try:
                asked = float(weight.strip().removeprefix("q=") or 1)
            except ValueError:
                continue
            if asked > 0 and (best is None or asked > best[0]):
                best = asked, found
    return best[1] if best else None
