from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from founded import initialise
from refusals import refused

from langso.device import lan
from langso.device.certificates import load_key
from langso.settings.model import OfficeSettings
from langso.trust import SigningKey
from langso.trust.errors import CertificateError
from langso.words.language import Language, in_language
from office.founding import console_ca
from office.founding.console_ca import (
    RENEW_DAYS,
    SERVER_DAYS,
    Served,
    console_names,
    ensure_console_certificate,
    ensure_device_certificate,
    fingerprint,
    outside,
    renew_authority,
    root_certificate,
)
from office.places import OfficeHome

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)


@pytest.fixture
def home(make_settings: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., OfficeHome]:
    monkeypatch.setattr(console_ca, "lan_addresses", lambda: ("192.168.1.20",))
    monkeypatch.setattr(console_ca, "lan_name", lambda: "ten-may.local")

    def make(**office: Any) -> OfficeHome:
        settings = make_settings().model_copy(update={"office": OfficeSettings(https="own", **office)})
        made = OfficeHome(settings)
        if not made.trust_file.exists():
            initialise(settings, [SigningKey.generate()], None, NOW)
        return made

    return make


def chain_of(served: Served) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(served.pem[served.pem.index(b"-----BEGIN CERT") :])


def believed(home: OfficeHome, chain: list[x509.Certificate], name: str, *, root: bytes | None = None) -> bool:
    """Whether a strict verifier that holds the root believes the chain for a name or address."""
    subject: Any = x509.DNSName(name)
    if name[0].isdigit():
        subject = x509.IPAddress(ipaddress.ip_address(name))
    store = Store([x509.load_pem_x509_certificate(root or root_certificate(home))])
    verifier = PolicyBuilder().store(store).time(NOW + timedelta(hours=1)).build_server_verifier(subject)
    try:
        verifier.verify(chain[0], chain[1:])
    except VerificationError:
        return False
    return True


def test_the_certificate_is_believed_for_the_machines_name_and_address(home: Callable[..., OfficeHome]) -> None:
    office = home()
    served = ensure_console_certificate(office, NOW)
    assert served.names == ("ten-may.local", "192.168.1.20")
    assert believed(office, chain_of(served), "ten-may.local")
    assert believed(office, chain_of(served), "192.168.1.20")
    assert not believed(office, chain_of(served), "khac.local")


def test_a_phone_takes_it_not_a_day_over_what_phones_allow(home: Callable[..., OfficeHome]) -> None:
    leaf, issuer = chain_of(ensure_console_certificate(home(), NOW))
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=398)
    assert leaf.not_valid_before_utc <= NOW
    assert issuer.not_valid_after_utc > leaf.not_valid_after_utc


def test_whoever_steals_the_offices_key_cannot_stand_for_the_internet(home: Callable[..., OfficeHome]) -> None:
    office = home()
    chain = chain_of(ensure_console_certificate(office, NOW))
    stolen = load_key((office.console_ca / "issuer.key").read_bytes())
    for name, fooled in (("nganhang.vn", False), ("8.8.8.8", False), ("ten-may.local.vn", False), ("la.local", True)):
        san: Any = x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
        forged = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(chain[1].subject)
            .public_key(ec.generate_private_key(ec.SECP256R1()).public_key())
            .serial_number(1)
            .not_valid_before(NOW)
            .not_valid_after(NOW + timedelta(days=90))
            .add_extension(x509.SubjectAlternativeName([san]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(stolen.public_key()), critical=False)
            .sign(stolen, hashes.SHA256())
        )
        assert believed(office, [forged, chain[1]], name) is fooled, name
    # The only key that could lift the limits is nowhere on the machine.
    keys = [load_key(path.read_bytes()).public_key() for path in office.console_ca.glob("*.key")]
    root = x509.load_pem_x509_certificate(root_certificate(office))
    assert root.public_key() not in keys


def test_the_root_and_the_issuer_both_say_critically_what_they_may(home: Callable[..., OfficeHome]) -> None:
    office = home(names="langso.hoa-son.gov.vn, ten-may.local, may-vp")
    _, issuer = chain_of(ensure_console_certificate(office, NOW))
    for one in (issuer, x509.load_pem_x509_certificate(root_certificate(office))):
        limits = one.extensions.get_extension_for_class(x509.NameConstraints)
        assert limits.critical
        named = [str(limit.value) for limit in limits.value.permitted_subtrees or []]
        assert named[:3] == ["local", "langso.hoa-son.gov.vn", "may-vp"]
    for wrong in ("gov.vn", "local.vn", "xlocal", "hoa-son.gov.vn", "172.32.0.1", "11.0.0.1", "fe80::1"):
        assert outside([wrong], (office.console_ca / "issuer.pem").read_bytes()) == (wrong,)


def test_it_is_kept_until_the_end_comes_near_and_then_renewed_under_the_same_root(
    home: Callable[..., OfficeHome],
) -> None:
    office = home()
    first = ensure_console_certificate(office, NOW)
    root = root_certificate(office)
    nearly = NOW + timedelta(days=SERVER_DAYS - RENEW_DAYS)
    assert ensure_console_certificate(office, nearly).pem == first.pem
    later = ensure_console_certificate(office, nearly + timedelta(minutes=1))
    assert later.until == nearly + timedelta(minutes=1, days=SERVER_DAYS)
    assert root_certificate(office) == root
    assert chain_of(later)[0].public_key() != chain_of(first)[0].public_key()


