"""The console's own TLS authority, made to be installed on clerks' phones, and the certificates it gives.

It is not the authority of pairing: what a clerk's phone trusts must not be able to stand for the whole internet.
The root signs one issuer, limited by name constraints to `.local`, private addresses and the names chosen, and its
key is forgotten in the same moment. Phones check the constraints of an issuer even where they skip a root's. So
whoever steals everything an office has can still stand only for names inside a local network.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from langso.contract.sentences import vietnamese
from langso.device.certificates import Certified, certificate_builder, host_name, key_pem, key_usage, load_key
from langso.device.lan import PRIVATE, lan_addresses, lan_name
from langso.durable.errors import FileRefused
from langso.durable.files import make_folder, read_limited, write_atomic
from langso.durable.ownership import acting_as_owner
from langso.settings.model import OfficeSettings, hosts_of
from langso.timekeeping import dates
from langso.trust.errors import CertificateError
from langso.words.catalogue import Sentence, Unit, t
from office.places import OfficeHome
from office.signer.errors import NotInitialised

log = logging.getLogger(__name__)

CA_DAYS = 10 * 365
# Phones take no server certificate of more than 398 days; half a year leaves an office that was off for a season
# with one that still holds.
SERVER_DAYS = 200
RENEW_DAYS = 80
# A clock that is set back a little must not make a certificate of tomorrow.
_EARLIER = timedelta(days=3)
_MAX_PEM = 32 << 10
_LOCAL = "local"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Names:
    """What the console is called: `first` is shown and typed, all are in the certificate."""

    first: str
    all: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Served:
    """What a TLS door serves: key and chain in one PEM, the names in it, until when."""

    pem: bytes
    names: tuple[str, ...]
    until: datetime


@dataclass(frozen=True)
class Fingerprint:
    """Of the root that phones install. `sha256` is what to compare; Windows shows only `sha1`."""

    sha256: str
    sha1: str

    @property
    def lines(self) -> tuple[str, ...]:
        """`sha256` in four lines of four groups, to be compared by eye."""
        groups = [self.sha256[i : i + 4] for i in range(0, 64, 4)]
        return tuple(" ".join(groups[i : i + 4]) for i in range(0, 16, 4))


def console_names(office: OfficeSettings) -> Names:
    """The names chosen, or HOSTNAME.local; and this machine's private addresses."""
    chosen = hosts_of(office.names) or (lan_name(),)
    return Names(chosen[0], tuple(dict.fromkeys((*chosen, *lan_addresses()))))


def ensure_console_certificate(home: OfficeHome, now: datetime) -> Served:
    """The console's certificate, with authority and all made where absent, anew where names changed or the end nears.

    Made as the owner of the office's folder. Raises CertificateError, FileRefused, NotInitialised (no office here).
    """
    _check_clock(home, now)
    with acting_as_owner(home.state):
        issuer = _issuer(home, now)
        names = _permitted(console_names(home.settings.office), issuer)
        return _ensure(home, "server.pem", issuer, names, now, chain=issuer.certificate)


def ensure_device_certificate(home: OfficeHome, now: datetime) -> Served:
    """The certificate of the devices' door, from the authority that they hold since pairing. Raises as above."""
    _check_clock(home, now)
    with acting_as_owner(home.state):
        names = console_names(home.settings.office).all
        # A device without a clock battery wakes years in the past and must still reach its office.
        return _ensure(home, "devices.pem", home.authority(), names, now, begins=_LONG_AGO)


def renew_authority(home: OfficeHome, now: datetime) -> Fingerprint:
    """A new authority for the names as they are now: phones must install it again. Raises as above."""
    _check_clock(home, now)
    with acting_as_owner(home.state):
        _make_authority(home, now)
    ensure_console_certificate(home, now)
    return fingerprint(root_certificate(home))


def root_certificate(home: OfficeHome) -> bytes:
    """The root to install on phones, PEM. Raises NotInitialised before it was made."""
    try:
        return read_limited(home.console_ca / "root.pem", _MAX_PEM)
    except FileRefused as error:
        raise NotInitialised(Sentence("founding-no-certificate")) from error


def root_der(home: OfficeHome) -> bytes:
    """The root as DER, which the installer of every phone takes."""
    return x509.load_pem_x509_certificate(root_certificate(home)).public_bytes(Encoding.DER)


def fingerprint(certificate: bytes) -> Fingerprint:
    """Of a PEM certificate, upper case hex."""
    read = x509.load_pem_x509_certificate(certificate)
    return Fingerprint(
        read.fingerprint(hashes.SHA256()).hex().upper(),
        # Windows' certificate window shows only this thumbprint, for a person's eye.
        read.fingerprint(hashes.SHA1()).hex().upper(),
    )


def outside(names: Iterable[str], issuer: bytes) -> tuple[str, ...]:
    """Those of these names that the issuer (PEM) may not sign for."""
    limits = x509.load_pem_x509_certificate(issuer).extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = limits.permitted_subtrees or []
    return tuple(name for name in names if not any(_covers(limit, name) for limit in permitted))


def _check_clock(home: OfficeHome, now: datetime) -> None:
    issued = home.trust().trust.issued
    if now < issued - timedelta(days=1):
        raise CertificateError(Sentence("founding-clock", day=Unit(dates.plain_date, now)))


