"""Numbers and money in the language spoken now; ids in groups.

Vietnamese is of the north: `linh`, `nghìn`, `tư`, `mốt`, `lăm`. The examples are Vietnamese, then English.
"""

from __future__ import annotations

import re

from vn_money import MAX_SAFE_AMOUNT, to_words

from langso.words.catalogue import Sentence, t
from langso.words.language import language

from .errors import NotAnAmount

_VIETNAMESE_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_ENGLISH = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_ENGLISH_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH_THOUSANDS = ("", " thousand", " million", " billion", " trillion", " quadrillion")


def number(value: int) -> str:
    """`một nghìn không trăm mười lăm`, `one thousand and fifteen`. A negative one is said with `âm`, `minus`.

    Raises NotAnAmount on a non-integer or beyond 2**53 - 1.
    """
    return vietnamese(value) if language() == "vi" else english(value)


def amount(dong: int) -> str:
    """`tám nghìn đồng`, `eight thousand dong`. Raises NotAnAmount as `number` does."""
    return str(t("words-amount", number=number(dong)))


def money(dong: int) -> str:
    """`8.000 đ`, `8,000 dong`, as screens and slips show it. Raises NotAnAmount as `number` does."""
    grouped = f"{_checked(dong):,}"
    return str(t("words-money", number=grouped.replace(",", ".") if language() == "vi" else grouped))


def decimal(value: float, places: int = 1) -> str:
    """`7,5`, `7.5`: rounded to so many places."""
    return with_comma(f"{value:.{places}f}")


def with_comma(written: str) -> str:
    """A number as programs write it (`7.5`), with the sign that people put before its fraction: `7,5`, `7.5`."""
    return written.replace(".", ",") if language() == "vi" else written


def digits(text: str) -> str:
    """Every digit by its name: `không chín một hai`, `zero nine one two`; what is no digit is left out."""
    return vietnamese_digits(text) if language() == "vi" else _each(text, _ENGLISH)


def vietnamese(value: int) -> str:
    """The number in Vietnamese whatever is spoken now: broadcasts are. Raises NotAnAmount as `number` does."""
    return str(to_words(_checked(value)))


def vietnamese_digits(text: str) -> str:
    """Its digits likewise."""
    return _each(text, _VIETNAMESE_DIGITS)


def english(value: int) -> str:
    """The number in English. Raises NotAnAmount as `number` does."""
    if _checked(value) < 0:
        return f"minus {english(-value)}"
    if value < 1000:
        return _below_thousand(value)
    thousands: list[int] = []
    left = value
    while left:
        left, three = divmod(left, 1000)
        thousands.append(three)
    said = [
        _below_thousand(three) + _ENGLISH_THOUSANDS[power]
        for power, three in reversed(list(enumerate(thousands)))
        if three
    ]
    # "one thousand and fifteen", but "one thousand one hundred and fifteen".
    return f"{' '.join(said[:-1])} and {said[-1]}" if 0 < thousands[0] < 100 else " ".join(said)


def group(code: str) -> str:
    """An id or code in small groups, to be read aloud and compared by eye.

    `012345678901` -> `012 345 678 901`, `0912345678` -> `0912 345 678`,
    `H29.16-250701-0001` -> `H29.16 - 250701 - 0001`.
    """
    # Six digits between hyphens are a date and stay together.
    longest = 6 if "-" in code else 4
    parts = (re.sub(r"[0-9]{5,}", lambda m: _grouped(m.group(), longest), part.strip()) for part in code.split("-"))
    return " - ".join(parts)


def groups(run: str) -> list[str]:
    """A run of digits in threes; the first or last group takes a fourth where one would be left over."""
    if len(run) <= 4:
        return [run]
    left = len(run) % 3
    if left == 1:
        return [run[:4], *_threes(run[4:])]
    if left == 2:
        return [*_threes(run[: len(run) - 2]), run[-2:]]
    return _threes(run)


def _grouped(run: str, longest: int) -> str:
    return run if len(run) <= longest else " ".join(groups(run))


def _threes(run: str) -> list[str]:
    return [run[at : at + 3] for at in range(0, len(run), 3)]


def _checked(value: int) -> int:
    # bool is an int to Python, never an amount.
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_SAFE_AMOUNT:
        raise NotAnAmount(Sentence("words-not-an-amount"))
    return value


def _each(text: str, names: tuple[str, ...]) -> str:
    return " ".join(names[int(c)] for c in text if c in "0123456789")


def _below_thousand(value: int) -> str:
    if value < 20:
        return _ENGLISH[value]
    if value < 100:
        tens, one = divmod(value, 10)
        return _ENGLISH_TENS[tens] + (f"-{_ENGLISH[one]}" if one else "")
    hundreds, left = divmod(value, 100)
    return f"{_ENGLISH[hundreds]} hundred" + (f" and {_below_thousand(left)}" if left else "")
