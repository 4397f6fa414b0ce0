"""A device's TLS key and certificate in one file, and when that is to be renewed. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from langso.device.certificates import DEVICE_DAYS, until_of
from langso.timekeeping.known_time import KnownTime

TLS_FILE = "tls.pem"
_MADE = re.compile(rb"# made (\S{1,40})\n")
_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.S)
_LEAST = timedelta(days=1)


@dataclass(frozen=True)
class Identity:
    """What the file says: until when the certificate holds and when it was made (by the office's clock)."""

    until: datetime
    made: datetime | None

    @property
    def life(self) -> timedelta:
        """How long it holds in all; a device's usual life where it does not say."""
        usual = timedelta(days=DEVICE_DAYS)
        return max(self.until - self.made, _LEAST) if self.made is not None else usual

    def renew_from(self, device: str) -> datetime:
        """When a third of its life is left, and up to a thirtieth earlier, device by device: never all at once."""
        spread = int.from_bytes(hashlib.sha256(device.encode()).digest()[:4], "big") / 2**32
        return self.until - self.life / 3 - self.life / 30 * spread

    def due(self, device: str, known: KnownTime) -> bool:
        """Whether it is surely time to renew."""
        return known.earliest >= self.renew_from(device)


def identity_file(key: bytes, certificate: bytes, made: datetime) -> bytes:
    """Key and certificate (PEM) as one file: readers of PEM pass over its first line."""
    return b"# made " + made.astimezone(UTC).isoformat().encode() + b"\n" + key + certificate


def read_identity(raw: bytes) -> Identity:
    """Raises CertificateError."""
    found = _MADE.match(raw)
    made = None
    if found is not None:
        try:
            made = datetime.fromisoformat(found[1].decode())
        except ValueError:
            made = None
    return Identity(until_of(raw), made if made is not None and made.tzinfo is not None else None)
