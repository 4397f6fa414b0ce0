"""What a message says, as staff typed it: checked and tidied. Pure."""

from __future__ import annotations

import unicodedata

from langso.contract.sentences import vietnamese
from langso.words.catalogue import Sentence
from office.errors import BroadcastRefused

MAX_TEXT = 4000
MAX_TITLE = 200
_SHORT_TITLE = 80


def checked_text(text: str) -> str:
    """NFC, trimmed. Raises BroadcastRefused where no letter is left or it is too long to be spoken at once."""
    said = unicodedata.normalize("NFC", text).strip()
    if not any(letter.isalnum() for letter in said):
        raise BroadcastRefused(Sentence("broadcasting-no-words"))
    if len(said) > MAX_TEXT:
        raise BroadcastRefused(Sentence("broadcasting-too-long", length=len(said), most=MAX_TEXT))
    return said


def title_of(title: str, text: str) -> str:
    """The title given, on one line; else the text's beginning. Raises BroadcastRefused where it is too long."""
    given = " ".join(unicodedata.normalize("NFC", title).split())
    if len(given) > MAX_TITLE:
        raise BroadcastRefused(Sentence("broadcasting-title-long", length=len(given), most=MAX_TITLE))
    if given:
        return given
    found = " ".join(text.split())
    return found if len(found) <= _SHORT_TITLE else f"{found[: _SHORT_TITLE - 1].rstrip()}…"


def exercise_text(text: str) -> str:
    """What is spoken in an exercise: that it is one goes before and after it, for whoever hears only a part."""
    return vietnamese(Sentence("broadcasting-exercise-spoken", text=text))


def exercise_title(title: str) -> str:
    """Its title, which says so too, wherever it is read."""
    mark = vietnamese(Sentence("broadcasting-exercise-title", title="")).strip()
    said = title if title.startswith(mark) else f"{mark} {title}"
    return said if len(said) <= MAX_TITLE else f"{said[: MAX_TITLE - 1].rstrip()}…"
