"""Vietnamese letters: one normal form, plain letters without marks, and what a letter is called aloud."""

from __future__ import annotations

import unicodedata

_D = str.maketrans("đĐ", "dD")

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_CALLED = "a|á|ớ|bê|xê|dê|đê|e|ê|ép|giê|hát|i|gi|ca|lờ|mờ|nờ|o|ô|ơ|pê|quy|rờ|sờ|tê|u|ư|vê|vê kép|xờ|y|dét"
_NAMES = dict(zip(_LETTERS, _CALLED.split("|"), strict=True))


def nfc(text: str) -> str:
    """The composed form (NFC) in which all text of ours is kept."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Letters without marks: `Đường Nguyễn` -> `Duong Nguyen`. Other scripts stay as they are."""
    # đ has no decomposition in Unicode, so it goes by hand.
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return nfc(bare.translate(_D))


def letter_name(letter: str) -> str:
    """How one letter is called aloud (`H` -> `hát`); anything else is given back unchanged."""
    return _NAMES.get(letter.lower(), letter)
