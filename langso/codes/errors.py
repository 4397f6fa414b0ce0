"""What can go wrong when a code is written or handed in; reading never raises, it reports problems."""

from __future__ import annotations

from langso.errors import LangsoError


class CodeError(LangsoError):
    """Family of every refusal in `langso.codes`."""


class CannotWrite(CodeError, ValueError):
    """A payment code was asked for with a value the standard does not allow."""


class TextTooLong(CodeError, ValueError):
    """More text than any QR code can hold."""
