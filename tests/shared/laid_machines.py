"""Machines laid out as they are in the field: real files of a real pairing, a real broker, another user's folders:
`import laid_machines` where a conftest has put tests/shared on sys.path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from brokers import end_broker, listens

from deploy.broker import BrokerPlace, access_rules, mosquitto_conf
from deploy.doctor.examining import Examination, examine
from langso.contract import ClockReport, IssuerRule, Media, Plan, State, Storage
from langso.contract.documents import Occurrence, Programme, TargetSet
from langso.contract.health import Check, line_of
from langso.device import certificates, pairing, pairing_files
from langso.device.certificates import Certified
from langso.durable.store import Store
from langso.timekeeping.clock import SystemClock
from langso.trust import (
    Keeper,
    SigningKey,
    make_bundle,
    make_trust,
    root_keys,
    seal,
    threshold_of,
)  # fmt: skip

COMMUNE, DEVICE = "hoa-son", "loa-1"
OTHER = 1
"""A user that is not root, on every Debian: the machine's folders are its, as a service's are."""
AS_ROOT = os.geteuid() == 0


def levels(examination: Examination) -> dict[str, str]:
    """Level by line."""
    return {check.name: check.level for check in examination.checks}


def give(folder: Path) -> None:
    """All of it to the service's user, where these tests may."""
    if AS_ROOT:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, OTHER, OTHER, follow_symlinks=False)


@dataclass
class Laid:
    """One laid-out machine. `settings` is its file; `keep` what must not be collected."""

    folder: Path
    settings: Path
    state: Path
    run: Path
    ca: Certified
    broker: Any = None
    root: SigningKey = field(default_factory=SigningKey.generate)
    office: SigningKey = field(default_factory=SigningKey.generate)

    def examine(self) -> Examination:
        """As `langso doctor` does."""
        return examine(self.settings)

    def change(self, old: str, new: str) -> None:
        """Other words in the settings."""
        text = self.settings.read_text(encoding="utf-8")
        assert old in text
        self.settings.write_text(text.replace(old, new), encoding="utf-8")

    def trust(self, *, expires: datetime | None = None, revoked: tuple[str, ...] = ()) -> bytes:
        """A bundle of this commune."""
        now = datetime.now(UTC)
        rule = IssuerRule(
            name="office",
            signers=threshold_of([self.office]),
            epoch=0,
            kinds=("plan", "urgent", "catalogue", "order", "ack"),
            classes=("normal", "priority", "emergency"),
        )
        return make_bundle(
            make_trust(
                COMMUNE, [rule], [self.root], version=1, issued=now - timedelta(days=400),
                expires=expires or now + timedelta(days=300), revoked=revoked,
            )
        )  # fmt: skip


class Mosquitto:
    """The broker as it is installed: our configuration, our access rules, TLS."""

    def __init__(self, folder: Path, ca: Certified, port: int) -> None:
        self.folder, self.port, self._process = folder, port, None
        self._program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
        if self._program is None:
            pytest.skip("needs mosquitto (apt install mosquitto)")
        certified = folder / "certificates"
        certified.mkdir(parents=True)
        server = certificates.make_server_certificate(ca, ("127.0.0.1",), now=datetime.now(UTC))
        (certified / "ca.pem").write_bytes(ca.certificate)
        (certified / "broker.pem").write_bytes(server.certificate)
        (certified / "broker.key").write_bytes(server.key)
        (folder / "access.acl").write_text(access_rules(COMMUNE))
        user = "root" if AS_ROOT else None
        self.config = folder / "mosquitto.conf"
        self.config.write_text(mosquitto_conf(BrokerPlace("127.0.0.1", port, folder, certified, user)))

    def start(self, config: Path | None = None) -> None:
        """Runs until it listens."""
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen([self._program, "-c", str(config or self.config)], stdout=log, stderr=log)
        if not listens(self._process, "127.0.0.1", self.port):
            raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """Ends it."""
        if self._process is not None:
            end_broker(self._process)
            self._process = None


