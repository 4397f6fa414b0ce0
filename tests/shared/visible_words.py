"""What of an answer people read, and which of its words are not of the catalogue: for runs in the pseudo-language."""

from __future__ import annotations

import functools
import plistlib
import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser

from literals import is_vietnamese

OPEN, CLOSE = "⟦⟧"
_SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-name", "label")
"""Attributes that are shown or read aloud; `data-name` by the console's own style, on phones."""
_UNSEEN = ("script", "style", "head")
_INSIDE = ("b", "code")
"""What stands within a sentence."""
_VOID = frozenset(["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
_PLAIN_VOWEL = re.compile("[aeiouAEIOU]")
_WORD = re.compile(r"[^\W\d_]+")


@functools.lru_cache(maxsize=64)
def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    page.close()
    return page


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.tongues: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._text = ""

    def close(self) -> None:
        super().close()
        self._flush()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in _INSIDE:
            self._flush()
        told = {name: value or "" for name, value in attributes}
        if tag == "html":
            self.tongues.append(told.get("lang", ""))
        self.shown += [told[name] for name in _SPOKEN if name in told]
        if tag == "input" and told.get("type", "text") in ("text", "submit", "button", "search"):
            self.shown.append(told.get("value", ""))
        # An icon is a word of its font: it is hidden from readers and never seen as letters.
        icon = tag == "i" and "i" in told.get("class", "").split() and told.get("aria-hidden") == "true"
        if tag not in _VOID:
            self._open.append((tag, icon or tag in _UNSEEN))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INSIDE:
            self._flush()
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        title = bool(self._open) and self._open[-1][0] == "title"
        if title or not any(unseen for _, unseen in self._open):
            self._text += data

    def _flush(self) -> None:
        if self._text.strip():
            self.shown.append(self._text.strip())
        self._text = ""


def shown_on_page(html: str) -> list[str]:
    """Every text of a page, or of a part of one, that is read or read aloud, with its attributes."""
    return _read(html).shown


def language_of_page(html: str) -> str | None:
    """What `<html lang>` says; None for a part of a page."""
    tongues = _read(html).tongues
    return tongues[0] if tongues else None


def shown_by_profile(profile: bytes) -> list[str]:
    """What a phone shows of an Apple profile before it is installed."""

    def walk(found: object) -> Iterator[str]:
        if isinstance(found, dict):
            for key, value in found.items():
                if isinstance(value, str) and key in (
                    "PayloadDisplayName",
                    "PayloadDescription",
                    "PayloadOrganization",
                ):
                    yield value
                yield from walk(value)
        elif isinstance(found, list):
            for one in found:
                yield from walk(one)

    return list(walk(plistlib.loads(profile)))


def strangers(shown: str, known: re.Pattern[str]) -> list[str]:
    """Words of a text in the pseudo-language that no sentence of the catalogue says. `known`: names, numbers' units.

    Outside of its brackets each word is one; inside, where a letter kept a plain vowel, or is Vietnamese.
    """
    text = known.sub(" ", unicodedata.normalize("NFC", shown))
    found = []
    for word in _WORD.finditer(text):
        depth = text.count(OPEN, 0, word.start()) - text.count(CLOSE, 0, word.start())
        if depth <= 0 or _PLAIN_VOWEL.search(word[0]) or is_vietnamese(word[0]):
            found.append(word[0])
    return found
