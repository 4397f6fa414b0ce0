"""What it costs that picamera2 runs in a program of its own: one stand-in, here and there. Run by `make bench`."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STANDIN = Path(__file__).parent / "cameras/standin"
sys.path.insert(0, str(STANDIN))

import picamera2  # noqa: E402

from scanner.cameras import pi_child  # noqa: E402
from scanner.cameras.pi import PiDevice  # noqa: E402
from scanner.cameras.pi_program import Sensor  # noqa: E402

FRAMES, STILLS = 60, 8
WANTED_A_SECOND = 8
"""As many frames as the kiosk looks at."""


def main() -> None:
    """Print the table."""
    here, there = Sensor(picamera2.Picamera2, 0), PiDevice(0, (sys.executable, str(STANDIN / "run.py")))
    assert here.open()
    begin = time.perf_counter()
    assert there.open()
    cold = time.perf_counter() - begin
    print(f"{'':24}{'in process':>12}{'own program':>13}{'more':>9}{'ratio':>8}")
    row("live 2304x1296", here.grab, there.grab, FRAMES)
    row("still 4608x2592", here.photograph, there.photograph, STILLS)
    there.close()
    begin = time.perf_counter()
    assert there.open()
    print(
        f"opening: {cold * 1000:.0f} ms cold, {(time.perf_counter() - begin) * 1000:.0f} ms with the program put by"
    )
    there.close()
    pi_child.end_spare()


def row(name: str, here: Callable[[], Any], there: Callable[[], Any], count: int) -> None:
    """Medians of turns taken one after the other, so that both meet the same machine."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(count):
        for which, call in enumerate((here, there)):
            begin = time.perf_counter()
            image = call()
            # Whoever gets a frame copies it out of the camera's own buffer, in process too.
            if which == 0:
                image = image.copy()
            times[which].append((time.perf_counter() - begin) * 1000)
    one, two = map(statistics.median, times)
    print(f"{name:24}{one:9.1f} ms{two:10.1f} ms{two - one:6.1f} ms{two / one:8.2f}", end="")
    print(f"   {1000 / two:.0f} a second at most (the kiosk looks at {WANTED_A_SECOND})" if "live" in name else "")


if __name__ == "__main__":
    main()
