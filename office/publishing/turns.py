"""Turns at the signer: one at a time for each kind of document, among all threads and processes of this office.

It is not the database's write lock: while the signer is asked, everybody else goes on writing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from langso.durable.files import make_folder
from langso.durable.single_instance import open_lock
from langso.words.catalogue import Sentence
from langso.words.os_reasons import os_reason
from office.signer.errors import SignerUnreachable

WAIT_S = 5.0
"""The one whose turn it is asks a signer that may need a second or two, and one that hangs is given up after ten."""
_AGAIN_S = 0.02
_BUSY = Sentence("publishing-signer-busy")


class Turns:
    """The lock files lie in `folder`; the kernel lets go of them whatever becomes of the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def one(self, kind: str) -> Iterator[None]:
        """Within the block it is this thread's turn. Raises SignerUnreachable where the turn does not
        come in time.
        """
        until = time.monotonic() + WAIT_S
        # Opened anew by each: the kernel then keeps threads apart as it does processes.
        descriptor = self._open(kind)
        try:
            while not _locked(descriptor):
                if time.monotonic() > until:
                    raise SignerUnreachable(_BUSY, "silent")
                time.sleep(_AGAIN_S)
            yield
        finally:
            os.close(descriptor)

    def _open(self, kind: str) -> int:
        try:
            make_folder(self._folder)
            return open_lock(self._folder / f".turn-{kind}")
        except OSError as error:
            raise SignerUnreachable(
                Sentence("publishing-folder", folder=self._folder, why=os_reason(error)), "disk"
            ) from error


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
