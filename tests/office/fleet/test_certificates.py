"""Certificates of devices: who got what, and renewal over HTTP by a device that is late or killed half way."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from renewals import DAY, NOW, Served, pair, renewer, request, usable

from langso.contract import CertificateAnswer
from langso.device.certificate_renewal import PATH, PENDING, RenewalFault, Renewer
from langso.device.certificates import make_tls_key, until_of
from langso.device.office_line import OfficeLine
from langso.device.pairing import load_paired
from langso.device.tls_identity import read_identity
from langso.timekeeping.clock import SimulatedClock, SystemClock
from langso.timekeeping.known_time import KnownTime
from langso.words.language import in_language
from office.errors import RenewalRefused


def test_a_device_gets_ninety_days_and_one_that_only_a_courier_reaches_four_hundred(
    office_world: Any, tmp_path: Path
) -> None:
    for device, courier, days in (("loa-1", False, 90), ("loa-2", True, 400)):
        paired = pair(office_world, tmp_path / device, device, courier=courier)
        identity = read_identity(paired.certificate.read_bytes())
        assert abs(identity.life - days * DAY) < timedelta(seconds=2)
        renewed = CertificateAnswer.model_validate_json(office_world.office.fleet.certificates.renew(request(paired)))
        left = until_of(renewed.certificate.encode()) - datetime.now(UTC)
        assert days * DAY - left < timedelta(hours=1)
        given = office_world.office.fleet.certificates.given(device)
        assert [(one.how, round((one.until - one.issued) / DAY)) for one in given] == [
            ("renewal", days),
            ("pairing", days),
        ]


def test_devices_renew_at_a_third_of_their_life_and_not_all_at_once(office_world: Any, tmp_path: Path) -> None:
    paired = pair(office_world, tmp_path / "loa-1")
    identity = read_identity(paired.certificate.read_bytes())
    moments = {identity.renew_from(f"loa-{number}") for number in range(50)}
    assert len(moments) == 50
    left = [(identity.until - moment) / DAY for moment in moments]
    assert 30 <= min(left) < max(left) <= 33
    assert not renewer(paired, "http://x", 50).due()
    assert renewer(paired, "http://x", 61).due()


def test_an_unproven_clock_asks_only_when_its_floor_says_so(office_world: Any, tmp_path: Path) -> None:
    paired = pair(office_world, tmp_path / "loa-1")
    for days, due in ((0, False), (70, True)):
        line = OfficeLine(known=lambda days=days: KnownTime(NOW + days * DAY, exact=False))  # type: ignore[misc]
        assert Renewer(paired, "http://x", line, SystemClock()).due() is due


def test_a_device_renews_over_http_and_its_link_is_told(served: Served, tmp_path: Path) -> None:
    paired = pair(served.world, tmp_path / "loa-1")
    before, told = usable(paired), threading.Event()
    one = renewer(paired, served.url, 61, renewed=told.set)
    one.start()
    assert told.wait(60)
    one.stop()
    after = usable(paired)
    assert after != before
    assert read_identity(after).until >= read_identity(before).until
    assert not (paired.folder / PENDING).exists()
    assert paired.certificate.stat().st_mode & 0o777 == 0o600
    assert load_paired(tmp_path / "loa-1") == paired, "the same pairing"


def test_the_same_request_again_is_answered_by_the_same_certificate(office_world: Any, tmp_path: Path) -> None:
    paired = pair(office_world, tmp_path / "loa-1")
    certificates, key = office_world.office.fleet.certificates, make_tls_key()
    first = CertificateAnswer.model_validate_json(certificates.renew(request(paired, key)))
    again = CertificateAnswer.model_validate_json(certificates.renew(request(paired, key)))
    assert first.certificate == again.certificate
    assert len(certificates.given("loa-1")) == 2


def refused(world: Any, raw: bytes) -> tuple[int, str]:
    with pytest.raises(RenewalRefused) as caught:
        world.office.fleet.certificates.renew(raw)
    return caught.value.status, str(caught.value)


def test_a_key_that_was_replaced_is_never_certified_again(office_world: Any, tmp_path: Path) -> None:
    paired = pair(office_world, tmp_path / "loa-1")
    stolen = paired.tls_key.read_bytes()
    old = request(paired, stolen.partition(b"\n")[2].partition(b"-----BEGIN CERT")[0])
    office_world.office.fleet.certificates.renew(request(paired))
    status, why = refused(office_world, old)
    assert (status, "khoá mới hơn" in why) == (409, True)


def test_revoked_unknown_foreign_and_impersonating_devices_get_nothing(office_world: Any, tmp_path: Path) -> None:
    paired, other = (pair(office_world, tmp_path / name, name) for name in ("loa-1", "loa-2"))
    assert refused(office_world, request(paired, device="loa-2"))[0] == 403
    assert refused(office_world, request(paired, device="loa-9"))[0] == 403
    assert refused(office_world, request(paired, commune="xa-khac"))[0] == 403
    pair(office_world, tmp_path / "its-successor", "loa-2", replace=True)
    assert "khoá khác" in refused(office_world, request(other))[1]
    revoke(office_world, "loa-1")
    assert refused(office_world, request(paired)) == (
        403,
        "Thiết bị này đã bị thu hồi quyền; hãy nhờ văn phòng xã trả quyền, hoặc ghép lại dưới tên mới.",
    )
    assert [one.how for one in office_world.office.fleet.certificates.given("loa-1")] == ["pairing"]


def revoke(world: Any, device: str) -> None:
    """As the holders of the root keys do."""
    from langso.durable.files import write_atomic
    from langso.trust import make_bundle, make_trust

    trust = world.home.trust().trust
    made = make_trust(
        trust.commune,
        list(trust.issuers),
        world.roots,
        version=trust.version + 1,
        issued=datetime.now(UTC),
        expires=datetime.now(UTC) + 300 * DAY,
        revoked=(device,),
    )
    write_atomic(world.home.trust_file, make_bundle(made))


def test_a_device_says_why_the_office_refused_in_its_own_language(
    served: Served, office_world: Any, tmp_path: Path
) -> None:
    paired = pair(office_world, tmp_path / "loa-1")
    revoke(office_world, "loa-1")
    with pytest.raises(RenewalFault) as told:
        renewer(paired, served.url).renew()
    assert "đã bị thu hồi quyền" in str(told.value)
    with in_language("en"):
        assert str(told.value).startswith("The rights of this device were revoked")


def test_ten_a_day_are_enough(office_world: Any, tmp_path: Path) -> None:
    paired = pair(office_world, tmp_path / "loa-1")
    for _ in range(10):
        office_world.office.fleet.certificates.renew(request(paired))
    assert refused(office_world, request(paired))[0] == 429


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{}", 400), (b"\xff" * 100, 400), (b"[" * 5000, 400), (b"x" * 9000, 413)],
)
def test_rubbish_at_the_door_is_refused_in_a_sentence(served: Served, body: bytes, status: int) -> None:
    answer = httpx.post(served.url + PATH, content=body)
    assert answer.status_code == status
    assert answer.text.strip()


def test_a_request_cut_short_or_altered_is_refused(office_world: Any, tmp_path: Path) -> None:
    paired = pair(office_world, tmp_path / "loa-1")
    raw = request(paired)
    assert refused(office_world, raw[:-20])[0] == 400
    envelope = json.loads(raw)
    for field in ("loa-1", "hoa-son"):
        payload = base64.b64decode(envelope["payload"]).replace(field.encode(), b"x" * len(field))
        altered = json.dumps(envelope | {"payload": base64.b64encode(payload).decode()}).encode()
        assert refused(office_world, altered)[0] == 403


def test_an_office_whose_clock_fell_behind_makes_no_certificate_that_is_dead_at_birth(
    office_world: Any, tmp_path: Path
) -> None:
    from office.fleet.certificates import DeviceCertificates

    paired = pair(office_world, tmp_path / "loa-1")
    past = SimulatedClock(datetime(1970, 1, 1, tzinfo=UTC))
    certificates = DeviceCertificates(office_world.office.store, office_world.home, past)
    answer = CertificateAnswer.model_validate_json(certificates.renew(request(paired)))
    assert abs(until_of(answer.certificate.encode()) - office_world.home.trust().trust.issued - 90 * DAY) < timedelta(
        seconds=2
    )


def test_what_the_office_answers_is_checked_and_nothing_is_lost(served: Served, tmp_path: Path) -> None:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    paired, other = (pair(served.world, tmp_path / name, name) for name in ("loa-1", "loa-2"))
    certificates = served.world.office.fleet.certificates
    answers: list[bytes] = []

    class Liar(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(answers[0])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    before = usable(paired)
    for answer in (
        b"",
        b"{}",
        b"x" * (65 << 10),
        certificates.renew(request(other)),
        certificates.renew(request(paired)),
    ):
        answers[:] = [answer]
        with pytest.raises(RenewalFault):
            renewer(paired, url, 61).renew()
        assert usable(paired) == before
    server.shutdown()
    server.server_close()
    renewer(paired, served.url, 61).renew()
    assert usable(paired) != before


def test_health_says_until_when_and_when_somebody_must_come(served: Served, tmp_path: Path) -> None:
    paired = pair(served.world, tmp_path / "loa-1")
    nowhere = "http://127.0.0.1:9"
    assert renewer(paired, nowhere).check().level == "ok"
    for days, level, said in ((61, "warn", "đang xin chứng thư mới"), (91, "bad", "đã hết hạn")):
        one = renewer(paired, nowhere, days)
        assert one._round() < 3600
        check = one.check()
        assert (check.name, check.level) == ("certificate", level)
        assert said in check.why
        assert "không tới được văn phòng" in check.why
    revoke(served.world, "loa-1")
    one = renewer(paired, served.url, 61)
    one._round()
    assert "thu hồi" in one.check().why
    assert "sudo langso setup --pair-again" in one.check().fix
