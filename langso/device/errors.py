"""What a machine refuses to people who stand before it."""

from __future__ import annotations

from langso.errors import UsageError


class PinRefused(UsageError):
    """A PIN that is wrong, that anybody would guess, that was never chosen, or tried too often."""


class TimeRefused(UsageError):
    """What was typed is no time, cannot be now, or is not this machine's to be set."""
