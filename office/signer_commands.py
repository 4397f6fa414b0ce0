"""`langso office signer`: the signer run; and who may order, enrolled at a terminal of the office's machine."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from langso.settings.model import Settings
    from office.signer.client import SignerClient

_no_alarms_option = click.option("--no-alarms", is_flag=True)
_approves_option = click.option("--approves", is_flag=True)
TRIES = 5


@click.group(name="signer", invoke_without_command=True)
@settings_option
@click.pass_context
def signer(context: click.Context, settings_file: Path) -> None:
    """Run the signer: the only process that holds keys, with rules of its own. Its subcommands say who may order."""
    if context.invoked_subcommand is not None:
        return
    from langso.device.lifeline import Lifeline
    from langso.durable.single_instance import SingleInstance
    from langso.settings.reading import load_settings
    from langso.terminal.logs import start_logging
    from langso.timekeeping.clock import SystemClock
    from office.signer.places import SignerPlaces
    from office.signer.server import SignerServer
    from office.signer.signing import Signing

    settings = load_settings(settings_file)
    start_logging()
    with SingleInstance(settings.signer.socket.with_suffix(".lock"), name=Sentence("office-signer-name")):
        server = SignerServer(settings.signer.socket, lambda: Signing(SignerPlaces(settings), SystemClock()))
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        lifeline = Lifeline("questions", status=lambda: t("office-signer-waits", socket=settings.signer.socket))
        server.run(stop, turned=lambda: lifeline.turned("questions"))


@signer.command()
@settings_option
@click.argument("name")
@_no_alarms_option
@_approves_option
def enrol(settings_file: Path, name: str, no_alarms: bool, approves: bool) -> None:
    """Enrol somebody's authenticator app: scan the code, type the six digits that it shows."""
    import segno

    from langso.terminal.asking import prompt
    from office.signer.errors import SignerRefused

    settings, client, login = _opened(settings_file, name)
    address = client.as_root(
        "enrol", login, alarms=not no_alarms, approves=approves, commune=settings.commune.name
    ).text
    say(t("office-signer-scan", login=login))
    segno.make(address, error="l").terminal(compact=True)
    say(t("office-signer-or-type", secret=_secret_in(address)))
    for left in range(TRIES - 1, -1, -1):
        try:
            client.as_root("enrol_code", login, code=prompt(t("office-signer-six")))
        except SignerRefused as refused:
            if not left:
                raise
            say(str(refused))
        else:
            say(t("office-signer-enrolled", login=login))
            return


@signer.command()
@settings_option
@click.argument("name")
@_no_alarms_option
@_approves_option
def invite(settings_file: Path, name: str, no_alarms: bool, approves: bool) -> None:
    """A one-time code with which somebody enrols a passkey on the console's page Account, within a day."""
    _, client, login = _opened(settings_file, name)
    say(
        t(
            "office-signer-invited",
            login=login,
            code=client.as_root("invite", login, alarms=not no_alarms, approves=approves).text,
        )
    )


@signer.command()
@settings_option
@click.argument("name")
@_no_alarms_option
@_approves_option
def codes(settings_file: Path, name: str, no_alarms: bool, approves: bool) -> None:
    """Ten one-time codes for somebody's drawer: for a lost phone, or a clock that is wrong. Earlier ones end."""
    _, client, login = _opened(settings_file, name)
    lines = client.as_root("list_anew", login, alarms=not no_alarms, approves=approves).lines
    say(t("office-signer-codes", login=login))
    for line in lines:
        say(f"    {line}")


@signer.command(name="list")
@settings_option
def listed(settings_file: Path) -> None:
    """Who is enrolled, by what, and whether what sounds must be confirmed."""
    found = _client(settings_file).people()
    say(t("office-signer-asked" if found.asked else "office-signer-not-asked"))
    for one in found.people.values():
        held = {"app": int(one.code), "passkeys": one.passkeys, "listed": one.listed}
        say(harmless(t("office-signer-one", login=one.person, **held)))
        if not one.alarms:
            say(harmless(t("office-signer-no-alarms", login=one.person)))
        if one.approves:
            say(harmless(t("office-signer-approves", login=one.person)))
    say(t(f"office-signer-second-{found.second}"))


@signer.command(name="two-people")
@settings_option
@click.argument("which", type=click.Choice(("never", "whole", "always")))
def two_people(settings_file: Path, which: str) -> None:
    """Which broadcasts somebody else must approve: none, those for the whole commune, or all of them."""
    client = _client(settings_file)
    client.as_root("second", rule=which)
    found = client.people()
    say(t(f"office-signer-second-{found.second}"))
    if found.second != "never" and sum(one.approves for one in found.people.values()) < 2:
        # Who asks cannot approve: with one approver alone, nothing of that person's own can sound.
        say(t("office-signer-second-few"))


@signer.command()
@settings_option
@click.argument("name")
def revoke(settings_file: Path, name: str) -> None:
    """What somebody enrolled counts no more: a lost phone, a person who left."""
    _, client, login = _opened(settings_file, name)
    client.as_root("revoke", login)
    say(t("office-signer-revoked", login=login))


@signer.command()
@settings_option
def release(settings_file: Path) -> None:
    """Let go of all that is planned, where the office has lost its plan and can sign no other."""
    from langso.terminal.asking import confirm

    if not confirm(t("office-signer-release-sure"), default=False):
        raise click.Abort
    say(t("office-signer-released", count=int(_client(settings_file).as_root("release").text or 0)))


@signer.command()
@settings_option
def clock(settings_file: Path) -> None:
    """Say that the machine's clock is right, after it was set or after the office was off for a month."""
    from langso.terminal.asking import confirm
    from langso.timekeeping import dates
    from langso.timekeeping.clock import SystemClock
    from langso.words.catalogue import Unit

    if not confirm(t("office-signer-clock-sure", now=Unit(dates.full, SystemClock().now())), default=False):
        raise click.Abort
    _client(settings_file).as_root("believe_clock")
    say(t("office-signer-clock-believed"))


def _client(settings_file: Path) -> SignerClient:
    from langso.settings.reading import load_settings
    from office.signer.client import SignerClient

    return SignerClient(load_settings(settings_file).signer.socket)


def _opened(settings_file: Path, name: str) -> tuple[Settings, SignerClient, str]:
    from langso.settings.reading import load_settings
    from office.people.accounts import login_of
    from office.signer.client import SignerClient

    settings = load_settings(settings_file)
    return settings, SignerClient(settings.signer.socket), login_of(name)


def _secret_in(address: str) -> str:
    from urllib.parse import parse_qs, urlsplit

    secret = parse_qs(urlsplit(address).query).get("secret", [""])[0]
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
