"""Errors of the signer, and of whoever asks it: one family; the text says what to do."""

from __future__ import annotations

from typing import Literal

from langso.errors import LangsoError
from langso.words.catalogue import Sentence

Fault = Literal["absent", "forbidden", "silent", "not_ready", "clock", "disk", "broken"]
"""Why nothing can be signed now, whatever the document: no process behind the socket, no right to ask it, no answer
in time, keys or lists missing or damaged, a wrong clock, a full disk, a fault in the programs."""


class SignerError(LangsoError):
    """Family of everything that keeps a document from being signed."""


class NotInitialised(SignerError, FileNotFoundError):
    """The office has no keys yet, or a part of them is missing."""


class SignerRefused(SignerError, PermissionError):
    """The signer does not sign this: its own rules forbid it."""


class SignerStuck(SignerRefused):
    """The signer can sign nothing until something is mended; `fault` says what kind of thing."""

    def __init__(self, text: str | Sentence, fault: Fault = "not_ready") -> None:
        self.fault: Fault = fault
        super().__init__(text)


class SignerUnreachable(SignerError, ConnectionError):
    """Nothing can be signed now for a technical reason: the same document may be signed later, unchanged."""

    def __init__(self, text: str | Sentence, fault: Fault = "absent") -> None:
        self.fault: Fault = fault
        super().__init__(text)
