"""DSSE envelopes over exact bytes: sealed, read strictly, and verified before the payload is parsed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import Signature  # type: ignore[attr-defined]  # re-exported without __all__

from langso.contract.base import MAX_DOCUMENT_BYTES, MAX_SIGNATURES, Message
from langso.trust.errors import Refused
from langso.trust.keys import SigningKey, key_id, verifier

SIGNATURE_BYTES = 64
_MOST_OBJECTS = 1 + MAX_SIGNATURES
_MOST_COMMAS = 2 + 2 * MAX_SIGNATURES
_KEY_ID = re.compile("[0-9a-f]{64}")
_KIND = re.compile("[a-z][a-z0-9-]{0,63}")
Model = TypeVar("Model", bound=BaseModel)


def payload_type(kind: str) -> str:
    """`application/vnd.langso.<kind>.v1+json`. Raises ValueError where `kind` is no kind."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"not a kind: {kind!r}")
    return f"application/vnd.langso.{kind}.v1+json"


def seal(payload: bytes | Message, kind: str, keys: Sequence[SigningKey]) -> bytes:
    """Signs exact bytes (a model's canonical JSON) with every key: the DSSE envelope as JSON bytes.

    Raises ValueError with no key, a key twice or more than 16, Refused("too_large") above 1 MiB, and
    Refused("malformed") for a model whose text is not NFC: no device would open it.
    """
    if isinstance(payload, Message):
        payload = payload.to_json()
        strict_json(payload)
    return _signed(Envelope(payload, payload_type(kind), {}), keys)


def countersign(raw: bytes, kind: str, keys: Sequence[SigningKey]) -> bytes:
    """Adds signatures to a sealed document, as root key holders do in turn. Raises as seal and read_sealed."""
    return _signed(read_sealed(raw, kind).envelope(), keys)


def open_sealed(raw: bytes, kind: str, public_keys: Sequence[bytes], threshold: int = 1) -> bytes:
    """The exact payload, once `threshold` distinct keys (raw 32 bytes) have signed it; else raises Refused."""
    sealed = read_sealed(raw, kind)
    sealed.require(public_keys, threshold)
    return sealed.payload


@dataclass(frozen=True)
class Sealed:
    """A well-formed envelope, not yet verified. `signatures` maps key ids to 64 raw bytes."""

    payload: bytes
    kind: str
    signatures: tuple[tuple[str, bytes], ...]

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the exact payload: what "same bytes" means for versions."""
        return hashlib.sha256(self.payload).hexdigest()

    def envelope(self) -> Envelope:
        """As securesystemslib's envelope."""
        signatures = {name: Signature(name, signature.hex()) for name, signature in self.signatures}
        return Envelope(self.payload, payload_type(self.kind), signatures)

    def signed_by(self, public_keys: Iterable[bytes]) -> frozenset[str]:
        """Ids of those of the keys (raw 32 bytes) whose signature verifies."""
        named = {name for name, _ in self.signatures}
        distinct = {key_id(public): public for public in public_keys}
        good: set[str] = set()
        envelope = self.envelope()
        for name in named & distinct.keys():
            try:
                good |= envelope.verify([verifier(distinct[name])], 1).keys()
            except VerificationError:
                continue
        return frozenset(good)

    def require(self, public_keys: Iterable[bytes], threshold: int) -> None:
        """Raises Refused("forged") where none of the keys signed, Refused("threshold") where too few did."""
        if threshold < 1:
            raise ValueError("a threshold is at least 1")
        found = len(self.signed_by(public_keys))
        if found == 0:
            raise Refused("forged", f"{self.kind}: no signature of a known key")
        if found < threshold:
            raise Refused("threshold", f"{self.kind}: {found} of {threshold} signatures")


def read_sealed(raw: bytes, kind: str, *, limit: int = MAX_DOCUMENT_BYTES) -> Sealed:
    """Reads the envelope strictly without trusting it: Refused("too_large") or Refused("malformed")."""
    if len(raw) > limit:
        raise Refused("too_large", f"{kind}: {len(raw)} bytes, at most {limit}")
    # Before anybody is known to have signed it: no envelope has more of these, and reading a million takes its time.
    if not raw.isascii() or raw.count(b"{") > _MOST_OBJECTS or raw.count(b",") > _MOST_COMMAS:
        _malformed("not a DSSE envelope")
    fields = strict_json(raw)
    if not isinstance(fields, dict) or fields.keys() != {"payload", "payloadType", "signatures"}:
        _malformed("not a DSSE envelope")
    if fields["payloadType"] != payload_type(kind):
        _malformed(f"payload type is not {payload_type(kind)}")
    listed = fields["signatures"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MAX_SIGNATURES:
        _malformed(f"not 1-{MAX_SIGNATURES} signatures")
    signatures: dict[str, bytes] = {}
    for entry in listed:
        if not isinstance(entry, dict) or entry.keys() != {"keyid", "sig"}:
            _malformed("a signature is not {keyid, sig}")
        name = entry["keyid"]
        if not isinstance(name, str) or not _KEY_ID.fullmatch(name):
            _malformed("a key id is not a SHA-256")
        if name in signatures:
            _malformed("a key id is listed twice")
        signatures[name] = _base64(entry["sig"])
        if len(signatures[name]) != SIGNATURE_BYTES:
            _malformed("a signature is not 64 bytes")
    return Sealed(_base64(fields["payload"]), kind, tuple(signatures.items()))


def parse_payload(payload: bytes, model: type[Model]) -> Model:
    """A verified payload as its model: strict JSON, NFC text, strict types. Raises Refused("malformed")."""
    strict_json(payload)
    try:
        return model.model_validate_json(payload, strict=True)
    except (ValidationError, ValueError, RecursionError) as error:
        raise Refused("malformed", f"{model.__name__}: {str(error)[:500]}") from error


def strict_json(raw: bytes) -> object:
    """JSON in UTF-8 and NFC without duplicate keys, NaN or Infinity. Raises Refused("malformed")."""
    try:
        text = raw.decode("utf-8")
        if not unicodedata.is_normalized("NFC", text):
            _malformed("text is not NFC")
        parsed: object = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("malformed", f"not strict JSON: {str(error)[:200]}") from error
    return parsed


def _signed(envelope: Envelope, keys: Sequence[SigningKey]) -> bytes:
    if not keys or len({key.key_id for key in keys}) != len(keys):
        raise ValueError("sign with at least one key, each once")
    for key in keys:
        envelope.sign(key.signer())
    if len(envelope.signatures) > MAX_SIGNATURES:
        raise ValueError(f"at most {MAX_SIGNATURES} signatures")
    raw = json.dumps(envelope.to_dict(), separators=(",", ":")).encode()
    if len(raw) > MAX_DOCUMENT_BYTES:
        raise Refused("too_large", f"{len(raw)} bytes, at most {MAX_DOCUMENT_BYTES}")
    return raw


def _base64(text: object) -> bytes:
    if not isinstance(text, str):
        _malformed("base64 is not text")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("malformed", "not base64") from error
    # Spare bits before the padding would give one payload several spellings.
    if base64.b64encode(data).decode() != text:
        _malformed("base64 is not canonical")
    return data


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key is listed twice")
    return fields


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _malformed(detail: str) -> NoReturn:
    raise Refused("malformed", detail)
