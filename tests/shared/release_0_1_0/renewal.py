"""How a device's TLS certificate is renewed without a visit, over HTTP: `POST /devices/certificate`.

The request is sealed with the device's signing key (kind `certificate-request`), which outlives any certificate: so a
device whose certificate has ended while it was switched off still proves who it is.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from .base import Message, Moment, Sha256, Slug

Pem = Annotated[str, StringConstraints(max_length=16 << 10, pattern="^-----BEGIN ")]


class CertificateRequest(Message):
    """What a device asks: a certificate for the key in `csr` (PKCS #10, PEM), a key it has not been certified for."""

    kind: Literal["certificate-request"] = "certificate-request"
    device: Slug
    commune: Slug
    csr: Pem
    made: Moment


class CertificateAnswer(Message):
    """What the office returns. Not signed: the certificate is checked against the pairing's authority and the key.

    `request`: SHA-256 of the request's payload; `made`: when the office issued it, by its clock.
    """

    kind: Literal["certificate-answer"] = "certificate-answer"
    request: Sha256
    certificate: Pem
    made: Moment
