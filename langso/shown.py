"""Words of strangers (files on a stick, devices, codes) as a terminal or a page may show them: signs, no commands."""

from __future__ import annotations

import unicodedata

_STAND_IN = "�"


def harmless(text: str) -> str:
    """One line with nothing in it that a terminal obeys or that turns letters round; each such sign is shown as �.

    Control characters move the cursor and rename the window, bidi and invisible ones make a name look like another.
    """
    return "".join(_sign(letter) for letter in text)


def harmless_lines(text: str) -> str:
    """The same for a text whose line ends and tabs are ours."""
    return "".join(letter if letter in "\n\t" else _sign(letter) for letter in text)


def _sign(letter: str) -> str:
    if letter.isprintable():
        return letter
    return " " if unicodedata.category(letter) == "Zs" else _STAND_IN
