"""What can go wrong at the kiosk; each message is read by the villager or the staff."""

from __future__ import annotations

from langso.errors import LangsoError


class KioskError(LangsoError):
    """Family of the kiosk's errors."""


class NotReady(KioskError, RuntimeError):
    """The kiosk still lacks something that the office gives: the catalogue or the office's key."""


class WrongStep(KioskError, ValueError):
    """A journey was asked for something its present step does not allow."""


class SendingFault(KioskError, ConnectionError):
    """A dossier did not reach the office this time; it stays in the outbox."""


class SendingRefused(SendingFault, ValueError):
    """The office answered that it will not take this dossier; trying again soon does not help."""


class LineFault(KioskError, ValueError):
    """The process of a visit told something that cannot be believed, or is too large."""


class NoScreen(KioskError, OSError):
    """This machine cannot show the kiosk at all: no screen, or a system of 32 bits."""

    def __str__(self) -> str:
        return str(self.args[0])


class DrivingFault(KioskError, AssertionError):
    """A step of a driven visit did not happen."""
