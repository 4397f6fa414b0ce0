"""What the fuzz begins with: for each door a few inputs as they really come, which are then damaged."""

from __future__ import annotations

import base64
import io
import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pyrage

from firmware_bridge.wire import codes
from firmware_bridge.wire import messages as wire
from firmware_bridge.wire.reports import Envelope, Error, InputChange, Telemetry
from kiosk.shell.packing import Packer
from kiosk.shell.told import Alive
from langso.codes import emv
from langso.contract import (
    Catalogue,
    DeviceOrder,
    DocumentReceipt,
    IssuerRule,
    Media,
    Occurrence,
    Order,
    Plan,
    Presence,
    Programme,
    Receipt,
    Receipts,
    ReceiptsAck,
    State,
    TargetSet,
    Topics,
    Urgent,
    UrgentOrder,
)
from langso.contract.base import Message
from langso.contract.documents import Caps, Fee, Procedure, QuietHours, VouchedAccount
from langso.contract.reports import ClockReport, EndedReceipt, HealthLine, Held, StartedReceipt, Storage
from langso.contract.sentences import kept
from langso.courier.letters import Letter, mark_of
from langso.device.certificates import make_ca, make_tls_key
from langso.device.pairing_files import Addresses, answer_request, make_request, read_request
from langso.trust import SigningKey, make_bundle, make_root, make_trust, root_keys, seal, threshold_of
from langso.trust.issuing import trust_document
from langso.trust.roots.age_identity import SealedIdentity, make_lock
from langso.trust.roots.ceremony import keyholders
from langso.trust.roots.key_file import encrypt, public_part
from langso.trust.roots.passphrase_cipher import QUICK
from langso.trust.roots.proposal import Proposal
from langso.words.catalogue import Sentence
from office.signer.wire import Request

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=14)
ROOT, OFFICE, VILLAGE = (SigningKey.generate() for _ in range(3))
HEAD: dict[str, Any] = {
    "issuer": "office",
    "audience": "*",
    "commune": "xa-mau",
    "epoch": 1,
    "version": 7,
    "issued": NOW,
    "expires": LATER,
}
MEDIA = Media(sha256="ab" * 32, size=10, duration_ms=1000, codec="opus")
RECIPIENT = "age1" + "q" * 58
_PHRASE = "duong ve thon bay mua lua chin"


def of(kind: str) -> tuple[bytes, ...]:
    """JSON documents of a kind, sealed where they come sealed."""
    return _documents()[kind]


def plan() -> Plan:
    """A plan with something in each table."""
    return Plan(
        **HEAD,
        until=LATER,
        media=(MEDIA, MEDIA.model_copy(update={"sha256": "cd" * 32})),
        programmes=(
            Programme(id="p1", title="Bản tin sáng", media=(0, 1), chime=1, volume=70),
            Programme(id="p2", title="Nhắc việc", media=(1,), broadcast_class="priority", after_cut="restart"),
        ),
        target_sets=(TargetSet(devices=("*",)), TargetSet(devices=("loa-1", "loa-2"))),
        occurrences=tuple(
            Occurrence(id=f"o{n}", programme=n % 2, targets=n % 2, start=NOW + timedelta(hours=n)) for n in range(4)
        ),
    )


def urgent() -> Urgent:
    """One order of each kind."""
    times: dict[str, Any] = {"issued": NOW, "expires": NOW + timedelta(hours=1)}
    return Urgent(
        **HEAD,
        orders=(
            UrgentOrder(id="u1", action="play", media=(MEDIA,), repeat=3, title="Lũ về", **times),
            UrgentOrder(id="u2", action="relay", stream="https://phat.vn/a", broadcast_class="normal", **times),
            UrgentOrder(id="u3", action="stop", ends=("o1", "*"), **times),
            UrgentOrder(id="u4", action="all_clear", ends=("*",), **times),
        ),
    )


def order() -> Order:
    """With settings, orders and what was received."""
    orders = (
        DeviceOrder(id="d1", action="test_sound", expires=LATER),
        DeviceOrder(id="d2", action="nonce_answer", nonce="0f" * 16, expires=LATER),
    )
    head = HEAD | {"audience": "loa-1"}
    return Order(**head, settings={"volume": 35}, orders=orders, received=("H29.16-250701-0001",))


