"""Errors of root keys: one family; the text says what to do."""

from __future__ import annotations

from langso.errors import LangsoError


class RootKeyError(LangsoError, ValueError):
    """Family of everything refused about root keys, their sticks and proposals."""


class RootKeyDamaged(RootKeyError):
    """The file of a root key is no longer as it was written, or of a format this version does not know."""


class WrongPassphrase(RootKeyError):
    """The file is whole, and this passphrase does not open it."""


class WeakPassphrase(RootKeyError):
    """A new passphrase is too short or too even."""


class StickRefused(RootKeyError):
    """The folder is no stick, holds no root key or one too many, or another stick is in the machine."""


class ProposalRefused(RootKeyError):
    """A proposal is damaged, of another commune, made upon an older list, or not for this key."""
