"""`langso office audit`: who did what, and whether the log is still as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, Unit, t
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from langso.settings.model import Settings
    from office.people.audit import Audit, ChainEnd


@click.group()
def audit() -> None:
    """The office's log: who did what."""


@audit.command()
@settings_option
def verify(settings_file: Path) -> None:
    """See whether the log is whole; if not, at which row it is broken."""
    from office.errors import AuditBroken
    from office.signer.errors import SignerError

    with _open(settings_file) as (log, settings):
        try:
            kept, why = _kept_heads(settings), None
        except SignerError as error:
            kept, why = (), error
        verdict = log.verify(kept)
    if verdict.broken is not None:
        most = max((head.number for head in kept), default=0)
        raise AuditBroken(Sentence(f"audit-{verdict.broken}", at=verdict.at, kept=most))
    head = verdict.head
    say(
        t(
            "audit-holds",
            checked=int(why is None),
            rows=verdict.rows,
            number=head.number,
            head=head.sha256[:16],
            why=why or "",
        )
    )


@audit.command(name="list")
@settings_option
@click.option("-n", "most", type=click.IntRange(1, 10_000), default=30, show_default=True)
def show(settings_file: Path, most: int) -> None:
    """Show the newest rows, the newest at the bottom."""
    from langso.timekeeping import dates
    from office.people.audit import in_words
    from office.people.operator import who_in_words

    with _open(settings_file) as (log, _):
        rows = log.newest(most)
    for row in reversed(rows):
        note = f" · {row.note}" if row.note else ""
        at = Unit(dates.moment, row.at)
        line = t(
            "audit-row",
            number=row.number,
            at=at,
            who=who_in_words(row.who),
            deed=in_words(row.action),
            action=row.action,
            subject=row.subject,
            note=note,
        )
        say(harmless(line))
    if not rows:
        say(t("audit-empty"))


@contextmanager
def _open(settings_file: Path) -> Iterator[tuple[Audit, Settings]]:
    from langso.durable.ownership import acting_as_owner
    from langso.settings.reading import load_settings
    from langso.timekeeping.clock import SystemClock
    from office.people.audit import Audit
    from office.places import OfficeHome
    from office.store import open_store

    settings = load_settings(settings_file)
    home = OfficeHome(settings)
    with acting_as_owner(home.state), open_store(home.database) as store:
        yield Audit(store, SystemClock()), settings


def _kept_heads(settings: Settings) -> tuple[ChainEnd, ...]:
    from office.people.audit import ChainEnd
    from office.signer.client import SignerClient

    return tuple(ChainEnd(one.number, one.sha256) for one in SignerClient(settings.signer.socket).heads())
