"""Prints how evenly starts repeat on a PulseAudio null sink, as a separate recorder hears them, mpv beside it.

Run it: `.venv/bin/python tests/speaker/sound/bench_steadiness.py [PLAYS]` (needs pulseaudio, mpv). No test: figures
depend on the machine; the ratios to mpv in the same run say more than milliseconds. The loudspeaker's sink is first
calibrated as a technician does it, then open for as long as a server's time swings: the service opens it once, at its
start. `each a start` is what is heard at once after an opening.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "shared"))

from pulse_server import RATE, SINK, MonitorEar, PulseServer, place_of
from waiting import until

SOUND_MS = 300
APART_S = 0.9
AHEAD_S = 0.7
SETTLED_S = 28.0


class Agent:
    """The real player in a process of its own, which is told what to play when."""

    def __init__(
        self, server: PulseServer, file: Path, calibration_ms: float = 0.0, settled_s: float = SETTLED_S
    ) -> None:
        self.file = file
        self._process: Any = subprocess.Popen(
            [sys.executable, __file__, "agent", str(file), str(calibration_ms)],
            env=server.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout.readline().strip() == "ready"
        self._settled_at = time.monotonic() + settled_s

    def ready(self) -> None:
        """Returns once it has been open for long enough."""
        time.sleep(max(0.0, self._settled_at - time.monotonic()))

    def play(self, at: float) -> None:
        self._process.stdin.write(f"{at!r}\n")
        self._process.stdin.flush()

    def close(self) -> list[float | None]:
        """What it said of its own errors, in ms."""
        said, _ = self._process.communicate("")
        return list(json.loads(said))


class Mpv:
    """mpv, paused at the beginning of the file and let go at the moment: as exact as its users get it."""

    def __init__(self, server: PulseServer, file: Path, folder: Path) -> None:
        self.file = file
        path = folder / "mpv"
        command = ["mpv", "--no-config", "--no-video", "--ao=pulse", f"--audio-device=pulse/{SINK}", "--pause"]
        command += ["--keep-open=yes", "--really-quiet", f"--input-ipc-server={path}", str(file)]
        self._process = subprocess.Popen(command, env=server.environment, stdin=subprocess.DEVNULL)
        until(path.exists)
        self._socket = socket.socket(socket.AF_UNIX)
        until(self._connects(path))

    def _connects(self, path: Path) -> Any:
        def connects() -> bool:
            with contextlib.suppress(OSError):
                self._socket.connect(str(path))
                return True
            return False

        return connects

    def ready(self) -> None:
        """It has opened its output long since, paused."""

    def play(self, at: float) -> None:
        self._say("seek", 0, "absolute")
        time.sleep(max(0.0, at - time.monotonic()))
        self._say("set_property", "pause", False)
        time.sleep(SOUND_MS / 1000 + 0.15)
        self._say("set_property", "pause", True)

    def close(self) -> list[float | None]:
        self._process.kill()
        self._process.wait(60)
        self._socket.close()
        return []

    def _say(self, *command: object) -> None:
        # What it answers and tells of itself is taken away: it waits, spinning, where nobody does.
        with contextlib.suppress(BlockingIOError):
            while self._socket.recv(1 << 16, socket.MSG_DONTWAIT):
                pass
        self._socket.sendall(json.dumps({"command": command}).encode() + b"\n")


def main(plays: int) -> None:
    """Measures and prints, a line each."""
    with tempfile.TemporaryDirectory() as name, PulseServer(Path(name)) as server:
        folder = Path(name)
        first, second = (_noise(folder / f"{seed}.wav", seed) for seed in (1, 2))
        # Before anybody else records: as alone as a technician is.
        early = _calibrate(server, folder)
        with MonitorEar(server) as ear:
            let_go = _run(ear, plays, [Mpv(server, first, folder)])
            _tell("mpv, let go", *let_go)
            ours = _run(ear, plays, [Agent(server, first, early)])
            _tell("langso", *ours)
            print(f"{'of mpv':14} {_against(ours[0][0], let_go[0][0])}", flush=True)
            both = _run(ear, plays, [Agent(server, first, early), Agent(server, second, early)])
            _tell("one of two", *both)
            print(f"{'two apart':14} {_figures((both[0][0] - both[0][1]).tolist())}")
            restarts = [_run(ear, 1, [Agent(server, first, early, 0.0)])[0][0][0] for _ in range(max(3, plays // 10))]
            print(f"{'each a start':14} {_figures(restarts)}", flush=True)
            _restart(server, folder)


def _calibrate(server: PulseServer, folder: Path) -> float:
    """By the command itself; returns by how many ms starts are moved."""
    settings = folder / "langso.toml"
    (folder / "state").mkdir()
    settings.write_text(
        '[commune]\ncode = "xa"\nname = "Xa"\n[device]\nid = "loa-1"\nrole = "speaker"\n'
        f'[speaker]\nsound = "pulse"\nsink = "{SINK}"\n'
        f'[paths]\nstate = "{folder / "state"}"\nrun = "{folder / "run"}"\n'
    )
    program = "from speaker.commands import speaker; speaker()"
    command = [sys.executable, "-c", program, "calibrate", "--json", "--settings", str(settings)]
    done = subprocess.run(command, env=server.environment, stdout=subprocess.PIPE, check=True)
    told = json.loads(done.stdout)
    figures = f"delay  {told['delay_ms']:8.3f} ms   sd {told['spread_ms']:7.4f}   heard {told['heard']}"
    print(f"{'calibrated':14} {figures}", flush=True)
    return -float(told["delay_ms"])


def _against(ours: Any, other: Any) -> str:
    median = abs(numpy.nanmedian(ours)) / abs(numpy.nanmedian(other))
    return f"|median|   {median:5.2f}      sd    {numpy.nanstd(ours) / numpy.nanstd(other):5.2f}"


def _run(ear: MonitorEar, plays: int, players: list[Any]) -> tuple[Any, list[list[float | None]]]:
    """Errors in ms, a row a player, as recorded; and as they said themselves."""
    planned = []
    for player in players:
        player.ready()
    begin = time.monotonic() + 2 * AHEAD_S
    for number in range(plays):
        # At no even millisecond: what is right by a period of the device only would show.
        planned.append(begin + number * (APART_S + 0.00713))
        time.sleep(max(0.0, planned[-1] - AHEAD_S - time.monotonic()))
        for player in players:
            player.play(planned[-1])
    time.sleep(AHEAD_S + SOUND_MS / 1000 + 0.5)
    said = [player.close() for player in players]
    rows = []
    samples, zero = ear.heard()
    for player in players:
        wanted = soundfile.read(player.file)[0]
        row = []
        for at in planned:
            place, fits = place_of(samples, wanted, int((at - zero) * RATE), RATE // 4)
            row.append((place / RATE + zero - at) * 1000 if fits > 0.5 else float("nan"))
        rows.append(row)
    return numpy.array(rows), said


def _tell(what: str, rows: Any, said: list[list[float | None]]) -> None:
    print(f"{what:14} {_figures(rows[0].tolist())}", flush=True)
    if said[0]:
        print(f"{'  it said':14} {_figures([one for one in said[0] if one is not None])}", flush=True)
    if os.environ.get("DUMP"):
        print([round(x, 3) for x in rows[0].tolist()])
        print(said[0])


def _restart(server: PulseServer, folder: Path) -> None:
    """How long a sound is away whose server is killed and comes back at once."""
    from speaker.sound.player import GstPlayer
    from speaker.sound.sounds import SoundFile

    os.environ.update(server.environment)
    file = _noise(folder / "long.wav", 3, 20_000)
    player = GstPlayer("pulse", SINK)
    player.start()
    away = []
    for _ in range(3):
        sound = player.play(SoundFile(file, "wav", 20_000), player.soonest())
        until(lambda sound=sound: sound.state == "playing")
        died = time.monotonic()
        server.stop()
        server.start()
        until(lambda sound=sound: player.running and sound.report.over)
        sound = player.play(SoundFile(file, "wav", 20_000, from_ms=5000), player.soonest())
        until(lambda sound=sound: sound.state == "playing")
        away.append((time.monotonic() - died) * 1000)
        sound.cut()
        time.sleep(0.5)
    player.stop()
    print(f"{'server killed':14} {_figures(away)}", flush=True)


def _figures(values: list[float]) -> str:
    heard = [one for one in values if one == one]
    low, middle, high = (numpy.percentile(heard, part) for part in (0, 50, 100))
    return (
        f"median {middle:8.3f} ms   sd {numpy.std(heard):7.4f}   least {low:8.3f}   most {high:8.3f}   "
        f"heard {len(heard)} of {len(values)}"
    )


def _noise(path: Path, seed: int, length_ms: int = SOUND_MS) -> Path:
    samples = numpy.random.default_rng(seed).standard_normal(RATE * length_ms // 1000)
    soundfile.write(path, (samples / abs(samples).max() * 0.4).astype(numpy.float32), RATE, subtype="PCM_16")
    return path


def _agent(file: str, calibration_ms: str) -> None:
    from speaker.sound.player import GstPlayer
    from speaker.sound.sounds import SoundFile

    player = GstPlayer("pulse", SINK, calibration_ms=float(calibration_ms))
    player.start()
    print("ready", flush=True)
    voices = [player.play(SoundFile(Path(file), "wav", SOUND_MS), float(line)) for line in _lines()]
    until(lambda: all(voice.report.over for voice in voices))
    print(json.dumps([voice.error_ms for voice in voices]), flush=True)
    player.stop()


def _lines() -> Iterator[str]:
    for line in sys.stdin:
        if line.strip():
            yield line


if __name__ == "__main__":
    if sys.argv[1:2] == ["agent"]:
        _agent(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)
