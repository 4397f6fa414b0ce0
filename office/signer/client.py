"""How the web process and the commands ask the signer. Thread-safe: one connection a request."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

from langso.contract import Message
from office.errors import SignerRefused, SignerUnreachable
from office.signer.wire import Counter, Reply, Request, receive, send

TIMEOUT_S = 10.0


class SignerClient:
    """`path`: the signer's socket."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def sign(self, kind: str, document: Message) -> bytes:
        """The signed envelope of the document's canonical bytes. Raises SignerRefused, SignerUnreachable."""
        return self._ask(Request(do="sign", kind=kind, payload=document.to_json().decode())).envelope.encode()

    def version(self, kind: str, epoch: int, audience: str = "*") -> int:
        """The highest version signed; 0 before the first. Raises SignerUnreachable."""
        return _find(self._ask(Request(do="versions")).counters, kind, epoch, audience)

    def raise_to(self, states: Mapping[str, bytes]) -> tuple[Counter, ...]:
        """Lifts the counters to what the signed states (raw envelopes by device) hold; returns all counters."""
        text = {device: raw.decode("utf-8", "replace") for device, raw in states.items()}
        return self._ask(Request(do="raise_to", states=text)).counters

    def _ask(self, request: Request) -> Reply:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(TIMEOUT_S)
                connection.connect(str(self._path))
                send(connection, request)
                reply = receive(connection, Reply)
        except OSError as error:
            raise SignerUnreachable(
                "Người ký của văn phòng không trả lời; hãy khởi động lại dịch vụ langso-signer rồi gửi lại."
            ) from error
        if reply is None:
            raise SignerUnreachable("Người ký của văn phòng ngắt lời; hãy thử lại sau ít phút.")
        if reply.refused:
            raise SignerRefused(reply.refused)
        return reply


def _find(counters: Iterable[Counter], kind: str, epoch: int, audience: str) -> int:
    return next((c.version for c in counters if (c.kind, c.epoch, c.audience) == (kind, epoch, audience)), 0)
