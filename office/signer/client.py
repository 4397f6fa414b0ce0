"""How the web process and the commands ask the signer. Thread-safe: one connection a request."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from langso.contract import Message
from langso.device.unix_sockets import socket_address
from langso.words.catalogue import Sentence, words_of
from langso.words.os_reasons import os_reason
from office.signer.asked.book import PlayKind
from office.signer.asked.orders import Asked
from office.signer.asked.people import ROOT
from office.signer.asked.second_person import SecondRule
from office.signer.errors import Fault, SignerRefused, SignerUnreachable
from office.signer.wire import Counter, EnrolledPerson, LogHead, Reply, Request, Roots, receive, send

TIMEOUT_S = 10.0
LOOK_S = 3.0
# Who asks holds the database's write lock: after one question without an answer the next ones do not wait.
SILENT_S = 5.0
_AGAIN_S = 0.02
_WORDS: dict[Fault, Sentence] = {
    "absent": Sentence("signer-absent"),
    "forbidden": Sentence("signer-forbidden"),
    "silent": Sentence("signer-silent"),
}


@dataclass(frozen=True)
class Proof:
    """By what a person proves that he asks: a typed code, or a passkey's answer (JSON). `person` `root`: the kernel
    proves it.
    """

    person: str
    code: str = ""
    passkey: str = ""


BY_ROOT = Proof(ROOT)


@dataclass(frozen=True)
class Enrolment:
    """Who is enrolled at the signer. `asked`: what sounds must be asked for by one of them; `second`: which
    broadcasts somebody else must approve.
    """

    asked: bool = False
    people: Mapping[str, EnrolledPerson] = field(default_factory=dict)
    second: SecondRule = "never"


@dataclass(frozen=True)
class AskedStanding:
    """`asked`: whether it matters. `known`: of those named, what may be signed; `waiting`: what a second person must
    approve first; `ended`: what was taken back; `still`: all that was signed and may not be left out.
    """

    asked: bool
    known: frozenset[str]
    ended: frozenset[str]
    still: frozenset[str]
    waiting: frozenset[str] = frozenset()


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
        """Raises the counters to what signed states (raw envelopes by device) say is held; returns all counters."""
        text = {device: raw.decode("utf-8", "replace") for device, raw in states.items()}
        return self._ask(Request(do="raise_to", states=text)).counters

    def people(self) -> Enrolment:
        """Who is enrolled, and whether what sounds must be asked for. Raises SignerUnreachable."""
        reply = self._ask(Request(do="people"), LOOK_S)
        return Enrolment(reply.asked, {one.person: one for one in reply.people}, reply.second or "never")

    def standing(self, kind: PlayKind, ids: Iterable[str]) -> AskedStanding:
        """How these plays or alarms stand with the signer. Raises SignerUnreachable."""
        reply = self._ask(Request(do="standing", kind=kind, ids=tuple(ids)))
        known, ended, still, waiting = map(frozenset, (reply.known, reply.ended, reply.still, reply.waiting))
        return AskedStanding(reply.asked, known, ended, still, waiting)

    def ask(self, asked: Asked, proof: Proof) -> None:
        """A person's order, before it is signed. Raises SignerRefused, SignerUnreachable."""
        payload = asked.to_json().decode()
        code, passkey = proof.code[:64], proof.passkey[: 16 << 10]
        self._ask(Request(do="ask", payload=payload, person=proof.person, code=code, passkey=passkey))

    def challenge(self, asked: Asked, person: str, origin: str) -> str:
        """What a browser is to ask of this person's passkeys for this order, JSON. Raises SignerRefused."""
        payload = asked.to_json().decode()
        return self._ask(Request(do="challenge", payload=payload, person=person, origin=origin[:300])).text

    def invited(self, person: str, code: str, origin: str) -> str:
        """What a browser is to ask of a passkey that is to be new, JSON. Raises SignerRefused."""
        return self._ask(Request(do="invited", person=person, code=code[:64], origin=origin[:300])).text

    def enrol_passkey(self, person: str, code: str, answer: str) -> None:
        """Keeps the new passkey; the one-time code is used up. Raises SignerRefused."""
        self._ask(Request(do="enrol_passkey", person=person, code=code[:64], passkey=answer[: 16 << 10]))

    def as_root(
        self,
        do: Roots,
        person: str = "",
        *,
        code: str = "",
        alarms: bool = True,
        approves: bool = False,
        commune: str = "",
        rule: str = "",
    ) -> Reply:
        """What root alone may do. Raises SignerRefused, also where this process is not root."""
        payload = commune or rule
        request = Request(do=do, person=person, code=code[:64], alarms=alarms, approves=approves, payload=payload)
        return self._ask(request)

    def keep_head(self, number: int, sha256: str) -> None:
        """Tells the signer how the office's log ends now. Raises SignerUnreachable."""
        self._ask(Request(do="keep_head", number=number, sha256=sha256), LOOK_S)

    def heads(self) -> tuple[LogHead, ...]:
        """The ends of the log that the signer was told, which must still be in the log. Raises SignerUnreachable."""
        return self._ask(Request(do="heads"), LOOK_S).heads

    def trouble(self) -> SignerUnreachable | None:
        """Why the signer cannot sign anything now; None where it can. Asks it, for at most 3 s."""
        try:
            self._ask(Request(do="ready"), LOOK_S)
        except SignerUnreachable as error:
            return error
        except SignerRefused as error:
            return SignerUnreachable(words_of(error), "broken")
        return None

    def _ask(self, request: Request, timeout: float = TIMEOUT_S) -> Reply:
        if time.monotonic() < self._silent_until:
            raise SignerUnreachable(_WORDS["silent"], "silent")
        try:
            reply = self._once(request, timeout) or self._once(request, timeout)
        except TimeoutError as error:
            self._silent_until = time.monotonic() + SILENT_S
            raise SignerUnreachable(_WORDS["silent"], "silent") from error
        except (SignerUnreachable, SignerRefused):
            raise
        except OSError as error:
            raise _unreachable(error) from error
        if reply is None:
            raise SignerUnreachable(Sentence("signer-hung-up"), "broken")
        if reply.fault is not None:
            raise SignerUnreachable(_WORDS.get(reply.fault, reply.words), reply.fault)
        if reply.words:
            raise SignerRefused(reply.words)
        return reply

    def _once(self, request: Request, timeout: float) -> Reply | None:
        """None where it hung up without a word, as it does in a crowd: asked again, it gives the same answer."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            _connect(connection, self._path, timeout)
            try:
                send(connection, request)
                return _answer(connection, timeout)
            except (BrokenPipeError, ConnectionResetError):
                return None


def _connect(connection: socket.socket, path: Path, timeout: float) -> None:
    until = time.monotonic() + timeout
    connection.settimeout(timeout)
    while True:
        try:
            with socket_address(path) as address:
                return connection.connect(address)
        except BlockingIOError:
            # So many knock that the kernel holds no more of them; there is nothing to wait on but time.
            if time.monotonic() > until:
                raise TimeoutError("the signer takes no more connections") from None
            time.sleep(_AGAIN_S)


def _answer(connection: socket.socket, within: float) -> Reply | None:
    try:
        return receive(connection, Reply, within=within)
    except SignerRefused as error:
        # No answer of ours: another program's, or another release's.
        raise SignerUnreachable(words_of(error), "broken") from error


def _unreachable(error: OSError) -> SignerUnreachable:
    if error.errno in (errno.EACCES, errno.EPERM):
        return SignerUnreachable(_WORDS["forbidden"], "forbidden")
    if error.errno in (errno.ENOENT, errno.ECONNREFUSED, errno.ENOTDIR, errno.EPIPE, errno.ECONNRESET):
        return SignerUnreachable(_WORDS["absent"], "absent")
    return SignerUnreachable(Sentence("signer-not-reached", why=os_reason(error)), "broken")


def _find(counters: Iterable[Counter], kind: str, epoch: int, audience: str) -> int:
    return next((c.version for c in counters if (c.kind, c.epoch, c.audience) == (kind, epoch, audience)), 0)
