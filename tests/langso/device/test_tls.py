"""TLS towards the office under a clock that lies: real handshakes, never weaker than OpenSSL where time is known."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from at_once import at_once
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from langso.device.certificates import Certified, host_name, key_pem, make_ca, make_server_certificate
from langso.device.tls import EXPIRED, NOT_YET_VALID, certificate_fault, load_pair, office_context
from langso.durable.errors import FileRefused
from langso.timekeeping.clock import ClockTrust
from langso.timekeeping.known_time import RELEASED, KnownTime, known_time

NOW = datetime(2027, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TRUSTED = ClockTrust(True, "ntp", "")
UNTRUSTED = ClockTrust(False, "unsynchronised", "")
YEAR_1970, YEAR_2099 = datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def ca() -> Certified:
    return make_ca("Xã Mẫu", now=NOW)


def certificate(ca: Certified, begins: datetime, ends: datetime, host: str = "van-phong.lan") -> Certified:
    """A server's, with dates as an office with a good or a lying clock makes them."""
    from langso.device.certificates import load_key

    key, authority = ec.generate_private_key(ec.SECP256R1()), x509.load_pem_x509_certificate(ca.certificate)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([host_name(host)]), critical=False)
    )
    from cryptography.hazmat.primitives.hashes import SHA256

    return Certified(made.sign(load_key(ca.key), SHA256()).public_bytes(Encoding.PEM), key_pem(key))


@contextlib.contextmanager
def serving(folder: Path, served: Certified) -> Iterator[int]:
    """A TLS server that answers each line of a caller; its port."""
    file = folder / "served.pem"
    file.write_bytes(served.key + served.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), context.wrap_socket(caller, server_side=True) as line:
                if line.recv(4096):
                    line.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(60)


@pytest.fixture
def ask(tmp_path: Path, ca: Certified) -> Callable[..., int | None]:
    """The verify code of a handshake with such a server, None where it was accepted."""
    (tmp_path / "ca.pem").write_bytes(ca.certificate)

    def ask(served: Certified, known: KnownTime, name: str = "van-phong.lan") -> int | None:
        with serving(tmp_path, served) as port:
            context = office_context(tmp_path / "ca.pem", lambda: known, server_name=name)
            try:
                with socket.create_connection(("127.0.0.1", port)) as plain, context.wrap_socket(plain) as line:
                    line.sendall(b"GET / HTTP/1.1\r\n\r\n")
                    assert line.recv(4096)
            except ssl.SSLCertVerificationError as refused:
                return refused.verify_code
            return None

    return ask


@pytest.mark.parametrize("wall", [YEAR_1970, YEAR_2099])
def test_a_clock_that_proves_nothing_does_not_bar_the_way_to_the_office(
    ask: Callable[..., int | None], ca: Certified, wall: datetime
) -> None:
    served = certificate(ca, NOW - DAY, NOW + 90 * DAY)
    assert ask(served, known_time(wall, UNTRUSTED, None)) is None
    assert ask(served, known_time(wall, UNTRUSTED, NOW)) is None


def test_what_ended_before_the_proven_floor_is_refused_whatever_the_clock_says(
    ask: Callable[..., int | None], ca: Certified
) -> None:
    served = certificate(ca, NOW - 90 * DAY, NOW - DAY)
    assert ask(served, known_time(YEAR_1970, UNTRUSTED, NOW)) == EXPIRED
    before_release = certificate(ca, RELEASED - 90 * DAY, RELEASED - DAY)
    assert ask(before_release, known_time(YEAR_1970, UNTRUSTED, None)) == EXPIRED


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [(-DAY, DAY, None), (-2 * DAY, -DAY, EXPIRED), (DAY, 2 * DAY, NOT_YET_VALID)],
)
def test_under_a_trusted_clock_it_judges_as_openssl_does(
    ask: Callable[..., int | None], ca: Certified, begins: timedelta, ends: timedelta, code: int | None
) -> None:
    assert ask(certificate(ca, NOW + begins, NOW + ends), known_time(NOW, TRUSTED, None)) == code


def test_an_authority_that_has_ended_is_refused_too(ask: Callable[..., int | None], ca: Certified) -> None:
    served = certificate(ca, NOW - DAY, datetime(2090, 1, 1, tzinfo=UTC))
    assert ask(served, KnownTime(datetime(2080, 1, 1, tzinfo=UTC), exact=True)) == EXPIRED


@pytest.mark.parametrize("known", [KnownTime(NOW, exact=True), KnownTime(RELEASED, exact=False)])
def test_other_names_and_other_authorities_stay_refused(
    ask: Callable[..., int | None], ca: Certified, known: KnownTime
) -> None:
    served = certificate(ca, NOW - DAY, NOW + DAY)
    assert ask(served, known, name="van-phong.khac") not in (None, EXPIRED, NOT_YET_VALID)
    stranger = certificate(make_ca("Kẻ lạ", now=NOW), NOW - DAY, NOW + DAY)
    assert ask(stranger, known) not in (None, EXPIRED, NOT_YET_VALID)


def test_nothing_is_said_before_the_dates_are_judged(tmp_path: Path, ca: Certified) -> None:
    (tmp_path / "ca.pem").write_bytes(ca.certificate)
    served = certificate(ca, NOW - 90 * DAY, NOW - DAY, host="127.0.0.1")
    context = office_context(tmp_path / "ca.pem", lambda: KnownTime(NOW, exact=True))
    with serving(tmp_path, served) as port, httpx.Client(verify=context, trust_env=False) as client:
        with pytest.raises(httpx.ConnectError, match="expired"):
            client.get(f"https://127.0.0.1:{port}/")
        context.known_time = lambda: KnownTime(NOW - 10 * DAY, exact=True)
        assert client.get(f"https://127.0.0.1:{port}/").text == "ok"


def test_the_offices_own_certificates_hold_at_any_clock_that_can_be(ca: Certified) -> None:
    for begins, made in ((NOW, ca), (NOW, make_server_certificate(ca, ["van-phong.lan"], now=NOW))):
        one = x509.load_pem_x509_certificate(made.certificate)
        life = one.not_valid_before_utc, one.not_valid_after_utc
        for moment in (YEAR_1970 + timedelta(seconds=30), begins):
            assert certificate_fault(*life, KnownTime(moment, exact=True)) is None


@pytest.mark.parametrize("lay", [os.mkfifo, lambda path: path.write_bytes(b"#" * (2 << 20))], ids=["pipe", "endless"])
def test_an_authority_that_is_no_file_of_its_size_is_refused_at_once(tmp_path: Path, lay: Any) -> None:
    lay(tmp_path / "ca.pem")
    with pytest.raises(FileRefused):
        at_once(lambda: office_context(tmp_path / "ca.pem"))


def test_what_was_read_is_shown_whatever_lies_under_its_name_by_now(tmp_path: Path) -> None:
    ca = make_ca("Xã", now=NOW)
    one, other = (make_server_certificate(ca, (name,), now=NOW) for name in ("a.example", "b.example"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_pair(context, one.certificate, one.key)
    load_pair(context, one.key + one.certificate)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for wrong in ((one.certificate, other.key), (one.certificate, None), (b"", b"")):
        with pytest.raises(ssl.SSLError):
            load_pair(context, *wrong)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
