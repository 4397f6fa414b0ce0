"""Text for speech: numbers, dates, times, money, codes and abbreviations become words an old voice engine says right.

Every change is told with its place, so the console can mark it and staff can correct it before sending.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from langso.words.catalogue import Sentence

from . import say
from .abbreviations import ABBREVIATIONS, BEFORE_A_NAME, UNITS
from .errors import SpeechTooLong
from .letters import nfc

MAX_SPEECH = 20_000
"""Characters of one announcement: about half an hour of speech."""


@dataclass(frozen=True)
class Part:
    """A piece of the text as written and as it is said; the originals, joined, are the NFC text."""

    original: str
    spoken: str

    @property
    def changed(self) -> bool:
        return self.original != self.spoken


def speech(text: str) -> str:
    """The text as it is to be spoken. Raises SpeechTooLong over MAX_SPEECH characters."""
    return "".join(part.spoken for part in speech_parts(text))


def speech_parts(text: str) -> list[Part]:
    """The text cut into pieces, changed and unchanged, in order. Raises SpeechTooLong over MAX_SPEECH characters."""
    text = nfc(text)
    if len(text) > MAX_SPEECH:
        raise SpeechTooLong(Sentence("words-speech-too-long", most=MAX_SPEECH))
    parts: list[Part] = []
    at = 0
    for start, end, spoken in _changes(text):
        if start > at:
            parts.append(Part(text[at:start], text[at:start]))
        parts.append(Part(text[start:end], spoken))
        at = end
    if at < len(text):
        parts.append(Part(text[at:], text[at:]))
    return _spaced(parts)


_Say = Callable[[re.Match[str]], str | None]


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_N = r"(?P<number>[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?|[0-9]+(?:,[0-9]+)?)"
# What a price or a speed is for: a unit's sign, or a word ("500đ/kg", "8.000đ/bản").
_SYMBOLS = r"(?:km2|km²|km|m2|m²|m3|m³|m|ha|kg|g|ml|l|kWh|kW|s|h)(?![^\W\d])"
_ONE = rf"(?:{_SYMBOLS}|[^\W\d_]{{2,12}}(?![^\W\d]))"
_PER = rf"(?P<per>(?:\s?/\s?{_ONE}){{0,3}})"
_START = r"(?<![\w.,/])"
_ALONE = r"(?<![0-9.,])"
_END = r"(?![\w/])"
_DAY, _MONTH, _YEAR = r"(?P<d>[0-9]{1,2})", r"(?P<m>[0-9]{1,2})", r"(?P<y>[0-9]{4})"
_OFFICE = r"(?:[0-9]{3}(?:\.[0-9]{2}){2}\.)?[A-Z][0-9]{2}(?:\.[0-9]{1,3}){0,3}"
_LETTERS = r"(?P<letters>[A-ZĐ][A-Za-zĐ]{0,7}[0-9]{0,2}(?:-[A-ZĐ][A-Za-zĐ&]{0,9}[0-9]{0,2}){0,4})"
_ISSUER = r"(?P<issuer>[A-ZĐ][A-Za-zĐ]{0,9}(?:-[A-ZĐ][A-Za-zĐ]{0,9}){0,2})"
_MINUTES = r"(?:[hg:](?P<min>[0-9]{2})|h)(?::(?P<s>[0-9]{2}))?(?:\s?(?:phút|ph|p|'))?"
# A letter or two after a space is more often a name than a unit ("tổ 5 V...").
_TWO = (
    "dm", "Hz", "dB", "oC", "tr", "km", "m2", "m²", "m3", "m³", "mm", "cm", "ha", "kg", "mg", "ml", "kW", "kV", "MW",
    "MB", "GB",
)  # fmt: skip
_TWO_SIGNED = [unit for unit in UNITS if unit in ("m", "l", "g", *_TWO)]
_LOOSE = [unit for unit in UNITS if len(unit) > 2 or unit in ("m", "g", "l", "%", "‰", "°C", "ºC", "℃", *_TWO)]
_UNIT = rf"(?:\s?(?P<unit>{_any_of(_LOOSE)})|(?P<tight>{_any_of(list(UNITS))}))"

_PATTERNS: list[tuple[str, _Say]] = [
    (r"(?<!\w)(?:https?://|www\.)[!-~]{1,300}(?<![.,;:)!?])", say.address),
    (r"(?<![\w.@-])[a-z0-9][a-z0-9.\-_]{0,60}@[a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,20}){1,4}(?!\w)", say.address),
    (r"(?<![\w.@-])[a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,30}){0,4}\.(?:vn|com|net|org)(?!\w)", say.address),
    (rf"{_START}{_OFFICE}-[0-9]{{6}}-[0-9]{{4,9}}(?!\w)", say.code),
    (rf"{_START}{_YEAR}-{_MONTH}-{_DAY}(?![\w/-])", say.date),
    (
        rf"{_START}{_DAY}/{_MONTH}\s?[-–]\s?(?P<d2>[0-9]{{1,2}})/(?P<m2>[0-9]{{1,2}})(?:/{_YEAR})?{_END}",
        say.from_day_to_day,
    ),
    (
        rf"{_START}(?P<list>[0-9]{{1,2}}(?:(?:,\s?|\s?và\s)[0-9]{{1,2}}){{1,6}})/{_MONTH}(?:/{_YEAR})?{_END}",
        say.several_days,
    ),
    (rf"{_START}{_DAY}\.{_MONTH}(?![\w/])(?!\.[0-9])", say.dotted_day),
    (rf"{_START}(?P<first>[0-9]{{1,2}})\s?[-–]\s?{_DAY}/{_MONTH}(?:/{_YEAR})?{_END}", say.days),
    (rf"{_START}{_DAY}(?P<sep>[/.\-]){_MONTH}(?P=sep){_YEAR}{_END}", say.date),
    (rf"{_START}{_DAY}/{_MONTH}/(?P<yy>[0-9]{{2}}){_END}", say.short_date),
    (rf"{_START}(?P<n>[0-9]{{1,5}})-(?P<kind>[A-ZĐ][A-Za-zĐ]{{0,4}})/{_ISSUER}(?!\w)", say.document_kind),
    (rf"(?<![\w/-])(?P<n>)(?P<kind>[A-ZĐ][A-Za-zĐ]{{1,4}})[-/]{_ISSUER}(?![\w/])", say.document_kind),
    (rf"{_START}(?P<n>[0-9]{{1,5}})(?:/{_YEAR})?/{_LETTERS}(?!\w)", say.document_number),
    (rf"{_START}{_MONTH}/{_YEAR}{_END}", say.month),
    (rf"{_START}(?P<h>[0-9]{{1,2}}){_MINUTES}(?![\w:])", say.time),
    (
        rf"{_START}(?P<h>[0-9]{{1,2}})\s?[gh](?:\s?(?P<min>[0-5][0-9]))?(?P<s>)(?!\w|[:,.][0-9])",
        say.southern_time,
    ),
    (
        r"(?<!\w)(?:Km|KM|km)\.?\s?(?P<km>[0-9]{1,4})(?:\s?\+\s?(?P<metres>[0-9]{1,3}))?(?!\w|[.,][0-9])",
        say.chainage,
    ),
    (r"(?<![\w/])24/24\s?[hg](?!\w)", lambda _: "hai mươi tư trên hai mươi tư giờ"),
    (r"(?<!\w)(?:T(?P<n>[2-7])|CN)(?!\w)", say.weekday),
    (r"(?<=T[2-7])\s?[-–]\s?(?=(?:T[2-7]|CN)(?!\w))", lambda _: " đến "),
    (r"(?<=[0-9])\s?[-–]\s?(?=(?:[Tt]hứ\s[2-7]|[Cc]hủ nhật)(?!\w))", lambda _: " đến "),
    (r"(?<![\w.,+])\(0[0-9]{2,3}\)(?:[ .\-]?[0-9]){6,8}(?![0-9])", say.phone),
    (r"(?<![\w.,+])(?:\+84|0)(?:[ .\-]?[0-9]){8,10}(?![0-9])", say.phone),
    (r"(?<![\w.,])1[89]00(?:[ .\-]?[0-9]){4,6}(?![0-9])", say.phone),
    (rf"{_ALONE}(?P<number>[0-9]{{1,4}})\s?tr\s?(?P<rest>[0-9]{{1,3}})(?P<dong>\s?(?:đồng|đ))?(?!\w)", say.millions),
    (rf"{_ALONE}{_N}(?<=0)\s?(?P<tight>[kK])(?P<unit>){_PER}(?!\w)", say.thousands),
    (rf"{_START}[0-9]{{1,3}}-[0-9]{{1,3}}-[0-9]{{1,3}}(?![\w/-])", say.three_numbers),
    (rf"{_ALONE}{_N}\s?(?:đồng|đ|VNĐ|VND|vnđ|₫){_PER}(?!\w)", say.money),
    (rf"{_ALONE}{_N}{_UNIT}{_PER}(?!\w)", say.measure),
    (rf"(?<![^\W\d])(?<!/)(?P<unit>đ|đồng|{_any_of(_TWO_SIGNED)})(?P<per>(?:/{_ONE}){{1,3}})", say.unit),
    (rf"(?<=[^\s/])(?P<per>\s?/\s?{_SYMBOLS})", say.per_unit),
    # Before Roman numbers, for "V/v"; a number that touches one is spoken apart from it, so it is one then too.
    (rf"(?<![^\W\d])(?:{_any_of([short for short in ABBREVIATIONS if '/' in short])})(?![^\W\d])", say.abbreviation),
    (rf"(?<!\w)(?P<roman>[IVX]{{1,7}})(?:/{_YEAR})?(?!\w)", say.roman),
    (r"(?<!\w)ĐT\.?\s?(?=[1-9][0-9]{2}(?![0-9]))", lambda _: "đường tỉnh "),
    (rf"(?<![^\W\d])(?:{_any_of(list(ABBREVIATIONS))})(?!\w)", say.abbreviation),
    (rf"(?<!\w)(?P<place>{_any_of(list(BEFORE_A_NAME))})(?P<dot>\.?)\s?(?=[^\W_])", say.place),
    (r"(?<!\w)(?:TP|Tp)\b", say.town),
    (r"(?<!\w)[BCDĐFGHJKLMNPQRSTVWXZ]{2,6}(?![^\W\d])", say.letters),
    (r"(?<=[0-9][đkghm])\s?[-–—]\s?(?=[0-9])", lambda _: " đến "),
    (r"(?<=[0-9]°C|[0-9]oC)\s?[-–—]\s?(?=[0-9])", lambda _: " đến "),
    (r"(?<=[0-9] đ|[0-9]kg|[0-9]km|[0-9]cm|[0-9]ha|[0-9]tr)\s?[-–—]\s?(?=[0-9])", lambda _: " đến "),
    (r"(?<=[0-9])\s?[x×]\s?(?=[0-9])", lambda _: " nhân "),
    (r"(?<=[0-9]m)\s?[x×]\s?(?=[0-9])", lambda _: " nhân "),
    (r"(?<=[0-9])\s?\+\s?(?=[0-9])", lambda _: " cộng "),
    (r"(?<![\w+])\+(?=[0-9])", lambda _: "cộng "),
    (r"(?<=[^\W\d_²³%])\s?/\s?(?=[0-9])", lambda _: " trên "),
    (r"≥\s?(?=[0-9])", lambda _: "lớn hơn hoặc bằng "),
    (r"≤\s?(?=[0-9])", lambda _: "nhỏ hơn hoặc bằng "),
    (r"(?<!\w)[~≈]\s?(?=[0-9])", lambda _: "khoảng "),
    (r"±\s?(?=[0-9])", lambda _: "cộng trừ "),
    (r"(?<=[0-9] (?:kg|km|cm|mm|ha|tr|m2))\s?[-–—]\s?(?=[0-9])", lambda _: " đến "),
    (r"(?<=[0-9])\s?[-–]\s?(?=[Kk][Mm]\.?\s?[0-9])", lambda _: " đến "),
    (r"(?<=[0-9])\s?mmHg(?!\w)", lambda _: " mi-li-mét thủy ngân"),
    (r"(?<=[0-9h%])\s?[-–—]\s?(?=[0-9])", lambda _: " đến "),
    (r"(?<![\w-])[-−](?=[0-9])", lambda _: "âm "),
    (r"(?<=[^\W\d_])-(?=[0-9])", lambda _: " "),
    (r"(?<!\w)>\s?(?=[0-9])", lambda _: "trên "),
    (r"(?<!\w)<\s?(?=[0-9])", lambda _: "dưới "),
    (r"\s?&\s?", lambda _: " và "),
    (r"\s?@\s?", lambda _: " a còng "),
    (r"(?<![0-9])(?P<a>[0-9]{1,4})/(?P<b>[0-9]{1,4})(?![0-9/])", say.fraction),
    (rf"{_ALONE}[0-9]{{1,3}}(?:,[0-9]{{3}}){{2,}}(?![0-9]|[.,][0-9])", say.foreign_number),
    (rf"(?<![0-9]){_N}(?:\.[0-9]+)*", say.number),
    (r"[0-9]+", say.number),
]
# Where two rules fit at one place, the one listed first wins.
_RULES: list[tuple[re.Pattern[str], _Say]] = [(re.compile(pattern), rule) for pattern, rule in _PATTERNS]


def _changes(text: str) -> Iterator[tuple[int, int, str]]:
    # Each rule remembers its next match, so the whole costs one pass over the text per rule.
    upcoming: list[re.Match[str] | None] = [pattern.search(text) for pattern, _ in _RULES]
    at = 0
    while True:
        best: int | None = None
        for index, match in enumerate(upcoming):
            if match is not None and match.start() < at:
                match = upcoming[index] = _RULES[index][0].search(text, at)
            if match is not None and (best is None or match.start() < _start(upcoming[best])):
                best = index
        if best is None:
            return
        match = upcoming[best]
        assert match is not None
        spoken = _RULES[best][1](match)
        if spoken is None or match.end() == match.start():
            upcoming[best] = _RULES[best][0].search(text, match.start() + 1)
            continue
        yield match.start(), match.end(), spoken
        at = match.end()


def _start(match: re.Match[str] | None) -> int:
    assert match is not None
    return match.start()


def _spaced(parts: list[Part]) -> list[Part]:
    """Keep words apart that were written together: `QL1A` is said `quốc lộ một A`."""
    for index, part in enumerate(parts):
        if not part.changed:
            continue
        spoken = part.spoken
        if index and parts[index - 1].spoken[-1:].isalnum() and spoken[:1].isalnum():
            spoken = " " + spoken
        following = parts[index + 1] if index + 1 < len(parts) else None
        if following and not following.changed and spoken[-1:].isalnum() and following.spoken[:1].isalnum():
            spoken += " "
        parts[index] = replace(part, spoken=spoken)
    return parts
