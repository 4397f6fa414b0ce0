"""Errors of the ground floor: each is LangsoError plus the builtin it resembles."""

from __future__ import annotations

from typing import ClassVar


class LangsoError(Exception):
    """Root of every expected error, raised with a `langso.words.catalogue.Sentence` that says what to do.

    ``str(e)`` is that sentence in the language of whoever reads it.
    """

    exit_code: ClassVar[int] = 1


class UsageError(LangsoError, ValueError):
    """A command was given something it cannot use; exit status 2."""

    exit_code: ClassVar[int] = 2
