"""Vietnamese letters: one normal form, plain letters without marks, and what a letter is called aloud."""

from __future__ import annotations

import unicodedata
from functools import cache

_D = str.maketrans("đĐ", "dD")

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_CALLED = "a|á|ớ|bê|xê|dê|đê|e|ê|ép|giê|hát|i|gi|ca|lờ|mờ|nờ|o|ô|ơ|pê|quy|rờ|sờ|tê|u|ư|vê|vê kép|xờ|y|dét"
_NAMES = dict(zip(_LETTERS, _CALLED.split("|"), strict=True))
# Of tones and vowels: whole letters are put together with them.
_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")


def nfc(text: str) -> str:
    """The composed form (NFC) in which all text of ours is kept."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Letters without marks: `Đường Nguyễn` -> `Duong Nguyen`. Other scripts stay as they are."""
    # đ has no decomposition in Unicode, so it goes by hand.
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return nfc(bare.translate(_D))


def is_vietnamese(text: str) -> bool:
    """Whether a text has no letters, signs or marks but those of plain ASCII and of Vietnamese."""
    return all(c.isascii() or c in _MARKS or c in _written() for c in text)


def letter_name(letter: str) -> str:
    """How one letter is called aloud (`H` -> `hát`); anything else is given back unchanged."""
    return _NAMES.get(letter.lower(), letter)


@cache
def _written() -> frozenset[str]:
    """Every letter with every tone, small and capital."""
    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    whole = (nfc(f"{letter}{tone}") for plain in _LETTERS for letter in (plain, plain.upper()) for tone in tones)
    return frozenset(letter for letter in whole if len(letter) == 1)
