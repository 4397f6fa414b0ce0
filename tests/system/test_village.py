"""A whole village started as a newcomer starts it: it says where to go, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from waiting import until

from langso.settings.assets import AssetMissing, web

pytestmark = pytest.mark.system


@pytest.fixture
def village(tmp_path: Path) -> tuple[subprocess.Popen[str], list[str], Path]:
    try:
        web("htmx.min.js")
    except AssetMissing as missing:
        pytest.skip(f"web assets are not fetched here: {missing}")
    folder = tmp_path / "village"
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy", "village", "--dir", str(folder), "--port", str(_free_port())],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    lines: list[str] = []

    def read() -> None:
        assert process.stdout is not None
        lines.extend(process.stdout)

    threading.Thread(target=read, daemon=True).start()
    yield process, lines, folder
    if process.poll() is None:
        process.terminate()
        process.wait(60)


def test_a_village_says_where_to_go_and_stops_without_a_trace(
    village: tuple[subprocess.Popen[str], list[str], Path],
) -> None:
    process, lines, folder = village
    until(lambda: process.poll() is not None or any("Ctrl-C" in line for line in lines), 90)
    said = "".join(lines)
    assert process.poll() is None, said
    url = re.search(r"http://127\.0\.0\.1:\d+", said)
    login = re.search(r"Đăng nhập:\s+(\S+)\s+/\s+(\S+)", said)
    assert url, said
    assert login, said
    assert "kiosk" in said
    with httpx.Client(base_url=url[0], follow_redirects=True) as browser:
        page = browser.get("/dang-nhap").text
        token = re.search(r'name="token"[^>]*value="([^"]+)"', page)
        assert token
        home = browser.post("/dang-nhap", data={"name": login[1], "password": login[2], "token": token[1]})
        assert "/dang-nhap" not in home.url.path
    assert _processes(folder)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    until(lambda: _processes(folder) == [])


def test_a_second_village_in_the_same_place_is_refused_with_a_sentence(
    village: tuple[subprocess.Popen[str], list[str], Path],
) -> None:
    _, lines, folder = village
    until(lambda: lines)
    second = subprocess.run(
        [sys.executable, "-m", "deploy", "village", "--dir", str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode != 0
    assert second.stderr.strip()
    assert "Traceback" not in second.stderr


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _processes(folder: Path) -> list[str]:
    """Command lines of running processes that name the village's folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                zombie = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
            except (OSError, IndexError):
                continue
            if str(folder) in command and not zombie and "--dir " + str(folder) + " --port" not in command:
                found.append(command)
    return found
