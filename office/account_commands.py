"""`langso office account`: the accounts that the commune's root keys vouch for; changes are proposals to them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import click

from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, t
from office.trust_commands import open_home, write_proposal

_FILE = click.Path(path_type=Path, dir_okay=False)
_out_option = click.option("-o", "--out", type=_FILE, required=True)


@click.group()
def account() -> None:
    """The commune's own bank accounts, which kiosks call by that name: root keys vouch for them."""


@account.command(name="add")
@settings_option
@_out_option
@click.option("--id", "name", required=True)
@click.option("--bin", "bank", required=True)
@click.option("--number", required=True)
@click.option("--holder", required=True)
@click.option("--label", default="")
@click.option("--purpose", type=click.Choice(["fees", "fund"]), default="fees", show_default=True)
@click.option("--village")
@click.option("--person", is_flag=True)
@click.option("--from", "begins", metavar="YYYY-MM-DD")
@click.option("--until", "ends", metavar="YYYY-MM-DD")
def account_add(
    settings_file: Path,
    out: Path,
    name: str,
    bank: str,
    number: str,
    holder: str,
    label: str,
    purpose: str,
    village: str | None,
    person: bool,
    begins: str | None,
    ends: str | None,
) -> None:
    """Propose an account, or another in the place of one: the root keys' holders sign it."""
    from pydantic import ValidationError

    from langso.contract import VouchedAccount
    from langso.errors import UsageError
    from office.founding.trust_changes import propose_account

    try:
        made = VouchedAccount(
            id=name,
            bin=bank,
            number=number.replace(" ", "").upper(),
            holder=holder.strip(),
            label=label.strip(),
            purpose=purpose,
            village=village,
            holder_kind="person" if person else "commune",
            valid_from=None if begins is None else _midnight(begins),
            valid_until=None if ends is None else _midnight(ends) + timedelta(days=1),
        )
    except (ValidationError, OverflowError) as error:
        raise UsageError(Sentence("publishing-account-wrong")) from error
    home, now = open_home(settings_file)
    write_proposal(out, propose_account(home, made, now))


@account.command(name="remove")
@settings_option
@_out_option
@click.argument("name")
def account_remove(settings_file: Path, out: Path, name: str) -> None:
    """Propose that an account is the commune's no longer."""
    from office.founding.trust_changes import propose_account_gone

    home, now = open_home(settings_file)
    write_proposal(out, propose_account_gone(home, name, now))


@account.command(name="list")
@settings_option
def account_list(settings_file: Path) -> None:
    """Show the accounts that the root keys vouch for, and those entered earlier that they do not."""
    from langso.contract.vouched import strangers
    from langso.trust.roots.differences import account_in_words
    from langso.words.harmless import harmless
    from office.publishing.catalogue import entered

    home, now = open_home(settings_file)
    held = home.trust().trust.accounts
    for one in held:
        say(harmless(f"{one.id}: {account_in_words(one)}"))
    if not held:
        say(t("office-no-account"))
    for other in strangers(entered(home).accounts, home.trust().trust, now):
        say(t("office-account-unvouched", bank=other.bin, number=other.number, holder=harmless(other.holder)))


def _midnight(text: str) -> datetime:
    from langso.errors import UsageError
    from langso.timekeeping.clock import VIETNAM

    try:
        return datetime.combine(date.fromisoformat(text), time(), VIETNAM)
    except ValueError as error:
        raise UsageError(Sentence("office-account-day")) from error