def rules() -> list[IssuerRule]:
    """Office and a village."""
    return [
        IssuerRule(
            name="office",
            signers=threshold_of([OFFICE]),
            epoch=1,
            kinds=("plan", "urgent", "catalogue", "order", "ack"),
            classes=("normal", "priority", "emergency"),
            grants=("relay",),
        ),
        IssuerRule(
            name="thon-1",
            signers=threshold_of([VILLAGE]),
            epoch=1,
            kinds=("plan", "urgent"),
            classes=("normal",),
            places=("thon-1",),
            minutes_a_day=30,
        ),
    ]


@cache
def _documents() -> dict[str, tuple[bytes, ...]]:
    dates: dict[str, Any] = {"issued": NOW, "expires": NOW + timedelta(days=365)}
    account = VouchedAccount(id="le-phi", bin="970415", number="113366668888", holder="UBND XA MAU", purpose="fees")
    caps = Caps(volume=80, minutes_a_day=300, quiet_hours=(QuietHours(start="21:00", end="05:00"),))
    trust = trust_document("xa-mau", rules(), version=3, root_version=1, **dates)
    trust = trust.model_copy(update={"caps": caps, "accounts": (account,), "relay_hosts": ("phat.vn",)})
    second = SigningKey.generate()
    link = make_root("xa-mau", root_keys([second], 1, 2), old_keys=[ROOT], new_keys=[second], **dates)
    sealed_trust = make_trust("xa-mau", rules(), [ROOT], version=1, **dates)
    root_key = encrypt(SigningKey.generate(), _PHRASE, commune="xa-mau", holder="Chủ tịch xã", now=NOW, cost=QUICK)
    identity = pyrage.x25519.Identity.generate()
    lock = make_lock(str(identity), _PHRASE, kind="officer", who="lan", now=NOW, cost=QUICK)
    device = SigningKey.generate()
    request = make_request(
        device, make_tls_key(), device="loa-1", role="speaker", place="Thôn 1", village=None, now=NOW
    )
    answer = answer_request(
        read_request(request),
        commune="xa-mau",
        commune_name="Xã Mẫu",
        device="loa-1",
        root=root_keys([ROOT]),
        ca=make_ca("Xã Mẫu", now=NOW),
        addresses=Addresses("van-phong.lan", 8883, "http://van-phong.lan:8080", "https://van-phong.lan"),
        now=NOW,
        trust=make_bundle(sealed_trust),
    )
    proposal = Proposal(
        commune="xa-mau",
        commune_name="Xã Mẫu",
        made=NOW,
        base=None,
        root=threshold_of([root_key.public]),
        root_version=1,
        trust=trust.model_copy(update={"version": 1}).to_json().decode(),
        next_root=None,
        holders=keyholders([root_key]),
    )
    made: dict[str, Iterable[Message]] = {
        "plan": [plan()],
        "urgent": [urgent()],
        "order": [order()],
        "catalogue": [_catalogue()],
        "trust": [trust],
        "ack": [
            ReceiptsAck(issuer="office", device="loa-1", commune="xa-mau", journal="0a" * 16, through=9, written=NOW)
        ],
        "state": [_state()],
        "receipt": _receipts(),
        "receipts": [_batch()],
        "presence": [Presence(device="loa-1", online=True, boot="0b" * 16, since=NOW)],
        "root-key": [root_key],
        "public-part": [public_part(root_key)],
        "proposal": [proposal],
        "identity": [SealedIdentity(recipient=RECIPIENT, locks=(lock,))],
    }
    raw = {kind: tuple(message.to_json() for message in messages) for kind, messages in made.items()}
    raw["root"] = (seal_payload(link),)
    raw["bundle"] = (make_bundle(sealed_trust), make_bundle(sealed_trust, (link,)))
    raw["pairing-request"] = (request,)
    raw["answer"] = (answer,)
    raw["sentence"] = tuple(
        filter(
            None,
            (_kept(Sentence("media-card-full")), _kept(Sentence("media-full", full=Sentence("media-card-full")))),
        )
    )
    raw["signer"] = tuple(
        one.model_dump_json(exclude_defaults=True).encode()
        for one in (
            Request(do="sign", kind="plan", payload=plan().to_json().decode()),
            Request(do="raise_to", states={"loa-1": "{}"}),
            Request(do="keep_head", number=4, sha256="0" * 64),
            Request(do="ask", person="lan", code="123456", payload="{}", origin="https://xa-mau.local"),
        )
    )
    return raw