def machine(place: Path, port: int, role: str, more: str) -> Laid:
    state, run = place / "state", place / "run"
    for folder in (state, run):
        folder.mkdir(mode=0o755)
    settings = place / "langso.toml"
    # `[link]` first, so that a test adds to it in front of `[device]`.
    text = f"""
[commune]
code = "{COMMUNE}"
name = "Xã Hoa Sơn"
[link]
host = "127.0.0.1"
port = {port}
[device]
id = "{DEVICE}"
role = "{role}"
[clock]
trust = "host"
[paths]
state = "{state}"
run = "{run}"
""" + more.format(state=state, run=run, folder=place)
    settings.write_text(text, encoding="utf-8")
    ca = certificates.make_ca("Xã Hoa Sơn", now=datetime.now(UTC))
    return Laid(place, settings, state, run, ca, Mosquitto(place / "broker", ca, port))


def pair(laid: Laid, role: Any) -> None:
    now = datetime.now(UTC)
    request = pairing.begin_pairing(laid.state, device=DEVICE, role=role, now=now)
    answer = pairing_files.answer_request(
        pairing_files.read_request(request),
        commune=COMMUNE,
        commune_name="Xã Hoa Sơn",
        device=DEVICE,
        root=root_keys([laid.root]),
        ca=laid.ca,
        addresses=pairing_files.Addresses("127.0.0.1", laid.broker.port, "http://127.0.0.1:1", "http://127.0.0.1:1"),
        now=now,
        trust=laid.trust(),
    )
    pairing.finish_pairing(laid.state, answer)


def state_of(role: Any, *health: Check, trusted: bool = True) -> State:
    """What the program of this machine writes of itself, with these lines of health."""
    return State(
        device=DEVICE, role=role, commune=COMMUNE, boot="0" * 32, number=1, written=datetime.now(UTC),
        software="langso 9.9", clock=ClockReport(trusted=trusted, reason="nonce", why="Theo văn phòng."),
        storage=Storage(free=1, total=2),
        health=tuple(map(line_of, health)),
    )  # fmt: skip


def health_line(name: str, level: Any) -> Check:
    """A line of health in words of no meaning."""
    return Check(name, level != "bad", "vì thế", "sửa đi", level)


def keeper_of(laid: Laid) -> Keeper:
    """Holds what this machine holds."""
    paired = pairing.load_paired(laid.state)
    return Keeper(laid.state, COMMUNE, DEVICE, paired.roots, SystemClock(), "host")


def plan_of(laid: Laid, now: datetime) -> Plan:
    media = tuple(Media(sha256=f"{n:064x}", size=100 + n, duration_ms=1000, codec="opus") for n in range(4))
    start = (now + timedelta(minutes=30)).replace(microsecond=0)
    plan = Plan(
        issuer="office", commune=COMMUNE, audience="*", epoch=0, version=1, issued=now,
            expires=now + timedelta(days=20),
        until=now + timedelta(days=15),
        media=media,
        programmes=tuple(Programme(id=f"p{n}", title=f"Bản tin {n}", media=(n,)) for n in range(4)),
        target_sets=(TargetSet(devices=("*",)),),
        occurrences=tuple(
            Occurrence(id=f"o{n}", programme=n, targets=0, start=start + timedelta(hours=n)) for n in range(4)
        ),
    )  # fmt: skip
    keeper = keeper_of(laid)
    keeper.take("plan", seal(plan, "plan", [laid.office]))
    return plan


def database(file: Path) -> None:
    from speaker.record.database import MIGRATIONS

    store = Store(file, MIGRATIONS)
    with store.transaction() as db:
        db.execute("CREATE TABLE filler (x TEXT)")
        for number in range(200):
            db.execute("INSERT INTO filler VALUES (?)", [str(number) * 300])
    store.close()


def door(port: int) -> ThreadingHTTPServer:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
