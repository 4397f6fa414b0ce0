"""Everything personal of a visit is in one folder in memory (tmpfs), which is wiped however the visit ends."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import threading
from pathlib import Path

log = logging.getLogger(__name__)

NAME = "visit"
_SHARED_MEMORY = Path("/dev/shm")


class Workspace:
    """The folder of the present visit under `home`; wiped at start, when a visit ends, and at exit.

    `home` should be in memory (see `home_in_memory`). Thread-safe: after `wipe` a late writer's file is refused,
    because it belongs to a visit that has ended.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._lock = threading.Lock()
        self._visit = 0
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
        self._empty()

    @property
    def visit(self) -> int:
        """A number that rises at each wipe; work that began under another number belongs to an earlier visit."""
        return self._visit

    def write(self, name: str, data: bytes, visit: int | None = None) -> Path | None:
        """Keeps bytes of this visit under a plain file name; None (nothing is kept) where `visit` has ended.

        Raises ValueError for a name with folders in it, OSError where there is no room.
        """
        if Path(name).name != name or name in ("", ".", ".."):
            raise ValueError(f"not a plain file name: {name!r}")
        with self._lock:
            if visit is not None and visit != self._visit:
                return None
            path = self.home / name
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            return path

    def drop(self, path: Path) -> None:
        """Removes one file of the visit; absent ones are fine, files elsewhere are left alone."""
        if path.parent == self.home:
            path.unlink(missing_ok=True)

    def files(self) -> list[Path]:
        """The files of this visit, those of its process too."""
        return sorted(path for path in self.home.rglob("*") if not path.is_dir() or path.is_symlink())

    def wipe(self) -> None:
        """Ends the visit: removes all its files."""
        with self._lock:
            self._visit += 1
            self._empty()

    def _empty(self) -> None:
        for entry in self.home.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
        if any(self.home.iterdir()):
            log.error("the visit's folder %s could not be emptied", self.home)


def home_in_memory(run: Path, *, mounts: Path = Path("/proc/mounts")) -> Path:
    """The folder for a kiosk's workspace: under `run` where that is a tmpfs, else in the machine's shared memory.

    A disk or memory card is used only where neither exists: deleted files could be recovered from it.
    """
    if filesystem(run, mounts) in ("tmpfs", "ramfs"):
        return run / NAME
    if filesystem(_SHARED_MEMORY, mounts) in ("tmpfs", "ramfs") and os.access(_SHARED_MEMORY, os.W_OK):
        mark = hashlib.sha256(str(run.absolute()).encode()).hexdigest()[:16]
        return _SHARED_MEMORY / f"langso-{os.getuid()}-{mark}" / NAME
    log.warning("no memory file system: the visit's files go to disk under %s", run)
    return (run if os.access(run, os.W_OK) else Path(tempfile.gettempdir())) / NAME


def filesystem(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The type of the file system a path is (or would be) on, "" where that is unknown."""
    try:
        lines = mounts.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    place = os.path.realpath(path)
    best, kind = "", ""
    for line in lines:
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = parts[1].replace("\\040", " ")
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, parts[2]
    return kind
