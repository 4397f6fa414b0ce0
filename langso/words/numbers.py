"""Numbers and money in Vietnamese, northern forms: `linh`, `nghìn`, `tư`, `mốt`, `lăm`."""

from __future__ import annotations

import re

from vn_money import MAX_SAFE_AMOUNT, to_words

from .errors import NotAnAmount

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def number(value: int) -> str:
    """`1015` -> `một nghìn không trăm mười lăm`. Raises NotAnAmount on a non-integer or beyond 2**53 - 1."""
    return str(to_words(_checked(value)))


def amount(dong: int) -> str:
    """`8000` -> `tám nghìn đồng`. Raises NotAnAmount as `number` does."""
    return f"{number(dong)} đồng"


def money(dong: int) -> str:
    """`8000` -> `8.000 đ`, as screens and slips show it. Raises NotAnAmount as `number` does."""
    return f"{_checked(dong):,} đ".replace(",", ".")


def digits(text: str) -> str:
    """Every digit by its name: `0912` -> `không chín một hai`; what is no digit is left out."""
    return " ".join(_DIGITS[int(c)] for c in text if c in "0123456789")


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
        raise NotAnAmount("Số tiền phải là số nguyên và không quá chín triệu tỷ đồng.")
    return value
