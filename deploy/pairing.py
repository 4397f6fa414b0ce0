"""`langso pair`: a device and the office exchange two files (a USB stick, a phone) and compare twelve digits."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.time_source import follow_office
from langso.durable.files import write_atomic
from langso.durable.ownership import acting_as_owner
from langso.settings.reading import load_settings
from langso.terminal.asking import prompt
from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.timekeeping import dates
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from langso.device.pairing_files import ReadRequest
    from langso.settings.reading import Settings
    from office.fleet.pairing import Answered

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_BROKER = Path("/etc/langso/broker")
_BROKER_CERTIFICATE = "broker.pem"
_MAX_CERTIFICATE = 64 << 10


@click.group()
def pair() -> None:
    """Pair a device with the commune office by two files carried on a USB stick or a phone."""


@pair.command()
@settings_option
@click.option("-o", "--out", type=_FILE, required=True)
def request(settings_file: Path, out: Path) -> None:
    """On the device: make new keys and the pairing request."""
    from langso.device.pairing import begin_pairing
    from langso.device.pairing_files import read_request
    from langso.trust.errors import PairingError

    settings = load_settings(settings_file)
    if settings.device.role not in ("speaker", "kiosk", "bridge"):
        raise PairingError(Sentence("pair-only-devices"))
    raw = begin_pairing(
        settings.paths.state,
        device=settings.device.id,
        role=settings.device.role,
        place=settings.device.place,
        village=settings.device.village,
        now=datetime.now(UTC),
        carried=out.name,
    )
    write_atomic(out, raw, mode=0o644)
    say(t("pair-written", out=out, code=read_request(raw).short_code))
    say(t("pair-take-along"))


@pair.command()
@click.argument("answer_file", type=_FILE)
@settings_option
def finish(answer_file: Path, settings_file: Path) -> None:
    """On the device: take the office's answer and use it at once."""
    from langso.device.pairing import finish_pairing
    from langso.device.pairing_files import MAX_ANSWER_BYTES
    from langso.durable.files import read_limited

    settings = load_settings(settings_file)
    paired = finish_pairing(
        settings.paths.state, read_limited(answer_file, MAX_ANSWER_BYTES), commune=settings.commune.code
    )
    answer = paired.answer
    follow_office((answer.broker_host, *answer.noted))
    say(t("setup-paired", commune=answer.commune_name or answer.commune, device=answer.device))
    say(t("pair-in-use"))


@pair.command()
@settings_option
def status(settings_file: Path) -> None:
    """On the device: whether and with whom it is paired, and what comes next."""
    from langso.device.pairing import load_paired
    from langso.device.pairing_stand import in_a_sentence, next_steps, stand_of

    settings = load_settings(settings_file)
    with acting_as_owner(settings.paths.state):
        stand = stand_of(settings.paths.state)
        say(in_a_sentence(stand))
        for number, step in enumerate(next_steps(stand), 1):
            say(f"{number}. {step}")
        if stand.state == "paired":
            answer = load_paired(settings.paths.state).answer
            say(
                t(
                    "pair-told",
                    commune=answer.commune_name or answer.commune,
                    device=answer.device,
                    host=answer.broker_host,
                    port=answer.broker_port,
                    url=answer.office_url,
                )
            )
            if stand.code:
                say(t("pair-another-waits", code=stand.code))