def _issuer(home: OfficeHome, now: datetime) -> Certified:
    folder = home.console_ca
    if not (folder / "issuer.pem").exists():
        _make_authority(home, now)
    return Certified(read_limited(folder / "issuer.pem", _MAX_PEM), read_limited(folder / "issuer.key", _MAX_PEM))


def _make_authority(home: OfficeHome, now: datetime) -> None:
    chosen = [name for name in console_names(home.settings.office).all if not _is_address(name)]
    beyond = [name for name in hosts_of(home.settings.office.names) if _is_address(name)]
    limits = x509.NameConstraints(
        permitted_subtrees=[
            x509.DNSName(_LOCAL),
            *(x509.DNSName(name) for name in chosen if not _under(name, _LOCAL)),
            *(x509.IPAddress(net) for net in PRIVATE),
            *(x509.IPAddress(ipaddress.ip_network(ip)) for ip in beyond if not any(_in(ip, net) for net in PRIVATE)),
        ],
        excluded_subtrees=None,
    )
    commune = home.settings.commune.name
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _common_name(f"Làng Số {commune}")
    # A certificate reads the same to everybody, whoever had it made.
    name = _common_name(vietnamese(Sentence("founding-authority", commune=commune)))
    begins, ends = now - _EARLIER, now + timedelta(days=CA_DAYS)
    root = (
        certificate_builder(root_name, root_name, root_key.public_key(), begins, ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(key_usage(ca=True), critical=True)
        .add_extension(limits, critical=True)
        .sign(root_key, hashes.SHA256())
    )
    issuer = (
        certificate_builder(name, root_name, key.public_key(), begins, ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(ca=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .add_extension(limits, critical=True)
        .sign(root_key, hashes.SHA256())
    )
    folder = home.console_ca
    make_folder(folder)
    # The issuer's certificate last: it says that all is there.
    (folder / "issuer.pem").unlink(missing_ok=True)
    write_atomic(folder / "root.pem", root.public_bytes(Encoding.PEM), mode=0o644)
    write_atomic(folder / "issuer.key", key_pem(key))
    write_atomic(folder / "issuer.pem", issuer.public_bytes(Encoding.PEM), mode=0o644)
    log.warning("made the console's authority for %s", ", ".join(chosen))


def _permitted(names: Names, issuer: Certified) -> tuple[str, ...]:
    refused = outside(names.all, issuer.certificate)
    if refused:
        log.warning("%s", t("founding-names-outside", names=", ".join(refused)))
    found = tuple(name for name in names.all if name not in refused)
    if not found:
        raise CertificateError(Sentence("founding-name-outside", name=names.first))
    return found


def _ensure(
    home: OfficeHome,
    file: str,
    issuer: Certified,
    names: Sequence[str],
    now: datetime,
    *,
    chain: bytes = b"",
    begins: datetime | None = None,
) -> Served:
    path = home.console_ca / file
    if path.exists():
        try:
            held = _held(read_limited(path, _MAX_PEM), issuer, names, now)
        except FileRefused as error:
            log.warning("a certificate is made anew: %s", error)
            held = None
        if held is not None:
            return held
    make_folder(home.console_ca)
    authority = x509.load_pem_x509_certificate(issuer.certificate)
    issuer_key, key = load_key(issuer.key), ec.generate_private_key(ec.SECP256R1())
    until = min(now + timedelta(days=SERVER_DAYS), authority.not_valid_after_utc)
    certificate = (
        certificate_builder(
            _common_name(names[0]), authority.subject, key.public_key(), begins or now - _EARLIER, until
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([host_name(name) for name in names]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    pem = key_pem(key) + certificate.public_bytes(Encoding.PEM) + chain
    write_atomic(path, pem)
    log.info("made %s for %s, until %s", file, ", ".join(names), f"{until:%Y-%m-%d}")
    return Served(pem, tuple(names), until)


def _held(pem: bytes, issuer: Certified, names: Sequence[str], now: datetime) -> Served | None:
    """What is there, where it still serves: of this issuer, for these names, neither young nor old."""
    try:
        found = x509.load_pem_x509_certificate(pem)
        found.verify_directly_issued_by(x509.load_pem_x509_certificate(issuer.certificate))
        if found.public_key() != load_key(pem).public_key():
            return None
        stated = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, InvalidSignature, CertificateError, x509.ExtensionNotFound) as error:
        log.warning("a certificate is made anew, the old one is damaged: %s", error)
        return None
    held = tuple(str(one.value) for one in stated)
    late = now > found.not_valid_after_utc - timedelta(days=RENEW_DAYS)
    if late or now < found.not_valid_before_utc or not set(names) <= set(held):
        return None
    return Served(pem, held, found.not_valid_after_utc)


def _common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _covers(limit: x509.GeneralName, name: str) -> bool:
    if isinstance(limit, x509.DNSName):
        return not _is_address(name) and _under(name, limit.value)
    return isinstance(limit, x509.IPAddress) and _is_address(name) and _in(name, limit.value)


def _under(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _in(address: str, network: object) -> bool:
    assert isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network)
    return ipaddress.ip_address(address) in network
