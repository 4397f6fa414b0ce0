"""Prints what an agent costs: import time, resident memory idle and playing, CPU, and whether plays leak.

Run it: `.venv/bin/python tests/speaker/bench_agent.py [PLAYS]`. No test: figures depend on the machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

from speaker.sound.player import GstPlayer
from speaker.sound.sounds import SoundFile

_HEAVY = ("numpy", "soundfile", "cv2", "kivy", "PIL")


def main() -> None:
    """Measures and prints, a line each."""
    plays = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    print(f"import speaker.agent: {_import_ms():.0f} ms; heavy modules: {_heavy() or 'none'}")
    with tempfile.TemporaryDirectory() as folder:
        medium = Path(folder) / "m.wav"
        with wave.open(str(medium), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(48_000)
            file.writeframes(b"\0\x20" * 24_000)
        import speaker.agent  # noqa: F401 - measured with everything an agent loads

        print(f"resident, everything imported: {_resident_mb():.1f} MB")
        player = GstPlayer("pipe", str(Path(folder) / "p"))
        player.start()
        print(f"idle pipeline: {_cpu(5):.1f} % of a core, {_resident_mb():.1f} MB")
        errors = []
        begin, cpu = time.monotonic(), time.process_time()
        for _ in range(plays):
            voice = player.play(SoundFile(medium, "wav", 500), player.soonest())
            while voice.state in ("waiting", "playing"):
                time.sleep(0.02)
            errors.append(voice.error_ms or 0.0)
        share = 100 * (time.process_time() - cpu) / (time.monotonic() - begin)
        print(f"{plays} plays: start error {min(errors):.2f} to {max(errors):.2f} ms, {share:.1f} % of a core")
        print(f"resident after them: {_resident_mb():.1f} MB")
        player.stop()


def _import_ms() -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    bare = time.perf_counter() - begin
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import speaker.agent"], check=True)
    return (time.perf_counter() - begin - bare) * 1000


def _heavy() -> str:
    code = f"import sys, speaker.agent; print(' '.join(m for m in {_HEAVY!r} if m in sys.modules))"
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _cpu(seconds: float) -> float:
    begin = time.process_time()
    time.sleep(seconds)
    return 100 * (time.process_time() - begin) / seconds


if __name__ == "__main__":
    main()
