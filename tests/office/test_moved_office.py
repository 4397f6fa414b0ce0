"""An office whose address changes is found again: real broker, real mDNS, two machines in namespaces of their own."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from langso.device.certificates import make_ca, make_client_certificate, make_server_certificate

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
NAME, OLD, NEW = "xa-hoa-son.local", "10.99.0.5", "10.99.0.9"
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0 or shutil.which("ip") is None, reason="needs root and iproute2"),
    pytest.mark.skipif(not Path(MOSQUITTO).exists(), reason="needs mosquitto"),
]

_OFFICE = """
import sys, time
from pathlib import Path
from langso.settings.model import *
from office.founding import advertising
advertising.LOOK_S = 0.5
settings = Settings(
    commune=CommuneSettings(code="hoa-son", name="Xã Hoa Sơn"), device=DeviceSettings(id="van-phong", role="office"),
    office=OfficeSettings(https="own"), paths=PathSettings(state=Path(sys.argv[1]), run=Path(sys.argv[1])),
)
advertising.Advertiser(settings).start()
time.sleep(170)
"""
_DEVICE = """
import sys, time
from pathlib import Path
from langso.device import whereabouts
from langso.mqtt import connection
whereabouts.AGAIN_S = 2.0
connection.CONNECT_DEADLINE_S = 3.0
from langso.mqtt.link import Backoff, Link
from langso.settings.model import LinkSettings
folder, name = Path(sys.argv[1]), sys.argv[2]
where = whereabouts.Whereabouts("hoa-son", ["10.99.0.5"])
own = folder / "device.pem"
settings = LinkSettings(host=name, port=8883, ca=folder / "ca.pem", cert=own, key=own)
# Shorter than settings may say: how long a dead line is waited for is no matter of this test.
settings = settings.model_copy(update={"keepalive": 1})
def told(up, why):
    print("up" if up else "down", where.moved_from(name), flush=True)
link = Link(settings, "loa-1", on_message=lambda *_: None, on_state=told, where=where, backoff=Backoff(0.2, 1.0, 1.0))
link.start()
time.sleep(170)
"""


class Wire:
    """Two namespaces, "o" for the office and "d" for the device, with a cable between them."""

    def __init__(self) -> None:
        self._mark = f"ls{secrets.token_hex(3)}"
        self._started: list[subprocess.Popen[str]] = []
        for end in "od":
            self.ip(f"netns add {self._mark}{end}")
        self.ip(f"link add {self._mark}o type veth peer name {self._mark}d")
        for end in "od":
            self.ip(f"link set {self._mark}{end} netns {self._mark}{end}")
            self.inside(end, "link set lo up")
            self.inside(end, f"link set {self._mark}{end} up")

    def ip(self, words: str) -> None:
        subprocess.run(["ip", *words.split()], check=True)

    def inside(self, end: str, words: str) -> None:
        self.ip(f"-n {self._mark}{end} {words}")

    def address(self, end: str, word: str, address: str) -> None:
        self.inside(end, f"addr {word} {address}/24 dev {self._mark}{end}")

    def run(self, end: str, *command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            ["ip", "netns", "exec", f"{self._mark}{end}", *command],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        self._started.append(process)
        return process

    def close(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()
        for end in "od":
            subprocess.run(["ip", "netns", "del", f"{self._mark}{end}"], check=False)


@pytest.fixture
def wire() -> Iterator[Wire]:
    allowed = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0
    if not allowed:
        pytest.skip("no namespaces here")
    made = Wire()
    yield made
    made.close()


def until(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == words:
            return
    raise AssertionError(f"{words!r} was not said")


@pytest.mark.timeout(160)
def test_devices_find_the_office_at_its_new_address_under_the_same_name(wire: Wire, tmp_path: Path) -> None:
    now, ca = datetime.now(UTC), make_ca("Xã Hoa Sơn", now=datetime.now(UTC))
    broker, device = make_server_certificate(ca, [NAME], now=now), make_client_certificate(ca, "loa-1", now=now)
    for name, data in (
        ("ca.pem", ca.certificate),
        ("broker.pem", broker.certificate),
        ("broker.key", broker.key),
        ("device.pem", device.key + device.certificate),
    ):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "mosquitto.conf").write_text(
        f"user root\nlistener 8883 0.0.0.0\ncafile {tmp_path}/ca.pem\ncertfile {tmp_path}/broker.pem\n"
        f"keyfile {tmp_path}/broker.key\nrequire_certificate true\nuse_identity_as_username true\n"
        "use_username_as_clientid true\n"
    )
    wire.address("o", "add", OLD)
    wire.address("d", "add", "10.99.0.77")
    wire.run("o", MOSQUITTO, "-c", str(tmp_path / "mosquitto.conf"))
    wire.run("o", sys.executable, "-c", _OFFICE, str(tmp_path))
    link = wire.run("d", sys.executable, "-u", "-c", _DEVICE, str(tmp_path), NAME)
    until(link, f"up {OLD}")
    wire.address("o", "del", OLD)
    wire.address("o", "add", NEW)
    until(link, f"up {NEW}")
