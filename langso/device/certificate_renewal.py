"""A device keeps its TLS certificate alive by itself: it asks the office in time, and puts key and certificate in
place in one rename. What it asks with is its signing key, so a certificate that has ended bars nothing.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

from langso.contract import CertificateAnswer, CertificateRequest
from langso.contract.health import Check
from langso.contract.sentences import CODE_HEADER, answered
from langso.device.certificates import check_certificate, make_csr, make_tls_key
from langso.device.office_line import OfficeLine
from langso.device.pairing import Paired
from langso.device.tls_identity import TLS_FILE, Identity, identity_file, read_identity
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.errors import LangsoError
from langso.timekeeping import dates
from langso.timekeeping.clock import Clock
from langso.timekeeping.worker_thread import WorkerThread
from langso.trust.envelope import read_sealed, seal
from langso.trust.errors import CertificateError
from langso.trust.keys import SigningKey
from langso.words.catalogue import Sentence, Words, t, words_of

log = logging.getLogger(__name__)

PATH = "/devices/certificate"
PENDING = "next-tls.key"
MAX_ANSWER = 64 << 10
MAX_FILE = 64 << 10
TIMEOUT_S = 20.0
LOOK_S, END_S = 3600.0, 2.0
FIRST_WAIT_S, LONGEST_WAIT_S, LONGEST_ENDED_S = 60.0, 12 * 3600.0, 900.0
VISIT_STATUS = 403
_AGAIN = Sentence("certificates-pair-again")


class RenewalFault(LangsoError, RuntimeError):
    """The office gave no certificate that can be used; `visit`: only a new pairing helps."""

    def __init__(self, text: Words, *, visit: bool = False) -> None:
        self.visit = visit
        super().__init__(text)


class Renewer:
    """Looks once an hour, and at once when `refused` (the broker's word about our certificate) turns true.

    `renewed` is called on its thread when a new certificate is in place. One for each pairing: it writes into the
    folder that is in force when it is made, never into that of a later pairing.
    """

    def __init__(
        self,
        paired: Paired,
        office_url: str,
        line: OfficeLine,
        clock: Clock,
        *,
        refused: Callable[[], bool] = lambda: False,
        renewed: Callable[[], None] = lambda: None,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._folder = paired.folder.resolve()
        self._answer = paired.answer
        self._key = SigningKey.load(paired.signing_key)
        self._ca = read_limited(paired.ca, MAX_FILE)
        self._url = office_url
        self._line = line
        self._clock = clock
        self._refused = refused
        self._renewed = renewed
        self._spread = spread
        self._failures = 0
        self._fault: RenewalFault | None = None
        self._not_before = float("-inf")
        self._thread = WorkerThread("certificate", self._run)

    def start(self) -> None:
        """Begins to look after it in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Ends; a request under way is given up."""
        self._thread.stop(END_S)

    def hurry(self) -> None:
        """Something has changed (the line is back, the broker refuses us): look now, ask within a minute."""
        if self._fault is not None and not self._fault.visit:
            soon = self._clock.monotonic() + FIRST_WAIT_S * self._spread()
            self._not_before = min(self._not_before, soon)
        self._thread.wake()

    def due(self) -> bool:
        """Whether a new one is wanted now."""
        identity = self._identity()
        return identity is None or identity.due(self._answer.device, self._line.known()) or self._refused()

    def renew(self) -> None:
        """Asks once and puts what comes in place. Raises RenewalFault, FileRefused."""
        key = self._pending_key()
        request = CertificateRequest(
            device=self._answer.device,
            commune=self._answer.commune,
            csr=make_csr(key, self._answer.device).decode(),
            made=self._clock.now(),
        )
        raw = seal(request, request.kind, [self._key])
        answer = self._ask(raw)
        if answer.request != read_sealed(raw, request.kind).sha256:
            raise RenewalFault(Sentence("certificates-other-request"))
        certificate = answer.certificate.encode()
        try:
            check_certificate(certificate, self._ca, key, self._answer.device)
            until = read_identity(certificate).until
        except CertificateError as error:
            raise RenewalFault(words_of(error)) from error
        known, before = self._line.known(), self._identity()
        if until <= known.earliest or (before is not None and until < before.until and not self._refused()):
            raise RenewalFault(Sentence("certificates-shorter"))
        write_atomic(self._folder / TLS_FILE, identity_file(key, certificate, answer.made))
        (self._folder / PENDING).unlink(missing_ok=True)
        log.info("a new certificate, until %s", until.isoformat())
        self._renewed()

    def check(self) -> Check:
        """Health line `certificate`: until when, and whether somebody must come."""
        identity = self._identity()
        if identity is None:
            return Check.warning("certificate", t("certificates-own-unreadable"), _AGAIN)
        known, until = self._line.known(), dates.local(identity.until)
        ended = identity.until <= known.earliest
        if self._fault is not None and self._fault.visit:
            return Check.bad("certificate", t("certificates-not-renewed", fault=self._fault), _AGAIN)
        if ended:
            return Check.bad(
                "certificate",
                t("certificates-over", until=dates.plain_date(until), why=self._why()),
                t("certificates-asks-again"),
            )
        if identity.due(self._answer.device, known):
            return Check.warning(
                "certificate",
                t("certificates-ending", until=dates.plain_date(until), why=self._why()),
                t("certificates-look-at-network", until=dates.plain_date(until)),
            )
        return Check.good("certificate", t("certificates-until", until=dates.plain_date(until)))

    def _run(self) -> None:
        while not self._thread.stopping:
            wait = LOOK_S
            try:
                wait = self._round()
            except Exception:
                # A disk or a library at fault must not end it: the device would fall silent months later.
                log.exception("the certificate was not looked after")
            self._thread.sleep(wait)

    def _round(self) -> float:
        """Seconds until the next look."""
        if not self.due():
            self._failures, self._fault = 0, None
            return LOOK_S
        left = self._not_before - self._clock.monotonic()
        if left > 0:
            return left
        try:
            self.renew()
        except (RenewalFault, FileRefused) as fault:
            if str(fault) != str(self._fault or ""):
                log.warning("no new certificate: %s", fault)
            self._fault = fault if isinstance(fault, RenewalFault) else RenewalFault(words_of(fault))
            self._failures += 1
            identity = self._identity()
            ended = self._refused() or (identity is not None and identity.until <= self._line.known().earliest)
            most = LONGEST_ENDED_S if ended and not self._fault.visit else LONGEST_WAIT_S
            wait = min(most, FIRST_WAIT_S * 2.0 ** min(self._failures - 1, 20)) * (0.5 + self._spread() / 2)
            self._not_before = self._clock.monotonic() + wait
            return wait
        self._failures, self._fault = 0, None
        # Should the broker refuse the new one too, asking again soon would help nobody.
        self._not_before = self._clock.monotonic() + LONGEST_WAIT_S
        return LOOK_S

    def _pending_key(self) -> bytes:
        """The next key, kept until it is certified: the office's answer may be lost on the way."""
        file = self._folder / PENDING
        try:
            key = read_limited(file, MAX_FILE)
            make_csr(key, self._answer.device)
        except (FileRefused, CertificateError):
            key = make_tls_key()
            write_atomic(file, key)
        return key

    def _ask(self, raw: bytes) -> CertificateAnswer:
        try:
            with (
                self._line.client(self._url, timeout=TIMEOUT_S) as client,
                client.stream("POST", self._url.rstrip("/") + PATH, content=raw) as got,
            ):
                body = b""
                for piece in got.iter_bytes():
                    body += piece
                    if len(body) > MAX_ANSWER:
                        raise RenewalFault(Sentence("certificates-answer-too-long"))
        except (httpx.HTTPError, OSError) as error:
            where = urlsplit(self._url).netloc
            raise RenewalFault(
                Sentence("certificates-office-unreached", where=where, name=type(error).__name__)
            ) from error
        if got.status_code != 200:
            said = body.decode("utf-8", "replace").strip()[:300]
            spoken = got.headers.get("content-type", "").startswith("text/plain") and said
            why: Words = Sentence("certificates-office-says", status=got.status_code)
            if spoken:
                why = answered(got.headers.get(CODE_HEADER), said)
            raise RenewalFault(why, visit=got.status_code == VISIT_STATUS and bool(spoken))
        try:
            return CertificateAnswer.model_validate_json(body)
        except ValidationError as error:
            raise RenewalFault(Sentence("certificates-answer-malformed")) from error

    def _identity(self) -> Identity | None:
        both = self._folder / TLS_FILE
        try:
            # A pairing made by an older langso has the certificate in a file of its own.
            return read_identity(read_limited(both if both.exists() else self._folder / "certificate.pem", MAX_FILE))
        except (FileRefused, CertificateError):
            return None

    def _why(self) -> str:
        return f" ({self._fault})" if self._fault is not None else ""
