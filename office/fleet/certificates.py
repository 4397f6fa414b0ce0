"""Which TLS certificate each device was given, and a new one for a device that asks with its signing key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from langso.contract import CertificateAnswer, CertificateRequest
from langso.device.certificates import COURIER_DAYS, DEVICE_DAYS, check_csr, public_key_of, sign_csr, until_of
from langso.device.paired_devices import PairedDevice, read_device
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.trust import Refused, parse_payload, read_sealed
from langso.trust.errors import CertificateError
from langso.words.catalogue import Sentence, words_of
from office.errors import RenewalRefused
from office.people.audit import Audit
from office.places import OfficeHome

MAX_REQUEST = 8 << 10
MOST_A_DAY = 10
How = Literal["pairing", "renewal"]


@dataclass(frozen=True)
class Given:
    """One certificate that was given: to which device, when, valid until when, and on what occasion."""

    device: str
    issued: datetime
    until: datetime
    how: How


class DeviceCertificates:
    """The record, in the office's database; thread-safe through its store."""

    def __init__(self, store: Store, home: OfficeHome, clock: Clock) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._audit = Audit(store, clock)

    def now(self) -> datetime:
        """The office's time; the trust document's where the office's clock is behind it, since certificates made then
        would be invalid at once.
        """
        return max(self._clock.now(), self._home.trust().trust.issued)

    def note(self, device: str, certificate: bytes, how: How) -> None:
        """Keeps that this certificate was given. Raises CertificateError."""
        key = hashlib.sha256(public_key_of(certificate)).hexdigest()
        self._store.db.execute(
            "INSERT INTO certificates (device, key_sha256, how, issued_at, until, pem) VALUES (?, ?, ?, ?, ?, ?)",
            [device, key, how, self.now().isoformat(), until_of(certificate).isoformat(), certificate.decode()],
        )

    def given(self, device: str) -> list[Given]:
        """All certificates that a device was given, the newest first."""
        rows = self._store.db.execute(
            "SELECT issued_at, until, how FROM certificates WHERE device = ? ORDER BY id DESC", [device]
        ).fetchall()
        return [Given(device, datetime.fromisoformat(row[0]), datetime.fromisoformat(row[1]), row[2]) for row in rows]

    def renew(self, raw: bytes) -> bytes:
        """The answer to a device's request. An expired certificate is renewed too: the signing key proves who asks,
        and a device is kept out by revoking it. The same request gets the same certificate.

        Raises RenewalRefused, NotInitialised.
        """
        device, request, sha256 = self._read(raw)
        with self._store.transaction() as db:
            now = self.now()
            key = hashlib.sha256(_public(request.csr)).hexdigest()
            rows = db.execute(
                "SELECT key_sha256, pem, issued_at, until FROM certificates WHERE device = ? ORDER BY id DESC",
                [device.id],
            ).fetchall()
            days = COURIER_DAYS if device.courier else DEVICE_DAYS
            fresh = bool(rows) and datetime.fromisoformat(rows[0][3]) - now > timedelta(days=days / 2)
            if fresh and rows[0][0] == key:
                return _answer(sha256, str(rows[0][1]), datetime.fromisoformat(rows[0][2]))
            if any(row[0] == key for row in rows[1:]):
                # Else an old request, heard or copied, would bring a stolen old key back to life.
                raise RenewalRefused(Sentence("fleet-key-replaced"), 409)
            since = (now - timedelta(days=1)).isoformat()
            today = db.execute(
                "SELECT count(*) FROM certificates WHERE device = ? AND how = 'renewal' AND issued_at > ?",
                [device.id, since],
            ).fetchone()[0]
            if today >= MOST_A_DAY:
                raise RenewalRefused(Sentence("fleet-renewed-too-often"), 429)
            try:
                certificate = sign_csr(self._home.authority(), request.csr.encode(), device.id, now=now, days=days)
            except CertificateError as error:
                raise RenewalRefused(words_of(error), 400) from error
            self.note(device.id, certificate, "renewal")
            ended = datetime.fromisoformat(rows[0][3]) if rows else now
            if ended < now:
                # A time and no words: the log is read in whatever language, years later.
                self._audit.write(device.id, "certificate", device.id, ended.isoformat(timespec="minutes"))
        return _answer(sha256, certificate.decode(), now)

    def _read(self, raw: bytes) -> tuple[PairedDevice, CertificateRequest, str]:
        try:
            sealed = read_sealed(raw, "certificate-request", limit=MAX_REQUEST)
            # Read before it is verified: the device it names tells with which key.
            request = parse_payload(sealed.payload, CertificateRequest)
            device = read_device(self._home.devices, request.device)
            if device is None:
                raise RenewalRefused(Sentence("fleet-not-paired"), 403)
            sealed.require([device.public], 1)
        except Refused as refused:
            if refused.reason in ("forged", "threshold"):
                raise RenewalRefused(Sentence("fleet-other-key"), 403) from refused
            raise RenewalRefused(Sentence("fleet-request-malformed"), 400) from refused
        trust = self._home.trust().trust
        if request.commune not in trust.communes:
            raise RenewalRefused(Sentence("fleet-other-commune"), 403)
        if device.id in trust.revoked:
            raise RenewalRefused(Sentence("fleet-device-revoked"), 403)
        return device, request, sealed.sha256


def _public(csr: str) -> bytes:
    try:
        return check_csr(csr.encode()).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except CertificateError as error:
        raise RenewalRefused(words_of(error), 400) from error


def _answer(request: str, certificate: str, made: datetime) -> bytes:
    return CertificateAnswer(request=request, certificate=certificate, made=made).to_json()
