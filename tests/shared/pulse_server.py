"""A PulseAudio daemon of a test's own with a null sink, and a recorder that is another program: `parec`.

The null sink counts its samples by CLOCK_MONOTONIC, so that a place in one recording is a time.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any

from waiting import until

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Samples = NDArray[numpy.float64]

RATE = 48_000
SINK = "langso"


class PulseServer:
    """Runs as long as it is a context; `environment` leads every client of it, this process too, to it alone.
    `suspends`: puts its sink to sleep as soon as nobody plays, as desktops do after some seconds.
    """

    def __init__(self, folder: Path, *, suspends: bool = False) -> None:
        self._folder = folder
        self._suspends = suspends
        self._socket = folder / "native"
        self._process: subprocess.Popen[bytes] | None = None
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_COOKIE": str(folder / "cookie"),
        }

    def start(self) -> None:
        """Returns once clients are taken."""
        script = self._folder / "default.pa"
        script.write_text(
            f"load-module module-null-sink sink_name={SINK} rate={RATE} channels=2\n"
            f"load-module module-native-protocol-unix socket={self._socket} auth-anonymous=1\n"
            + ("load-module module-suspend-on-idle timeout=0\n" if self._suspends else "")
        )
        command = ["pulseaudio", "-n", "-F", str(script), "--exit-idle-time=-1", "--use-pid-file=0", "--daemonize=no"]
        command += ["--disable-shm=yes", "--log-target=stderr", "--log-level=error"]
        self._process = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        until(self._socket.exists)

    def stop(self) -> None:
        """As a power cut would: clients lose it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(60)
            self._process = None
        self._socket.unlink(missing_ok=True)

    def sink_state(self) -> str:
        """RUNNING, IDLE or SUSPENDED."""
        command = ["pactl", "list", "short", "sinks"]
        told = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True)
        return told.stdout.split()[-1]

    def __enter__(self) -> PulseServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class MonitorEar:
    """`parec` at the null sink's monitor. `heard`: samples of one channel (0 left, 1 right) and the monotonic second
    of the first one: no sample is read before it is there, and the readers that were prompt say when that was.
    """

    def __init__(self, server: PulseServer) -> None:
        command = ["parec", "--raw", "-d", f"{SINK}.monitor", "--format=s16le", f"--rate={RATE}", "--channels=2"]
        self._process: Any = subprocess.Popen(
            [*command, "--latency-msec=10"], env=server.environment, stdout=subprocess.PIPE, bufsize=0
        )
        self._pcm = bytearray()
        self._marks: list[tuple[float, int]] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        until(lambda: len(self._pcm) > RATE // 5)

    def heard(self, channel: int = 0) -> tuple[Samples, float]:
        """All that was recorded up to now."""
        import numpy

        marks = list(self._marks)
        whole = array("h")
        whole.frombytes(bytes(self._pcm[: marks[-1][1] // 4 * 4]))
        samples = numpy.asarray(whole, dtype=numpy.float64).reshape(-1, 2)[:, channel] / 32768
        begin = min(at - count / 4 / RATE for at, count in marks)
        return samples, begin

    def close(self) -> None:
        self._process.kill()
        self._process.wait(60)
        self._thread.join(60)
        self._process.stdout.close()

    def __enter__(self) -> MonitorEar:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> None:
        while piece := os.read(self._process.stdout.fileno(), 1 << 16):
            at = time.monotonic()
            self._pcm += piece
            self._marks.append((at, len(self._pcm)))


def place_of(samples: Samples, wanted: Samples, near: int, around: int) -> tuple[float, float]:
    """Where `wanted` begins (samples, parts of one too) and how well it fits (correlation), `around` an index."""
    import numpy

    first = max(0, near - around)
    heard = samples[first : near + around + len(wanted)]
    size = 1 << int(len(heard) + len(wanted)).bit_length()
    cross = numpy.fft.irfft(numpy.fft.rfft(heard, size) * numpy.conj(numpy.fft.rfft(wanted, size)), size)
    cross = cross[: len(heard) - len(wanted) + 1]
    best = int(numpy.argmax(cross))
    there = heard[best : best + len(wanted)]
    fits = float(cross[best] / max(1e-12, float(numpy.linalg.norm(there) * numpy.linalg.norm(wanted))))
    part = 0.0
    if 0 < best < len(cross) - 1:
        left, middle, right = cross[best - 1 : best + 2]
        part = float((left - right) / (2 * (left - 2 * middle + right)))
    return first + best + part, fits
