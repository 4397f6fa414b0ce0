"""Passkeys (WebAuthn): enrolled and verified by `fido2`; here only what an office asks of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from langso.words.catalogue import Sentence
from office.signer.errors import SignerRefused

MAX_ANSWER = 16 << 10
WAIT_MS = 120_000
_NOT_OURS = Sentence("signer-passkey-wrong")


@dataclass(frozen=True)
class Passkey:
    """`data`: the attested credential (id and public key, CBOR); `host`: the name (RP id) it was enrolled under;
    `count`: the highest signature count seen, 0 where it counts none.
    """

    data: bytes
    host: str
    count: int

    @property
    def id(self) -> str:
        """Its credential id in hex."""
        found: bytes = _credential(self.data).credential_id
        return found.hex()


def host_of(origin: str, origins: Iterable[str]) -> str:
    """The RP id under one of the console's own addresses. Raises SignerRefused for another address, or one at which
    browsers know no passkeys (an IP address, http over a network).
    """
    from fido2.rpid import verify_rp_id

    host = urlsplit(origin).hostname or ""
    if origin not in set(origins) or not verify_rp_id(host, origin) or host.replace(".", "").isdigit():
        raise SignerRefused(Sentence("signer-passkey-place", origin=origin[:100]))
    return host


def asking(host: str, challenge: bytes, keys: Iterable[Passkey]) -> str:
    """What the browser is to ask of the person's keys, JSON; the finger or PIN of the key is asked for."""
    options, _ = _server(host, ()).authenticate_begin(
        [_credential(key.data) for key in keys], "required", challenge=challenge
    )
    return json.dumps(dict(options.public_key))


def enrolling(host: str, challenge: bytes, person: str, keys: Iterable[Passkey]) -> str:
    """What the browser is to ask of a key that is to be new, JSON."""
    from fido2.webauthn import PublicKeyCredentialUserEntity

    user = PublicKeyCredentialUserEntity(id=person.encode(), name=person, display_name=person)
    options, _ = _server(host, ()).register_begin(
        user, [_credential(key.data) for key in keys], "preferred", "required", challenge=challenge
    )
    return json.dumps(dict(options.public_key))


def enrolled(host: str, origins: Iterable[str], challenge: bytes, answer: str) -> Passkey:
    """The new key. Raises SignerRefused for an answer to another challenge, place or question."""
    try:
        read = _read(answer)
        _whole_window(read)
        made = _server(host, origins).register_complete(_state(challenge), read)
        data = made.credential_data
        if data is None or not made.is_user_verified():
            raise ValueError("no credential")
        return Passkey(bytes(data), host, int(made.counter))
    except SignerRefused:
        raise
    except Exception as error:
        raise SignerRefused(_NOT_OURS) from error


def proven(origins: Iterable[str], challenge: bytes, keys: Iterable[Passkey], answer: str) -> Passkey:
    """The key that signed the challenge, with its new count. Raises SignerRefused; `signer-passkey-copied` where the
    count went back, as it does with a copy of the key.
    """
    held = list(keys)
    try:
        read = _read(answer)
        _whole_window(read)
        from fido2.webauthn import AuthenticationResponse

        said = AuthenticationResponse.from_dict(read)
        key = next(one for one in held if bytes.fromhex(one.id) == bytes(said.raw_id))
        _server(key.host, origins).authenticate_complete(_state(challenge), [_credential(key.data)], said)
        count = int(said.response.authenticator_data.counter)
    except Exception as error:
        raise SignerRefused(_NOT_OURS) from error
    if (count or key.count) and count <= key.count:
        raise SignerRefused(Sentence("signer-passkey-copied"))
    return Passkey(key.data, key.host, count)


def challenge_in(answer: str) -> bytes:
    """The challenge that this answer says it is to. Raises SignerRefused."""
    from fido2.utils import websafe_decode

    try:
        said = json.loads(websafe_decode(_read(answer)["response"]["clientDataJSON"]))["challenge"]
        found: bytes = websafe_decode(said)
        return found
    except Exception as error:
        raise SignerRefused(_NOT_OURS) from error


def _server(host: str, origins: Iterable[str]) -> Any:
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    allowed = frozenset(origins)
    server: Any = Fido2Server(
        PublicKeyCredentialRpEntity(id=host, name="Làng Số"), verify_origin=lambda origin: origin in allowed
    )
    server.timeout = WAIT_MS
    return server


def _state(challenge: bytes) -> dict[str, str]:
    from fido2.utils import websafe_encode

    return {"challenge": websafe_encode(challenge), "user_verification": "required"}


def _credential(data: bytes) -> Any:
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(data)


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > MAX_ANSWER:
        raise ValueError("too long")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise ValueError("no object")
    return read


def _whole_window(read: dict[str, Any]) -> None:
    """Not from within another site's page."""
    from fido2.utils import websafe_decode

    if json.loads(websafe_decode(read["response"]["clientDataJSON"])).get("crossOrigin"):
        raise ValueError("cross origin")
