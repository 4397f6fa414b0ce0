"""What can go wrong with words."""

from __future__ import annotations

from langso.errors import LangsoError


class WordsError(LangsoError):
    """Family of every refusal in `langso.words`."""


class NotAnAmount(WordsError, ValueError):
    """A number that is no whole amount of đồng."""


class SpeechTooLong(WordsError, ValueError):
    """More text than one announcement may hold."""
