"""Why an MQTT connection failed, in words, and how long to wait before the next try; its TLS context."""

from __future__ import annotations

import random
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from langso.device.tls import EXPIRED, MAX_PEM, NOT_YET_VALID, load_pair, office_context
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.mqtt.reasons import Failure, Pace
from langso.settings.model import LinkSettings, is_loopback
from langso.timekeeping.known_time import KnownTime, wall_time
from langso.words.catalogue import Sentence, Words, words_of

_CLIENT_CERTIFICATE_ALERT = re.compile(r"ALERT_(\w*CERTIFICATE\w*|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)", re.I)


RETURNS_A_SECOND = 200
"""Logins by certificate that a small office's broker is to bear: one core of a Pi 4 does some 300 in a second."""
MOST_CROWD_S = 30.0
"""However large a fleet is said to be: a device that waits hears no alarm."""


@dataclass(frozen=True)
class Backoff:
    """Seconds before the next try, by pace. "soon": uniform in [0, min(cap, base * 2^n)]; "later": [cap/2, cap];
    "slow": [slow/2, slow]; "yield": [m/2, m], m = min(give_way, 2 * base * 2^n). n: failures (take-overs) before.

    Random, because otherwise all devices of a commune come back in the same second and overload the broker. `crowd`:
    seconds over which all who were cut off with us come back (`crowd_s`); "soon" spreads over no fewer.
    """

    base_s: float = 1.0
    cap_s: float = 20.0
    slow_s: float = 300.0
    give_way_s: float = 60.0

    def wait(
        self, attempt: int, *, pace: Pace = "soon", crowd: float = 0.0, spread: Callable[[], float] = random.random
    ) -> float:
        """``attempt``: failures in a row, or take-overs in a row for "yield"; from 1."""
        doubled = self.base_s * 2.0 ** min(max(attempt, 1) - 1, 30)
        match pace:
            case "soon":
                return max(crowd, min(self.cap_s, doubled)) * spread()
            case "later":
                most = self.cap_s
            case "slow":
                most = self.slow_s
            case "yield":
                most = min(self.give_way_s, 2 * doubled)
        return most * (0.5 + 0.5 * spread())

    @property
    def calm_s(self) -> float:
        """A connection that lasts longer than this proves that no second machine uses our name now."""
        return 2 * self.give_way_s


def crowd_s(devices: int | None) -> float:
    """Over how many seconds a fleet comes back to its broker; None: nobody has said how large it is."""
    return min(MOST_CROWD_S, (devices or 0) / RETURNS_A_SECOND)


@dataclass
class Contest:
    """Counts take-overs: another machine with our name logged in and we were cut off. Each waits longer each time."""

    calm_s: float
    times: int = 0
    why: Words = ""

    def ended(self, failure: Failure, up_s: float) -> None:
        """Tell it that a connection has ended which was up for ``up_s`` seconds (0: it never came up)."""
        if up_s > self.calm_s:
            self.times = 0
        if failure.reason == "taken_over":
            self.times += 1
            self.why = failure.why

    def lasts(self, up_s: float) -> bool:
        """Whether a connection that is up for ``up_s`` seconds may still be taken over by the other machine."""
        return self.times > 0 and up_s <= self.calm_s


class CertificateFile(OSError):
    """A certificate or key file cannot be used; the message names it."""


def tls_context(settings: LinkSettings, known: Callable[[], KnownTime] = wall_time) -> ssl.SSLContext | None:
    """TLS >= 1.2 that checks the broker's name and shows our certificate; None without ``ca``, on this machine only.

    The name is ``settings.host`` at whatever address, dates are judged by ``known``. Raises CertificateFile naming
    what is wanting. Read afresh for each connection: renewed files need no restart.
    """
    if settings.ca is None:
        if is_loopback(settings.host):
            return None
        # Never in clear over a wire, even where nobody set a certificate.
        raise CertificateFile(Sentence("mqtt-no-ca", host=settings.host))
    try:
        context = office_context(settings.ca, known, server_name=settings.host)
    except (OSError, ValueError) as error:
        raise CertificateFile(_file_sentence(settings.ca, error)) from error
    if settings.cert is not None and settings.key is not None:
        try:
            load_pair(context, read_limited(settings.cert, MAX_PEM), read_limited(settings.key, MAX_PEM))
        except (OSError, ValueError) as error:
            raise CertificateFile(_file_sentence(settings.cert, error)) from error
    return context


def from_error(error: Exception, settings: LinkSettings) -> Failure:
    """An exception of connecting, sorted into what a person can do about it."""
    where = f"{settings.host}:{settings.port}"
    match error:
        case CertificateFile():
            return Failure("certificate", words_of(error), pace="slow")
        case ssl.SSLCertVerificationError():
            if error.verify_code in (NOT_YET_VALID, EXPIRED):
                return Failure(
                    "clock",
                    Sentence("mqtt-certificate-not-now", where=where),
                )
            return Failure(
                "certificate",
                Sentence("mqtt-not-our-office", where=where, why=error.verify_message),
                pace="slow",
            )
        case ssl.SSLError():
            return from_log(str(error), settings) or Failure(
                "protocol", Sentence("mqtt-no-tls", where=where), pace="slow"
            )
        case socket.gaierror():
            return Failure("network", Sentence("mqtt-no-such-host", host=settings.host))
        case TimeoutError():
            return Failure("network", Sentence("mqtt-no-answer", where=where))
        case ConnectionRefusedError():
            return Failure("network", Sentence("mqtt-refused-connection", where=where))
    return Failure("network", Sentence("mqtt-way-lost", where=where))


def from_log(text: str, settings: LinkSettings) -> Failure | None:
    """The broker's TLS alert about our certificate: under TLS 1.3 it comes after the handshake, in a read."""
    if _CLIENT_CERTIFICATE_ALERT.search(text):
        return Failure(
            "certificate",
            Sentence("mqtt-certificate-refused", host=settings.host),
            pace="slow",
        )
    return None


def perhaps_a_clone(settings: LinkSettings) -> Failure:
    """The failure of being cut off soon after each login: perhaps a second device has our name. Tries again soon."""
    return Failure(
        "taken_over",
        Sentence("mqtt-cut-at-once", host=settings.host),
    )


def _file_sentence(path: Path, error: Exception) -> Sentence:
    cause = error.__cause__ if isinstance(error, FileRefused) else error
    if isinstance(cause, FileNotFoundError):
        return Sentence("mqtt-certificate-missing", path=path)
    if isinstance(cause, PermissionError):
        return Sentence("mqtt-certificate-no-right", path=path)
    return Sentence("mqtt-certificate-damaged", path=path)
