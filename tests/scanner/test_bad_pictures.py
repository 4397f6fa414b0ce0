"""`langso scan` with bad pictures among good ones: each gets its own sentence, the others are answered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

SMOOTH = cv2.resize(np.random.default_rng(5).integers(0, 256, (40, 60, 3), dtype=np.uint8), (480, 320))


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`langso scan ...` as a person runs it."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(Path(sys.executable).with_name("langso")), "scan", *words],
            capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("name", ["read", "page"])
def test_one_bad_picture_does_not_stop_the_others(
    tmp_path: Path, command: Callable[..., subprocess.CompletedProcess[str]], name: str
) -> None:
    (tmp_path / "khong.jpg").write_bytes(b"no picture")
    os.mkfifo(tmp_path / "pipe")
    whole = cv2.imencode(".jpg", SMOOTH)[1].tobytes()
    (tmp_path / "tot.jpg").write_bytes(whole)
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    done = command(name, "--json", "khong.jpg", "cut.jpg", "pipe", "tot.jpg")
    lines = done.stdout.splitlines()
    assert [("error" in line) for line in lines] == [True, True, True, False], done.stdout + done.stderr
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
