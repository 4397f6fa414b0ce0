"""What is said over the signer's socket: length-prefixed JSON frames, limited in size, parsed strictly."""

from __future__ import annotations

import socket
import struct
import time
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from office.signer.errors import Fault, SignerRefused, SignerStuck, SignerUnreachable

MAX_FRAME = 8 << 20
MAX_STATES = 500
FRAME_S = 10.0
_LENGTH = struct.Struct(">I")
Model = TypeVar("Model", bound=BaseModel)
Text = Annotated[str, StringConstraints(max_length=2 << 20)]


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Request(_Frame):
    """`sign`: kind and the exact payload. `versions`: the counters. `raise_to`: raw state envelopes, by device.
    `ready`: whether anything could be signed. `keep_head`: the last row of the office's log, `heads`: those kept.
    """

    do: Literal["sign", "versions", "raise_to", "ready", "keep_head", "heads"]
    kind: Annotated[str, StringConstraints(max_length=64)] = ""
    payload: Text = ""
    states: Annotated[dict[str, Text], Field(max_length=MAX_STATES)] = {}
    number: Annotated[int, Field(ge=0, lt=1 << 53)] = 0
    sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""


class Counter(_Frame):
    """The highest version signed of one (kind, epoch, audience)."""

    kind: str
    epoch: int
    audience: str
    version: int


class LogHead(_Frame):
    """The end of the office's log as the signer was told it: its last row's number and hash."""

    number: int
    sha256: str


class Reply(_Frame):
    """Either `refused` (Vietnamese, what to do; with `fault` where no document could be signed) or what was asked."""

    refused: str = ""
    fault: Fault | None = None
    envelope: str = ""
    counters: tuple[Counter, ...] = ()
    heads: tuple[LogHead, ...] = ()


def send(connection: socket.socket, message: BaseModel) -> None:
    """Writes one frame. Raises SignerRefused where it is too large, OSError where the other side is gone."""
    body = message.model_dump_json().encode()
    if len(body) > MAX_FRAME:
        raise SignerRefused("Văn bản quá lớn để ký; hãy chia nhỏ rồi gửi lại.")
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket.socket, model: type[Model], *, within: float = FRAME_S) -> Model | None:
    """Reads one frame; None where the other side closed between frames.

    The connection's own timeout is for the first byte; from then on all must have come `within` so many seconds: a
    byte now and then would hold the reader for ever. Raises SignerRefused for a frame that is too large, cut short or
    not what is expected, TimeoutError.
    """
    patience = connection.gettimeout()
    try:
        return _received(connection, model, within)
    finally:
        connection.settimeout(patience)


def _received(connection: socket.socket, model: type[Model], within: float) -> Model | None:
    first = connection.recv(_LENGTH.size)
    if not first:
        return None
    end = time.monotonic() + within
    head = first + _exactly(connection, _LENGTH.size - len(first), end)
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise SignerRefused("Gói gửi tới người ký quá lớn; hãy chia nhỏ rồi gửi lại.")
    body = _exactly(connection, length, end)
    try:
        return model.model_validate_json(body)
    except (ValidationError, ValueError, RecursionError) as error:
        raise SignerStuck(
            "Gói gửi tới người ký sai định dạng; hãy cập nhật văn phòng và người ký cùng lúc.", "broken"
        ) from error


def _exactly(connection: socket.socket, length: int, end: float) -> bytes:
    parts: list[bytes] = []
    missing = length
    while missing:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError("a frame took too long")
        connection.settimeout(left)
        part = connection.recv(min(missing, 1 << 16))
        if not part:
            raise SignerUnreachable("Người ký của văn phòng ngắt giữa chừng; máy tự thử lại.", "broken")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
