"""How the web process and the commands ask the signer. Thread-safe: one connection a request."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from langso.contract import Message
from langso.device.unix_sockets import socket_address
from langso.words.os_reasons import os_reason
from office.signer.errors import Fault, SignerRefused, SignerUnreachable
from office.signer.wire import Counter, LogHead, Reply, Request, receive, send

TIMEOUT_S = 10.0
LOOK_S = 3.0
# Who asks holds the database's write lock: after one question without an answer the next ones do not wait.
SILENT_S = 5.0
_WORDS: dict[Fault, str] = {
    "absent": "Người ký của văn phòng (dịch vụ langso-signer) chưa chạy; máy tự bật lại, nếu quá năm phút vẫn vậy"
    " hãy báo kỹ thuật chạy sudo langso doctor.",
    "forbidden": "Trang văn phòng không được quyền gọi người ký (dịch vụ langso-signer);"
    " hãy báo kỹ thuật chạy sudo langso doctor.",
    "silent": "Người ký của văn phòng (dịch vụ langso-signer) không trả lời kịp; máy tự thử lại,"
    " nếu quá năm phút vẫn vậy hãy báo kỹ thuật khởi động lại dịch vụ ấy.",
}


class SignerClient:
    """`path`: the signer's socket."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._silent_until = float("-inf")

    def sign(self, kind: str, document: Message) -> bytes:
        """The signed envelope of the document's canonical bytes. Raises SignerRefused, SignerUnreachable."""
        return self._ask(Request(do="sign", kind=kind, payload=document.to_json().decode())).envelope.encode()

    def version(self, kind: str, epoch: int, audience: str = "*") -> int:
        """The highest version signed; 0 before the first. Raises SignerUnreachable."""
        return _find(self._ask(Request(do="versions"), LOOK_S).counters, kind, epoch, audience)

    def raise_to(self, states: Mapping[str, bytes]) -> tuple[Counter, ...]:
        """Lifts the counters to what the signed states (raw envelopes by device) hold; returns all counters."""
        text = {device: raw.decode("utf-8", "replace") for device, raw in states.items()}
        return self._ask(Request(do="raise_to", states=text)).counters

    def keep_head(self, number: int, sha256: str) -> None:
        """Tells it how the office's log ends now. Raises SignerUnreachable."""
        self._ask(Request(do="keep_head", number=number, sha256=sha256), LOOK_S)

    def heads(self) -> tuple[LogHead, ...]:
        """The ends of the log that it was told, which must still be in the log. Raises SignerUnreachable."""
        return self._ask(Request(do="heads"), LOOK_S).heads

    def trouble(self) -> SignerUnreachable | None:
        """What keeps the signer from signing anything now; None where it is ready. Asks it, for at most 3 s."""
        try:
            self._ask(Request(do="ready"), LOOK_S)
        except SignerUnreachable as error:
            return error
        except SignerRefused as error:
            return SignerUnreachable(str(error), "broken")
        return None

    def _ask(self, request: Request, timeout: float = TIMEOUT_S) -> Reply:
        if time.monotonic() < self._silent_until:
            raise SignerUnreachable(_WORDS["silent"], "silent")
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(timeout)
                with socket_address(self._path) as address:
                    connection.connect(address)
                send(connection, request)
                reply = _answer(connection, timeout)
        except TimeoutError as error:
            self._silent_until = time.monotonic() + SILENT_S
            raise SignerUnreachable(_WORDS["silent"], "silent") from error
        except (SignerUnreachable, SignerRefused):
            raise
        except OSError as error:
            raise _unreachable(error) from error
        if reply is None:
            raise SignerUnreachable("Người ký của văn phòng ngắt lời; máy tự thử lại.", "broken")
        if reply.fault is not None:
            raise SignerUnreachable(_WORDS.get(reply.fault, reply.refused), reply.fault)
        if reply.refused:
            raise SignerRefused(reply.refused)
        return reply


def _answer(connection: socket.socket, within: float) -> Reply | None:
    try:
        return receive(connection, Reply, within=within)
    except SignerRefused as error:
        # No answer of ours: another program's, or another release's.
        raise SignerUnreachable(str(error), "broken") from error


def _unreachable(error: OSError) -> SignerUnreachable:
    if error.errno in (errno.EACCES, errno.EPERM):
        return SignerUnreachable(_WORDS["forbidden"], "forbidden")
    if error.errno in (errno.ENOENT, errno.ECONNREFUSED, errno.ENOTDIR, errno.EPIPE, errno.ECONNRESET):
        return SignerUnreachable(_WORDS["absent"], "absent")
    return SignerUnreachable(
        f"Không gọi được người ký của văn phòng: {os_reason(error)}; hãy báo kỹ thuật chạy sudo langso doctor.",
        "broken",
    )


def _find(counters: Iterable[Counter], kind: str, epoch: int, audience: str) -> int:
    return next((c.version for c in counters if (c.kind, c.epoch, c.audience) == (kind, epoch, audience)), 0)
