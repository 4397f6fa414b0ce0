"""Messages on the signer's socket: JSON frames with a length before them, limited in size, parsed strictly."""

from __future__ import annotations

import socket
import struct
import time
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from langso.contract.sentences import CarriedSentence, vietnamese
from langso.words.catalogue import Sentence, Words
from office.signer.errors import Fault, SignerRefused, SignerStuck, SignerUnreachable

MAX_FRAME = 8 << 20
MAX_STATES = 500
MAX_WORDS = 4000
FRAME_S = 10.0
_LENGTH = struct.Struct(">I")
Model = TypeVar("Model", bound=BaseModel)
Asks = Literal["people", "standing", "ask", "challenge", "invited", "enrol_passkey"]
Roots = Literal["enrol", "enrol_code", "invite", "list_anew", "revoke", "release", "believe_clock", "second"]
ASKS: tuple[Asks, ...] = get_args(Asks)
ROOTS: tuple[Roots, ...] = get_args(Roots)
"""What only root on the office's machine (or the signer's own user) may do."""
Text = Annotated[str, StringConstraints(max_length=2 << 20)]


class FrameSlow(TimeoutError):
    """A frame began and did not end in time."""


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Request(_Frame):
    """`sign`: kind and the exact payload. `versions`: the counters. `raise_to`: raw state envelopes, by device.
    `ready`: whether anything could be signed. `keep_head`: the last row of the office's log, `heads`: those kept.

    Who asks: `people`: who is enrolled. `standing`: how `ids` (of `kind` `play` or `alarm`) stand. `ask`: the exact
    order in `payload`, by `person`, proven by `code` or `passkey`; `challenge`: what a passkey is to sign for it at
    `origin`. `invited`, `enrol_passkey`: a new key, by a one-time code. The rest is root's (`ROOTS`).
    """

    do: Literal["sign", "versions", "raise_to", "ready", "keep_head", "heads"] | Asks | Roots
    kind: Annotated[str, StringConstraints(max_length=64)] = ""
    payload: Text = ""
    states: Annotated[dict[str, Text], Field(max_length=MAX_STATES)] = {}
    number: Annotated[int, Field(ge=0, lt=1 << 53)] = 0
    sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    person: Annotated[str, StringConstraints(max_length=64)] = ""
    code: Annotated[str, StringConstraints(max_length=64)] = ""
    passkey: Annotated[str, StringConstraints(max_length=16 << 10)] = ""
    origin: Annotated[str, StringConstraints(max_length=300)] = ""
    alarms: bool = True
    approves: bool = False
    ids: Annotated[tuple[Annotated[str, StringConstraints(max_length=80)], ...], Field(max_length=8000)] = ()


class Counter(_Frame):
    """The highest version signed of one (kind, epoch, audience)."""

    kind: str
    epoch: int
    audience: str
    version: int


class EnrolledPerson(_Frame):
    """One person as the signer knows him; `alarms`: may give emergencies; `listed`: printed codes left; `approves`:
    may approve what others ask for.
    """

    person: str
    alarms: bool
    code: bool
    passkeys: int
    listed: int
    approves: bool = False


class LogHead(_Frame):
    """The end of the office's log as the signer was told it: its last row's number and hash."""

    number: int
    sha256: str


class Reply(_Frame):
    """Either `refused` (what to do; with `fault` where no document could be signed) or what was asked.

    `sentence`: the same in no language, for whoever asked to say in his own; `refused`, its Vietnamese text, is for
    an office of another release. Left out where empty: the office before this one takes no field that it has not.
    """

    refused: Annotated[str, StringConstraints(max_length=MAX_WORDS)] = ""
    sentence: CarriedSentence | None = None
    fault: Fault | None = None
    envelope: str = ""
    counters: tuple[Counter, ...] = ()
    heads: tuple[LogHead, ...] = ()
    people: tuple[EnrolledPerson, ...] = ()
    asked: bool = False
    second: Literal["", "whole", "always"] = ""
    text: str = ""
    lines: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    still: tuple[str, ...] = ()

    @classmethod
    def refusing(cls, words: Words, fault: Fault | None) -> Reply:
        """Why not, for a person."""
        return cls(refused=vietnamese(words)[:MAX_WORDS], sentence=CarriedSentence.of(words), fault=fault)

    @property
    def words(self) -> Words:
        """Why not, to be said in the reader's language where this program knows the sentence; "" for an answer."""
        return (None if self.sentence is None else self.sentence.here()) or self.refused


def send(connection: socket.socket, message: BaseModel) -> None:
    """Writes one frame. Raises SignerRefused where it is too large, OSError where the other side is gone."""
    body = message.model_dump_json(exclude_defaults=True).encode()
    if len(body) > MAX_FRAME:
        raise SignerRefused(Sentence("signer-document-large"))
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket.socket, model: type[Model], *, within: float = FRAME_S) -> Model | None:
    """Reads one frame; None where the other side closed between frames.

    The connection's own timeout is for the first byte; from then on all must have come `within` so many seconds: a
    byte now and then would hold the reader for ever. Raises SignerRefused for a frame that is too large or
    not what is expected, SignerUnreachable for one cut short, FrameSlow, TimeoutError where none began.
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
        raise SignerRefused(Sentence("signer-frame-large"))
    body = _exactly(connection, length, end)
    try:
        return model.model_validate_json(body)
    except (ValidationError, ValueError, RecursionError) as error:
        raise SignerStuck(Sentence("signer-frame-wrong"), "broken") from error


def _exactly(connection: socket.socket, length: int, end: float) -> bytes:
    parts: list[bytes] = []
    missing = length
    while missing:
        left = end - time.monotonic()
        try:
            connection.settimeout(max(left, 0.001))
            part = connection.recv(min(missing, 1 << 16))
        except TimeoutError as error:
            raise FrameSlow("a frame took too long") from error
        if left <= 0:
            raise FrameSlow("a frame took too long")
        if not part:
            raise SignerUnreachable(Sentence("signer-broke-off"), "broken")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