@pair.command()
@click.argument("request_file", type=_FILE)
@click.option("-o", "--out", type=_FILE, required=True)
@settings_option
@click.option("--device")
@click.option("--replace", is_flag=True)
@click.option("--code")
@click.option("--address")
@click.option("--courier", is_flag=True)
@click.option("--here", is_flag=True)
@click.option("--broker-files", type=_FOLDER, default=_BROKER, show_default=True)
def answer(
    request_file: Path,
    out: Path,
    settings_file: Path,
    device: str | None,
    replace: bool,
    code: str | None,
    address: str | None,
    courier: bool,
    here: bool,
    broker_files: Path,
) -> None:
    """At the office: compare the code, accept the device and write the answer."""
    from langso.device.pairing_files import MAX_REQUEST_BYTES, read_answer, read_request
    from langso.durable.files import read_limited
    from langso.durable.held_folder import HeldFolder
    from office.fleet.pairing import office_host, refuse_revoked
    from office.places import OfficeHome

    settings = load_settings(settings_file)
    raw = read_limited(request_file, MAX_REQUEST_BYTES)
    # The answer goes to the stick that is there now: a person takes a while to type.
    with HeldFolder(out.absolute().parent) as desk:
        read = read_request(raw)
        home = OfficeHome(settings)
        with acting_as_owner(home.state):
            refuse_revoked(home, device or read.request.device)
        _compare(read, code)
        if address is None and not here and code is None:
            asked = t("pair-ask-address")
            address = prompt(asked, default=office_host(settings)).strip()
        done = answer_at_office(
            settings, raw, device=device, replace=replace, address=address, courier=courier, here=here
        )
        desk.write(out.name, done.answer, mode=0o644)
    reached = read_answer(done.answer)
    say(t("pair-accepted", device=done.device, host=reached.broker_host, port=reached.broker_port))
    if (broker_files / _BROKER_CERTIFICATE).exists() and ensure_broker(
        settings, () if here else (reached.broker_host,), broker_files
    ):
        say(t("pair-broker-again", next=_reload_broker()))
    say(t("pair-take-back", out=out, name=out.name))


def _compare(read: ReadRequest, code: str | None) -> None:
    """The digits that a person read on the device, asked for up to CODE_TRIES times. Raises PairingError."""
    from langso.trust.errors import PairingError
    from office.fleet.pairing import CODE_TRIES, code_mistake

    for left in reversed(range(CODE_TRIES if code is None else 1)):
        told = code if code is not None else prompt(t("pair-ask-code"))
        mistake = code_mistake(told, read)
        if mistake is None:
            return
        if not left:
            raise PairingError(Sentence("pair-not-accepted", mistake=mistake, device=read.request.device))
        say(str(mistake))


@pair.command(name="list")
@settings_option
def list_devices(settings_file: Path) -> None:
    """At the office: the paired devices, until when each certificate is valid, when it was last asked for."""
    from langso.timekeeping.clock import SystemClock
    from office.fleet.devices import Fleet
    from office.places import OfficeHome
    from office.store import open_store

    home, clock = OfficeHome(load_settings(settings_file)), SystemClock()
    with acting_as_owner(home.state), open_store(home.database) as store:
        fleet, revoked = Fleet(store, home, clock), home.trust().trust.revoked
        for device in fleet.devices():
            words = [device.id, harmless(device.place or device.role)]
            given = fleet.certificates.given(device.id)
            if given:
                until, since = dates.local(given[0].until), dates.local(given[0].issued)
                how = "renewed" if given[0].how == "renewal" else "paired"
                ended = "-ended" if given[0].until < clock.now() else ""
                said = f"pair-certificate-{how}{ended}"
                words.append(t(said, until=dates.plain_date(until), since=dates.plain_date(since)))
            words += [t("pair-by-courier")] if device.courier else []
            words += [t("pair-revoked")] if device.id in revoked else []
            say("; ".join(words))
        if not fleet.devices():
            say(t("pair-none"))


@pair.command()
@settings_option
@click.option("--host", "hosts", multiple=True)
@click.option("--into", type=_FOLDER, default=_BROKER, show_default=True)
@click.option("--again", is_flag=True)
@click.option("--no-reload", is_flag=True)
def broker(settings_file: Path, hosts: tuple[str, ...], into: Path, again: bool, no_reload: bool) -> None:
    """At the office: give the message server (Mosquitto) its certificate, after langso office init."""
    from deploy.broker import refresh

    settings = load_settings(settings_file)
    certified = ensure_broker(settings, hosts, into, again=again)
    if certified:
        say(t("pair-broker-written", into=into))
    # The broker's service asks for this before each start: so a new release's rules hold once it is installed.
    anew = refresh(into, settings.commune.code)
    if anew:
        say(t("pair-broker-settings"))
    if not certified and not anew:
        say(t("pair-broker-good"))
    elif not no_reload:
        say(_reload_broker(anew=anew))


