"""`langso office desk`: who opens papers from kiosks, and what is destroyed when its time is over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from office.places import OfficeHome

_FILE = click.Path(path_type=Path, dir_okay=False)
_login_option = click.option("--login", "officer", required=True)
_phrase_option = click.option("--passphrase-file", type=_FILE)


@click.group()
def desk() -> None:
    """Papers from kiosks: who opens them, and what is destroyed."""


@desk.command()
@settings_option
@_login_option
@click.option("-o", "--out", type=_FILE, required=True)
@_phrase_option
def seal(settings_file: Path, officer: str, out: Path, passphrase_file: Path | None) -> None:
    """Seal the key of papers to a first officer's passphrase, with a sheet for recovery."""
    from langso.errors import UsageError
    from langso.timekeeping.clock import SystemClock
    from langso.trust.roots.passphrase import suggest
    from office.desk.sealing import seal_with_sheet

    home = _home(settings_file)
    if home.age_sealed.exists() and not home.age_file.exists():
        raise UsageError(Sentence("desk-sealed-before"))
    name, recovery = _login(officer), suggest()
    typed = _new_passphrase(name, passphrase_file)
    picture = seal_with_sheet(home, name, typed, recovery, out, SystemClock())
    _log(settings_file, "seal-desk", name)
    say(t("desk-now-sealed", officer=name))
    say(t("desk-recovery-sheet", file=harmless(str(out)), picture=harmless(str(picture))))
    say(t("desk-recovery-phrase"))
    say(f"  {recovery}")


@desk.command()
@settings_option
@_login_option
@click.option("--sheet", type=_FILE)
@_phrase_option
@click.option("--recovery-file", type=_FILE)
def recover(
    settings_file: Path, officer: str, sheet: Path | None, passphrase_file: Path | None, recovery_file: Path | None
) -> None:
    """Give an officer a passphrase anew with the recovery phrase, where nobody knows one any more."""
    from langso.durable.files import read_limited
    from langso.durable.ownership import acting_as_owner
    from langso.errors import UsageError
    from langso.timekeeping.clock import SystemClock
    from langso.trust.roots.age_identity import MAX_FILE, read_sealed_identity
    from langso.trust.roots.errors import RootKeyDamaged
    from langso.trust.roots.passphrase import from_file, hidden_prompt
    from office.desk import key

    home, name = _home(settings_file), _login(officer)
    if sheet is not None:
        try:
            sealed = read_sealed_identity(read_limited(sheet, MAX_FILE))
        except RootKeyDamaged as error:
            raise UsageError(Sentence("desk-sheet-wrong")) from error
    elif home.age_sealed.exists():
        sealed = home.sealed_identity()
    else:
        raise UsageError(Sentence("desk-not-sealed"))
    recovery = from_file(recovery_file) if recovery_file is not None else hidden_prompt(t("desk-recovery-ask"))
    typed = _new_passphrase(name, passphrase_file)
    with acting_as_owner(home.state):
        key.recover(home, sealed, recovery, name, typed, SystemClock())
    _log(settings_file, "desk-passphrase", name)
    say(t("desk-recovered", officer=name))


@desk.command()
@settings_option
@click.argument("officer")
def remove(settings_file: Path, officer: str) -> None:
    """Somebody leaves: this passphrase opens papers no longer."""
    from langso.durable.ownership import acting_as_owner
    from langso.errors import UsageError
    from office.desk import key

    home, name = _home(settings_file), _login(officer)
    if not home.age_sealed.exists():
        raise UsageError(Sentence("desk-not-sealed"))
    with acting_as_owner(home.state):
        key.remove_officer(home, name)
    _log(settings_file, "remove-officer", name)
    say(t("desk-officer-gone", officer=name))


@desk.command()
@settings_option
@click.argument("month")
@click.option("--yes", is_flag=True)
def destroy(settings_file: Path, month: str, yes: bool) -> None:
    """Destroy the papers that came in a month: their key and their files."""
    from langso.durable.ownership import acting_as_owner
    from langso.errors import UsageError
    from langso.settings.reading import load_settings
    from langso.terminal.asking import confirm
    from office.desk.months import is_month
    from office.people.operator import operator
    from office.whole_office import Office

    if not is_month(month):
        raise UsageError(Sentence("desk-no-month", month=month[:20]))
    if not yes and not confirm(t("desk-month-agree", month=month), default=False):
        return
    settings = load_settings(settings_file)
    with acting_as_owner(settings.paths.state), Office(settings) as office:
        count = office.desk.destroy_month(month, operator())
    say(t("desk-month-gone", count=count, month=month))


def _home(settings_file: Path) -> OfficeHome:
    from langso.settings.reading import load_settings
    from office.places import OfficeHome

    return OfficeHome(load_settings(settings_file))


def _login(text: str) -> str:
    from office.people.accounts import login_of

    return login_of(text)


def _new_passphrase(officer: str, file: Path | None) -> str:
    from langso.errors import UsageError
    from langso.trust.roots.passphrase import canonical, check_new, from_file, hidden_prompt, suggest

    if file is not None:
        return check_new(from_file(file))
    say(t("desk-seal-passphrase", officer=officer, suggestion=suggest()))
    typed = check_new(hidden_prompt(t("desk-seal-ask")))
    if canonical(hidden_prompt(t("desk-seal-again"))) != typed:
        raise UsageError(Sentence("desk-seal-differs"))
    return typed


def _log(settings_file: Path, action: str, officer: str) -> None:
    """In the office's log, by whom."""
    from langso.durable.ownership import acting_as_owner
    from langso.settings.reading import load_settings
    from office.people.operator import operator
    from office.whole_office import Office

    settings = load_settings(settings_file)
    with acting_as_owner(settings.paths.state), Office(settings) as office:
        office.audit.write(operator(), action, officer)  # type: ignore[arg-type]
