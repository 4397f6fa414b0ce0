"""What is written while the cut may come: each prints, as soon as it may be believed, a number and how long the
disk's journal then was. `python workloads.py NAME FOLDER JOURNAL COUNT`; `held` says what a folder kept of it.
"""

from __future__ import annotations

import os
import random
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from langso.durable.files import make_folder, write_atomic
from langso.durable.memory_first import MemoryFirstStore
from langso.durable.store import Migration, Store

ROWS = Migration("rows", lambda db: db["rows"].create({"id": int, "what": bytes}, pk="id") and None)


def _insert(store: Store, number: int) -> None:
    with store.transaction() as db:
        db["rows"].insert({"id": number, "what": random.Random(number).randbytes(200 + number % 7 * 900)})


def _rows(folder: Path, count: int) -> Iterator[int]:
    with Store(folder / "a.sqlite", [ROWS]) as store:
        for number in range(1, count + 1):
            _insert(store, number)
            yield number


def _memory_first(folder: Path, count: int) -> Iterator[int]:
    store = MemoryFirstStore(folder / "a.sqlite", [ROWS])
    for number in range(1, count + 1):
        _insert(store, number)
        yield number


def _files(folder: Path, count: int) -> Iterator[int]:
    for number in range(1, count + 1):
        write_atomic(folder / "a.txt", b"%d " % number + bytes(number % 5 * 3000) + b"end")
        yield number


def _folders(folder: Path, count: int) -> Iterator[int]:
    for number in range(1, count + 1):
        make_folder(folder / str(number) / "inner")
        write_atomic(folder / str(number) / "inner" / "a.txt", b"%d end" % number)
        yield number


def _rows_unsynced(folder: Path, count: int) -> Iterator[int]:
    with Store(folder / "a.sqlite", [ROWS]) as store:
        store.db.execute("PRAGMA synchronous=OFF")
        for number in range(1, count + 1):
            _insert(store, number)
            yield number


def _files_unsynced(folder: Path, count: int) -> Iterator[int]:
    for number in range(1, count + 1):
        (folder / "b.txt").write_bytes(b"%d " % number + bytes(number % 5 * 3000) + b"end")
        (folder / "b.txt").replace(folder / "a.txt")
        yield number


def _held_rows(folder: Path) -> int:
    if not (folder / "a.sqlite").exists():
        return 0
    with Store(folder / "a.sqlite", [ROWS]) as store:
        if store.set_aside is not None:
            return -1
        numbers = [row[0] for row in store.db.execute("SELECT id FROM rows ORDER BY id").fetchall()]
        return len(numbers) if numbers == list(range(1, len(numbers) + 1)) else -1


def _held_file(folder: Path) -> int:
    try:
        data = (folder / "a.txt").read_bytes()
    except FileNotFoundError:
        return 0
    return int(data.split()[0]) if data.endswith(b"end") and data[:1] != b"\0" else -1


def _held_folders(folder: Path) -> int:
    number = 0
    while (folder / str(number + 1) / "inner" / "a.txt").exists():
        number += 1
        if (folder / str(number) / "inner" / "a.txt").read_bytes() != b"%d end" % number:
            return -1
    return number


DURABLE: dict[str, tuple[Callable[[Path, int], Iterator[int]], Callable[[Path], int]]] = {
    "rows": (_rows, _held_rows),
    "rows, memory first": (_memory_first, _held_rows),
    "files": (_files, _held_file),
    "folders": (_folders, _held_folders),
}
CONTROLS = {
    "control: rows without sync": (_rows_unsynced, _held_rows),
    "control: files without sync": (_files_unsynced, _held_file),
}


def held(name: str, folder: Path) -> int:
    """Up to which number it is whole; -1 where it is damaged."""
    try:
        return (DURABLE | CONTROLS)[name][1](folder)
    except (OSError, ValueError, sqlite3.Error):
        return -1


if __name__ == "__main__":
    _, named, place, journal, many = sys.argv
    for done in (DURABLE | CONTROLS)[named][0](Path(place), int(many)):
        print(done, Path(journal).stat().st_size, flush=True)
    # No close: it would write what the cut is to find.
    os._exit(0)
