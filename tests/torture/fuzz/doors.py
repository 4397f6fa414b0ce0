"""Every parser of what comes from outside: what it is fed, with what it may refuse, what has to hold of the rest."""

from __future__ import annotations

import io
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

from pydantic import BaseModel

from firmware_bridge.wire.errors import WireError
from firmware_bridge.wire.frames import MAX_ENCODED, Decoder, LinkFrame
from firmware_bridge.wire.messages import read_message
from kiosk.errors import LineFault
from kiosk.shell.packing import unpack
from langso.codes import parse
from langso.codes.describe import describe
from langso.codes.payee import payee
from langso.contract import Catalogue, Order, Plan, Presence, Receipt, Receipts, ReceiptsAck, State, Topics, Urgent
from langso.contract.documents import RootDocument, TrustBundle, TrustDocument
from langso.contract.sentences import read_kept
from langso.courier.letters import read_letter
from langso.device.pairing_files import read_answer, read_request
from langso.errors import LangsoError
from langso.settings.errors import SettingsError
from langso.settings.reading import parse_settings
from langso.trust import Refused, parse_payload, read_sealed
from langso.trust.roots.age_identity import read_sealed_identity
from langso.trust.roots.key_file import read_public_part, read_root_key
from langso.trust.roots.proposal import read_proposal
from office.errors import OfficeError
from office.signer.asked.codes import typed
from office.signer.wire import Request, receive
from office.web.forms import moment_of, read_form
from office.web.hosts import is_ours
from tests.torture.fuzz import seeds
from tests.torture.fuzz.mutating import changed_bytes, changed_json

TODAY = date(2026, 11, 22)
Feed = Callable[[bytes], None]


@dataclass(frozen=True)
class Door:
    """`feed` raises one of `refusals` or nothing; all else is a fault. `share`: of a thousand runs; `json`: is
    changed as such.
    """

    name: str
    feed: Feed
    seeds: tuple[bytes, ...]
    share: int
    refusals: tuple[type[Exception], ...] = ()
    json: bool = False

    def input(self, dice: random.Random) -> bytes:
        """The next thing to feed it."""
        seed = dice.choice(self.seeds)
        if self.json and dice.random() < 0.6:
            seed = changed_json(dice, seed)
            if dice.random() < 0.8:
                return seed
        return changed_bytes(dice, seed, self.seeds)


@cache
def doors() -> tuple[Door, ...]:
    """All of them; their shares make a thousand."""
    json_door = partial(Door, json=True)
    made = (
        Door("serial frames", _frames, seeds.frames(), 230),
        Door("serial messages", _messages, seeds.frames(), 150, (WireError,)),
        Door("topics", _topic, seeds.topics(), 120),
        Door("names on a stick", _letter, seeds.letters(), 60),
        Door("QR payloads", _code, seeds.qr_codes(), 60),
        Door("host names", _host, seeds.hosts(), 60),
        Door("forms", _form, seeds.forms(), 60, (OfficeError,)),
        Door("days and times", _day, seeds.days(), 40, (OfficeError,)),
        Door("typed codes", _typed, seeds.typed(), 30),
        json_door("envelopes", _envelope, seeds.envelopes(), 40, (Refused,)),
        json_door("plans", _model(Plan), seeds.of("plan"), 20, (Refused,)),
        json_door("urgent", _model(Urgent), seeds.of("urgent"), 20, (Refused,)),
        json_door("orders", _model(Order), seeds.of("order"), 10, (Refused,)),
        json_door("catalogues", _model(Catalogue), seeds.of("catalogue"), 10, (Refused,)),
        json_door("trust", _model(TrustDocument), seeds.of("trust"), 15, (Refused,)),
        json_door("roots", _model(RootDocument), seeds.of("root"), 5, (Refused,)),
        json_door("bundles", _model(TrustBundle), seeds.of("bundle"), 5, (Refused,)),
        json_door("acknowledgements", _model(ReceiptsAck), seeds.of("ack"), 5, (Refused,)),
        json_door("states", _model(State), seeds.of("state"), 10, (Refused,)),
        json_door("batches of receipts", _model(Receipts), seeds.of("receipts"), 5, (Refused,)),
        json_door("receipts", _model(Receipt), seeds.of("receipt"), 15, (Refused,)),
        json_door("presence", _model(Presence), seeds.of("presence"), 5, (Refused,)),
        json_door("kept sentences", _kept, seeds.of("sentence"), 5),
        json_door("pairing answers", _reads(read_answer), seeds.of("answer"), 3, (LangsoError,)),
        json_door("pairing requests", _reads(read_request), seeds.of("pairing-request"), 2, (LangsoError,)),
        json_door("root keys", _reads(read_root_key), seeds.of("root-key"), 3, (LangsoError,)),
        json_door("public parts", _reads(read_public_part), seeds.of("public-part"), 2, (LangsoError,)),
        json_door("proposals", _reads(read_proposal), seeds.of("proposal"), 2, (LangsoError,)),
        json_door("sealed identities", _reads(read_sealed_identity), seeds.of("identity"), 3, (LangsoError,)),
        json_door("the signer's socket", _signer, seeds.of("signer"), 2, (LangsoError,)),
        Door("the visit's line", _line, seeds.packed(), 2, (LineFault,)),
        Door("settings", _settings, seeds.settings(), 1, (SettingsError,)),
    )
    assert sum(door.share for door in made) == 1000, sum(door.share for door in made)
    return made


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _frames(raw: bytes) -> None:
    decoder = Decoder()
    half = len(raw) // 2
    for frame in (*decoder.feed(raw[:half]), *decoder.feed(raw[half:])):
        assert LinkFrame.from_bytes(frame.to_bytes()[:-1]) == frame
    assert len(decoder._buffer) <= MAX_ENCODED


