"""Words of strangers (files on a stick, devices, codes) made safe to show in a terminal or on a page."""

from __future__ import annotations

import re
import unicodedata

_STAND_IN = "�"
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters by their class, and nothing to see."""
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_NEW_EMOJI = re.compile("[\U0001f000-\U0001faff]")
_JOINT = re.compile(f"(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])")
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILE = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
_FROM_THE_RIGHT = ("R", "AL", "AN")
_ISOLATE, _ISOLATE_END = "\u2068", "\u2069"


def harmless(text: str) -> str:
    """One line that is safe to print: whatever a terminal would obey, or would turn letters round, is shown as �.

    Control characters move the cursor and rename the window; bidi and invisible ones make one name look like another.
    """
    return "".join(_sign(letter) for letter in text)


def harmless_lines(text: str) -> str:
    """The same for a text of several lines: line ends and tabs stay."""
    return "".join(letter if letter in "\n\t" else _sign(letter) for letter in text)


def harmless_page(text: str) -> str:
    """The same for a web page: joined emoji stay whole; text from right to left does not turn what is beside it, and
    piled-up accents do not cover other lines.
    """
    if text.isascii() and text.isprintable():
        return text
    return "\n".join(_isolated(_signs(line, _STAND_IN)) for line in text.replace("\r\n", "\n").split("\n"))


def plain(text: str) -> str:
    """Typed or pasted text without the characters that `harmless_page` would show as �: nobody typed
    them on purpose.
    """
    lines = re.split("\r\n|[\n\r\u2028\u2029]", text)
    return "\n".join(_signs(line, "") for line in lines)


def _signs(line: str, instead: str) -> str:
    line = _PILE.sub(r"\1", line)
    joints = {found.start() for found in _JOINT.finditer(line)}
    return "".join(
        letter if letter == "\t" or place in joints or _NEW_EMOJI.match(letter) or _is_sign(letter) else instead
        for place, letter in enumerate(line)
    )


def _isolated(line: str) -> str:
    if any(unicodedata.bidirectional(letter) in _FROM_THE_RIGHT for letter in line):
        return f"{_ISOLATE}{line}{_ISOLATE_END}"
    return line


def _sign(letter: str) -> str:
    if not _is_sign(letter):
        return _STAND_IN
    return letter if letter.isprintable() else " "


def _is_sign(letter: str) -> bool:
    return letter not in _UNSEEN and (letter.isprintable() or unicodedata.category(letter) == "Zs")
