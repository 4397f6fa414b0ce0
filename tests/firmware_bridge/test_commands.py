"""`langso bridge` as a technician uses it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from firmware_bridge.commands import bridge
from firmware_bridge.errors import BadPort, LinkLost
from firmware_bridge.twin.process import Twin
from langso.errors import UsageError

MAIN = "from firmware_bridge.commands import bridge; bridge()"


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(bridge, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_status_says_how_the_board_is(twin: Twin) -> None:
    out = _run("status", "--port", str(twin.port))
    assert "Mạch pico 0.3.0 đã nối" in out
    assert "amplifier, lamp, fan" in out
    assert "nguồn 12,4 V" in out


def test_status_as_json_is_one_line(twin: Twin) -> None:
    told = json.loads(_run("status", "--port", str(twin.port), "--json"))
    assert told["board"] == "pico"
    assert told["telemetry"]["on"] == []
    assert told["level"] == "ok"


def test_on_holds_the_output_until_interrupted(twin: Twin) -> None:
    command = [sys.executable, "-c", MAIN, "on", "--port", str(twin.port), "lamp"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert twin.wait_pin("lamp", True)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "Đã tắt lamp" in out
    assert twin.wait_pin("lamp", False, 2), "sooner than a lease"


def test_on_for_a_time_and_off(twin: Twin) -> None:
    assert "Đã tắt fan" in _run("on", "--port", str(twin.port), "--for", "0.3", "fan")
    assert "Đã tắt fan" in _run("off", "--port", str(twin.port), "fan")
    levels = [event.level for event in twin.pin_log() if event.name == "fan"]
    assert levels == [0, 1, 0]


def test_watch_prints_a_line_for_each_telemetry(twin: Twin) -> None:
    command = [sys.executable, "-u", "-c", MAIN, "watch", "--port", str(twin.port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        process.terminate()
        process.communicate(timeout=60)
    finally:
        process.kill()
    assert all("nguồn" in line for line in lines)
    assert process.returncode == 0


def test_the_twin_command_prints_its_port(tmp_path: Path) -> None:
    pytest.importorskip("micropython_run")
    command = [sys.executable, "-c", MAIN, "twin", "--dir", str(tmp_path / "t")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = Path(process.stdout.readline().strip())
        assert port.is_char_device()
        assert (tmp_path / "t" / "serial").resolve() == port
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()


def test_the_image_is_written_once(tmp_path: Path) -> None:
    assert "mpremote" in _run("image", str(tmp_path / "flash"))
    with pytest.raises(UsageError):
        _run("image", str(tmp_path / "flash"))


def test_without_a_place_to_look_the_refusal_says_what_to_add() -> None:
    with pytest.raises(UsageError, match="--port"):
        _run("status")


def test_a_missing_board_is_one_sentence() -> None:
    with pytest.raises(LinkLost, match="Không thấy cổng"):
        _run("status", "--port", "/dev/langso-nothing-here")


def test_status_needs_a_wired_board() -> None:
    with pytest.raises(BadPort):
        _run("status", "--port", "gpio:17")
