"""The signer's process: a Unix socket (0660) that answers its own user, root and its group, one frame at a time."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from langso.errors import LangsoError, os_reason
from office.errors import NotInitialised, SignerRefused, SignerUnreachable
from office.signer.peers import may_ask
from office.signer.signing import Signing
from office.signer.wire import MAX_FRAME, Reply, Request, receive, send

log = logging.getLogger(__name__)

IDLE_S = 30.0
REFUSED_S = 2.0
MAX_CONNECTIONS = 16


class SignerServer:
    """Listens at `path`; `run` until `stop` is set. The caller holds the single-instance lock."""

    def __init__(self, path: Path, signing: Signing) -> None:
        self._path = path
        self._signing = signing
        self._slots = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def run(
        self,
        stop: threading.Event,
        ready: threading.Event | None = None,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        """Serves until stopped, calling `turned` in every round. Raises SignerUnreachable where the socket cannot be
        made.
        """
        with self._listen() as listener:
            listener.settimeout(0.2)
            if ready is not None:
                ready.set()
            while not stop.is_set():
                turned()
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                if not self._slots.acquire(blocking=False):
                    connection.close()
                    continue
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _listen(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()
            # The mask, not a chmod after: between the two anyone could connect.
            mask = os.umask(0o117)
            try:
                listener.bind(str(self._path))
            finally:
                os.umask(mask)
            listener.listen(MAX_CONNECTIONS)
        except OSError as error:
            listener.close()
            raise SignerUnreachable(
                f"Không mở được ổ cắm của người ký {self._path}: {os_reason(error)}; hãy đổi `[signer] socket`."
            ) from error
        return listener

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.settimeout(IDLE_S)
                if not may_ask(connection):
                    send(connection, Reply(refused="Người dùng này không được gọi người ký; hãy vào nhóm của nó."))
                    _hear_out(connection)
                    return
                while (request := receive(connection, Request)) is not None:
                    send(connection, self._answer(request))
        except (SignerRefused, NotInitialised) as refused:
            with contextlib.suppress(OSError):
                send(connection, Reply(refused=str(refused)))
        except (OSError, SignerUnreachable):
            pass
        finally:
            self._slots.release()

    def _answer(self, request: Request) -> Reply:
        try:
            if request.do == "sign":
                return Reply(envelope=self._signing.sign(request.kind, request.payload.encode()).decode())
            if request.do == "raise_to":
                return Reply(counters=self._signing.raise_to(request.states))
            return Reply(counters=self._signing.counters())
        except LangsoError as refused:
            log.warning("refused: %s", refused)
            return Reply(refused=str(refused))


def _hear_out(connection: socket.socket) -> None:
    """Lets the other side finish its frame: a close with bytes unread would take the answer away from it."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(REFUSED_S)
    left = MAX_FRAME
    while left > 0 and (part := connection.recv(1 << 16)):
        left -= len(part)
