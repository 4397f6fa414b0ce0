"""GStreamer beside libraries in C++: their exceptions still reach Python once it is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RAISED = {
    "opencv": "import cv2, numpy\ntry: cv2.cvtColor(numpy.zeros((2, 2), 'uint8'), 9999)\nexcept cv2.error: pass\n",
    "qpdf": "import pikepdf\ntry: pikepdf.open('/etc/passwd')\nexcept pikepdf.PdfError: pass\n",
}


@pytest.mark.parametrize(("before", "after"), [("opencv", "qpdf"), ("qpdf", "opencv")])
def test_an_exception_in_cpp_is_caught_whatever_raised_before_gstreamer_came(before: str, after: str) -> None:
    load = "from speaker.sound.gstreamer import load_gstreamer\nload_gstreamer()\n"
    done = subprocess.run(
        [sys.executable, "-c", RAISED[before] + load + RAISED[after]],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