def _messages(raw: bytes) -> None:
    # Behind a sound checksum: noise alone never comes so far.
    message = read_message(LinkFrame(raw[0] & 15 if raw else 0, 0, raw[2:194]))
    assert read_message(LinkFrame(message.type, 0, message.pack())) == message


def _topic(raw: bytes) -> None:
    topics = Topics("xa-mau")
    topic = _text(raw)
    address = topics.read(topic)
    if address is None:
        return
    if address.device is not None:
        assert topics.device(address.device, address.leaf) == topic
    elif address.issuer is not None:
        assert topics.urgent(address.issuer) == topic
    else:
        assert topic == f"{topics.root}/{address.leaf}"


def _letter(raw: bytes) -> None:
    name = _text(raw)
    for direction in ("to-devices", "to-office"):
        letter = read_letter(direction, name)
        if letter is not None:
            assert (letter.name, letter.direction) == (name, direction)
            assert "/" not in name
            letter.topic(Topics("xa-mau"))


def _code(raw: bytes) -> None:
    parsed = parse(_text(raw))
    assert parsed.problems or parsed.kind != "unknown"
    parsed.as_json()
    describe(parsed)
    payee(parsed)


def _host(raw: bytes) -> None:
    is_ours(_text(raw), frozenset({"xa-mau.local", "localhost"}))


def _form(raw: bytes) -> None:
    form = read_form("application/x-www-form-urlencoded", raw)
    for name in ("title", "day", "minutes", "to"):
        form.one(name)
        form.text(name, 5000)
        form.many(name)
        form.number(name, 5, 0, 1440)


def _day(raw: bytes) -> None:
    day, _, clock = _text(raw).partition("T")
    moment_of(day, clock, TODAY)


def _typed(raw: bytes) -> None:
    found = typed(_text(raw))
    assert (found.kind == "wrong") == (not found.digits)
    assert found.digits.isascii()


def _envelope(raw: bytes) -> None:
    sealed = read_sealed(raw, "plan")
    sealed.envelope()
    assert all(len(signature) == 64 for _, signature in sealed.signatures)


def _model(model: type[BaseModel]) -> Feed:
    def feed(raw: bytes) -> None:
        found: Any = parse_payload(raw, model)
        # What was taken is written and read again as the same: nothing is understood in two ways.
        assert parse_payload(found.to_json(), model) == found

    return feed


def _reads(read: Callable[[bytes], object]) -> Feed:
    def feed(raw: bytes) -> None:
        read(raw)

    return feed


def _kept(raw: bytes) -> None:
    str(read_kept("như cũ", raw.decode("utf-8", "replace")))


def _signer(raw: bytes) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.settimeout(5)
        here.sendall(len(raw).to_bytes(4, "big") + raw)
        here.shutdown(socket.SHUT_WR)
        receive(there, Request)


def _line(raw: bytes) -> None:
    try:
        unpack(io.BytesIO(raw), [], trusted=False)
    except LineFault:
        raise
    except Exception as error:
        # As the line itself does: whatever a broken message makes of the reader is a fault of the line.
        if isinstance(error, MemoryError | SystemError):
            raise
        raise LineFault(str(error)) from error


def _settings(raw: bytes) -> None:
    parse_settings(raw)
