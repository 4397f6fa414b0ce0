"""A stick that was plugged in, mounted by us: only FAT, nothing on it runs, no device, no link; or any folder."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from langso.courier.errors import CourierRefused
from langso.words.catalogue import Sentence
from langso.words.harmless import harmless

KINDS = "vfat,exfat"
"""File systems made for sticks: a damaged one of another kind is a way into the kernel."""
SAFE = "nodev,nosuid,noexec,nosymfollow"
_SECONDS = 60


@contextlib.contextmanager
def opened(place: Path, *, write: bool) -> Iterator[Path]:
    """The folder to read from or write to: `place` itself, or where its file system is mounted for the block's
    duration, read-only unless `write`. Raises CourierRefused.
    """
    if not place.is_block_device():
        yield place
        return
    if os.geteuid() != 0:
        raise CourierRefused(Sentence("courier-mount-as-root"))
    folder = Path(tempfile.mkdtemp(prefix="langso-courier-", dir="/run"))
    try:
        options = f"{'rw,sync' if write else 'ro'},{SAFE}"
        _run("mount", "-t", KINDS, "-o", options, "--", str(place), str(folder), place=place)
        try:
            yield folder
        finally:
            _run("umount", "--", str(folder), place=place)
    finally:
        folder.rmdir()


def _run(*command: str, place: Path) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, env={"LC_ALL": "C.UTF-8"} | _PATH)
    except (OSError, subprocess.SubprocessError) as error:
        why = getattr(error, "stderr", b"") or str(error).encode()
        said = harmless(why.decode("utf-8", "replace").strip().partition("\n")[0][-200:])
        raise CourierRefused(Sentence("courier-mount-failed", place=harmless(str(place)), why=said)) from error


_PATH = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
