"""The process ends with its own status, whatever its threads are about."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# Each goes in and out of C++ for ever, as a camera's or a code reader's thread does.
BUSY = {
    "opencv": "import cv2, numpy; a = numpy.zeros((400, 400, 3), numpy.uint8); work = lambda: cv2.blur(a, (5, 5))",
    "codes": "import zxingcpp, numpy; a = numpy.zeros((9, 9), numpy.uint8); work = lambda: zxingcpp.read_barcodes(a)",
    "nobody": "work = None",
}
RUN = """
import logging, sys, threading
from langso.device.ending import end_process
exec(sys.argv[1])
begun = threading.Event()
def for_ever():
    while True:
        work()
        begun.set()
if work:
    threading.Thread(target=for_ever, daemon=True).start()
    begun.wait()
sys.stdout.write("the last word")
sys.stderr.write("and on the other side")
end_process(int(sys.argv[2]))
"""


def begin(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Python with its streams buffered, as a service without PYTHONUNBUFFERED has them."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("status", [0, 75])
@pytest.mark.parametrize("threads", BUSY)
def test_a_stop_is_no_crash_whatever_its_threads_are_in(threads: str, status: int) -> None:
    process = begin(RUN, BUSY[threads], str(status))
    said = process.communicate(timeout=60)
    assert process.returncode == status, said
    assert said == ("the last word", "and on the other side")


def test_without_threads_what_python_does_at_its_end_is_done() -> None:
    process = begin(
        "import atexit, langso.device.ending; atexit.register(print, 'done'); langso.device.ending.end_process(3)"
    )
    assert process.communicate(timeout=60)[0] == "done\n"
    assert process.returncode == 3


def test_a_reader_who_is_gone_does_not_change_the_status() -> None:
    process = begin(RUN.replace("sys.stdout.write", "sys.stdin.read(); sys.stdout.write"), BUSY["opencv"], "75")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    process.stdin.close()
    assert process.wait(60) == 75
