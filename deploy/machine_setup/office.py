"""An office set up: keys and founding, broker, first account. Each step is skipped where it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.broker import BrokerPlace, access_rules, mosquitto_conf
from deploy.install.place import MachinePlace
from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.settings_text import BROKER_PORT
from deploy.machine_setup.sitting import FoundingSitting, RootAnswers
from deploy.pairing import ensure_broker
from langso.contract import Caps
from langso.durable.files import read_limited, write_atomic
from langso.durable.ownership import acting_as_owner
from langso.errors import LangsoError
from langso.settings.reading import Settings
from langso.words.catalogue import Sentence, t
from office.errors import PasswordRefused
from office.founding import founding
from office.places import OfficeHome

_TRIES = 5


@dataclass(frozen=True)
class FirstAccount:
    """What options say of the first account; `password_file`: its first line is the password."""

    name: str | None = None
    password_file: Path | None = None


def found_office(
    talk: Dialogue,
    settings: Settings,
    answers: RootAnswers,
    caps: Caps,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """The office's own keys, then the commune's founding. Raises NotYet where holders must come first."""
    home = OfficeHome(settings)
    if home.trust_file.exists():
        return
    founding.begin(settings, now())
    FoundingSitting(talk, home, answers, caps, now).run()


def lay_broker(place: MachinePlace, settings: Settings, names: Sequence[str] = ()) -> bool:
    """Configuration, access rules and certificate of the broker; whether anything changed."""
    state = place.broker_state
    at = BrokerPlace("0.0.0.0", BROKER_PORT, state, place.broker)
    changed = _put(place.broker / "mosquitto.conf", mosquitto_conf(at).encode(), 0o644)
    changed |= _put(state / "access.acl", access_rules(settings.commune.code).encode(), 0o600)
    # Last: the broker's service waits for its certificate.
    return ensure_broker(settings, tuple(names), place.broker) or changed


def has_account(settings: Settings) -> bool:
    """Whether anybody may log in to the console."""
    from langso.timekeeping.clock import SystemClock
    from office.people.accounts import Accounts
    from office.store import open_store

    home = OfficeHome(settings)
    if not home.database.exists():
        return False
    with acting_as_owner(home.state), open_store(home.database) as store:
        return any(usable for _, _, usable in Accounts(store, SystemClock(), settings.office).names())


def first_account(talk: Dialogue, settings: Settings, account: FirstAccount) -> str | None:
    """The first person who may log in, with a password of their own making; None where somebody can already.

    Raises AnswerMissing, PasswordRefused, LoginRefused.
    """
    from langso.timekeeping.clock import SystemClock
    from langso.trust.roots.passphrase import from_file
    from office.people.accounts import Accounts, login_of
    from office.store import open_store

    if has_account(settings):
        return None
    talk.say()
    talk.say(t("setup-first-account"))
    name = talk.ask(t("setup-ask-account"), "--account", login_of, given=account.name)
    talk.say(t("setup-account-name", name=name))
    home = OfficeHome(settings)
    # Read as root: within, we are the office's own user, who may not read a technician's file.
    given = None if account.password_file is None else from_file(account.password_file)
    with acting_as_owner(home.state), open_store(home.database) as store:
        accounts = Accounts(store, SystemClock(), settings.office, settings.commune.names)

        def good(text: str) -> str:
            accounts.checked(text, name)
            return text

        questions = t("setup-new-password"), t("setup-password-again")
        accounts.add(name, good(given) if given is not None else asked_twice(talk, questions, good))
    talk.say(t("setup-account-made", name=name), mark="good")
    return name


def asked_twice(
    talk: Dialogue, questions: tuple[str, str], good: Callable[[str], str], spelt: Callable[[str], str] = str
) -> str:
    """Something secret as `good` gives it back, which raises LangsoError where it is none, typed once more the same
    as `spelt` reads it. Raises PasswordRefused after some tries, AnswerMissing.
    """
    for _ in range(_TRIES):
        typed = talk.secret(questions[0])
        try:
            first = good(typed)
        except LangsoError as refused:
            talk.say(str(refused), mark="warn")
            continue
        if spelt(talk.secret(questions[1])) == first:
            return first
        talk.say(t("setup-password-differs"), mark="warn")
    raise PasswordRefused(Sentence("setup-password-given-up"))


def _put(path: Path, data: bytes, mode: int) -> bool:
    with acting_as_owner(path.parent):
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        if path.exists() and read_limited(path, 1 << 20, follow=False) == data:
            return False
        write_atomic(path, data, mode=mode)
    return True
