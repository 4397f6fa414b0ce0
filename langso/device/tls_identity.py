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
    """What the file tells: how long the certificate is valid, and when the office made it (by the office's clock)."""

    until: datetime
    made: datetime | None

    @property
    def life(self) -> timedelta:
        """How long it is valid in all; the usual time for a device where the file does not tell."""
        usual = timedelta(days=DEVICE_DAYS)
        return max(self.until - self.made, _LEAST) if self.made is not None else usual

    def renew_from(self, device: str) -> datetime:
        """The time to renew: when a third of its life is left, or up to a thirtieth earlier, so that devices do not
        all ask at once.
        """
        spread = int.from_bytes(hashlib.sha256(device.encode()).digest()[:4], "big") / 2**32
        return self.until - self.life / 3 - self.life / 30 * spread

    def due(self, device: str, known: KnownTime) -> bool:
        """Whether it is certainly time to renew."""
        return known.earliest >= self.renew_from(device)


def identity_file(key: bytes, certificate: bytes, made: datetime) -> bytes:
    """Key and certificate (PEM) as one file; PEM readers skip its first line, which has the date."""
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
