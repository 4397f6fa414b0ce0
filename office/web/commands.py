"""`langso office web` and `langso office staff`: the console served, and who may log in."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from office.people.accounts import Accounts
    from office.whole_office import Office


@click.command()
@settings_option
def web(settings_file: Path) -> None:
    """Serve the office's pages and keep in touch with loudspeakers and kiosks until told to stop (Ctrl-C)."""
    from contextlib import closing

    from langso.device.lifeline import Lifeline
    from langso.durable.single_instance import SingleInstance
    from langso.settings.reading import load_settings
    from langso.terminal.logs import start_logging
    from office.founding.doors import console_url
    from office.web.app import make_app
    from office.web.connections import raise_file_limit
    from office.web.serving import Serving
    from office.web.urgent_first import SWITCH_S
    from office.whole_office import Office

    settings = load_settings(settings_file)
    raise_file_limit()
    sys.setswitchinterval(SWITCH_S)
    start_logging("httpx", "multipart")
    lock = SingleInstance(settings.paths.run / "office-web.lock", name=Sentence("office-web-name"))
    with lock, Office(settings) as office:
        lifeline = Lifeline(
            "pages", "hands", "publisher", status=lambda: _status(office), trouble=lambda: _trouble(office)
        )
        serving = Serving(
            office.home,
            make_app(office),
            office.clock,
            turned=lambda: lifeline.turned("pages"),
            worked=lambda: lifeline.turned("hands"),
        )
        office.door_troubles = lambda: serving.troubles
        with closing(serving):
            office.jobs.start()
            office.kept_sounds.start()
            office.start_publisher(turned=lambda: lifeline.turned("publisher"))
            say(t("office-web-address", url=console_url(settings.office)))
            serving.run()


@click.group()
def staff() -> None:
    """Who may log in to the office's pages."""


@staff.command(name="add")
@settings_option
@click.argument("name")
@click.option("--password-stdin", is_flag=True)
@click.option("--role", "roles", multiple=True)
def staff_add(settings_file: Path, name: str, password_stdin: bool, roles: tuple[str, ...]) -> None:
    """Add somebody, or set the password of somebody anew. Without roles a new person has them all."""
    from office.people.accounts import login_of
    from office.people.password_rules import MAX_PASSWORD
    from office.people.roles import roles_of

    given = sys.stdin.readline(4 * MAX_PASSWORD).rstrip("\r\n") if password_stdin else None
    with _accounts(settings_file) as accounts:
        once = accounts.add(name, given, roles_of(roles) if roles else None)
    if once is None:
        say(t("office-staff-password-set", login=login_of(name)))
    else:
        say(t("office-staff-login", login=login_of(name)))
        say(t("office-staff-once", password=once))
        say(t("office-staff-hand-over"))


@staff.command(name="remove")
@settings_option
@click.argument("name")
def staff_remove(settings_file: Path, name: str) -> None:
    """Lock somebody's account; all of his sessions end."""
    from office.people.accounts import login_of

    with _accounts(settings_file) as accounts:
        accounts.disable(name)
    say(t("office-staff-locked", login=login_of(name)))


@staff.command(name="roles")
@settings_option
@click.argument("name")
@click.argument("roles", nargs=-1)
def staff_roles(settings_file: Path, name: str, roles: tuple[str, ...]) -> None:
    """Show somebody's roles, or give exactly those that are named."""
    from office.people.accounts import login_of
    from office.people.operator import operator
    from office.people.roles import in_words, roles_of

    with _accounts(settings_file) as accounts:
        held = accounts.give(name, roles_of(roles), operator()) if roles else accounts.roles(name)
    say(t("roles-given", login=login_of(name), roles=in_words(held)))


@staff.command(name="list")
@settings_option
def staff_list(settings_file: Path) -> None:
    """Show who may log in, with which roles."""
    from office.people.roles import in_words

    with _accounts(settings_file) as accounts:
        names = [(*one, accounts.roles(one[0])) for one in accounts.names()]
    for login, name, usable, roles in names:
        line = t("office-staff-one", usable=int(usable), login=login, name=name, roles=in_words(roles))
        say(harmless(line))
    if not names:
        say(t("office-staff-none"))


def _trouble(office: Office) -> int:
    """Doctor's question: has the console no line to the broker?"""
    status = office.publisher.status if office.publisher is not None else None
    return errno.ENOTCONN if status is not None and not status.connected else 0


def _status(office: Office) -> str:
    status = office.publisher.status if office.publisher is not None else None
    if status is None:
        return ""
    link = t("office-web-connected") if status.connected else t("office-web-not-connected", why=status.why)
    said = (link, status.trouble, office.speaker_orders.why, *office.door_troubles())
    return "; ".join(part.rstrip(".") for part in map(str, said) if part)


@contextmanager
def _accounts(settings_file: Path) -> Iterator[Accounts]:
    from langso.durable.ownership import acting_as_owner
    from langso.settings.reading import load_settings
    from langso.timekeeping.clock import SystemClock
    from office.people.accounts import Accounts
    from office.places import OfficeHome
    from office.store import open_store

    settings = load_settings(settings_file)
    home = OfficeHome(settings)
    with acting_as_owner(home.state), open_store(home.database) as store:
        yield Accounts(store, SystemClock(), settings.office, settings.commune.names)