def seal_payload(envelope: bytes) -> bytes:
    """What is inside an envelope."""
    return base64.b64decode(json.loads(envelope)["payload"])


def _kept(sentence: Sentence) -> bytes | None:
    text = kept(sentence)
    return None if text is None else text.encode()


def _catalogue() -> Catalogue:
    procedure = Procedure(
        code="1.000234", name="Đăng ký khai sinh", papers=("Giấy chứng sinh",), fee=Fee(amount=0, text="Miễn lệ phí")
    )
    return Catalogue(**HEAD, commune_name="Xã Mẫu", procedures=(procedure,), age_recipient=RECIPIENT)


def _state() -> State:
    held = Held(kind="plan", issuer="office", epoch=1, version=7, sha256="0" * 64)
    line = HealthLine(name="library", level="warn", why="thiếu 2 tệp", code="media-wanting", parameters={"count": 2})
    return State(
        device="loa-1",
        role="speaker",
        commune="xa-mau",
        boot="0b" * 16,
        number=12,
        written=NOW,
        software="0.3.0",
        held=(held,),
        clock=ClockReport(trusted=True, reason="ntp", proven_until=LATER),
        storage=Storage(free=1 << 30, total=1 << 34),
        health=(line,),
        journal="0a" * 16,
        receipts_through=9,
        understands=("plan", "urgent"),
    )


def _receipts() -> list[Receipt]:
    bodies: tuple[Any, ...] = (
        DocumentReceipt(
            document="plan", issuer="office", outcome="stored", version=7, sha256="0" * 64, media_ready=1
        ),
        DocumentReceipt(document="order", issuer="x", outcome="refused", reason="forged", why="Không có chữ ký."),
        StartedReceipt(occurrence="o1", planned=NOW, error_ms=0.25, kind="plan", issuer="office", epoch=1),
        EndedReceipt(occurrence="o1", outcome="played", heard_ms=1000, title="Bản tin", kind="plan"),
    )
    return [Receipt(number=n, previous="0" * 64, written=NOW, body=body) for n, body in enumerate(bodies, 1)]


def _batch() -> Receipts:
    lines = tuple(one.to_json().decode() for one in _receipts())
    return Receipts(device="loa-1", commune="xa-mau", journal="0a" * 16, lines=lines)


@cache
def envelopes() -> tuple[bytes, ...]:
    """Sealed plans, by one key and by two."""
    return (seal(plan(), "plan", [OFFICE]), seal(b"{}", "plan", [OFFICE, VILLAGE]))


@cache
def frames() -> tuple[bytes, ...]:
    """Every message of the serial link, and several in a row."""
    level = wire.Level(2, 7, 0, ("fm", "ip", "line"))
    said: tuple[Any, ...] = (
        wire.Hello(1, (0, 3, 0), "pico", 1, b"\1\2\3\4\5\6\7\x08", ("amp", "lamp"), ("horn",), 60000, level),
        wire.Connect(0xDEADBEEF, 1, 2),
        wire.SetOutput(0, True, 5000),
        wire.KeepAlive(3, 5000),
        wire.Ping(77),
        wire.Select(1, 5000, True),
        wire.Ack(3, 1, 1, 0, 123456, 77, 1),
        wire.Nak(2, codes.BAD_LEASE),
        Telemetry(1, 1, 0, 12000, 251, 800, 123456, 0, 0, 1, 0),
        Telemetry(1, 1, 0, 12000, 251, 800, 123456, 0, 0),
        Error(codes.LEASE_EXPIRED, 0),
        Envelope(123456, 50, ((10, 20), (30, codes.UNKNOWN))),
        InputChange(codes.INPUT_TALK, 5, 99),
    )
    single = tuple(message.frame(n).to_bytes() for n, message in enumerate(said))
    return (*single, b"".join(single), *(bytes([message.type, 0]) + message.pack() for message in said))


