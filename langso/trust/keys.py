"""Ed25519 keys: made, kept in a PEM file only its owner reads, named by the SHA-256 of the raw public key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # re-exported without __all__

from langso.contract import Threshold
from langso.durable.files import read_limited, write_atomic
from langso.trust.errors import KeyFileError
from langso.words.catalogue import Sentence

PUBLIC_KEY_BYTES = 32
MAX_KEY_FILE = 4096


@dataclass(frozen=True)
class RootKeys:
    """A root: raw public keys (32 bytes each), how many must sign, and its version in the chain (1 = the first)."""

    keys: tuple[bytes, ...]
    threshold: int
    version: int = 1

    @classmethod
    def of(cls, listed: Threshold, version: int) -> RootKeys:
        """As the contract lists them. Raises ValueError for keys that are none."""
        return cls(tuple(bytes.fromhex(key) for key in listed.keys), listed.threshold, version)

    def __post_init__(self) -> None:
        if len({bytes(key) for key in self.keys}) != len(self.keys):
            raise ValueError("a root key is listed twice")
        if any(len(key) != PUBLIC_KEY_BYTES for key in self.keys):
            raise ValueError("a root key is not 32 bytes")
        if not 1 <= self.threshold <= len(self.keys) or self.version < 1:
            raise ValueError("root threshold or version out of range")


class SigningKey:
    """A private Ed25519 key. Its text form shows only the key id."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public: bytes = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id: str = key_id(self.public)

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id})"

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key from the system's random source."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, path: Path) -> SigningKey:
        """Reads a PKCS#8 PEM file. Raises KeyFileError, or FileRefused where it cannot be read."""
        return cls.from_pem(read_limited(path, MAX_KEY_FILE), str(path))

    @classmethod
    def from_pem(cls, pem: bytes, name: str = "") -> SigningKey:
        """From PKCS#8 PEM bytes; `name` is what the error calls them. Raises KeyFileError."""
        try:
            private = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyFileError(Sentence("trust-key-file-damaged", name=name)) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyFileError(Sentence("trust-key-file-kind", name=name))
        return cls(private)

    def to_pem(self) -> bytes:
        """Unencrypted PKCS#8 PEM."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def save(self, path: Path) -> None:
        """Writes the PEM file atomically, mode 0600. Raises FileRefused."""
        write_atomic(path, self.to_pem(), mode=0o600)

    def signer(self) -> CryptoSigner:
        """The key as securesystemslib signs with it."""
        return CryptoSigner(self._private, verifier(self.public))


def key_id(public: bytes) -> str:
    """SHA-256 hex of the raw public key; never taken from a message. Raises ValueError unless 32 bytes."""
    if len(public) != PUBLIC_KEY_BYTES:
        raise ValueError(f"a public key has {PUBLIC_KEY_BYTES} bytes, not {len(public)}")
    return hashlib.sha256(public).hexdigest()


def verifier(public: bytes) -> SSlibKey:
    """The public key as securesystemslib verifies with it, under its recomputed id."""
    return SSlibKey(key_id(public), "ed25519", "ed25519", {"public": public.hex()})


def short_code(sha256: str) -> str:
    """Twelve digits of a digest in groups of four, to be read aloud at both ends: `1234 5678 9012`."""
    digits = f"{int(sha256[:16], 16) % 10**12:012d}"
    return " ".join(digits[i : i + 4] for i in (0, 4, 8))
