"""Certificates of devices: who got what, and renewal over HTTP by a device that is late or killed half way."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from langso.contract import CertificateAnswer, CertificateRequest
from langso.device.certificate_renewal import PATH, PENDING, Renewer
from langso.device.certificates import make_csr, make_server_certificate, make_tls_key, until_of
from langso.device.office_line import OfficeLine
from langso.device.pairing import Paired, answer_request, begin_pairing, finish_pairing, load_paired, read_request
from langso.device.tls_identity import read_identity
from langso.mqtt.link import Link
from langso.mqtt.rules import Backoff
from langso.settings.model import LinkSettings
from langso.timekeeping.clock import SimulatedClock, SystemClock
from langso.timekeeping.known_time import KnownTime
from langso.trust import SigningKey, seal
from office.errors import RenewalRefused
from office.fleet.pairing import addresses_of
from office.fleet.pairing import answer as office_answer
from office.web.app import make_app

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass
class Served:
    """The office's pages, really served."""

    url: str
    world: Any


@pytest.fixture
def served(office_world: Any) -> Iterator[Served]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(make_app(office_world.console), log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", office_world)
    server.should_exit = True
    thread.join(60)


def pair(world: Any, state: Path, device: str = "loa-1", **more: Any) -> Paired:
    raw = begin_pairing(state, device=device, role="speaker", now=NOW)
    here = addresses_of(world.settings, here=True)
    answered = office_answer(raw, world.settings, world.console.fleet, NOW, addresses=here, **more)
    return finish_pairing(state, answered.answer)


def request(paired: Paired, key: bytes | None = None, **fields: Any) -> bytes:
    """As the device asks."""
    device = paired.answer.device
    content = {
        "device": device,
        "commune": paired.answer.commune,
        "csr": make_csr(key or make_tls_key(), device).decode(),
        "made": NOW,
    }
    asked = CertificateRequest.model_validate(content | fields)
    return seal(asked, asked.kind, [SigningKey.load(paired.signing_key)])


def renewer(paired: Paired, url: str, days: float = 0, **more: Any) -> Renewer:
    """On the device, so many days from now."""
    line = OfficeLine(known=lambda: KnownTime(datetime.now(UTC) + days * DAY, exact=True))
    return Renewer(paired, url, line, SystemClock(), **more)


def usable(paired: Paired) -> bytes:
    """The file's certificate, once key and certificate fit each other."""
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(paired.certificate, paired.tls_key, password="")
    return paired.certificate.read_bytes()


def test_a_device_gets_ninety_days_and_one_that_only_a_courier_reaches_four_hundred(
    office_world: Any, tmp_path: Path
) -> None:
    for device, courier, days in (("loa-1", False, 90), ("loa-2", True, 400)):
        paired = pair(office_world, tmp_path / device, device, courier=courier)
        identity = read_identity(paired.certificate.read_bytes())
        assert abs(identity.life - days * DAY) < timedelta(seconds=2)
        renewed = CertificateAnswer.model_validate_json(
            office_world.console.fleet.certificates.renew(request(paired))
        )
        left = until_of(renewed.certificate.encode()) - datetime.now(UTC)
        assert days * DAY - left < timedelta(hours=1)
        given = office_world.console.fleet.certificates.given(device)
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
    certificates, key = office_world.console.fleet.certificates, make_tls_key()
    first = CertificateAnswer.model_validate_json(certificates.renew(request(paired, key)))
    again = CertificateAnswer.model_validate_json(certificates.renew(request(paired, key)))
    assert first.certificate == again.certificate
    assert len(certificates.given("loa-1")) == 2


def refused(world: Any, raw: bytes) -> tuple[int, str]:
    with pytest.raises(RenewalRefused) as caught:
        world.console.fleet.certificates.renew(raw)
    return caught.value.status, str(caught.value)


def test_a_key_that_was_replaced_is_never_certified_again(office_world: Any, tmp_path: Path) -> None:
    paired = pair(office_world, tmp_path / "loa-1")
    stolen = paired.tls_key.read_bytes()
    old = request(paired, stolen.partition(b"\n")[2].partition(b"-----BEGIN CERT")[0])
    office_world.console.fleet.certificates.renew(request(paired))
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
    assert [one.how for one in office_world.console.fleet.certificates.given("loa-1")] == ["pairing"]


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


def test_ten_a_day_are_enough(office_world: Any, tmp_path: Path) -> None:
    paired = pair(office_world, tmp_path / "loa-1")
    for _ in range(10):
        office_world.console.fleet.certificates.renew(request(paired))
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
    certificates = DeviceCertificates(office_world.console.store, office_world.home, past)
    answer = CertificateAnswer.model_validate_json(certificates.renew(request(paired)))
    assert abs(until_of(answer.certificate.encode()) - office_world.home.trust().trust.issued - 90 * DAY) < timedelta(
        seconds=2
    )


def test_what_the_office_answers_is_checked_and_nothing_is_lost(served: Served, tmp_path: Path) -> None:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    from langso.device.certificate_renewal import RenewalFault

    paired, other = (pair(served.world, tmp_path / name, name) for name in ("loa-1", "loa-2"))
    certificates = served.world.console.fleet.certificates
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


_KILLED = """
import os, signal, sys, traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from langso.device import certificate_renewal
from langso.timekeeping.clock import SystemClock
from langso.device.office_line import OfficeLine
from langso.device.pairing import load_paired
from langso.device.tls import KnownTime
calls = 0
def dying(real, at):
    def call(*arguments, **more):
        global calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **more)
    return call
def renew(state, url, days, at):
    line = OfficeLine(known=lambda: KnownTime(datetime.now(UTC) + timedelta(days=days), exact=True))
    one = certificate_renewal.Renewer(load_paired(state), url, line, SystemClock())
    os.open, os.fsync, os.fchmod, os.replace = (
        dying(one, at) for one in (os.open, os.fsync, os.fchmod, os.replace)
    )
    Path.unlink = dying(Path.unlink, at)
    one._ask = dying(one._ask, at)
    one.renew()
for asked in sys.stdin:
    state, url, days, at = asked.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        try:
            renew(Path(state), url, float(days), int(at))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def renew_killed() -> Iterator[Callable[[Path, str, float, int], int]]:
    """A renewal in a process of its own, killed at the so-manieth step; its exit status. What it imports is imported
    once: each process is forked from one that has it.
    """
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as one:
        asking, told = one.stdin, one.stdout
        assert asking is not None
        assert told is not None

        def renew(state: Path, url: str, days: float, at: int) -> int:
            print(state, url, days, at, sep="\t", file=asking, flush=True)
            return int(told.readline())

        yield renew


def test_killed_at_any_step_a_device_keeps_a_key_and_a_certificate_that_fit(
    served: Served, renew_killed: Callable[[Path, str, float, int], int], tmp_path: Path
) -> None:
    first = usable(pair(served.world, tmp_path / "loa-1"))
    certificates = served.world.console.fleet.certificates
    killed = renewed = 0
    for at in range(1, 60):
        state = tmp_path / f"cut-{at}"
        shutil.copytree(tmp_path / "loa-1", state, symlinks=True)
        given = len(certificates.given("loa-1"))
        status = renew_killed(state, served.url, 61, at)
        paired = load_paired(state)
        renewed += usable(paired) != first
        if status == 0:
            break
        assert status == -signal.SIGKILL
        killed += 1
        renewer(paired, served.url, 61).renew()
        assert usable(paired) != first
        # The key that waited is used again: the office was asked twice at most for the same one.
        assert len(certificates.given("loa-1")) - given <= 2
        served.world.console.store.db.execute("UPDATE certificates SET how = 'pairing'")
    assert (killed, renewed) == (17, 4), "each step once, the last three after the rename"


class OfficeAuthority:
    """The office's own, for a broker of the tests."""

    def __init__(self, home: Any, folder: Path) -> None:
        self._home, self._folder = home, folder
        folder.mkdir()
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(home.authority().certificate)

    def issue(self, name: str, *, server: bool = False) -> tuple[Path, Path]:
        made = make_server_certificate(self._home.authority(), ["localhost"], now=NOW)
        files = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        files[0].write_bytes(made.certificate)
        files[1].write_bytes(made.key)
        return files


@pytest.mark.timeout(90)
def test_a_device_switched_off_past_its_end_comes_back_without_a_visit(
    served: Served, broker: Any, tmp_path: Path
) -> None:
    world = served.world
    real = type(broker)(tmp_path / "broker", authority=OfficeAuthority(world.home, tmp_path / "authority")).start()
    raw = begin_pairing(tmp_path / "loa-1", device="loa-1", role="speaker", now=NOW)
    read = read_request(raw)
    here = addresses_of(world.settings, here=True)
    ended = answer_request(
        read,
        commune="hoa-son",
        commune_name="",
        device="loa-1",
        root=world.home.roots,
        ca=world.home.authority(),
        addresses=here,
        now=NOW - 200 * DAY,
    )
    world.console.fleet.register("loa-1", "speaker", "", None, read.public)
    paired = finish_pairing(tmp_path / "loa-1", ended)
    world.console.fleet.certificates.note("loa-1", paired.certificate.read_bytes(), "pairing")
    states: list[str] = []
    link = Link(
        paired.link(LinkSettings(host="localhost", port=real.port)),
        "loa-1",
        on_message=lambda *_: None,
        on_state=lambda _, why: states.append(why),
        backoff=Backoff(base_s=0.1, cap_s=0.5, slow_s=600),
    )
    one = Renewer(
        paired,
        served.url,
        # An unproven clock, so that only the broker's refusal tells the device.
        OfficeLine(known=lambda: KnownTime(datetime(2026, 11, 1, tzinfo=UTC) - 400 * DAY, exact=False)),
        SystemClock(),
        refused=lambda: link.reason == "certificate",
        renewed=link.renew,
    )
    link._on_state = lambda _, why: (states.append(why), one.hurry())  # type: ignore[assignment]
    one.start()
    link.start()
    try:
        assert link.wait_connected(60), states
        assert any("không nhận chứng thư" in why for why in states)
        assert "Đã nối" in states[-1]
    finally:
        one.stop()
        link.stop(2)
        real.stop()
    row = world.console.store.db.execute("SELECT who, note FROM audit WHERE action = 'certificate'").fetchone()
    assert row[0] == "loa-1"
    assert "hết hạn" in row[1]
