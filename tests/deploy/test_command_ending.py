"""A command that looked through a camera ends with its own status, whatever its threads are about."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
# A thread that goes in and out of OpenCV for ever, begun by the command's first look: a camera's or a reader's.
RUN = """
import sys, threading
import cv2, numpy
import scanner.live.eye

picture = numpy.zeros((400, 400, 3), numpy.uint8)

def for_ever():
    while True:
        cv2.blur(picture, (5, 5))

look = scanner.live.eye.Eye.look

def begins(self, *given, **named):
    threading.Thread(target=for_ever, daemon=True).start()
    return look(self, *given, **named)

scanner.live.eye.Eye.look = begins
from deploy.cli import main
main()
"""


def ended(*call: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, *call],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def table(tmp_path: Path) -> Path:
    cv2.imwrite(str(tmp_path / "1.png"), np.full((480, 640, 3), 90, np.uint8))
    return tmp_path


def test_a_watch_is_no_crash_though_a_thread_is_still_in_opencv(table: Path) -> None:
    done = ended("scan", "watch", "--camera", str(table), "--frames", "3")
    assert done.returncode == 0, done.stderr
    assert "Xong: 3 hình" in done.stdout
    assert done.stderr == ""


def test_a_refusal_keeps_its_status(table: Path) -> None:
    assert ended("scan", "watch", "--camera", str(table / "không có"), "--frames", "3").returncode == 1