def topics() -> tuple[bytes, ...]:
    """One of each."""
    made = Topics("xa-mau")
    device = [made.device("loa-1", leaf) for leaf in ("order", "presence", "state", "receipts", "receipts/ack")]
    return tuple(topic.encode() for topic in (made.trust, made.plan, made.catalogue, made.urgent("thon-1"), *device))


def letters() -> tuple[bytes, ...]:
    """Names of files on a stick."""
    mark = mark_of(3, b"x")
    made = [Letter("trust"), Letter("plan"), Letter("urgent", issuer="office"), Letter("order", device="loa-1")]
    made += [Letter("ack", device="loa-1", mark=mark), Letter("receipts", device="loa-1", mark=mark)]
    return (*(letter.name.encode() for letter in made), b"../../etc/passwd", b"PLAN~1.JSO", b"._plan.json")


def qr_codes() -> tuple[bytes, ...]:
    """Of each kind that a camera reads."""
    pay = emv.write(emv.VietQr("970415", "113366668888", 20000, bill="HD12", name="UBND XA MAU"))
    card = "001095000001|012345678|Người Mẫu|05031995|Nam|Thôn Mẫu, Hà Nội|10052021"
    health = (
        "GD4010100000001|" + "Người Mẫu".encode().hex() + "|05/03/1995|1|" + "Xã Mẫu".encode().hex() + "|01 - 001|"
    )
    link = "https://dichvucong.gov.vn/tra-cuu?ma=H29.16-250701-0001"
    return tuple(text.encode() for text in (pay, card, health, link, "H29.16-250701-0001", "WIFI:T:WPA;S:x;P:y;;"))


def hosts() -> tuple[bytes, ...]:
    """Host headers."""
    return (b"xa-mau.local", b"xa-mau.local:8443", b"192.168.1.9:8443", b"[fe80::1]:80", b"localhost", b"[::1%eth0]")


def forms() -> tuple[bytes, ...]:
    """Bodies of forms."""
    return (
        b"title=B%E1%BA%A3n+tin&day=22%2F11%2F2026&hour=17%3A00&minutes=5&to=loa-1&to=loa-2",
        b"mark=0123456789abcdef&text=" + b"%E1%BB%87" * 40 + b"&minutes=&title",
    )


def days() -> tuple[bytes, ...]:
    """Day and time, with a T between them."""
    return (b"22/11/2026T17:00", b"22.11T17h30", b"22112026T1730", b"2026-11-22T7:05:30", b"1-1T7g")


def typed() -> tuple[bytes, ...]:
    """Codes that a person reads from somewhere."""
    return (b"123 456", b"123456 789012", b"1234-5678-9012-3456", "１２３４５６".encode(), b"12345a")


def settings() -> tuple[bytes, ...]:
    """Settings files."""
    text = (
        '[commune]\ncode = "xa-mau"\nname = "Xã Mẫu"\n[device]\nid = "loa-1"\nrole = "speaker"\nvillage = "thon-1"\n'
        '[link]\nhost = "127.0.0.1"\nport = 8883\n[clock]\ntrust = "auto"\n'
        '[speaker]\nsound = "alsa"\nsink = "default"\n'
        'volume = 80\n[paths]\nstate = "state"\nrun = "run"\n'
    )
    return (text.encode(), b"[a.b]\nc=[1,{d='''x'''}]\n")


@cache
def packed() -> tuple[bytes, ...]:
    """What a visit says to the shell."""
    made = []
    values: tuple[Any, ...] = (
        ("a", 1, 2.5, None, True, [1, 2], {"k": (1,)}, {3}, frozenset({4})),
        Sentence("media-card-full"),
        Sentence("media-full", full=Sentence("media-card-full")),
        Alive(),
        {"words": "ệ" * 300, "numbers": [random.Random(1).randrange(1 << 30) for _ in range(20)]},
    )
    for value in values:
        out = io.BytesIO()
        Packer(out, []).dump(value)
        made.append(out.getvalue())
    return tuple(made)
