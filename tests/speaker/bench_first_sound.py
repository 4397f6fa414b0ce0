"""Prints how long an urgent order takes from its publication to its first sample, its sound being here already:
`python tests/speaker/bench_first_sound.py [ALARMS]`.

A real broker, a real agent that holds a plan of 2,000 broadcasts, its files on a disk. What the sink itself takes is
left out. The peer in the same run: a bare paho client that has the same player play the same file, and neither
verifies nor stores anything. No test: figures depend on the machine.
"""

from __future__ import annotations

import functools
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "shared"), str(HERE.parent), str(HERE.parents[1])]

ALARM = 0.7
BLOCK_S = 0.01
SILENT = 0.05
_PEER = """
import sys, time
from pathlib import Path
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from speaker.sound.player import GstPlayer
from speaker.sound.sounds import SoundFile
port, pipe, file = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
player = GstPlayer("pipe", pipe)
player.start()
print(player.owner.report.latency, flush=True)
voices = []
def heard(client, data, message):
    if message.payload == b"stop":
        voices.pop().cut()
    else:
        voices.append(player.play(SoundFile(file, "flac", 3000), player.soonest()))
client = Client(CallbackAPIVersion.VERSION2, client_id="peer")
client.on_connect = lambda client, *_: client.subscribe("peer", 1)
client.on_message = heard
client.connect("127.0.0.1", port)
client.loop_forever()
"""


def main() -> None:
    """Measures and prints, a line each."""
    import bench_floods
    import conftest as speakers
    from running_speaker import PeakEar, RunningSpeaker, closing_all, loud_file

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    with (
        tempfile.TemporaryDirectory(dir="/var/tmp") as name,
        bench_floods.media_and_broker(folder := Path(name)) as (media, broker),
    ):
        commune = speakers.Commune(folder / "device", media.url)
        pipe = folder / "peer.pcm"
        with closing_all(PeakEar(pipe)) as (ear,), closing_all(RunningSpeaker(folder, commune, broker)) as (house,):
            file = loud_file(folder / "a.flac", 3, ALARM, 2)
            alarm = media.add(file.read_bytes(), 3_000, "flac")
            stand = bench_floods.Stand(house, commune, alarm, alarm)
            stand.hold()
            command = [sys.executable, "-c", _PEER, str(broker.port), str(pipe), str(file)]
            peer = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=HERE.parents[1], text=True)
            try:
                assert peer.stdout is not None
                latency = float(peer.stdout.readline())
                ours, plain = [], []
                for _ in range(count):
                    ours.append(_one(house.ear, latency, stand.alert, stand.clear))
                    say = functools.partial(stand.office.link.publish, "peer")
                    plain.append(_one(ear, latency, functools.partial(say, b"play"), functools.partial(say, b"stop")))
            finally:
                peer.kill()
                peer.wait()
            print(f"the sink takes {latency * 1000:.0f} ms; beyond that, in ms:")
            middle = _tell("a signed order, stored and played", ours, None)
            _tell("a bare client that plays", plain, middle)


def _one(ear: Any, latency: float, alert: Any, clear: Any) -> float:
    from waiting import until

    asked = time.monotonic()
    alert()
    when = until(lambda: ear.first_above(ALARM / 2, asked))
    clear()
    until(lambda: all(peak < SILENT for _, peak in ear.blocks[-30:]))
    return float(when - BLOCK_S - asked - latency)


def _tell(what: str, values: list[float], ours: float | None) -> float:
    ordered = sorted(value * 1000 for value in values)
    middle, p99 = statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    ratio = "" if ours is None else f"   ours takes {ours / middle:.2f} of it"
    print(f"{what:36} least {ordered[0]:6.1f}   median {middle:6.1f}   p99 {p99:6.1f}{ratio}")
    return middle


if __name__ == "__main__":
    main()
