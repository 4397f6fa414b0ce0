"""The files that go onto the microcontroller, as a folder: flash it with `mpremote cp -r FOLDER/. :`."""

from __future__ import annotations

import shutil
from pathlib import Path

FILES = (
    "__init__.py",
    "wire/__init__.py",
    "wire/errors.py",
    "wire/cobs.py",
    "wire/frames.py",
    "wire/codes.py",
    "wire/fields.py",
    "wire/starts.py",
    "wire/reports.py",
    "wire/messages.py",
    "firmware/__init__.py",
    "firmware/board.py",
    "firmware/outputs.py",
    "firmware/sensors.py",
    "firmware/sources.py",
    "firmware/starts.py",
    "firmware/listening.py",
    "firmware/freshness.py",
    "firmware/session.py",
    "firmware/main.py",
)
"""Paths inside `firmware_bridge`; the same sources run on the host."""

_BOOT = "from firmware_bridge.firmware.main import run\n\nrun()\n"


def write_image(folder: Path) -> Path:
    """Write the board's whole file system into `folder` (replaced if it exists); returns its `main.py`."""
    source = Path(__file__).parents[1]
    if folder.exists():
        shutil.rmtree(folder)
    for name in FILES:
        target = folder / "firmware_bridge" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target)
    boot = folder / "main.py"
    boot.write_text(_BOOT)
    return boot
