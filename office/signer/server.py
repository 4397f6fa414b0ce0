"""The signer's process: a Unix socket (0660) that answers its own user, root and its group, one frame at a time."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from langso.device.unix_sockets import socket_address
from langso.durable.errors import FileRefused
from langso.errors import LangsoError
from langso.words.os_reasons import os_reason
from office.signer.errors import Fault, SignerRefused, SignerStuck, SignerUnreachable
from office.signer.peers import may_ask, user_of
from office.signer.questions import Questions, Seats, held_for
from office.signer.signing import Signing
from office.signer.wire import MAX_FRAME, LogHead, Reply, Request, receive, send

log = logging.getLogger(__name__)

IDLE_S = 30.0
REFUSED_S = 2.0
MAX_CONNECTIONS = 16
MAX_OF_ONE = 12
OPENING_S = 5.0
_NOT_ALLOWED = "Người dùng này không được gọi người ký; hãy vào nhóm của nó."


class SignerServer:
    """Listens at `path`; `run` until `stop` is set. The caller holds the single-instance lock.

    What keeps `open_signing` from succeeding (no keys yet, a damaged file) is answered to whoever asks, and it is
    tried again with each question: a process that ended instead could tell nobody why.
    """

    def __init__(self, path: Path, open_signing: Callable[[], Signing]) -> None:
        self._path = path
        self._open = open_signing
        self._opening = threading.Lock()
        self._signing: Signing | None = None
        self._seats = Seats(MAX_CONNECTIONS, MAX_OF_ONE)
        self._questions = Questions()

    def run(
        self,
        stop: threading.Event,
        ready: threading.Event | None = None,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        """Serves until stopped, calling `turned` in every round in which no question hangs: who waits for an answer
        that does not come is not helped by a process that still takes connections.

        Raises SignerUnreachable where the socket cannot be made.
        """
        with self._listen() as listener:
            self._try_open()
            listener.settimeout(0.2)
            if ready is not None:
                ready.set()
            while not stop.is_set():
                if not self._questions.stuck:
                    turned()
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                user = user_of(connection)
                if not self._seats.take(user):
                    connection.close()
                    continue
                threading.Thread(target=self._serve, args=(connection, user), daemon=True).start()
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
                with socket_address(self._path) as address:
                    listener.bind(address)
            finally:
                os.umask(mask)
            listener.listen(MAX_CONNECTIONS)
        except OSError as error:
            listener.close()
            raise SignerUnreachable(
                f"Không mở được ổ cắm của người ký {self._path}: {os_reason(error)}; hãy đổi `[signer] socket`."
            ) from error
        return listener

    def _serve(self, connection: socket.socket, user: int) -> None:
        try:
            with connection:
                connection.settimeout(IDLE_S)
                if not may_ask(connection):
                    send(connection, Reply(refused=_NOT_ALLOWED, fault="forbidden"))
                    _hear_out(connection)
                    return
                while (request := receive(connection, Request)) is not None:
                    send(connection, self._answer(request))
        except SignerRefused as refused:
            with contextlib.suppress(OSError):
                send(connection, Reply(refused=str(refused), fault=fault_of(refused)))
        except (OSError, SignerUnreachable):
            pass
        finally:
            self._seats.leave(user)

    def _answer(self, request: Request) -> Reply:
        with self._questions.one():
            return self._worked_out(request)

    def _worked_out(self, request: Request) -> Reply:
        try:
            signing = self._opened()
            if request.do == "sign":
                return Reply(envelope=signing.sign(request.kind, request.payload.encode()).decode())
            if request.do == "raise_to":
                return Reply(counters=signing.raise_to(request.states))
            if request.do == "ready":
                signing.check_ready()
                return Reply()
            if request.do in ("keep_head", "heads"):
                if request.do == "keep_head":
                    signing.keep_head(request.number, request.sha256)
                kept = signing.heads()
                return Reply(heads=tuple(LogHead(number=one.number, sha256=one.sha256) for one in kept))
            return Reply(counters=signing.counters())
        except LangsoError as refused:
            log.warning("refused: %s", refused)
            return Reply(refused=str(refused), fault=fault_of(refused))
        except Exception:
            log.exception("a question was not answered")
            return Reply(refused="Người ký của văn phòng gặp lỗi; hãy báo kỹ thuật xem nhật ký.", fault="broken")

    def _opened(self) -> Signing:
        with held_for(self._opening, OPENING_S):
            if self._signing is None:
                self._signing = self._open()
            return self._signing

    def _try_open(self) -> None:
        try:
            self._opened()
        except LangsoError as error:
            log.warning("not ready to sign: %s", error)


def fault_of(error: LangsoError) -> Fault | None:
    """The kind of what keeps the signer from signing anything; None where it refused this one document."""
    if isinstance(error, SignerStuck):
        return error.fault
    if isinstance(error, SignerRefused):
        return None
    return "disk" if isinstance(error, FileRefused) else "not_ready"


def _hear_out(connection: socket.socket) -> None:
    """Lets the other side finish its frame: a close with bytes unread would take the answer away from it."""
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(REFUSED_S)
    left = MAX_FRAME
    while left > 0 and (part := connection.recv(1 << 16)):
        left -= len(part)
