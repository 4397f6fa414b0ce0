"""When certificates end, whose they are, and whether only its service can read a private key. Pure."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from deploy.doctor.acting import Acted
from deploy.doctor.bounded import Who
from langso.contract.health import Check
from langso.timekeeping import dates
from langso.words.catalogue import Words, t

SOON = timedelta(days=30)
SOON_SHORT = timedelta(days=15)
SHORT_LIFE = timedelta(days=120)
"""Certificates of a shorter life renew themselves; when half a month is left they have failed to."""


@dataclass(frozen=True)
class Certificate:
    """Of a certificate: its name, its dates, whether the authority at hand issued it (None: none at hand)."""

    name: str
    begins: datetime
    ends: datetime
    issued: bool | None = None


def read_certificate(pem: bytes, ca: bytes | None = None) -> Certificate | None:
    """None where the bytes are no certificate."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.x509.oid import NameOID

    try:
        found = x509.load_pem_x509_certificate(pem)
        names = [str(one.value) for one in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        issued: bool | None = None
        if ca is not None:
            try:
                found.verify_directly_issued_by(x509.load_pem_x509_certificate(ca))
                issued = True
            except (InvalidSignature, TypeError, ValueError):
                issued = False
        return Certificate(names[0] if names else "", found.not_valid_before_utc, found.not_valid_after_utc, issued)
    except (ValueError, TypeError):
        return None


def judge_certificate(
    code: str, certificate: Certificate | None, now: datetime, *, what: str, fix: Words, name: str | None = None
) -> Check:
    """`what`: whose it is, for the sentence; `name`: the name it must bear; `fix`: how it is made anew."""
    if certificate is None:
        return Check.bad(code, t("doctor-no-certificate", what=what), fix)
    if certificate.issued is False:
        return Check.bad(code, t("doctor-other-issuer", what=what), fix)
    if name is not None and certificate.name != name:
        return Check.bad(code, t("doctor-other-name", what=what, name=certificate.name, wanted=name), fix)
    if certificate.begins > now:
        return Check.bad(
            code,
            t("doctor-not-yet-valid", what=what, begins=dates.plain_date(certificate.begins)),
            t("doctor-see-clock"),
        )
    left = certificate.ends - now
    if left < timedelta(0):
        return Check.bad(code, t("doctor-expired", what=what, ends=dates.plain_date(certificate.ends)), fix)
    life = certificate.ends - certificate.begins
    if left < (SOON if life > SHORT_LIFE else SOON_SHORT):
        return Check.warning(code, t("doctor-days-left", what=what, days=left.days), fix)
    return Check.good(code, t("doctor-valid-until", what=what, ends=dates.plain_date(certificate.ends)))


def key_fits(key: bytes, certificate: bytes) -> bool:
    """Whether this private key is the certificate's."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    try:
        own = load_pem_private_key(key, None).public_key()
        other = x509.load_pem_x509_certificate(certificate).public_key()
    except (ValueError, TypeError):
        return False
    wanted = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    return own.public_bytes(*wanted) == other.public_bytes(*wanted)


def judge_private(file: Path, found: Acted, who: Who, mode: int | None) -> Check | None:
    """A private file as its service sees it (`found`) and as others might (`mode`); None where nothing is wrong."""
    code = "private_key"
    own = f"chown {who.name}: {file}; chmod 600 {file}"
    if found.late:
        return Check.bad(code, t("doctor-reading-hangs", file=file), t("doctor-see-disk"))
    if found.forbidden:
        return Check.bad(code, t("doctor-service-cannot-read", name=who.name, file=file), own)
    if not found.good and not found.absent:
        # Not a matter of rights: what stands there is no file, or the disk does not give it.
        return Check.bad(code, t("doctor-cannot-read", file=file, why=found.why), t("doctor-see-card-errors"))
    if mode is not None and stat.S_IMODE(mode) & 0o077:
        return Check.bad(code, t("doctor-others-can-read", file=file), f"chmod 600 {file}")
    return None
