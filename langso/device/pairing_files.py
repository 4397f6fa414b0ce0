"""The two files that a pairing carries: the device's request and the office's answer, made and read."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from langso.contract import Message, Moment, Threshold
from langso.contract.base import Hex128, KeyHex, OneLine, Sha256, Slug
from langso.contract.renewal import Pem
from langso.device.certificates import DEVICE_DAYS, Certified, check_csr, make_csr, sign_csr
from langso.trust.envelope import parse_payload, read_sealed, seal, strict_json
from langso.trust.errors import PairingError, Refused
from langso.trust.keys import RootKeys, SigningKey, short_code
from langso.words.catalogue import Sentence

MAX_REQUEST_BYTES = 32 << 10
MAX_ANSWER_BYTES = 2 << 20
Built = TypeVar("Built", bound=BaseModel)
Role = Literal["speaker", "kiosk", "bridge"]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=300)]


class PairingRequest(Message):
    """What a device asks, sealed (kind `pairing-request`) with its new signing key. `device`: the id it
    would like.
    """

    kind: Literal["pairing-request"] = "pairing-request"
    device: Slug
    role: Role
    place: OneLine = ""
    village: Slug | None = None
    public_key: KeyHex
    csr: Pem
    nonce: Hex128
    made: Moment


class PairingAnswer(Message):
    """What the office returns for one request (`request`: SHA-256 of its payload): identity, root, TLS, addresses.

    `noted`: the office's addresses at that time, tried where its name leads nowhere; TLS is under `broker_host` there
    too. `trust`: the bundle of that time, so that plans brought by hand can be verified before it first connects.
    `alone` (since 0.3.0): there is no office to connect to.
    """

    kind: Literal["pairing-answer"] = "pairing-answer"
    request: Sha256
    commune: Slug
    commune_name: OneLine = ""
    device: Slug
    role: Role
    village: Slug | None = None
    root: Threshold
    root_version: Annotated[int, Field(ge=1, lt=1 << 53)] = 1
    ca: Pem
    certificate: Pem
    broker_host: Host
    broker_port: Annotated[int, Field(ge=1, le=65535)]
    media_url: Url
    office_url: Url
    age_recipient: Annotated[str, StringConstraints(pattern="^age1[a-z0-9]{20,100}$")] | None = None
    noted: Annotated[tuple[Host, ...], Field(max_length=8)] = ()
    trust: Annotated[str, StringConstraints(max_length=1 << 20)] | None = None
    alone: bool | None = None
    made: Moment


@dataclass(frozen=True)
class ReadRequest:
    """A request whose signature holds, with its payload's SHA-256; `short_code`: twelve digits for
    people to compare.
    """

    request: PairingRequest
    sha256: str

    @property
    def public(self) -> bytes:
        """The device's raw public key, for the office to keep."""
        return bytes.fromhex(self.request.public_key)

    @property
    def short_code(self) -> str:
        """As shown by the device: see `short_code`."""
        return short_code(self.sha256)


@dataclass(frozen=True)
class Addresses:
    """Where the office is reached."""

    broker_host: str
    broker_port: int
    media_url: str
    office_url: str
    age_recipient: str | None = None
    noted: tuple[str, ...] = ()


def make_request(
    signing: SigningKey, tls: bytes, *, device: str, role: Role, place: str, village: str | None, now: datetime
) -> bytes:
    """On the device: the sealed request for these two new keys. Raises PairingError."""
    request = _model(
        lambda: PairingRequest(
            device=device,
            role=role,
            place=place,
            village=village,
            public_key=signing.public.hex(),
            csr=make_csr(tls, device).decode(),
            nonce=secrets.token_hex(16),
            made=now,
        )
    )
    return seal(request, request.kind, [signing])


def read_request(raw: bytes) -> ReadRequest:
    """At the office: a request, once it is signed by the very key it presents. Raises PairingError.

    Whose key it is only a person can say: compare the short code with the device's.
    """
    try:
        sealed = read_sealed(raw, "pairing-request", limit=MAX_REQUEST_BYTES)
        # The only document read before it is verified: the key it must verify with is inside.
        request = parse_payload(sealed.payload, PairingRequest)
        sealed.require([bytes.fromhex(request.public_key)], 1)
    except Refused as refused:
        raise PairingError(Sentence("pairing-request-damaged")) from refused
    check_csr(request.csr.encode())
    return ReadRequest(request, sealed.sha256)


def answer_request(
    read: ReadRequest,
    *,
    commune: str,
    commune_name: str,
    device: str,
    root: RootKeys,
    ca: Certified,
    addresses: Addresses,
    now: datetime,
    trust: bytes | None = None,
    days: int = DEVICE_DAYS,
    alone: bool = False,
) -> bytes:
    """At the office: the answer file for a request. `device`: the id given, which may differ from the wish; `days`:
    how long its certificate holds; `alone`: nobody is to be connected to. Raises PairingError, CertificateError.
    """
    certificate = sign_csr(ca, read.request.csr.encode(), device, now=now, days=days)
    answer = _model(
        lambda: PairingAnswer(
            request=read.sha256,
            commune=commune,
            commune_name=commune_name,
            device=device,
            role=read.request.role,
            village=read.request.village,
            root=Threshold(keys=tuple(key.hex() for key in root.keys), threshold=root.threshold),
            root_version=root.version,
            ca=ca.certificate.decode(),
            certificate=certificate.decode(),
            broker_host=addresses.broker_host,
            broker_port=addresses.broker_port,
            media_url=addresses.media_url,
            office_url=addresses.office_url,
            age_recipient=addresses.age_recipient,
            noted=addresses.noted[:8],
            trust=None if trust is None else trust.decode(),
            alone=alone or None,
            made=now,
        )
    )
    return answer.to_json()


def read_answer(raw: bytes) -> PairingAnswer:
    """Parses an answer file. Raises PairingError. It is checked against its request by `finish_pairing`."""
    if len(raw) > MAX_ANSWER_BYTES:
        raise PairingError(Sentence("pairing-answer-too-large"))
    try:
        strict_json(raw)
        return parse_payload(raw, PairingAnswer)
    except Refused as refused:
        raise PairingError(Sentence("pairing-answer-damaged")) from refused


def _model(build: Callable[[], Built]) -> Built:
    try:
        return build()
    except ValidationError as error:
        wrong = ", ".join(sorted({str(mistake["loc"][0]) for mistake in error.errors() if mistake["loc"]}))
        raise PairingError(Sentence("pairing-unusable", wrong=wrong)) from error
