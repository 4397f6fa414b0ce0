"""What a kiosk still knows of a visit: its processes' memory and its folders searched for words that were planted."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

_PIECE, _PAGE = 16 << 20, 4096
_ENCODINGS = ("utf-8", "utf-16-le", "utf-32-le")
"""Also how Python and text shapers hold a text."""


def family(pid: int) -> list[int]:
    """A process and all its descendants that live."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            state, parent = stat.rpartition(")")[2].split()[:2]
            if state != "Z":
                children.setdefault(int(parent), []).append(int(entry.name))
    found, look = [], [pid]
    while look:
        found.append(look.pop())
        look += children.get(found[-1], [])
    return [one for one in found if Path(f"/proc/{one}").exists()]


def lives(pid: int) -> bool:
    """Whether a process is there and more than its number."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def named(pid: int) -> str:
    """The name of a process's program; "" where it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def in_memory(pids: Iterable[int], words: Iterable[str | bytes]) -> list[str]:
    """Where a word stands in the memory of these processes: a line a place, with what stands around it."""
    needles = list(_needles(words))
    found = []
    for pid in pids:
        for where, at, piece in _pieces(pid):
            for one in needles:
                hit = piece.find(one)
                while hit >= 0:
                    around = piece[max(0, hit - 24) : hit + len(one) + 24]
                    found.append(f"{pid} {where} {at + hit:x} {around!r}")
                    hit = piece.find(one, hit + 1)
    return found


def in_folders(folders: Iterable[Path], words: Iterable[str | bytes]) -> list[str]:
    """The files below these folders that hold a word, or have it in their name."""
    needles = list(_needles(words))
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                held = str(path).encode() + path.read_bytes()
                found += [str(path) for one in needles if one in held]
    return found


def shown_row(picture: Path) -> bytes:
    """Of a camera's picture, as the screen shows it, the liveliest row of pixels: nothing else looks like that."""
    import cv2

    from kiosk.devices.camera_thread import for_screen

    image = cv2.imread(str(picture))
    assert image is not None
    rows = for_screen(image)[:, 380:580]
    return max(rows, key=lambda row: int(np.abs(np.diff(row.astype(int), axis=0)).sum())).tobytes()


def resident(pid: int) -> int:
    """KiB of memory of its own that a process has: what others share does not count."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(value) for value in re.findall(r"^Private_(?:Clean|Dirty): +(\d+)", rollup, re.M))


def _needles(words: Iterable[str | bytes]) -> Iterator[bytes]:
    for word in words:
        if isinstance(word, bytes):
            yield word
        else:
            yield from (word.encode(encoding) for encoding in _ENCODINGS)


def _pieces(pid: int) -> Iterator[tuple[str, int, bytes]]:
    """All that can be read of a process: what it is of, where it begins, the bytes."""
    try:
        maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
        memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
        pages = os.open(f"/proc/{pid}/pagemap", os.O_RDONLY)
    except (FileNotFoundError, ProcessLookupError):
        return
    try:
        for line in maps:
            span, rights, *_, name = [*line.split(maxsplit=5), ""][:6]
            name = name or "anonymous"
            # What nobody can write to came from a file: programs and fonts.
            if not rights.startswith("rw"):
                continue
            for begin, end in _there(pages, *(int(one, 16) // _PAGE for one in span.split("-"))):
                for at in range(begin, end, _PIECE):
                    try:
                        yield name, at, os.pread(memory, min(_PIECE + _PAGE, end - at), at)
                    except OSError:
                        # Pages of a device, or gone since the list was made.
                        break
    finally:
        os.close(memory)
        os.close(pages)


def _there(pages: int, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Of the pages with these numbers those that were ever written to, as spans of addresses: stacks and heaps are
    mostly room.
    """
    found = np.frombuffer(os.pread(pages, (end - begin) * 8, begin * 8), np.uint64)
    # Present, or swapped out.
    held = np.concatenate([[False], (found >> np.uint64(62)) != 0, [False]])
    edges = np.flatnonzero(held[1:] != held[:-1])
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        yield (begin + int(first)) * _PAGE, (begin + int(last)) * _PAGE
