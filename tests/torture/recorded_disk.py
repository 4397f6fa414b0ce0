"""A disk that keeps a journal of every write and flush: one file in a FUSE file system of its own, for a loop device.

`python recorded_disk.py FOLDER BYTES JOURNAL` serves until FOLDER is unmounted. Needs root. The protocol is the
kernel's (include/uapi/linux/fuse.h, version 7.31), as far as one file of fixed size wants it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

NAME = b"disk"
BLOCK = 128 << 10
_ROOT, _FILE = 1, 2
_IN = struct.Struct("<IIQQIIII")
_OUT = struct.Struct("<IiQ")
_ATTR = struct.Struct("<QQQQQQIIIIIIIIII")
_RECORD = struct.Struct("<BQI")
_LOOKUP, _FORGET, _GETATTR, _SETATTR, _OPEN, _READ, _WRITE, _STATFS = 1, 2, 3, 4, 14, 15, 16, 17
_RELEASE, _FSYNC, _FLUSH, _INIT, _OPENDIR, _RELEASEDIR, _INTERRUPT, _DESTROY = 18, 20, 25, 26, 27, 29, 36, 38
_BATCH_FORGET = 42
_BIG_WRITES = 1 << 5
WRITE, FLUSH = 1, 2


class RecordedDisk:
    """Serves the file; its bytes are in memory, its journal in `journal`."""

    def __init__(self, folder: Path, size: int, journal: BinaryIO) -> None:
        self._folder = folder
        self._data = bytearray(size)
        self._journal = journal
        self._fuse = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        options = f"fd={self._fuse},rootmode=40000,user_id=0,group_id=0".encode()
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mount(b"recorded", os.fsencode(folder), b"fuse", 0, options):
            raise OSError(ctypes.get_errno(), "mount of a FUSE file system")

    def serve(self) -> None:
        """Until it is unmounted."""
        while True:
            try:
                asked = os.read(self._fuse, BLOCK + 4096)
            except OSError as error:
                if error.errno == errno.ENODEV:
                    return
                if error.errno in (errno.EINTR, errno.ENOENT, errno.EAGAIN):
                    continue
                raise
            _, opcode, unique, node, *_ = _IN.unpack_from(asked)
            if opcode in (_FORGET, _BATCH_FORGET, _INTERRUPT):
                continue
            answer = self._answer(opcode, node, memoryview(asked)[_IN.size :])
            error, body = (-answer, b"") if isinstance(answer, int) else (0, answer)
            os.write(self._fuse, _OUT.pack(_OUT.size + len(body), error, unique) + body)

    def _answer(self, opcode: int, node: int, body: memoryview) -> bytes | int:
        if opcode == _INIT:
            return struct.pack("<IIIIHHIIHHI28x", 7, 31, BLOCK, _BIG_WRITES, 16, 12, BLOCK, 1, 0, 0, 0)
        if opcode == _LOOKUP:
            found = bytes(body).rstrip(b"\0") == NAME
            return (
                struct.pack("<QQQQII", _FILE, 0, 3600, 3600, 0, 0) + self._attributes(_FILE)
                if found
                else errno.ENOENT
            )
        if opcode in (_GETATTR, _SETATTR):
            return struct.pack("<QII", 3600, 0, 0) + self._attributes(node)
        if opcode in (_OPEN, _OPENDIR):
            return struct.pack("<QII", 0, 0, 0)
        if opcode == _READ:
            _, at, size = struct.unpack_from("<QQI", body)
            return bytes(self._data[at : at + size])
        if opcode == _WRITE:
            return self._write(body)
        if opcode == _FSYNC:
            self._note(FLUSH, 0, b"")
            return b""
        if opcode == _STATFS:
            return struct.pack("<QQQQQIIII24x", 1, 0, 0, 1, 0, 4096, 255, 4096, 0)
        return b"" if opcode in (_RELEASE, _FLUSH, _RELEASEDIR, _DESTROY) else errno.ENOSYS

    def _write(self, body: memoryview) -> bytes:
        _, at, size = struct.unpack_from("<QQI", body)
        data = bytes(body[40 : 40 + size])
        self._data[at : at + size] = data
        self._note(WRITE, at, data)
        return struct.pack("<II", size, 0)

    def _note(self, kind: int, at: int, data: bytes) -> None:
        self._journal.write(_RECORD.pack(kind, at, len(data)) + data)
        self._journal.flush()

    def _attributes(self, node: int) -> bytes:
        mode, size = (stat.S_IFDIR | 0o700, 0) if node == _ROOT else (stat.S_IFREG | 0o600, len(self._data))
        return _ATTR.pack(node, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def records(journal: bytes) -> Iterator[tuple[int, int, bytes, int]]:
    """What was done, in order: kind, place, bytes, and where in the journal its record ends."""
    at = 0
    while at + _RECORD.size <= len(journal):
        kind, place, size = _RECORD.unpack_from(journal, at)
        at += _RECORD.size + size
        if at > len(journal):
            return
        yield kind, place, journal[at - size : at], at


if __name__ == "__main__":
    with Path(sys.argv[3]).open("wb") as journal:
        disk = RecordedDisk(Path(sys.argv[1]), int(sys.argv[2]), journal)
        print("ready", flush=True)
        disk.serve()
