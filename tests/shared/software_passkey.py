"""A passkey in software, as a browser's answers would carry it: `from software_passkey import SoftwarePasskey`."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

USER_PRESENT, USER_VERIFIED = 0x01, 0x04


@dataclass
class SoftwarePasskey:
    """One key of a person at one address. `count`: goes up with each signature; `flags`: touched, finger seen."""

    origin: str = "http://localhost:8080"
    count: int = 0
    flags: int = USER_PRESENT | USER_VERIFIED
    cross_origin: bool = False
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def enrol(self, options: str) -> str:
        """The answer to `navigator.credentials.create`."""
        asked = json.loads(options)
        credential = AttestedCredentialData.create(
            Aaguid.NONE, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(_rp_hash(asked["rp"]["id"]), self.flags | 0x40, self.count, bytes(credential))
        attested = AttestationObject.create("none", data, {})
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer({"clientDataJSON": _text(client), "attestationObject": _text(bytes(attested))})

    def touch(self, options: str, *, rp_id: str | None = None) -> str:
        """The answer to `navigator.credentials.get`."""
        asked = json.loads(options)
        self.count += 1
        data = AuthenticatorData.create(_rp_hash(rp_id or asked["rpId"]), self.flags, self.count)
        client = self._client("webauthn.get", asked["challenge"])
        signed = self.key.sign(bytes(data) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": _text(client), "authenticatorData": _text(bytes(data)), "signature": _text(signed)}
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        said: dict[str, Any] = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps({**said, "crossOrigin": self.cross_origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps(
            {
                "id": _text(self.id),
                "rawId": _text(self.id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )


def _rp_hash(rp_id: str) -> bytes:
    return hashlib.sha256(rp_id.encode()).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
