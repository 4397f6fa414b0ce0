"""The office's half of pairing: a request's file in, an answer's file out, the device's key kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from langso.pairing import Addresses, answer_request, read_request
from langso.settings_model import Settings, is_loopback
from langso.trust import PairingError
from office.fleet import Fleet
from office.home import OfficeHome
from office.registry import RESERVED, read_device


@dataclass(frozen=True)
class Answered:
    """The answer to carry back, the id given, and the twelve digits that a person compares."""

    answer: bytes
    device: str
    short_code: str


def short_code_of(raw_request: bytes) -> str:
    """The twelve digits of a request, to be compared before it is answered. Raises PairingError."""
    return read_request(raw_request).short_code


def answer(
    raw_request: bytes,
    settings: Settings,
    fleet: Fleet,
    now: datetime,
    *,
    device: str | None = None,
    replace: bool = False,
    addresses: Addresses | None = None,
) -> Answered:
    """Registers the device and answers. `device`: the id given (default: its wish); `replace`: another machine of
    that name gives way. Raises PairingError, CertificateError, NotInitialised.
    """
    read = read_request(raw_request)
    id = device or read.request.device
    if id in RESERVED:
        raise PairingError(f"Tên «{id}» dành riêng cho máy của xã; hãy chọn tên khác cho thiết bị.")
    home = OfficeHome(settings)
    known = read_device(home.devices, id)
    if known is not None and known.public != read.public and not replace:
        raise PairingError(
            f"Đã có thiết bị tên «{id}»; hãy chọn tên khác, hoặc thêm --replace nếu đây là máy thay thế."
        )
    raw = answer_request(
        read,
        commune=settings.commune.code,
        commune_name=settings.commune.name,
        device=id,
        root=home.roots,
        ca=home.authority(),
        addresses=addresses or addresses_of(settings),
        now=now,
        trust=home.trust_bundle(),
    )
    fleet.register(id, read.request.role, read.request.place, read.request.village, read.public)
    return Answered(raw, id, read.short_code)


def addresses_of(settings: Settings) -> Addresses:
    """Where devices reach this office. A broker that the office calls localhost is at the office's public name."""
    url = settings.office.public_url or f"http://{settings.office.host}:{settings.office.port}"
    public = urlsplit(url).hostname or settings.link.host
    broker = public if is_loopback(settings.link.host) else settings.link.host
    return Addresses(
        broker_host=broker,
        broker_port=settings.link.port,
        media_url=url,
        office_url=url,
        age_recipient=OfficeHome(settings).age_recipient(),
    )
