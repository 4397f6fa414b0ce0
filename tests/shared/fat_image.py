"""A FAT in memory that keeps a journal of its writes: `from fat_image import Fat, extracted, recorded`.

Written and read by FatFs, the driver of small machines; what Linux would show of the same bytes is the same tree. The
kernel of a test machine has no FAT as a rule.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

SECTOR = 512
SIZE = 8 << 20


@dataclass
class Step:
    """One change of a folder's tree: `what` is mkdir, write, rename or unlink."""

    what: str
    path: str
    data: bytes = b""
    to: str = ""


@contextlib.contextmanager
def recorded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Step]]:
    """Within the block, what the program does to this folder, in its order; a file counts when it is synced, as on a
    stick that is mounted `sync`.
    """
    steps: list[Step] = []

    def inside(name: Any, dir_fd: int | None) -> str | None:
        at = Path(f"/proc/self/fd/{dir_fd}").readlink() / name if dir_fd is not None else Path(name)
        return at.relative_to(folder).as_posix() if at.is_relative_to(folder) else None

    def mkdir(name: Any, mode: int = 0, *, dir_fd: int | None = None) -> None:
        if (path := inside(name, dir_fd)) is not None:
            steps.append(Step("mkdir", path))

    def fsync(descriptor: int) -> None:
        at = Path(f"/proc/self/fd/{descriptor}").readlink()
        if at.is_relative_to(folder) and at.is_file():
            steps.append(Step("write", at.relative_to(folder).as_posix(), at.read_bytes()))

    def replace(old: Any, new: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None) -> None:
        if (path := inside(old, src_dir_fd)) is not None:
            steps.append(Step("rename", path, to=inside(new, dst_dir_fd) or ""))

    def unlink(name: Any, *, dir_fd: int | None = None) -> None:
        if (path := inside(name, dir_fd)) is not None:
            steps.append(Step("unlink", path))

    with monkeypatch.context() as watched:
        for name, note in (("mkdir", mkdir), ("fsync", fsync), ("replace", replace), ("unlink", unlink)):
            watched.setattr(os, name, _noting(getattr(os, name), note))
        yield steps


@dataclass
class Fat:
    """An image with its journal: place and bytes of each write, in order."""

    image: bytearray = field(default_factory=lambda: bytearray(SIZE))
    journal: list[tuple[int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._fatfs: Any = importlib.import_module("fatfs")
        if not any(self.image):
            made = self._partition(self.image)
            made.mkfs()
            # FatFs holds ten disks a process, and lets go of one only here.
            made.mount()
            made.unmount()
        self.empty = bytes(self.image)

    def replay(self, steps: list[Step]) -> None:
        """Does the same to the FAT, each step whole before the next, as a mount with `sync` does."""
        with self._mounted(self.image, self.journal) as there:
            for step in steps:
                path = f"/{step.path}"
                if step.what == "mkdir":
                    there.mkdir(path)
                elif step.what == "write":
                    with there.open(path, "wb") as file:
                        file.write(step.data)
                elif step.what == "unlink":
                    there.remove(path)
                else:
                    # Linux puts the new file into the old one's entry; here a cut between the two leaves neither.
                    if there.exists(f"/{step.to}"):
                        there.remove(f"/{step.to}")
                    there.rename(path, f"/{step.to}")

    def fill(self, folder: Path) -> None:
        """Writes a whole folder's tree into it."""
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            self.replay([Step("mkdir", name) if path.is_dir() else Step("write", name, path.read_bytes())])

    def pulled(self, count: int, dice: random.Random) -> Iterator[bytes]:
        """The image as it was after so many bytes of the journal, the last write cut in two: half of them any bytes,
        mostly of sounds; half of them in any write, mostly of the FAT, of folders and of letters.
        """
        ends = list(itertools.accumulate(len(data) for _, data in self.journal))
        offsets = dice.sample(range(1, ends[-1]), count // 2)
        for number in dice.sample(range(len(ends)), count - count // 2):
            offsets.append(ends[number] - dice.randint(1, len(self.journal[number][1])))
        offsets.sort()
        image, done = bytearray(self.empty), 0
        writes = iter(self.journal)
        place, data = next(writes)
        for offset in offsets:
            while done + len(data) <= offset:
                image[place : place + len(data)] = data
                done += len(data)
                place, data = next(writes)
            cut = bytearray(image)
            cut[place : place + offset - done] = data[: offset - done]
            yield bytes(cut)

    def extract(self, image: bytes, into: Path) -> bool:
        """What lies on this image, as a folder; False where it can no longer be read to its end."""
        into.mkdir()
        try:
            with self._mounted(bytearray(image), None) as there:
                for root, folders, files in there.walk("/"):
                    for name in folders:
                        (into / root.strip("/") / name).mkdir(parents=True)
                    for name in files:
                        path = into / root.strip("/") / name
                        path.write_bytes(there.read_file(f"{root.rstrip('/')}/{name}"))
        except (OSError, ValueError, self._fatfs.wrapper.FatFSException):
            return False
        return True

    def _partition(self, image: bytearray, journal: list[tuple[int, bytes]] | None = None) -> Any:
        base: Any = self._fatfs.RamDisk

        class Recording(base):  # type: ignore[misc]
            def write(self, sector: int, count: int, buff: bytes) -> None:
                if journal is not None:
                    journal.append((sector * SECTOR, bytes(buff)))
                super().write(sector, count, buff)

        return self._fatfs.Partition(Recording(image))

    @contextlib.contextmanager
    def _mounted(self, image: bytearray, journal: list[tuple[int, bytes]] | None) -> Iterator[Any]:
        partition = self._partition(image, journal)
        partition.mount()
        try:
            yield self._fatfs.PartitionExtended(partition)
        finally:
            partition.unmount()


def _noting(real: Callable[..., Any], note: Callable[..., None]) -> Callable[..., Any]:
    def call(*args: Any, **more: Any) -> Any:
        done = real(*args, **more)
        note(*args, **more)
        return done

    return call
