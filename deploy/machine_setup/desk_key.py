"""The key that opens papers is sealed in the sitting that founds the office, unless they want to do it later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.office import asked_twice
from langso.durable.ownership import acting_as_owner
from langso.settings.reading import Settings
from langso.words.catalogue import t
from office.places import OfficeHome

SHEET = Path("/root/to-khoi-phuc-giay-to.json")


@dataclass(frozen=True)
class SealAnswers:
    """What options say: a file whose first line is the officer's passphrase, where the recovery sheet goes, and whose
    account it is.
    """

    passphrase_file: Path | None = None
    sheet: Path | None = None
    account: str | None = None


def offer_seal(talk: Dialogue, settings: Settings, officer: str | None, answers: SealAnswers) -> bool:
    """Seals the key to `officer`, the first account made just now; None: there was one before, and only options seal
    it still. Whether it was sealed. Raises WeakPassphrase, FileRefused, LoginRefused.
    """
    from langso.timekeeping.clock import SystemClock
    from langso.trust.roots.passphrase import canonical, check_new, from_file, suggest
    from office.desk.sealing import seal_with_sheet
    from office.people.accounts import login_of

    home = OfficeHome(settings)
    if officer is None and answers.passphrase_file is not None and answers.account is not None:
        officer = login_of(answers.account)
    if officer is None or home.age_sealed.exists() or not home.age_file.exists():
        return False
    if answers.passphrase_file is None:
        if not talk.asks:
            return False
        talk.say()
        talk.say(t("setup-seal-why"))
        if not talk.agree(t("setup-seal-now"), default=True, unattended=False):
            talk.say(t("setup-seal-later", officer=officer), mark="warn")
            return False
        talk.say(t("desk-seal-passphrase", officer=officer, suggestion=suggest()))
        typed = asked_twice(talk, (t("desk-seal-ask"), t("desk-seal-again")), check_new, canonical)
    else:
        typed = check_new(from_file(answers.passphrase_file))
    recovery = suggest()
    given = None if answers.sheet is None else str(answers.sheet)
    sheet = talk.ask(t("setup-seal-sheet"), "--desk-sheet", Path, given=given, default=str(SHEET))
    talk.say(t("desk-recovery-phrase"))
    talk.say(f"  {recovery}")
    # Before anything is sealed: a cut now leaves the key as it was.
    talk.wait(t("setup-seal-copied"))
    picture = seal_with_sheet(home, officer, typed, recovery, sheet, SystemClock())
    _log(settings, officer)
    talk.say(t("desk-recovery-sheet", file=str(sheet), picture=str(picture)))
    talk.say(t("desk-now-sealed", officer=officer), mark="good")
    return True


def _log(settings: Settings, officer: str) -> None:
    from langso.timekeeping.clock import SystemClock
    from office.people.audit import Audit
    from office.people.operator import operator
    from office.store import open_store

    home = OfficeHome(settings)
    who = operator()
    with acting_as_owner(home.state), open_store(home.database) as store:
        Audit(store, SystemClock()).write(who, "seal-desk", officer)
