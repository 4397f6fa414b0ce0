"""A kiosk that is not paired: its screen says so, and how to pair, until the pairing's files are there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fetched import FETCHED
from stage.commune import Commune

from langso.device import pairing, pairing_files

pytestmark = FETCHED


@pytest.fixture
def unpaired(tmp_path: Path) -> Commune:
    return Commune(tmp_path / "kiosk")


@pytest.fixture(autouse=True)
def keep_pictures(tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """LANGSO_SHOTS=DIR keeps what the screens looked like."""
    yield
    kept = os.environ.get("LANGSO_SHOTS")
    if kept and (tmp_path / "shots").is_dir():
        shutil.copytree(tmp_path / "shots", Path(kept) / request.node.name, dirs_exist_ok=True)


@pytest.fixture
def look(unpaired: Commune, tmp_path: Path) -> Callable[..., Any]:
    """The screen's words, from the real application offscreen; leaves `pairing.png`."""

    def run(width: int = 1024, height: int = 600) -> list[str]:
        file, steps, out = tmp_path / "langso.toml", tmp_path / "steps.json", tmp_path / "shots"
        text = unpaired.settings_text(office_url="http://127.0.0.1:9", camera=tmp_path, size=(width, height))
        file.write_text(text, encoding="utf-8")
        steps.write_text(json.dumps([{"wait": "Máy này chưa dùng được"}, {"shot": f"pairing-{width}"}]))
        done = subprocess.run(
            [sys.executable, "-m", "kiosk.shell.driving", "--settings", file, "--steps", steps, "--out", out],
            cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        result = json.loads((out / "result.json").read_text(encoding="utf-8"))
        return list(result["texts"])

    return run


def ask(commune: Commune, carried: str = "kiosk-thu.json") -> str:
    raw = pairing.begin_pairing(
        commune.state, device=commune.device, role="kiosk", now=datetime.now(UTC), carried=carried
    )
    return pairing_files.read_request(raw).short_code


@pytest.mark.parametrize(("width", "height"), [(1024, 600), (1280, 800), (600, 1024)])
def test_a_pending_request_shows_its_code_and_the_file_to_carry(
    unpaired: Commune, look: Callable[..., list[str]], width: int, height: int
) -> None:
    code = ask(unpaired)
    texts = look(width, height)
    assert code in texts
    assert any("kiosk-thu.json về văn phòng xã" in text for text in texts)
    assert any("Xin bà con hỏi cán bộ" in text for text in texts)
    assert any("sudo langso setup" in text for text in texts)


def test_a_fresh_kiosk_says_how_to_ask(look: Callable[..., list[str]]) -> None:
    texts = look()
    assert any("sudo langso setup" in text for text in texts)
    assert not any("Mã so khớp" in text for text in texts)


def test_a_damaged_pairing_is_told_with_its_cause(unpaired: Commune, look: Callable[..., list[str]]) -> None:
    unpaired.pair()
    (unpaired.state / "pairing" / "current" / "answer.json").write_bytes(b"{")
    assert any("bị hỏng" in text for text in look())


@contextmanager
def running(file: Path) -> Iterator[subprocess.Popen[str]]:
    """`langso kiosk run`, offscreen, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy", "kiosk", "run", "--settings", str(file)],
        cwd=Path(__file__).parents[3],
        env=os.environ | {"SDL_VIDEODRIVER": "offscreen", "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def read_until(process: subprocess.Popen[str], words: str) -> list[str]:
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError(f"{words!r} was not said: {''.join(lines)[-3000:]}")


@pytest.mark.timeout(120)
def test_the_kiosk_begins_by_itself_when_the_pairing_is_there(unpaired: Commune, tmp_path: Path) -> None:
    file = tmp_path / "langso.toml"
    file.write_text(unpaired.settings_text(office_url="http://127.0.0.1:9", camera=tmp_path), encoding="utf-8")
    with running(file) as process:
        said = read_until(process, "chưa ghép")
        unpaired.pair()
        said += read_until(process, "link kiosk-thu")
        assert process.poll() is None, "the same process: systemd saw no end"
    assert process.returncode == 0
    assert sum("sudo langso setup" in line for line in said) == 1, "said once"
