"""What there is to be drawn, and how a test has it drawn: see `drawing.py`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from stage.samples import samples

STAGE = Path(__file__).parent
# Pixels, and the diagonal in inches of such a panel as is sold.
SCREENS = ((1024, 600, 7.0), (800, 480, 7.0), (600, 1024, 7.0), (1080, 1920, 21.5))
DRAWN = [(place, sample) for place, shown in samples().items() for sample in shown] + [
    *(("countdown", "twenty"), ("notice", "sound"), ("notice", "voice"), ("getting-ready", "soon"))
]


def asked(
    drawn: tuple[str, str], screen: tuple[int, int, float], text: float, high_contrast: bool, tongue: str
) -> dict[str, Any]:
    """What `drawing.py` is asked for one drawing."""
    place, sample = drawn
    width, height, inch = screen
    return {
        "place": place,
        "sample": sample,
        "text": text,
        "high_contrast": high_contrast,
        "width": width,
        "height": height,
        "inch": inch,
        "language": tongue,
    }


def draw(wanted: list[dict[str, Any]], out: Path | None = None) -> list[list[str]]:
    """The faults of each, drawn in one process of its own."""
    done = subprocess.run(
        [sys.executable, str(STAGE / "drawing.py"), *([str(out)] if out else [])],
        input=json.dumps(wanted),
        cwd=STAGE.parents[2],
        env=os.environ | {"PYTHONPATH": str(STAGE.parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    faults: list[list[str]] = json.loads(done.stdout)
    return faults
