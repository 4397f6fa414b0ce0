"""Personal numbers as they may be shown: the ends stay, the middle is starred."""

from __future__ import annotations


def mask(number: str) -> str:
    """`012345678901` -> `0123******01`; a number of eight characters or less keeps only its last two."""
    if len(number) > 8:
        return number[:4] + "*" * (len(number) - 6) + number[-2:]
    return "*" * max(0, len(number) - 2) + number[-2:] if len(number) > 2 else "*" * len(number)