def test_a_new_address_renews_and_one_that_went_away_does_not(
    home: Callable[..., OfficeHome], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = home()
    first = ensure_console_certificate(office, NOW)
    monkeypatch.setattr(console_ca, "lan_addresses", tuple)
    assert ensure_console_certificate(office, NOW).pem == first.pem
    monkeypatch.setattr(console_ca, "lan_addresses", lambda: ("10.1.2.3",))
    assert ensure_console_certificate(office, NOW).names == ("ten-may.local", "10.1.2.3")


def test_a_clock_set_back_by_days_makes_one_that_holds_today(home: Callable[..., OfficeHome]) -> None:
    office = home()
    ahead = ensure_console_certificate(office, NOW + timedelta(days=20))
    back = ensure_console_certificate(office, NOW)
    assert back.pem != ahead.pem
    assert chain_of(back)[0].not_valid_before_utc <= NOW


def test_with_a_clock_in_the_past_nothing_is_made(home: Callable[..., OfficeHome]) -> None:
    office = home()
    with refused(CertificateError, "founding-clock"):
        ensure_console_certificate(office, datetime(1970, 1, 1, 0, 5, tzinfo=UTC))
    assert not office.console_ca.exists()


@pytest.mark.parametrize(("spoken", "day"), [("vi", "01/01/1970"), ("en", "01 Jan 1970")])
def test_what_the_clock_says_is_read_as_the_reader_writes_days(
    home: Callable[..., OfficeHome], spoken: Language, day: str
) -> None:
    with pytest.raises(CertificateError) as told:
        ensure_console_certificate(home(), datetime(1970, 1, 1, 0, 5, tzinfo=UTC))
    with in_language(spoken):
        assert f" {day}" in str(told.value)


@pytest.mark.parametrize("damage", [b"", b"-----BEGIN PRIVATE KEY-----\n", b"\xff" * 40_000])
def test_a_damaged_certificate_is_made_anew(home: Callable[..., OfficeHome], damage: bytes) -> None:
    office = home()
    ensure_console_certificate(office, NOW)
    (office.console_ca / "server.pem").write_bytes(damage)
    assert believed(office, chain_of(ensure_console_certificate(office, NOW)), "ten-may.local")


def test_a_name_outside_the_limits_is_left_out_until_a_new_authority_is_asked_for(
    home: Callable[..., OfficeHome],
) -> None:
    office = home()
    ensure_console_certificate(office, NOW)
    before = root_certificate(office)
    renamed = home(names="langso.hoa-son.gov.vn")
    assert "langso.hoa-son.gov.vn" not in ensure_console_certificate(renamed, NOW).names
    assert root_certificate(renamed) == before
    told = renew_authority(renamed, NOW)
    assert told == fingerprint(root_certificate(renamed)) != fingerprint(before)
    assert ensure_console_certificate(renamed, NOW).names == ("langso.hoa-son.gov.vn", "192.168.1.20")


def test_devices_get_one_from_the_authority_of_their_pairing_whatever_their_clock_says(
    home: Callable[..., OfficeHome],
) -> None:
    office = home()
    served = ensure_device_certificate(office, NOW)
    leaf = chain_of(served)[0]
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(office.authority().certificate))
    assert leaf.not_valid_before_utc.year == 2000
    assert served.names == console_names(office.settings.office).all


def test_keys_are_the_owners_alone(home: Callable[..., OfficeHome]) -> None:
    office = home()
    ensure_console_certificate(office, NOW)
    ensure_device_certificate(office, NOW)
    modes = {path.name: path.stat().st_mode & 0o777 for path in office.console_ca.iterdir()}
    assert modes == {
        "root.pem": 0o644,
        "issuer.pem": 0o644,
        "issuer.key": 0o600,
        "server.pem": 0o600,
        "devices.pem": 0o600,
    }


def test_the_fingerprint_reads_in_four_lines(home: Callable[..., OfficeHome]) -> None:
    office = home()
    ensure_console_certificate(office, NOW)
    told = fingerprint(root_certificate(office))
    assert len(told.lines) == 4
    assert "".join(told.lines).replace(" ", "") == told.sha256
    assert len(told.sha1) == 40


@pytest.mark.parametrize(
    ("hostname", "name"),
    [
        ("ten-may", "ten-may.local"),
        ("TEN_MAY.xa.vn", "ten-may.local"),
        ("localhost", "langso.local"),
        ("", "langso.local"),
        ("-" + "a" * 70, "a" * 63 + ".local"),
    ],
)
def test_a_machines_name_on_the_network(hostname: str, name: str) -> None:
    assert lan.local_name(hostname) == name


def test_addresses_of_this_machine_are_private_ones() -> None:
    assert all(any(ipaddress.ip_address(one) in net for net in lan.PRIVATE) for one in lan.lan_addresses())
