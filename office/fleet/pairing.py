"""The office's half of pairing: reads a request's file, makes the answer's file, keeps the device's key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from langso.device.certificates import COURIER_DAYS, DEVICE_DAYS
from langso.device.lan import lan_addresses
from langso.device.paired_devices import RESERVED, read_device
from langso.device.pairing_files import Addresses, ReadRequest, answer_request, read_answer, read_request
from langso.settings.model import Settings, is_loopback
from langso.trust import PairingError
from langso.words.catalogue import Sentence
from office.fleet.devices import Fleet
from office.founding.console_ca import console_names
from office.founding.doors import device_addresses
from office.places import OfficeHome

CODE_TRIES = 5
"""How often a person may mistype: of a million million codes, five guesses are nothing."""


@dataclass(frozen=True)
class Answered:
    """The answer to carry back, the id that was given, and the twelve digits that a person compares."""

    answer: bytes
    device: str
    short_code: str


def code_mistake(typed: str, read: ReadRequest) -> Sentence | None:
    """What is wrong with the twelve digits that a person typed for a request; None where they are right."""
    digits, wanted = digits_of(typed), digits_of(read.short_code)
    if len(digits) != len(wanted):
        return Sentence("fleet-code-length", typed=len(digits))
    if digits != wanted:
        return Sentence("fleet-code-other", device=read.request.device)
    return None


def digits_of(text: str) -> str:
    """Only the digits of a typed code, however they were grouped."""
    return "".join(letter for letter in text if letter in "0123456789")


def refuse_revoked(home: OfficeHome, device: str) -> None:
    """Raises PairingError for a revoked name: pairing it is useless until the root keys have restored it."""
    if device in home.trust().trust.revoked:
        raise PairingError(Sentence("fleet-name-revoked", device=device))


def answer(
    raw_request: bytes,
    settings: Settings,
    fleet: Fleet,
    now: datetime,
    *,
    device: str | None = None,
    replace: bool = False,
    addresses: Addresses | None = None,
    courier: bool = False,
) -> Answered:
    """Registers the device and answers. `device`: the id given (default: its wish); `replace`: another machine of
    that name gives way; `courier`: only a courier reaches it, so its certificate holds longer.

    Raises PairingError, CertificateError, NotInitialised.
    """
    read = read_request(raw_request)
    id = device or read.request.device
    if id in RESERVED:
        raise PairingError(Sentence("fleet-name-reserved", device=id))
    home = OfficeHome(settings)
    refuse_revoked(home, id)
    known = read_device(home.devices, id)
    if known is not None and known.public != read.public and not replace:
        raise PairingError(Sentence("fleet-name-taken", device=id))
    raw = answer_request(
        read,
        commune=settings.commune.code,
        commune_name=settings.commune.name,
        device=id,
        root=home.roots,
        ca=home.authority(),
        addresses=addresses or addresses_of(settings),
        now=max(now, fleet.certificates.now()),
        trust=home.trust_bundle(),
        days=COURIER_DAYS if courier else DEVICE_DAYS,
    )
    fleet.register(id, read.request.role, read.request.place, read.request.village, read.public, courier=courier)
    fleet.certificates.note(id, read_answer(raw).certificate.encode(), "pairing")
    return Answered(raw, id, read.short_code)


def addresses_of(settings: Settings, host: str | None = None, *, here: bool = False) -> Addresses:
    """Where devices reach this office. `host`: its name or address on their network; None: as `office_host` says.

    Names that mean each machine itself are refused, unless the device runs `here` (a trial). Raises PairingError.
    """
    public = urlsplit(settings.office.public_url or "").hostname
    named = host or (public or "localhost" if here else office_host(settings))
    broker = named if is_loopback(settings.link.host) else settings.link.host
    media, office = device_addresses(settings, named)
    if is_loopback(broker) and not here:
        raise PairingError(
            Sentence("fleet-address-here", address=broker, names=", ".join(console_names(settings.office).all))
        )
    if any(is_loopback(urlsplit(url).hostname or "") for url in (media, office)) and not here:
        raise PairingError(Sentence("fleet-public-url-here", url=settings.office.public_url))
    if settings.office.https == "off" and settings.office.public_url is None and is_loopback(settings.office.host):
        if not here:
            raise PairingError(Sentence("fleet-console-here"))
    elif settings.office.https in ("own", "files") and named not in console_names(settings.office).all:
        raise PairingError(
            Sentence("fleet-name-uncertified", name=named, names=", ".join(console_names(settings.office).all))
        )
    return Addresses(
        broker_host=broker,
        broker_port=settings.link.port,
        media_url=media,
        office_url=office,
        age_recipient=OfficeHome(settings).age_recipient(),
        noted=() if here else tuple(one for one in lan_addresses() if one != named),
    )


def office_host(settings: Settings) -> str:
    """What devices may call this office: the name chosen, that of its public address, or this machine's own."""
    public = urlsplit(settings.office.public_url or "").hostname or ""
    if public and not is_loopback(public) and settings.office.https in ("off", "proxy"):
        return public
    return console_names(settings.office).first
