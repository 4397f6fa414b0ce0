"""The commune's small TLS authority: CA, server certificate, device certificates from requests. All P-256."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from langso.contract.topics import SLUG
from langso.trust.errors import CertificateError
from langso.words.catalogue import Sentence

MAX_PEM = 16 << 10
CA_DAYS = 20 * 365
SERVER_DAYS = 5 * 365
OFFICE_DAYS = 10 * 365
DEVICE_DAYS, COURIER_DAYS = 90, 400
"""A device renews its certificate by itself while it reaches the office; one that only a courier visits cannot."""

# A device without a clock battery wakes years in the past and must still reach the office to learn the time.
_NOT_BEFORE = datetime(1970, 1, 1, tzinfo=UTC)
_SLUG = re.compile(SLUG)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


@dataclass(frozen=True, repr=False)
class Certified:
    """A certificate and its private key, both PEM."""

    certificate: bytes
    key: bytes


def make_ca(name: str, *, now: datetime, days: int = CA_DAYS) -> Certified:
    """A new authority called `name`. It can sign end certificates only."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    certificate = (
        certificate_builder(subject, subject, key.public_key(), _NOT_BEFORE, now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(ca=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Certified(certificate.public_bytes(Encoding.PEM), key_pem(key))


def make_server_certificate(
    ca: Certified, hosts: Sequence[str], *, now: datetime, days: int = SERVER_DAYS
) -> Certified:
    """For the broker or the office: `hosts` are the names and addresses it is reached by. Raises CertificateError."""
    if not hosts:
        raise CertificateError(Sentence("certificates-server-needs-host"))
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _issue(ca, _name(hosts[0]), key.public_key(), now, days, ExtendedKeyUsageOID.SERVER_AUTH, hosts)
    return Certified(certificate.public_bytes(Encoding.PEM), key_pem(key))


def make_client_certificate(ca: Certified, name: str, *, now: datetime, days: int = OFFICE_DAYS) -> Certified:
    """For a client on the office's own machine (the office itself): key and certificate in one go."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _issue(ca, _slug_name(name), key.public_key(), now, days, ExtendedKeyUsageOID.CLIENT_AUTH, ())
    return Certified(certificate.public_bytes(Encoding.PEM), key_pem(key))


def make_tls_key() -> bytes:
    """A new P-256 private key, PEM: a device's TLS identity, apart from its signing key."""
    return key_pem(ec.generate_private_key(ec.SECP256R1()))


def make_csr(tls_key: bytes, device_id: str) -> bytes:
    """A certificate request, PEM, signed by the TLS key. Raises CertificateError for a bad key or id."""
    subject = _slug_name(device_id)
    csr = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(load_key(tls_key), hashes.SHA256())
    return csr.public_bytes(Encoding.PEM)


def check_csr(csr_pem: bytes) -> ec.EllipticCurvePublicKey:
    """The request's public key, once its own signature holds and it is P-256. Raises CertificateError."""
    _limit(csr_pem)
    try:
        csr = x509.load_pem_x509_csr(csr_pem)
        valid, public = csr.is_signature_valid, csr.public_key()
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise CertificateError(Sentence("certificates-request-damaged")) from error
    if not valid or not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise CertificateError(Sentence("certificates-request-invalid"))
    return public


def sign_csr(ca: Certified, csr_pem: bytes, device_id: str, *, now: datetime, days: int = DEVICE_DAYS) -> bytes:
    """A client certificate, PEM, whose name is `device_id`; nothing but the public key is taken from the request."""
    public = check_csr(csr_pem)
    certificate = _issue(ca, _slug_name(device_id), public, now, days, ExtendedKeyUsageOID.CLIENT_AUTH, ())
    return certificate.public_bytes(Encoding.PEM)


def check_certificate(certificate_pem: bytes, ca_pem: bytes, tls_key: bytes, device_id: str) -> None:
    """Raises CertificateError unless the CA issued this certificate to this device's key under this name."""
    _limit(certificate_pem)
    _limit(ca_pem)
    try:
        certificate, ca = x509.load_pem_x509_certificate(certificate_pem), x509.load_pem_x509_certificate(ca_pem)
        certificate.verify_directly_issued_by(ca)
        ca.verify_directly_issued_by(ca)
        authority = ca.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        names = [str(a.value) for a in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        public = _public_bytes(certificate.public_key())
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound) as error:
        raise CertificateError(Sentence("certificates-answer-invalid")) from error
    if not authority or names != [device_id] or public != _public_bytes(load_key(tls_key).public_key()):
        raise CertificateError(Sentence("certificates-not-this-device"))


def until_of(certificate_pem: bytes) -> datetime:
    """When a certificate ends (UTC). Raises CertificateError."""
    return _read(certificate_pem).not_valid_after_utc


def public_key_of(certificate_pem: bytes) -> bytes:
    """A certificate's public key, DER. Raises CertificateError."""
    return _public_bytes(_read(certificate_pem).public_key())


def belongs_to(certificate_pem: bytes, key_pem: bytes) -> bool:
    """Whether the certificate is for this private key. Raises CertificateError for what is neither."""
    return public_key_of(certificate_pem) == _public_bytes(load_key(key_pem).public_key())


def names_in(certificate_pem: bytes) -> tuple[str, ...]:
    """The host names and addresses that a server's certificate is for. Raises CertificateError."""
    try:
        names = _read(certificate_pem).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return (*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress)))


def key_usage(*, ca: bool) -> x509.KeyUsage:
    """What a key of an authority (`ca`) or of an end certificate is for."""
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def host_name(host: str) -> x509.GeneralName:
    """A DNS name or an IP address for a certificate. Raises CertificateError."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        if not _HOST.fullmatch(host):
            raise CertificateError(Sentence("certificates-host-unusable", host=repr(host[:80]))) from None
        return x509.DNSName(host)


def load_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """A P-256 private key from PEM. Raises CertificateError."""
    _limit(pem)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CertificateError(Sentence("certificates-key-damaged")) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateError(Sentence("certificates-key-kind"))
    return key


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The private key as PEM, not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificate_builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    """A certificate with its names, key and life; what it may be used for is the caller's to add."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _read(pem: bytes) -> x509.Certificate:
    """The first certificate in a PEM file, which may hold its key too."""
    _limit(pem)
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise CertificateError(Sentence("certificates-none-in-file")) from error


def _issue(
    ca: Certified,
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
    usage: x509.ObjectIdentifier,
    hosts: Sequence[str],
) -> x509.Certificate:
    try:
        authority = x509.load_pem_x509_certificate(ca.certificate)
    except ValueError as error:
        raise CertificateError(Sentence("certificates-ca-damaged")) from error
    ca_key = load_key(ca.key)
    if _public_bytes(authority.public_key()) != _public_bytes(ca_key.public_key()):
        raise CertificateError(Sentence("certificates-ca-mismatch"))
    builder = (
        certificate_builder(subject, authority.subject, public, _NOT_BEFORE, now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
    )
    if hosts:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([host_name(host) for host in hosts]), critical=False
        )
    return builder.sign(ca_key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    if not 1 <= len(text) <= 64:
        raise CertificateError(Sentence("certificates-name-length"))
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _slug_name(text: str) -> x509.Name:
    if not _SLUG.fullmatch(text):
        raise CertificateError(Sentence("certificates-device-id", id=repr(text[:80])))
    return _name(text)


def _public_bytes(public: object) -> bytes:
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise CertificateError(Sentence("certificates-kind"))
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _limit(pem: bytes) -> None:
    if len(pem) > MAX_PEM:
        raise CertificateError(Sentence("certificates-file-too-large"))
