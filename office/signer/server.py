"""The signer's process: a Unix socket (0660) that answers its own user, root and its group, one frame at a time."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from langso.device.unix_sockets import socket_address
from langso.durable.errors import FileRefused
from langso.errors import LangsoError
from langso.words.catalogue import Sentence, words_of
from langso.words.os_reasons import os_reason
from office.signer.errors import Fault, SignerRefused, SignerStuck, SignerUnreachable
from office.signer.peers import is_root, may_ask, user_of
from office.signer.people_questions import answer_about_people
from office.signer.questions import Questions, Seat, Seats, held_for
from office.signer.signing import Signing
from office.signer.wire import ASKS, MAX_FRAME, ROOTS, FrameSlow, LogHead, Reply, Request, receive, send

log = logging.getLogger(__name__)

IDLE_S = 30.0
REFUSED_S = 2.0
MAX_CONNECTIONS = 64
MAX_OF_ONE = 48
OPENING_S = 5.0
_BACKLOG = 128
_NOT_ALLOWED = Sentence("signer-not-allowed")
_CROWDED = Sentence("signer-crowded")
_SLOW = Sentence("signer-frame-slow")


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
        """Serves until `stop`, and calls `turned` in every round in which no question hangs (a server that takes
        connections but never answers must not look alive).

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
                seat = self._seats.take(user_of(connection), lambda gone=connection: _let_go(gone))  # type: ignore[misc]
                if seat is None:
                    _turn_away(connection)
                    continue
                threading.Thread(target=self._serve, args=(connection, seat), daemon=True).start()
        if self._signing is not None:
            self._signing.close()
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
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            raise SignerUnreachable(Sentence("signer-socket", path=self._path, why=os_reason(error))) from error
        return listener

    def _serve(self, connection: socket.socket, seat: Seat) -> None:
        with connection:
            try:
                connection.settimeout(IDLE_S)
                if may_ask(connection):
                    self._converse(connection, seat)
                else:
                    _refuse(connection, SignerStuck(_NOT_ALLOWED, "forbidden"))
            except OSError:
                pass
            finally:
                self._seats.leave(seat)

    def _converse(self, connection: socket.socket, seat: Seat) -> None:
        root = is_root(seat.user)
        try:
            while (request := receive(connection, Request)) is not None:
                with self._seats.working(seat):
                    reply = self._answer(request, root=root)
                send(connection, reply)
        except (SignerRefused, SignerUnreachable) as wrong:
            # What came was no question of ours: one sentence, and the end.
            _refuse(connection, wrong)
        except FrameSlow:
            _refuse(connection, SignerStuck(_SLOW, "broken"))

    def _answer(self, request: Request, *, root: bool) -> Reply:
        with self._questions.one():
            return self._worked_out(request, root=root)

    def _worked_out(self, request: Request, *, root: bool) -> Reply:
        try:
            signing = self._opened()
            if request.do in ASKS or request.do in ROOTS:
                return answer_about_people(signing, request, root=root)
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
            return Reply.refusing(words_of(refused), fault_of(refused))
        except Exception:
            log.exception("a question was not answered")
            return Reply.refusing(Sentence("signer-failed"), "broken")

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
    """What kind of thing keeps the signer from signing anything; None where it refused this document alone."""
    if isinstance(error, SignerStuck | SignerUnreachable):
        return error.fault
    if isinstance(error, SignerRefused):
        return None
    return "disk" if isinstance(error, FileRefused) else "not_ready"


def _refuse(connection: socket.socket, why: LangsoError) -> None:
    """One sentence, then the other side may finish its frame: a close with bytes unread would take the answer away
    from it.
    """
    connection.settimeout(REFUSED_S)
    send(connection, Reply.refusing(words_of(why), fault_of(why)))
    connection.shutdown(socket.SHUT_WR)
    left, until = MAX_FRAME, time.monotonic() + REFUSED_S
    while left > 0 and time.monotonic() < until and (part := connection.recv(1 << 16)):
        left -= len(part)


def _turn_away(connection: socket.socket) -> None:
    with contextlib.suppress(OSError), connection:
        # Whoever accepts must not wait for one who does not read.
        connection.settimeout(0)
        send(connection, Reply.refusing(_CROWDED, "silent"))


def _let_go(connection: socket.socket) -> None:
    # Its own thread, which waits for bytes, closes it.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
