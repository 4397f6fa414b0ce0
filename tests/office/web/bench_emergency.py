"""Prints how long an emergency takes from the clerk's confirmation until the broker has the signed order, alone and
with a crowd at the console's doors, in turn: `nice -n -10 python tests/office/web/bench_emergency.py [TIMES]`. No
test: figures depend on the machine.

An office of 102 loudspeakers; the crowd is that of bench_attack.py: wrong passwords, bodies that are too large, pages
without and with a login, on some dozens of connections. Each alarm's words are new, so that their sound is made.
"""

from __future__ import annotations

import contextlib
import getpass
import gzip
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests/office/web"), str(ROOT / "tests/shared"), str(ROOT)]

TOPIC = "langso/1/hoa-son/urgent/office"
PAUSE_S = 1.0
WAIT_S = 120.0


def main() -> None:
    """Measures and prints."""
    from bench_console import Asking

    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    took: dict[str, list[float]] = {"alone": [], "crowd": []}
    heard = threading.Event()
    with _office() as (port, message, broker), _ear(broker, heard):
        clerk = Asking(port)
        _alarm(clerk, heard, "Thử lần đầu.")
        for number in range(times):
            for how in took:
                with _crowd(port, message) if how == "crowd" else contextlib.nullcontext():
                    time.sleep(PAUSE_S)
                    took[how].append(_alarm(clerk, heard, f"Lũ quét ở suối số {number} {how}, bà con lên chỗ cao."))
                print(f"{how:>8} {took[how][-1]:7.2f} s", flush=True)
    alone, crowd = (statistics.median(took[how]) for how in ("alone", "crowd"))
    print(f"median alone {alone:.2f} s, with the crowd {crowd:.2f} s: {crowd / alone:.2f} times")
    print(f"longest alone {max(took['alone']):.2f} s, with the crowd {max(took['crowd']):.2f} s")


@contextlib.contextmanager
def _office() -> Iterator[tuple[int, str, int]]:
    """Its port, the id of one broadcast, and the port of the broker beside it."""
    import bench_console
    from brokers import end_broker, listens
    from office_doors import free_ports

    (at,) = free_ports(1)
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        conf = Path(folder) / "mosquitto.conf"
        conf.write_text(f"listener {at} 127.0.0.1\nallow_anonymous true\nlog_dest none\nuser {getpass.getuser()}\n")
        with (
            subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(conf)]) as broker,
            subprocess.Popen(
                [sys.executable, bench_console.__file__, "serve", folder, str(at)],
                stdout=subprocess.PIPE,
                stdin=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            ) as server,
        ):
            try:
                assert listens(broker, "127.0.0.1", at)
                assert server.stdout is not None
                port, message = server.stdout.readline().split()
                yield int(port), message, at
            finally:
                server.kill()
                end_broker(broker)


@contextlib.contextmanager
def _ear(broker: int, heard: threading.Event) -> Iterator[None]:
    import paho.mqtt.client as mqtt

    ear = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    ear.on_message = lambda *_: heard.set()
    ear.on_connect = lambda client, *_: client.subscribe(TOPIC, 1)
    ear.connect("127.0.0.1", broker)
    ear.loop_start()
    try:
        yield
    finally:
        ear.disconnect()
        ear.loop_stop()


@contextlib.contextmanager
def _crowd(port: int, message: str) -> Iterator[None]:
    from bench_attack import STAFF, STRANGERS, _staff, _stranger
    from bench_console import Asking

    over, asked = threading.Event(), [0]
    paths = ("/lich", "/", "/loa", f"/ban-tin/{message}")
    crowd = [threading.Thread(target=_stranger, args=(port, n, over, asked)) for n in range(STRANGERS)]
    crowd += [threading.Thread(target=_staff, args=(Asking(port), paths, over, asked)) for _ in range(STAFF)]
    for thread in crowd:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in crowd:
            thread.join()


def _alarm(clerk: object, heard: threading.Event, text: str) -> float:
    """Seconds until the broker has passed it on; then it is ended."""
    from bench_console import PASSWORD

    form = {"token": _token(clerk, "/khan-cap"), "text": text, "devices": "*", "repeat": "1", "minutes": "5"}
    heard.clear()
    begin = time.monotonic()
    status, _ = clerk.ask("/khan-cap", urlencode({**form, "password": PASSWORD}))  # type: ignore[attr-defined]
    assert status == 303, clerk.body.decode()  # type: ignore[attr-defined]
    assert heard.wait(WAIT_S)
    took = time.monotonic() - begin
    found = re.search(r"/khan-cap/([^/\"]+)/bao-yen", _page(clerk, "/khan-cap"))
    assert found is not None
    place = f"/khan-cap/{found[1]}/bao-yen"
    heard.clear()
    status, _ = clerk.ask(place, urlencode({"token": _token(clerk, place)}))  # type: ignore[attr-defined]
    assert status == 303
    assert heard.wait(WAIT_S)
    return took


def _page(clerk: object, path: str) -> str:
    clerk.ask(path)  # type: ignore[attr-defined]
    body: bytes = clerk.body  # type: ignore[attr-defined]
    return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode()


def _token(clerk: object, path: str) -> str:
    found = re.search(r'name="token"[^>]*value="([^"]+)"', _page(clerk, path))
    assert found is not None
    return found[1]


if __name__ == "__main__":
    main()
