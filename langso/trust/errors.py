"""Errors of trust: one family, whose reason is one of the contract's and whose sentence is that of the reason."""

from __future__ import annotations

from langso.contract.reports import RefusalReason
from langso.errors import LangsoError
from langso.words.catalogue import Sentence


class Refused(LangsoError, ValueError):
    """A document is not obeyed. `reason`: the contract's code; `detail`: English, for the journal.

    `issuer`, `epoch`, `version` and `sha256` are filled once the document has been verified, for the receipt.
    """

    def __init__(self, reason: RefusalReason, detail: str = "") -> None:
        self.reason: RefusalReason = reason
        self.detail = detail
        self.issuer: str | None = None
        self.epoch: int | None = None
        self.version: int | None = None
        self.sha256: str | None = None
        super().__init__(Sentence(f"trust-refused-{reason}"))


class KeyFileError(LangsoError, ValueError):
    """A key file is absent, damaged or holds no Ed25519 key."""


class PairingError(LangsoError, ValueError):
    """A pairing file is refused: damaged, not signed by the device, or for another device."""


class NotPaired(PairingError):
    """This device has no pairing yet."""


class CertificateError(LangsoError, ValueError):
    """A certificate, request or TLS key cannot be used."""
