"""TLS towards the office: its certificates judged by the time that is proven, its name apart from its address.

OpenSSL judges validity by the wall clock, and a Pi without a battery wakes in 1970 or in 2099: it could then never
reach the office that would tell it the time. So OpenSSL checks the chain, the name and the purpose, and the dates are
checked here: by the wall clock where it is trusted, exactly as OpenSSL would; else only against the earliest time
that it can be, since a certificate that ended before that has surely ended. Nothing else is weaker.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from langso.durable.files import read_limited
from langso.timekeeping.known_time import KnownTime, wall_time

MAX_PEM = 64 << 10
"""More than any certificate with its key."""
NOT_YET_VALID, EXPIRED = 9, 10
"""OpenSSL's X509_V_ERR_* codes, as in `SSLCertVerificationError.verify_code`."""
_NO_CHECK_TIME = 0x200000
_MAX_AUTHORITIES = 1 << 20


def certificate_fault(begins: datetime, ends: datetime, known: KnownTime) -> int | None:
    """OpenSSL's error code where a certificate valid from `begins` to `ends` cannot be valid now, else None. Pure."""
    if ends < known.earliest:
        return EXPIRED
    if known.exact and begins > known.earliest:
        return NOT_YET_VALID
    return None


class OfficeContext(ssl.SSLContext):
    """A client's context (TLS >= 1.2, chain and name checked) that judges dates by `known_time`.

    `server_name`: the name that the certificate must bear, whatever address is connected to; None: the one given.
    """

    known_time: Callable[[], KnownTime]
    server_name: str | None

    def __new__(cls, *_: Any, **__: Any) -> OfficeContext:
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, known_time: Callable[[], KnownTime] = wall_time, *, server_name: str | None = None) -> None:
        self.known_time = known_time
        self.server_name = server_name
        self.minimum_version = ssl.TLSVersion.TLSv1_2
        self.verify_flags = ssl.VerifyFlags(self.verify_flags | _NO_CHECK_TIME)
        self.sslsocket_class = _CheckedSocket

    def wrap_socket(self, sock: socket.socket, *arguments: Any, **more: Any) -> ssl.SSLSocket:
        """As the base; blocking, and under `server_name` where there is one."""
        if self.server_name is not None:
            more["server_hostname"] = self.server_name
        return super().wrap_socket(sock, *arguments, **more)

    def wrap_bio(self, *_: Any, **__: Any) -> ssl.SSLObject:
        """Not offered: such a handshake would skip the check of dates."""
        raise NotImplementedError("OfficeContext checks dates on sockets only")


def office_context(
    ca: Path | None, known: Callable[[], KnownTime] = wall_time, *, server_name: str | None = None
) -> OfficeContext:
    """Trusts `ca` alone (None: the system's authorities). Raises FileRefused, ssl.SSLError."""
    context = OfficeContext(known, server_name=server_name)
    if ca is None:
        context.load_default_certs()
    else:
        # Read by us: OpenSSL would wait at a pipe, and read on in a file without an end.
        text = read_limited(ca, _MAX_AUTHORITIES).decode("latin-1")
        context.load_verify_locations(cadata=text.encode("ascii", "replace").decode("ascii"))
    return context


def load_pair(context: ssl.SSLContext, certificate: bytes, key: bytes | None = None) -> None:
    """Uses this certificate and key (PEM; `key` None: it is in the same file) from now on. Raises ssl.SSLError.

    OpenSSL takes file names only, and the file of that name may have been replaced since it was read.
    """
    with _in_memory(certificate) as shown, _in_memory(key or b"") as secret:
        # No password: asking for one would block a machine without a person.
        context.load_cert_chain(shown, None if key is None else secret, password="")


@contextlib.contextmanager
def _in_memory(content: bytes) -> Iterator[str]:
    descriptor = os.memfd_create("pem", os.MFD_CLOEXEC)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        yield f"/proc/self/fd/{descriptor}"


class _CheckedSocket(ssl.SSLSocket):
    """Nothing is said over it before the dates of the whole chain have been judged."""

    def do_handshake(self, block: bool = False) -> None:
        super().do_handshake(block)
        context = self.context
        assert isinstance(context, OfficeContext)
        fault = _first_fault(_chain(self), context.known_time())
        if fault is not None:
            with contextlib.suppress(OSError):
                self.shutdown(socket.SHUT_RDWR)
            raise _refused(fault)


def _chain(sock: ssl.SSLSocket) -> list[bytes]:
    """The verified chain, DER, the root included. Python names it publicly from 3.13 on."""
    public = getattr(sock, "get_verified_chain", None)
    if public is not None:
        return list(public())
    inner: Any = sock._sslobj  # type: ignore[attr-defined]
    return [ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in inner.get_verified_chain()]


def _first_fault(chain: Iterable[bytes], known: KnownTime) -> int | None:
    for der in chain:
        one = x509.load_der_x509_certificate(der)
        fault = certificate_fault(one.not_valid_before_utc, one.not_valid_after_utc, known)
        if fault is not None:
            return fault
    return None


def _refused(code: int) -> ssl.SSLCertVerificationError:
    said = "certificate has expired" if code == EXPIRED else "certificate is not yet valid"
    error = ssl.SSLCertVerificationError(1, f"certificate verify failed: {said}")
    error.verify_code, error.verify_message = code, said
    return error
