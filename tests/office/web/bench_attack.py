"""Prints what a crowd at the console's doors does to the office's memory, with glibc's arenas free and bounded:
`python tests/office/web/bench_attack.py [SECONDS]`. No test: figures depend on the machine.

The crowd: wrong passwords, bodies that are too large, pages without and with a login, on some dozens of connections.
The peer in the same run is the same server with as many arenas as the C library likes.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests/office/web"), str(ROOT / "tests/shared"), str(ROOT)]

STRANGERS, STAFF = 40, 4
REST_S = 5.0
ARENAS = ("", "2")


def main() -> None:
    """Measures and prints, a line each."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    print(f"{'arenas':>8} {'quiet MiB':>10} {'most':>8} {'after it':>9} {'asked':>8}")
    for arenas in ARENAS:
        _measure(arenas, seconds)


def _measure(arenas: str, seconds: float) -> None:
    import bench_console

    environment = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    if arenas:
        environment["MALLOC_ARENA_MAX"] = arenas
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        command = [sys.executable, bench_console.__file__, "serve", folder]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        ) as server:
            try:
                assert server.stdout is not None
                port, message = server.stdout.readline().split()
                paths = ("/lich", "/", "/loa", f"/ban-tin/{message}")
                browsers = [bench_console.Asking(int(port)) for _ in range(STAFF)]
                for path in paths:
                    browsers[0].ask(path)
                quiet = most = _resident(server.pid)
                over = threading.Event()
                asked = [0]
                crowd = [
                    threading.Thread(target=_stranger, args=(int(port), n, over, asked)) for n in range(STRANGERS)
                ]
                crowd += [threading.Thread(target=_staff, args=(one, paths, over, asked)) for one in browsers]
                for thread in crowd:
                    thread.start()
                end = time.monotonic() + seconds
                while time.monotonic() < end:
                    time.sleep(0.1)
                    most = max(most, _resident(server.pid))
                over.set()
                for thread in crowd:
                    thread.join()
                time.sleep(REST_S)
                after = _resident(server.pid)
                print(
                    f"{arenas or 'as many':>8} {quiet:10.0f} {most:8.0f} {after:9.0f} {asked[0]:8}"
                    f"   {after / quiet:.2f} of quiet",
                    flush=True,
                )
            finally:
                server.kill()


def _stranger(port: int, number: int, over: threading.Event, asked: list[int]) -> None:
    form = "name=van-thu&password=sai+sai+sai+sai&token=x"
    kinds = [
        ("GET", "/dang-nhap", None),
        ("POST", "/dang-nhap", form),
        ("POST", "/dang-nhap", "x" * 3_000_000),
        ("GET", "/lich", None),
    ]
    while not over.is_set():
        for method, path, body in kinds:
            try:
                line = http.client.HTTPConnection(
                    "127.0.0.1", port, timeout=10, source_address=(f"127.0.1.{number + 1}", 0)
                )
                line.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"})
                line.getresponse().read()
                line.close()
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.06)
            asked[0] += 1


def _staff(browser: object, paths: tuple[str, ...], over: threading.Event, asked: list[int]) -> None:
    while not over.is_set():
        for path in paths:
            browser.ask(path)  # type: ignore[attr-defined]
            asked[0] += 1


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
