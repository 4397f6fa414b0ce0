"""Devices of an office that renew their certificates, on whatever day."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from langso.contract import CertificateRequest
from langso.device.certificate_renewal import Renewer
from langso.device.certificates import make_csr, make_tls_key
from langso.device.office_line import OfficeLine
from langso.device.pairing import Paired, begin_pairing, finish_pairing
from langso.timekeeping.clock import SystemClock
from langso.timekeeping.known_time import KnownTime
from langso.trust import SigningKey, seal
from office.fleet.pairing import addresses_of
from office.fleet.pairing import answer as office_answer

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass
class Served:
    """The office's pages, really served."""

    url: str
    world: Any


def pair(world: Any, state: Path, device: str = "loa-1", **more: Any) -> Paired:
    raw = begin_pairing(state, device=device, role="speaker", now=NOW)
    here = addresses_of(world.settings, here=True)
    answered = office_answer(raw, world.settings, world.office.fleet, NOW, addresses=here, **more)
    return finish_pairing(state, answered.answer)


def request(paired: Paired, key: bytes | None = None, **fields: Any) -> bytes:
    """As the device asks."""
    device = paired.answer.device
    content = {
        "device": device,
        "commune": paired.answer.commune,
        "csr": make_csr(key or make_tls_key(), device).decode(),
        "made": NOW,
    }
    asked = CertificateRequest.model_validate(content | fields)
    return seal(asked, asked.kind, [SigningKey.load(paired.signing_key)])


def renewer(paired: Paired, url: str, days: float = 0, **more: Any) -> Renewer:
    """On the device, so many days from now."""
    line = OfficeLine(known=lambda: KnownTime(datetime.now(UTC) + days * DAY, exact=True))
    return Renewer(paired, url, line, SystemClock(), **more)


def usable(paired: Paired) -> bytes:
    """The file's certificate, once key and certificate fit each other."""
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(paired.certificate, paired.tls_key, password="")
    return paired.certificate.read_bytes()
