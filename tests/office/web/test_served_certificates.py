"""The console's certificate: renewed in time, with new addresses, or taken anew from files."""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from at_once import at_once
from cryptography import x509
from office_doors import NAME, Doors, Watch, handed_out, log_in, no_handshake

from langso.timekeeping.clock import SystemClock
from office.founding import console_ca
from office.founding.console_ca import RENEW_DAYS, SERVER_DAYS


def test_it_is_renewed_well_before_its_end_without_anybody_logging_in_again(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    with doors.client("https", doors.own()) as browser:
        log_in(browser, f"https://{NAME}:{doors.port('https')}")
        before = {kind: handed_out(doors, kind) for kind in ("https", "device")}
        assert not doors.serving.renew()
        doors.clock.ahead = timedelta(days=SERVER_DAYS - RENEW_DAYS, minutes=1)
        assert doors.serving.renew()
        assert doors.serving.troubles == ()
        for kind, first in before.items():
            second = handed_out(doors, kind)
            assert second.serial_number != first.serial_number
            assert second.issuer == first.issuer
            later = second.not_valid_after_utc - first.not_valid_after_utc
            assert abs(later - doors.clock.ahead) < timedelta(minutes=2)
        # The connection that was open and the session both live on.
        doors.clock.ahead = timedelta()
        assert browser.get("/lich").status_code == 200
        assert doors.serving.renew(), "a certificate of a future that did not come is exchanged again"
    with doors.client("https", doors.own()) as again:
        again.cookies = browser.cookies
        assert again.get("/lich").status_code == 200


def test_a_new_address_is_in_the_certificate_within_a_minute(
    open_doors: Callable[..., Doors], monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = open_doors()
    with pytest.raises(ssl.SSLCertVerificationError):
        doors.served(name="10.9.8.7")
    monkeypatch.setattr(console_ca, "lan_addresses", lambda: ("10.9.8.7",))
    assert doors.serving.renew()
    names = doors.served(name="10.9.8.7").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("10.9.8.7")]


def test_a_clock_that_stands_in_1970_leaves_the_plain_door_and_is_told(open_doors: Callable[..., Doors]) -> None:
    clock = Watch()
    clock.ahead = -timedelta(days=365 * 50)
    doors = open_doors(clock=clock)
    assert any("chỉnh đồng hồ" in trouble for trouble in map(str, doors.serving.troubles))
    assert no_handshake(doors, ssl.create_default_context())
    with doors.client("plain", name="127.0.0.1") as here:
        assert here.get("/dang-nhap").status_code == 200
    clock.ahead = timedelta()
    assert doors.serving.renew()
    assert doors.serving.troubles == ()
    assert doors.served()


def test_files_of_another_authority_are_served_and_taken_anew_when_they_change(
    open_doors: Callable[..., Doors], tmp_path: Path
) -> None:
    from langso.device.certificates import make_ca, make_server_certificate

    now = SystemClock().now()
    ca = make_ca("CA của tỉnh", now=now)
    certificate, key = tmp_path / "web.pem", tmp_path / "web.key"

    def write() -> int:
        made = make_server_certificate(ca, [NAME], now=now, days=90)
        certificate.write_bytes(made.certificate)
        key.write_bytes(made.key)
        return x509.load_pem_x509_certificate(made.certificate).serial_number

    first = write()
    doors = open_doors(office={"https": "files", "https_cert": certificate, "https_key": key})
    assert doors.served(authority=ca.certificate).serial_number == first
    with doors.client("guide") as browser:
        answer = browser.get("/lich")
        assert (answer.status_code, answer.headers["location"]) == (307, f"https://{NAME}:{doors.port('https')}/lich")
        assert browser.get("/cai-chung-thu").status_code == 404
    # Half of a new pair: the old one goes on being served.
    certificate.write_bytes(make_server_certificate(ca, [NAME], now=now, days=90).certificate)
    assert not doors.serving.renew()
    assert doors.serving.troubles
    assert doors.served(authority=ca.certificate).serial_number == first
    # Nor is a pipe waited at, or a file read that has no end.
    for lay in (lambda: os.mkfifo(certificate), lambda: certificate.write_bytes(b"#" * (1 << 20))):
        certificate.unlink()
        lay()
        assert not at_once(doors.serving.renew)
        assert "web.pem" in str(doors.serving.troubles[0])
    second = write()
    assert doors.serving.renew()
    assert doors.served(authority=ca.certificate).serial_number == second
