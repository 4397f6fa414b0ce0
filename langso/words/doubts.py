"""What the reading of a text leaves in doubt, told to its writer before anybody hears it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from . import say
from .letters import nfc
from .speech import Part

MOST_DOUBTS = 5
"""Of each kind; who has more sees the first of them."""

_DAY = re.compile(r"(?<![\w.,/-])(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})(?:/(?P<y>[0-9]{4}))?(?![\w/])")
_HOUSE = re.compile(r"(?:nhà|hẻm|ngõ|ngách|kiệt|đường|số)\s$")
_CAPITALS = re.compile(r"[A-ZĐ]{2,8}(?![\w@-])")
# A text in capitals throughout is full of words ("XIN", "CHO"): an abbreviation is what no syllable looks like.
_SYLLABLE = re.compile(
    r"(?:NGH?|NH|CH|GH|GI|KH|PH|QU|TH|TR|[BCDĐGHKLMNPRSTVX])?[AEIOUY]{1,3}(?:CH|NG|NH|[CMNPT])?",
)
_SAID_BY_LETTER = frozenset(("PVC", "NPK", "HIV", "USB", "GPS", "FM", "TV", "PCR", "WC", "ADN"))


@dataclass(frozen=True)
class ReadingDoubts:
    """Days that no calendar has, and abbreviations that have no reading; each as written, once, in order."""

    days: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()


def doubts(parts: Iterable[Part]) -> ReadingDoubts:
    """What is doubtful in a text, from the parts of its reading."""
    parts = tuple(parts)
    text = nfc("".join(part.original for part in parts))
    return ReadingDoubts(
        _first(m.group() for m in _DAY.finditer(text) if _no_day(m)),
        _first(short for part in parts if not part.changed or by_letter(part) for short in _unread(part.original)),
    )


def by_letter(part: Part) -> bool:
    """Whether it is spelled because no rule knew what it stands for."""
    m = _CAPITALS.fullmatch(part.original)
    return m is not None and part.spoken.strip() == say.letters(m)


def _no_day(m: re.Match[str]) -> bool:
    day, month, year = int(m["d"]), int(m["m"]), int(m["y"] or 2000)
    # "15/20 hộ" and "45/7" are no days anybody meant; the number of a house may look like one.
    meant = (29 < day < 32 and 1 <= month <= 12) or m["y"] is not None
    house = _HOUSE.search(m.string[max(0, m.start() - 12) : m.start()].lower())
    return bool(meant and not house and not say.is_day(day, month, year))


def _unread(text: str) -> Iterable[str]:
    for m in _CAPITALS.finditer(text):
        alone = not re.match(r"[\w.@/-]", text[m.start() - 1 : m.start()])
        if alone and m.group() not in _SAID_BY_LETTER and not _SYLLABLE.fullmatch(m.group()):
            yield m.group()


def _first(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:MOST_DOUBTS]
