"""The line between the shell and the process of a visit: plain values; pictures lie in memory that has no name.

Whatever is large travels as a sealed memory file (memfd): it is on no disk, is gone when nobody holds it, and what
the shell still holds at a visit's end is overwritten by `wipe`.
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import io
import mmap
import os
import socket
import threading
import weakref
from typing import Any

import numpy as np

from kiosk.errors import LineFault
from kiosk.shell.packing import Packer, refused, unpack

MOST_INLINE = 32 << 10
"""Bytes of a message that go through the socket itself."""
MOST_BLOCKS = 64
MOST_BYTES = 128 << 20
"""Of all blocks of a message: a dossier has 100 MiB at most."""
MOST_PACKED = 8 << 20
"""Of a message without its blocks: no page shows more words and figures than that."""

_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
_INLINE, _IN_BLOCK = b"\0", b"\1"


def pair() -> tuple[socket.socket, socket.socket]:
    """Both ends of a new line, the second to be handed to another process."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class VisitLine:
    """One end. `trusted`: the other end is the shell, which is believed. `send` and `receive` may block; each may be
    called on a thread of its own.
    """

    def __init__(self, end: socket.socket, *, trusted: bool = False) -> None:
        self._end = end
        self._trusted = trusted
        self._lock = threading.Lock()
        self._maps: list[weakref.ref[mmap.mmap]] = []

    def send(self, message: Any, *, wait: bool = True) -> None:
        """Raises OSError where nobody is at the other end, LineFault for what is too large; BlockingIOError where
        there is no room and it shall not `wait`.
        """
        blocks: list[memoryview] = []
        out = io.BytesIO()
        Packer(out, blocks).dump(message)
        packed = out.getbuffer()
        head = _INLINE
        if packed.nbytes > MOST_INLINE:
            blocks.append(packed)
            head, packed = _IN_BLOCK, memoryview(b"")
        if len(blocks) > MOST_BLOCKS:
            raise refused()
        files: list[int] = []
        try:
            files.extend(_file_of(block) for block in blocks)
            with self._lock:
                beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
                self._end.sendmsg([head, packed], beside, 0 if wait else socket.MSG_DONTWAIT)
        finally:
            for file in files:
                os.close(file)

    def receive(self, *, wait: bool = True) -> Any:
        """The next message; None where none has come and it shall not `wait`. Raises EOFError at the end, LineFault
        for what must not be believed.
        """
        # Not `socket.recv_fds`: Python 3.11's forgets the flags it is given.
        room = socket.CMSG_LEN(MOST_BLOCKS * array.array("i").itemsize)
        try:
            data, beside, flags, _ = self._end.recvmsg(MOST_INLINE + 1, room, 0 if wait else socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        except OSError as error:
            raise EOFError from error
        files = array.array("i")
        for level, kind, given in beside:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                files.frombytes(given[: len(given) - len(given) % files.itemsize])
        try:
            if not data:
                raise EOFError
            if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
                raise refused()
            blocks = [_map_of(file) for file in files]
            if sum(map(len, blocks)) > MOST_BYTES:
                raise refused()
        finally:
            for file in files:
                os.close(file)
        with self._lock:
            self._maps = [one for one in self._maps if one() is not None] + [weakref.ref(one) for one in blocks]
        packed: Any = memoryview(data)[1:]
        if data[:1] == _IN_BLOCK:
            if not blocks:
                raise refused()
            packed = blocks.pop()
            if len(packed) > MOST_PACKED:
                raise refused()
        try:
            return unpack(io.BytesIO(packed), blocks, trusted=self._trusted)
        except LineFault:
            raise
        except Exception as error:
            # Whatever a broken message makes of the unpacking.
            raise refused() from error

    def close(self) -> None:
        """Ends the line; whoever waits in `receive` is woken."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)
        self._end.close()

    def wipe(self) -> None:
        """Overwrites every picture that came over it and is still held by somebody."""
        with self._lock:
            maps, self._maps = self._maps, []
        for ref in maps:
            held = ref()
            if held is not None:
                np.frombuffer(held, np.uint8)[:] = 0


def _file_of(block: memoryview) -> int:
    """A sealed memory file that holds these bytes."""
    if not 0 < block.nbytes <= MOST_BYTES:
        raise refused()
    file = os.memfd_create("visit", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        done = 0
        while done < block.nbytes:
            done += os.write(file, block[done:])
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, _SEALS)
    except BaseException:
        os.close(file)
        raise
    return file


def _map_of(file: int) -> mmap.mmap:
    try:
        size = os.fstat(file).st_size
        # Unsealed, it could be cut short under our eyes: reading it would end this process.
        if fcntl.fcntl(file, fcntl.F_GET_SEALS) & _SEALS != _SEALS or not 0 < size <= MOST_BYTES:
            raise refused()
        return mmap.mmap(file, size)
    except (OSError, ValueError) as error:
        raise refused() from error
