"""An agent as a process of its own, a real broker, a media server and an ear at its pipe, for benchmarks:
`from running_speaker import RunningSpeaker`.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import soundfile
from agents_office import Office
from waiting import until

from speaker.sound.sinks import BLOCK_BYTES, RATE, make_pipe

ROOT = Path(__file__).resolve().parents[2]
_RUN = """
import json, signal, sys, threading
from langso.settings.model import Settings
from langso.terminal.logs import start_logging
from speaker.agent import SpeakerAgent
start_logging("httpx")
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
SpeakerAgent(Settings.model_validate(json.loads(sys.argv[1]))).run(stop)
"""


class PeakEar:
    """Reads the pipe; `blocks`: (monotonic second at which the block of 10 ms was whole, its peak 0-1)."""

    def __init__(self, pipe: Path) -> None:
        make_pipe(pipe)
        self._pipe = pipe
        self.blocks: list[tuple[float, float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)

    def first_above(self, peak: float, since: float) -> float | None:
        """When the first block since then that is as loud as this had come."""
        at = len(self.blocks)
        while at and self.blocks[at - 1][0] > since:
            at -= 1
        return next((when for when, loud in self.blocks[at:] if loud >= peak and when > since), None)

    def between(self, begin: float, end: float) -> list[float]:
        return [peak for when, peak in tuple(self.blocks) if begin <= when <= end]

    def _run(self) -> None:
        descriptor = os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        rest = b""
        while not self._over.is_set():
            ready = poll.poll(100)
            chunk = os.read(descriptor, BLOCK_BYTES * 32) if ready and ready[0][1] & select.POLLIN else b""
            if not chunk:
                self._over.wait(0.01)
                continue
            now = time.monotonic()
            rest += chunk
            whole = len(rest) // BLOCK_BYTES
            for at in range(whole):
                samples = numpy.frombuffer(rest[at * BLOCK_BYTES : (at + 1) * BLOCK_BYTES], numpy.int16)
                # What waits in the pipe came a block apart.
                self.blocks.append((now - (whole - 1 - at) * 0.01, float(abs(samples.astype(float)).max()) / 32768))
            rest = rest[whole * BLOCK_BYTES :]
        os.close(descriptor)


class RunningSpeaker:
    """`office` publishes; `ear` hears; `process` is the agent's. Its files lie in `folder`."""

    def __init__(self, folder: Path, commune: Any, broker: Any, *, lead_ms: int = 0) -> None:
        from langso.trust import SigningKey

        self.folder, self.commune, self.broker = folder, commune, broker
        paired = commune.pair()
        self.sink = folder / "sound.pcm"
        settings = commune.settings(port=broker.port, sink=self.sink, amplifier_lead_ms=lead_ms)
        self.office = Office(commune, broker.port, SigningKey.load(paired.signing_key).public)
        self.ear = PeakEar(self.sink)
        self._said = (folder / "agent.log").open("wb")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", _RUN, settings.model_dump_json()]
        self.process = subprocess.Popen(
            command, stdout=self._said, stderr=self._said, cwd=ROOT, env=environment, start_new_session=True
        )
        try:
            until(lambda: self.office.states())
        except AssertionError:
            print(self.said())
            self.close()
            raise

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()
        self.process.wait(20)
        self.office.link.stop()
        self.ear.close()
        self._said.close()

    def resident_mb(self) -> float:
        return _resident(self.process.pid)

    def cpu_s(self) -> float:
        """Processor seconds it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def said(self) -> str:
        return (self.folder / "agent.log").read_text(errors="replace")


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def loud_file(path: Path, seconds: float, peak: float, seed: int) -> Path:
    """Shaped noise that is as loud as `peak` in each of its blocks."""
    count = int(RATE * seconds)
    noise = numpy.random.default_rng(seed).uniform(-0.05, 0.05, count)
    tone = numpy.sin(numpy.arange(count) * 2 * numpy.pi * 440 / RATE) * (peak - 0.05)
    soundfile.write(path, (tone + noise).astype(numpy.float32), RATE, subtype="PCM_16")
    return path


@contextlib.contextmanager
def closing_all(*parts: Any) -> Iterator[tuple[Any, ...]]:
    """Closes them, or ends them as a power cut does where they know no other end."""
    try:
        yield parts
    finally:
        for part in parts:
            ender: Callable[[], None] = part.close if hasattr(part, "close") else part.kill
            ender()