def ensure_broker(settings: Settings, hosts: tuple[str, ...], into: Path, *, again: bool = False) -> bool:
    """Makes the broker's certificate again where a name of this office or one of `hosts` is missing, a third of its
    life is left, or its key is another's; returns whether it did. Earlier names stay, since devices know them.

    Raises as `certify_broker`.
    """
    from langso.device.certificates import SERVER_DAYS, belongs_to, names_in, until_of
    from langso.durable.errors import FileRefused
    from langso.durable.files import read_limited
    from langso.trust.errors import CertificateError
    from office.founding.console_ca import console_names

    wanted = ("localhost", "127.0.0.1", *console_names(settings.office).all, *hosts)
    try:
        with acting_as_owner(into):
            present = read_limited(into / _BROKER_CERTIFICATE, _MAX_CERTIFICATE, follow=False)
            key = read_limited(into / "broker.key", _MAX_CERTIFICATE, follow=False)
        known, left = names_in(present), until_of(present) - datetime.now(UTC)
        # A power cut may have left the new certificate beside the old key: the broker would never start again.
        if not belongs_to(present, key):
            again = True
    except (FileRefused, CertificateError):
        known, left = (), timedelta(0)
    if not again and set(wanted) <= set(known) and left > timedelta(days=SERVER_DAYS / 3):
        return False
    certify_broker(settings, tuple(dict.fromkeys((*wanted, *known))), into)
    return True


def certify_broker(settings: Settings, hosts: tuple[str, ...], into: Path) -> None:
    """Writes ca.pem, broker.pem and broker.key for a broker reached by `hosts`, owned as the folder is.

    Raises NotInitialised, CertificateError, FileRefused.
    """
    from langso.device.certificates import make_server_certificate
    from office.places import OfficeHome
    from office.signer.errors import NotInitialised

    home = OfficeHome(settings)
    now = datetime.now(UTC)
    with acting_as_owner(home.state):
        authority = home.authority()
        # A clock that fell behind makes no certificate that is dead at birth; before the founding there is no trust.
        with contextlib.suppress(NotInitialised):
            now = max(now, home.trust().trust.issued)
    server = make_server_certificate(authority, tuple(dict.fromkeys(hosts)), now=now)
    into.mkdir(mode=0o750, parents=True, exist_ok=True)
    with acting_as_owner(into):
        for name, data, mode in (
            ("ca.pem", authority.certificate, 0o644),
            ("broker.pem", server.certificate, 0o644),
            ("broker.key", server.key, 0o600),
        ):
            write_atomic(into / name, data, mode=mode)


def answer_at_office(
    settings: Settings,
    request: bytes,
    *,
    device: str | None = None,
    replace: bool = False,
    address: str | None = None,
    courier: bool = False,
    here: bool = False,
) -> Answered:
    """Registers a device and makes the answer to its request. `address`: the address at which it shall reach the
    office, None: as `office.fleet.pairing.office_host` says; `courier`: only a courier reaches it; `here`: it runs on
    this machine. Raises PairingError, NotInitialised.
    """
    from langso.timekeeping.clock import SystemClock
    from office.fleet.devices import Fleet
    from office.fleet.pairing import addresses_of
    from office.fleet.pairing import answer as office_answer
    from office.places import OfficeHome
    from office.store import open_store

    home, clock = OfficeHome(settings), SystemClock()
    with acting_as_owner(home.state), open_store(home.database) as store:
        return office_answer(
            request,
            settings,
            Fleet(store, home, clock),
            clock.now(),
            device=device,
            replace=replace,
            addresses=addresses_of(settings, address, here=here),
            courier=courier,
        )


def _reload_broker(*, anew: bool = False) -> str:
    """Has a broker that runs read its new certificate, which lets no device go; what to do where that failed.
    `anew`: its configuration is new too, most of which Mosquitto reads only at its start.
    """
    how = "restart" if anew else "reload-or-restart"
    systemctl = shutil.which("systemctl")
    if systemctl is not None and os.geteuid() == 0 and Path("/run/systemd/system").is_dir():
        done = subprocess.run(
            [systemctl, "--no-block", f"try-{how}", "langso-broker"],
            capture_output=True, check=False, timeout=30,
        )  # fmt: skip
        if done.returncode == 0:
            return t("pair-broker-running")
    return t("pair-broker-next", how=how)
