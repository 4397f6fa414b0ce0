"""What is said over the signer's socket: length-prefixed JSON frames, limited in size, parsed strictly."""

from __future__ import annotations

import socket
import struct
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from office.errors import Fault, SignerRefused, SignerStuck, SignerUnreachable

MAX_FRAME = 8 << 20
MAX_STATES = 500
_LENGTH = struct.Struct(">I")
Model = TypeVar("Model", bound=BaseModel)
Text = Annotated[str, StringConstraints(max_length=2 << 20)]


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Request(_Frame):
    """`sign`: kind and the exact payload. `versions`: the counters. `raise_to`: raw state envelopes, by device.
    `ready`: whether anything could be signed.
    """

    do: Literal["sign", "versions", "raise_to", "ready"]
    kind: Annotated[str, StringConstraints(max_length=64)] = ""
    payload: Text = ""
    states: Annotated[dict[str, Text], Field(max_length=MAX_STATES)] = {}


class Counter(_Frame):
    """The highest version signed of one (kind, epoch, audience)."""

    kind: str
    epoch: int
    audience: str
    version: int


class Reply(_Frame):
    """Either `refused` (Vietnamese, what to do; with `fault` where no document could be signed) or what was asked."""

    refused: str = ""
    fault: Fault | None = None
    envelope: str = ""
    counters: tuple[Counter, ...] = ()


def send(connection: socket.socket, message: BaseModel) -> None:
    """Writes one frame. Raises SignerRefused where it is too large, OSError where the other side is gone."""
    body = message.model_dump_json().encode()
    if len(body) > MAX_FRAME:
        raise SignerRefused("Văn bản quá lớn để ký; hãy chia nhỏ rồi gửi lại.")
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket.socket, model: type[Model]) -> Model | None:
    """Reads one frame; None where the other side closed between frames.

    Raises SignerRefused for a frame that is too large, cut short or not what is expected.
    """
    head = _exactly(connection, _LENGTH.size, may_end=True)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise SignerRefused("Gói gửi tới người ký quá lớn; hãy chia nhỏ rồi gửi lại.")
    body = _exactly(connection, length, may_end=False)
    assert body is not None
    try:
        return model.model_validate_json(body)
    except (ValidationError, ValueError, RecursionError) as error:
        raise SignerStuck(
            "Gói gửi tới người ký sai định dạng; hãy cập nhật văn phòng và người ký cùng lúc.", "broken"
        ) from error


def _exactly(connection: socket.socket, length: int, *, may_end: bool) -> bytes | None:
    parts: list[bytes] = []
    missing = length
    while missing:
        part = connection.recv(min(missing, 1 << 16))
        if not part:
            if may_end and missing == length:
                return None
            raise SignerUnreachable("Người ký của văn phòng ngắt giữa chừng; máy tự thử lại.", "broken")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
