"""Pairing by files: request, answer, what is on disk afterwards, and what is refused."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from langso.contract import IssuerRule
from langso.device.certificates import (
    Certified,
    check_csr,
    make_ca,
    make_csr,
    make_server_certificate,
    make_tls_key,
    sign_csr,
)
from langso.device.pairing import begin_pairing, finish_pairing, load_paired
from langso.device.pairing_files import Addresses, answer_request, read_answer, read_request
from langso.settings.reading import LinkSettings
from langso.timekeeping.clock import SimulatedClock
from langso.trust import (
    CertificateError,
    Keeper,
    PairingError,
    SigningKey,
    make_bundle,
    make_trust,
    root_keys,
    threshold_of,
)

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LATER = datetime(2028, 11, 22, tzinfo=UTC)
ADDRESSES = Addresses("van-phong.lan", 8883, "http://van-phong.lan:8080", "https://van-phong.lan")
ROOT = SigningKey.generate()
OFFICE = SigningKey.generate()


@pytest.fixture(scope="module")
def ca() -> Certified:
    return make_ca("Xã Mẫu", now=NOW)


def trust(commune: str = "xa-mau") -> bytes:
    rule = IssuerRule(name="office", signers=threshold_of([OFFICE]), epoch=1, kinds=("plan",), classes=("normal",))
    return make_bundle(make_trust(commune, [rule], [ROOT], version=1, issued=NOW, expires=LATER))


def answered(raw: bytes, ca: Certified, device: str = "loa-7", bundle: bytes | None = None) -> bytes:
    return answer_request(
        read_request(raw),
        commune="xa-mau",
        commune_name="Xã Mẫu",
        device=device,
        root=root_keys([ROOT]),
        ca=ca,
        addresses=ADDRESSES,
        now=NOW,
        trust=bundle,
    )


def test_a_device_is_paired_by_two_files_and_trusts_the_root_in_the_answer(tmp_path: Path, ca: Certified) -> None:
    raw = begin_pairing(tmp_path, device="loa-wish", role="speaker", place="Nhà văn hoá", now=NOW)
    paired = finish_pairing(tmp_path, answered(raw, ca, bundle=trust()))
    assert load_paired(tmp_path) == paired
    assert SigningKey.load(paired.signing_key).public == read_request(raw).public
    assert paired.signing_key.stat().st_mode & 0o777 == 0o600
    subject = x509.load_pem_x509_certificate(paired.certificate.read_bytes()).subject
    assert subject.rfc4514_string() == "CN=loa-7"
    keeper = Keeper(tmp_path, paired.answer.commune, paired.answer.device, paired.roots, SimulatedClock(NOW), "host")
    assert keeper.trust is not None
    assert not keeper.needs_nonce


def test_the_link_goes_where_the_answer_says_unless_the_settings_say_otherwise(tmp_path: Path, ca: Certified) -> None:
    raw = begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW)
    paired = finish_pairing(tmp_path, answered(raw, ca))
    bare = paired.link(LinkSettings())
    assert (bare.host, bare.port, bare.ca) == ("van-phong.lan", 8883, paired.ca)
    assert (bare.cert, bare.key) == (paired.certificate, paired.tls_key)
    own = paired.link(LinkSettings(host="127.0.0.1", port=1883))
    assert (own.host, own.port, own.key) == ("127.0.0.1", 1883, paired.tls_key)


def test_the_certificates_carry_a_tls_connection_that_names_the_device(tmp_path: Path, ca: Certified) -> None:
    paired = finish_pairing(tmp_path, answered(begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW), ca))
    served = make_server_certificate(ca, ["van-phong.lan", "192.168.1.10"], now=NOW)
    (tmp_path / "server.pem").write_bytes(served.certificate + served.key)
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server.load_cert_chain(tmp_path / "server.pem")
    server.verify_mode = ssl.CERT_REQUIRED
    for context in (server, client):
        context.load_verify_locations(paired.ca)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    client.load_cert_chain(paired.certificate, paired.tls_key)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    far = server.wrap_bio(up, down, server_side=True)
    near = client.wrap_bio(down, up, server_hostname="van-phong.lan")
    done: set[ssl.SSLObject] = set()
    for _ in range(10):
        for side in {near, far} - done:
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                continue
    assert done == {near, far}
    certificate = far.getpeercert()
    assert certificate is not None
    assert (("commonName", "loa-7"),) in certificate["subject"]


def test_an_answer_to_another_request_is_refused(tmp_path: Path, ca: Certified) -> None:
    old = begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW)
    begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW)
    with pytest.raises(PairingError, match="yêu cầu khác"):
        finish_pairing(tmp_path, answered(old, ca))
    with pytest.raises(PairingError, match="chưa ghép"):
        load_paired(tmp_path)


def test_a_second_pairing_takes_over_at_once_and_the_first_works_until_then(tmp_path: Path, ca: Certified) -> None:
    first = finish_pairing(tmp_path, answered(begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW), ca))
    key = SigningKey.load(first.signing_key).public
    raw = begin_pairing(tmp_path, device="loa-8", role="speaker", now=NOW)
    assert SigningKey.load(load_paired(tmp_path).signing_key).public == key
    second = finish_pairing(tmp_path, answered(raw, ca, device="loa-8"))
    assert second.answer.device == "loa-8"
    assert SigningKey.load(second.signing_key).public == read_request(raw).public
    assert len(list((tmp_path / "pairing").glob("paired-*"))) == 1


def test_the_same_answer_again_changes_nothing_least_of_all_the_marks(tmp_path: Path, ca: Certified) -> None:
    answer = answered(begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW), ca)
    paired = finish_pairing(tmp_path, answer)
    keeper = Keeper(tmp_path, "xa-mau", "loa-7", paired.roots, SimulatedClock(NOW), "host")
    keeper.take_trust(trust())
    before = (tmp_path / "trust" / "marks.1").read_bytes()
    assert finish_pairing(tmp_path, answer).answer == paired.answer
    assert (tmp_path / "trust" / "marks.1").read_bytes() == before


def test_a_cut_between_switch_and_marks_is_healed_at_the_next_start(
    tmp_path: Path, ca: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = answered(begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW), ca)
    with monkeypatch.context() as cut:
        cut.setattr("langso.device.pairing.begin_marks", _power_cut)
        with pytest.raises(KeyboardInterrupt):
            finish_pairing(tmp_path, answer)
    paired = load_paired(tmp_path)
    assert not Keeper(tmp_path, "xa-mau", "loa-7", paired.roots, SimulatedClock(NOW), "host").needs_nonce


def test_a_certificate_for_another_key_name_or_authority_is_refused(tmp_path: Path, ca: Certified) -> None:
    raw = begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW)
    answer = read_answer(answered(raw, ca))
    stranger = make_ca("Xã Khác", now=NOW)
    other_key = sign_csr(ca, make_csr(make_tls_key(), "loa-7"), "loa-7", now=NOW).decode()
    for change in (
        {"certificate": other_key},
        {"device": "loa-8"},
        {"ca": stranger.certificate.decode()},
        {"certificate": stranger.certificate.decode()},
        {"certificate": "-----BEGIN rubbish"},
    ):
        with pytest.raises(CertificateError):
            finish_pairing(tmp_path, answer.model_copy(update=change).to_json())


def test_an_answer_with_trust_under_another_root_is_refused(tmp_path: Path, ca: Certified) -> None:
    raw = begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW)
    stranger = SigningKey.generate()
    rule = IssuerRule(name="office", signers=threshold_of([OFFICE]), epoch=1, kinds=("plan",))
    forged = make_bundle(make_trust("xa-mau", [rule], [stranger], version=1, issued=NOW, expires=LATER))
    with pytest.raises(PairingError):
        finish_pairing(tmp_path, answered(raw, ca, bundle=forged))
    with pytest.raises(PairingError):
        finish_pairing(tmp_path, answered(raw, ca, bundle=trust("xa-khac")))


def test_a_request_changed_on_the_way_is_refused(tmp_path: Path) -> None:
    raw = begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW)
    other = begin_pairing(tmp_path / "other", device="loa-7", role="speaker", now=NOW)
    swapped = raw.replace(raw.split(b'"payload":"')[1].split(b'"')[0], other.split(b'"payload":"')[1].split(b'"')[0])
    with pytest.raises(PairingError):
        read_request(swapped)
    with pytest.raises(PairingError):
        read_request(raw + b" " * (32 << 10))


def test_both_ends_show_the_same_short_code(tmp_path: Path) -> None:
    raw = begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW)
    code = read_request(raw).short_code
    assert code == read_request(raw).short_code
    assert len(code.replace(" ", "")) == 12
    assert code != read_request(begin_pairing(tmp_path, device="loa-7", role="speaker", now=NOW)).short_code


@pytest.mark.parametrize("wish", ["", "Loa 7", "loa_7", "-loa", "l" * 65, "../loa"])
def test_a_device_name_that_is_no_slug_is_refused(tmp_path: Path, wish: str) -> None:
    with pytest.raises((PairingError, CertificateError)):
        begin_pairing(tmp_path, device=wish, role="speaker", now=NOW)


def test_a_server_needs_names_that_are_names(ca: Certified) -> None:
    for hosts in ([], ["van phong"], ["a" * 300], ["*"]):
        with pytest.raises(CertificateError):
            make_server_certificate(ca, hosts, now=NOW)


@given(st.binary(max_size=400))
def test_rubbish_is_refused_at_every_door(rubbish: bytes) -> None:
    for door in (read_request, read_answer):
        with pytest.raises(PairingError):
            door(rubbish)
    with pytest.raises(CertificateError):
        check_csr(rubbish)


def _power_cut(state_dir: Path) -> None:
    raise KeyboardInterrupt
