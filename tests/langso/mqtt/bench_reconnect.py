"""A broker that is gone for 0.3 s, and how its fleet comes back: simulated clients with the product's own waits and a
real Mosquitto, by TLS with certificates. One alarm is given a second after it is there again.

`bench_reconnect.py [clear] [slow=10]`: in clear; every wait ten times as long, and told in tenths, where the machine
that runs the clients is too busy for two thousand of them in a second.

    busiest    the share of the fleet that came back within the busiest second
    all        when the last one was back, from the broker's new start
    connected  the alarm to those who were connected when it was given: median and slowest
    waiting    the alarm to those who still waited: median and slowest, the wait included
"""

from __future__ import annotations

import asyncio
import random
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "shared"))

from brokers import end_broker, listens

from langso.device import certificates
from langso.mqtt.failures import Backoff, crowd_s
from langso.mqtt.link import Link, LinkSettings

HOST, PORT = "127.0.0.1", 18_883
GONE_S = 0.3
ALARM_S = 1.0
CLEAR = "clear" in sys.argv
SLOW = next((float(word.removeprefix("slow=")) for word in sys.argv if word.startswith("slow=")), 1.0)
TOPIC = b"langso/1/hoa-son/urgent/office"


@dataclass
class Client:
    """One device's line: logs in, listens to alarms, and after a loss waits as a device of this fleet does."""

    id: int
    crowd: float
    dice: random.Random
    tls: ssl.SSLContext | None
    up: list[float] = field(default_factory=list)
    alarm: float | None = None
    connected: bool = False

    async def run(self) -> None:
        attempt = 0
        while True:
            was_up = await self._once()
            attempt = 1 if was_up else attempt + 1
            await asyncio.sleep(SLOW * Backoff().wait(attempt, crowd=self.crowd, spread=self.dice.random))

    async def _once(self) -> bool:
        writer = None
        came_up = False
        try:
            reader, writer = await asyncio.open_connection(
                HOST, PORT, ssl=self.tls, server_hostname="localhost" if self.tls else None
            )
            writer.write(_packet(0x10, b"\0\4MQTT\5\0\2\x58\0" + _text(b"loa-%d" % self.id)))
            await _read(reader, 0x20)
            writer.write(_packet(0x82, b"\0\1\0" + _text(TOPIC) + b"\0"))
            await _read(reader, 0x90)
            came_up = self.connected = True
            self.up.append(time.monotonic())
            while True:
                await _read(reader, 0x30)
                self.alarm = time.monotonic()
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            return came_up
        finally:
            self.connected = False
            if writer is not None:
                writer.transport.abort()


def _text(text: bytes) -> bytes:
    return len(text).to_bytes(2, "big") + text


def _packet(kind: int, body: bytes) -> bytes:
    assert len(body) < 128
    return bytes((kind, len(body))) + body


async def _read(reader: asyncio.StreamReader, kind: int) -> bytes:
    """The next packet of this kind."""
    while True:
        first, length, shift = (await reader.readexactly(1))[0], 0, 0
        while True:
            byte = (await reader.readexactly(1))[0]
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        body = await reader.readexactly(length)
        if first & 0xF0 == kind:
            return body


def _made(folder: Path) -> tuple[Path, tuple[Path, Path], tuple[Path, Path]]:
    """The authority, and certificate with key of the broker and of all devices."""
    now = datetime.now(UTC)
    ca = certificates.make_ca("Xã thử", now=now)
    made = {
        "server": certificates.make_server_certificate(ca, ("localhost", HOST), now=now),
        "device": certificates.make_client_certificate(ca, "loa-1", now=now),
    }
    (folder / "ca.pem").write_bytes(ca.certificate)
    for name, pair in made.items():
        (folder / f"{name}.pem").write_bytes(pair.certificate)
        (folder / f"{name}.key").write_bytes(pair.key)
    server, device = ((folder / f"{name}.pem", folder / f"{name}.key") for name in made)
    return folder / "ca.pem", server, device


def _broker(folder: Path, ca: Path, pair: tuple[Path, Path]) -> subprocess.Popen[bytes]:
    tls = f"cafile {ca}\ncertfile {pair[0]}\nkeyfile {pair[1]}\nrequire_certificate true\n"
    text = f"listener {PORT} {HOST}\n{'' if CLEAR else tls}allow_anonymous true\nuser root\n"
    (folder / "m.conf").write_text(text, encoding="utf-8")
    mosquitto = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    process = subprocess.Popen([mosquitto, "-c", str(folder / "m.conf")], stderr=subprocess.DEVNULL)
    assert listens(process, HOST, PORT)
    return process


async def _blip(devices: int, told: int | None, folder: Path) -> None:
    ca, server, device = _made(folder)
    tls = None if CLEAR else ssl.create_default_context(cafile=str(ca))
    if tls is not None:
        tls.load_cert_chain(*device)
    broker = _broker(folder, ca, server)
    clients = [Client(number, crowd_s(told), random.Random(number), tls) for number in range(devices)]
    tasks = []
    for one in clients:
        tasks.append(asyncio.create_task(one.run()))
        if len(tasks) % 50 == 0:
            await asyncio.sleep(0.2)
    while not all(one.connected for one in clients):
        await asyncio.sleep(0.2)
    secure = {} if CLEAR else {"ca": ca, "cert": device[0], "key": device[1]}
    settings = LinkSettings.model_validate({"host": "localhost", "port": PORT} | secure)
    office = Link(settings, "office", on_message=lambda *_: None)
    office.start()
    await asyncio.to_thread(office.wait_connected, 60)
    for one in clients:
        one.up.clear()
    broker.kill()
    await asyncio.to_thread(broker.wait)
    await asyncio.sleep(GONE_S * SLOW)
    broker = await asyncio.to_thread(_broker, folder, ca, server)
    there = time.monotonic()
    await asyncio.to_thread(office.wait_connected, 120)
    await asyncio.sleep(max(0.0, ALARM_S * SLOW - (time.monotonic() - there)))
    connected = [one for one in clients if one.connected]
    waiting = [one for one in clients if not one.connected]
    given = time.monotonic()
    office.publish(TOPIC.decode(), b"alarm", retain=True)
    while any(one.alarm is None for one in clients):
        await asyncio.sleep(0.2)
    back = sorted((one.up[0] - there) / SLOW for one in clients)
    seconds = range(int(back[-1] * 10) + 1)
    busiest = max(sum(second / 10 <= one < second / 10 + 1 for one in back) for second in seconds)
    print(
        f"{devices:8} {'yes' if told else 'no':>5} {busiest / devices:8.0%} {back[-1]:7.1f} s"
        f" {len(connected):6} {_said(connected, given):>18} {len(waiting):6} {_said(waiting, given):>20}",
        flush=True,
    )
    office.stop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    end_broker(broker)


def _said(clients: list[Client], given: float) -> str:
    waited = [(one.alarm - given) / SLOW for one in clients if one.alarm is not None]
    return f"{statistics.median(waited) * 1000:.0f} / {max(waited) * 1000:.0f} ms" if waited else "-"


if __name__ == "__main__":
    print(f"{'devices':>8} {'told':>5} {'busiest':>8} {'all':>9} {'connected: alarm':>25} {'waiting: alarm':>27}")
    for devices, told in ((102, None), (102, 128), (2000, None), (2000, 2048)):
        with tempfile.TemporaryDirectory() as made:
            asyncio.run(_blip(devices, told, Path(made)))
