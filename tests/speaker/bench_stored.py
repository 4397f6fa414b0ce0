"""Prints how long twenty loudspeakers take to say, signed, that they have stored a new plan:
`python tests/speaker/bench_stored.py [LOUDSPEAKERS]`.

The agents are whole but for their sound. The peer in the same run: as many bare paho clients that verify and parse
the same document, and have it, the mark of its version in two copies, and a receipt in SQLite synced on the same disk
before they publish that, signed. They do not read the plan as shows, tell anybody what to fetch or play, chain and
batch receipts so that they are sent again, or report their state. No test: figures depend on the machine.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "shared"), str(HERE.parent), str(HERE.parents[1])]

ROUNDS = 7
_AGENT = """
import json, signal, sys, threading
from langso.contract.health import Check
from langso.settings.model import Settings
from speaker.agent import SpeakerAgent
from speaker.errors import SoundFault
class Silent:
    running, hung = True, False
    def start(self): ...
    def stop(self): ...
    def soonest(self): return 0.0
    def play(self, *_, **__): raise SoundFault("silent")
    def check(self): return Check.good("sound", "-")
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
SpeakerAgent(Settings.model_validate(json.loads(sys.argv[1])), player=Silent()).run(stop)
"""
_PEER = """
import os, sqlite3, sys
from pathlib import Path
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from langso.contract import DocumentReceipt, Plan
from langso.durable.files import write_atomic
from langso.trust import SigningKey, open_sealed, parse_payload, seal
port, name, topic = int(sys.argv[1]), sys.argv[2], sys.argv[3]
public, folder = bytes.fromhex(sys.argv[4]), Path(sys.argv[5]) / sys.argv[2]
folder.mkdir()
key = SigningKey.generate()
table = sqlite3.connect(folder / "receipts.sqlite", isolation_level=None)
table.execute("PRAGMA journal_mode = WAL")
table.execute("PRAGMA synchronous = FULL")
table.execute("CREATE TABLE receipts (number INTEGER PRIMARY KEY, body BLOB)")
def heard(client, data, message):
    plan = parse_payload(open_sealed(message.payload, "plan", [public], 1), Plan)
    write_atomic(folder / "plan.json", message.payload)
    # The mark that nothing older is taken, in two copies.
    for copy in ("marks.json", "marks.copy.json"):
        write_atomic(folder / copy, b"%d" % plan.version)
    receipt = DocumentReceipt(document="plan", issuer="office", outcome="stored", version=plan.version)
    table.execute("INSERT INTO receipts (body) VALUES (?)", [receipt.to_json()])
    client.publish(f"peer/said/{name}", seal(receipt, "receipts", [key]), 1)
client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTv5)
client.on_connect = lambda client, *_: (client.subscribe(topic, 1), client.publish(f"peer/here/{name}", b"", 1))
client.on_message = heard
client.connect("127.0.0.1", port)
client.loop_forever()
"""


def main() -> None:
    """Measures and prints."""
    import bench_floods
    import conftest as speakers
    from agents_office import Office, plan_of
    from waiting import until

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with (
        tempfile.TemporaryDirectory(dir="/var/tmp") as name,
        bench_floods.media_and_broker(folder := Path(name)) as (media, broker),
    ):
        first = speakers.Commune(folder / "office", media.url)
        office = Office(first, broker.port, first.office.public)
        with contextlib.ExitStack() as all_of_them:
            all_of_them.callback(office.link.stop)
            office.link.subscribe("peer/#")
            office.publish(office.topics.trust, first.trust())
            for number in range(count):
                all_of_them.enter_context(_running(_AGENT, _settings(folder, first, media.url, broker, number)))
            until(lambda: len(_who(office, "/receipts", 0)) == count, 300)
            topic, public = "peer/plan", first.office.public.hex()
            for number in range(count):
                all_of_them.enter_context(_running(_PEER, str(broker.port), f"p{number}", topic, public, str(folder)))
            until(lambda: len(_who(office, "peer/here/", 0)) == count, 300)
            medium = media.add(b"x")
            ours, plain = [], []
            for _ in range(ROUNDS):
                raw = first.seal(plan_of(first, medium, {}))
                ours.append(
                    _round(office, lambda raw=raw: office.publish(office.topics.plan, raw), "/receipts", count)
                )
                say: Callable[[], Any] = lambda raw=raw: office.link.publish(topic, raw)  # noqa: E731
                plain.append(_round(office, say, "peer/said/", count))
            middle = statistics.median(ours), statistics.median(plain)
            print(f"{count} loudspeakers, a new plan published until the last signed word that it is stored, ms")
            for what, values in (("agents", ours), ("bare paho, the same work", plain)):
                print(f"{what:28} least {min(values):7.0f}   median {statistics.median(values):7.0f}")
            print(f"ours takes {middle[0] / middle[1]:.2f} of it")


def _settings(folder: Path, first: Any, url: str, broker: Any, number: int) -> str:
    import conftest as speakers

    commune = speakers.Commune(folder / f"d{number}", url)
    commune.root, commune.office, commune.village_key = first.root, first.office, first.village_key
    commune.roots, commune.device = first.roots, f"loa-{number}"
    commune.pair()
    text: str = commune.settings(port=broker.port, sink=folder / f"d{number}/sound.pcm").model_dump_json()
    return text


def _round(office: Any, publish: Callable[[], Any], said: str, count: int) -> float:
    from waiting import until

    until(lambda: _quiet(office), 120)
    seen, begin = len(office.heard), time.monotonic()
    publish()
    until(lambda: len(_who(office, said, seen)) == count, 120)
    return (time.monotonic() - begin) * 1000


def _quiet(office: Any) -> bool:
    """Whether nobody has said anything for a moment."""
    before = len(office.heard)
    time.sleep(1.0)
    return len(office.heard) == before


def _who(office: Any, part: str, since: int) -> set[str]:
    return {topic for topic, _ in tuple(office.heard[since:]) if part in topic}


@contextlib.contextmanager
def _running(code: str, *arguments: str) -> Iterator[None]:
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    command = [sys.executable, "-c", code, *arguments]
    none = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=none, stderr=none, env=environment, cwd=HERE.parents[1])
    try:
        yield
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
