"""The guide's order of steps, for whichever role this machine has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deploy.errors import SetupRefused
from deploy.install.place import MachinePlace, role_of
from deploy.machine_setup import names, serving, time_of_day
from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.errors import AnswerMissing, NotYet
from deploy.machine_setup.first_settings import Answers, ask_for, camera, change, differences, in_words
from deploy.machine_setup.settings_text import Key, settings_text
from langso.device.lan import lan_name
from langso.device.pairing_files import PairingAnswer
from langso.device.pairing_stand import stand_of
from langso.durable.files import sync_folder, write_atomic
from langso.errors import LangsoError
from langso.settings.reading import Settings, load_settings, parse_settings
from langso.words.catalogue import Sentence, t

_ROLES = {"office": Sentence("setup-role-office"), "speaker": "loa", "kiosk": "kiosk"}


@dataclass(frozen=True)
class Options:
    """What the command line answers beforehand; None or empty: find out or ask."""

    role: str | None = None
    commune: str | None = None
    commune_name: str | None = None
    device: str | None = None
    place: str | None = None
    village: str | None = None
    hostname: str | None = None
    names: tuple[str, ...] = ()
    time_of_day: str | None = None
    stick: Path | None = None
    codes: tuple[str, ...] = ()
    replace: bool = False
    address: str | None = None
    pair_again: bool = False
    root_count: int | None = None
    root_threshold: int | None = None
    root_sticks: tuple[Path, ...] = ()
    holders: tuple[str, ...] = ()
    passphrases: tuple[Path, ...] = ()
    publics: tuple[Path, ...] = ()
    proposals: tuple[Path, ...] = ()
    not_a_stick: bool = False
    quiet_hours: tuple[str, ...] = ()
    volume: int = 100
    account: str | None = None
    account_password_file: Path | None = None
    desk_passphrase_file: Path | None = None
    desk_sheet: Path | None = None
    no_start: bool = False


class Guide:
    """One run of the guide. Everything that was done before is found out, not remembered."""

    def __init__(self, talk: Dialogue, place: MachinePlace, options: Options) -> None:
        self._talk, self._place, self._options = talk, place, options
        self._changed = False
        self._left: tuple[str, ...] = ()
        self._anew = False

    def run(self) -> None:
        """Takes every step that can be taken now. Raises NotYet where something must be brought, SetupRefused."""
        talk, options = self._talk, self._options
        role = self._role()
        talk.say(t("setup-make-this", role=_ROLES[role]))
        time_of_day.put_right(talk, self._place.built(), given=options.time_of_day, latch=self._place.clock_latch)
        self._hostname(role)
        file, settings = self._settings(role)
        if role == "office":
            settings = self._office(file, settings)
        else:
            self._device(settings)
        self._serve(role, settings, anew=self._changed)
        if self._left:
            raise NotYet(Sentence("setup-not-yet-accepted", left=", ".join(self._left)))
        if self._place.real and not options.no_start:
            talk.say(t("setup-done"), mark="good")

    def to_do(self) -> list[str]:
        """What `run` would do, a line each; changes nothing."""
        place, role = self._place, role_of(self._place, self._options.role)
        if role is None:
            return [t("setup-role-unknown")]
        lines = [t("setup-role-is", role=_ROLES[role])]
        try:
            present = place.present_settings()
        except LangsoError as error:
            return [*lines, t("setup-correct-first", why=error)]
        if present is None:
            lines.append(t("setup-would-ask", settings=place.settings))
        else:
            lines.append(
                t("setup-has-settings", file=present[0], name=present[1].commune.name, id=present[1].device.id)
            )
        lines += self._office_to_do(present) if role == "office" else self._device_to_do(present)
        return [*lines, t("setup-would-start")]

    def _office_to_do(self, present: tuple[Path, Settings] | None) -> list[str]:
        from deploy.machine_setup.office import has_account
        from deploy.machine_setup.sitting import load_draft
        from office.places import OfficeHome

        if present is None:
            return [
                t("setup-would-make-keys"),
                t("setup-would-certify"),
            ]
        home, lines = OfficeHome(present[1]), []
        draft = load_draft(home)
        if home.trust_file.exists():
            lines.append(t("setup-founded"))
        elif draft is None:
            lines.append(t("setup-would-make-keys"))
        else:
            lines.append(t("setup-founding-going-on", keys=len(draft.keys), count=draft.count))
        there = (self._place.broker / "broker.pem").exists()
        lines.append(t("setup-has-certificate") if there else t("setup-would-give-certificate"))
        lines.append(t("setup-has-account") if has_account(present[1]) else t("setup-would-ask-account"))
        lines.append(t("setup-would-look-for-requests"))
        return lines

    def _device_to_do(self, present: tuple[Path, Settings] | None) -> list[str]:
        if present is None:
            return [t("setup-would-write-request")]
        stand = stand_of(present[1].paths.state)
        return {
            "paired": [t("setup-is-paired")],
            "asked": [t("setup-waits-for-answer", code=stand.code)],
            "new": [t("setup-would-write-request")],
            "broken": [t("setup-would-write-new-request", why=stand.why)],
        }[stand.state]

    def _role(self) -> str:
        known = role_of(self._place, self._options.role)
        if known is None:
            if not self._talk.asks:
                raise SetupRefused(Sentence("setup-no-package"))
            roles = list(_ROLES)
            known = roles[self._talk.choose(t("setup-what-does-it"), "--role", [str(_ROLES[one]) for one in roles])]
        return known

    def _hostname(self, role: str) -> None:
        """Devices call an office by its machine's name: one of its own, that no other machine here answers to."""
        talk, given = self._talk, self._options.hostname
        if given is None:
            if not self._place.real or role != "office":
                return
            own = lan_name().removesuffix(".local")
            other = names.used_elsewhere(own)
            if not names.generic_hostname() and other is None:
                return
            if other is not None:
                talk.say(
                    t("setup-name-taken", own=own, other=other),
                    mark="bad",
                )
            else:
                talk.say(t("setup-factory-name", own=own))
            if not talk.asks:
                if other is None:
                    return
                raise SetupRefused(Sentence("setup-name-shared", own=own, other=other))
            given = talk.ask(t("setup-ask-hostname"), "--hostname", _free_name, default="van-phong-xa")
        names.rename_host(_free_name(given) if self._place.real else names.slug(given), self._place.root)
        talk.say(t("setup-hostname-is", given=given))
        self._changed = True

    def _settings(self, role: str) -> tuple[Path, Settings]:
        talk, given = self._talk, self._options
        said = Answers(given.commune, given.commune_name, given.device, given.place, given.village)
        present = self._place.present_settings()
        if present is not None:
            file, settings = present
            changes = differences(settings, said)
            if changes:
                settings = self._changed_settings(file, settings, changes)
            talk.say(t("setup-uses-settings", file=file, name=settings.commune.name, id=settings.device.id))
            return file, settings
        found = ask_for(talk, role, said)
        text = settings_text(
            role,
            commune=found.commune or "",
            commune_name=found.commune_name or "",
            device=found.device or "",
            place=found.place or "",
            village=found.village or None,
            camera=camera(self._place.root),
            names=", ".join(given.names),
            root=self._place.root,
        )
        file = self._place.draft if role == "office" else self._place.settings
        settings = parse_settings(text.encode(), source=str(file))
        file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        write_atomic(file, text.encode(), mode=0o644)
        self._changed = True
        return file, settings

    def _changed_settings(self, file: Path, settings: Settings, changes: dict[Key, str | None]) -> Settings:
        """Options that contradict the settings are followed as long as nobody else knows of these."""
        told, stand = in_words(settings, changes), stand_of(settings.paths.state)
        keys = ", ".join(t("setup-key-in", key=key, section=section) for section, key in changes)
        if settings.device.role == "office":
            from deploy.machine_setup.sitting import load_draft
            from office.places import OfficeHome

            home = OfficeHome(settings)
            draft = load_draft(home)
            if home.trust_file.exists() or (draft is not None and draft.keys):
                raise SetupRefused(Sentence("setup-office-has-keys", file=file, told=told, keys=keys))
        elif stand.state not in ("new", "asked"):
            raise SetupRefused(Sentence("setup-machine-is-paired", file=file, told=told, keys=keys))
        settings = change(file, changes)
        self._talk.say(t("setup-corrected", file=file, told=told), mark="warn")
        self._changed = True
        if stand.code and any(section == "device" for section, _ in changes):
            # The request that waits says otherwise.
            self._anew = True
        return settings

    def _adopted(self, settings: Settings, answer: PairingAnswer) -> Settings:
        """An answer of another commune, on a machine that never had one: its settings were most likely mistyped."""
        name = answer.commune_name or settings.commune.name
        told = t(
            "setup-answer-other-commune",
            theirs=name,
            their_code=answer.commune,
            ours=settings.commune.name,
            our_code=settings.commune.code,
        )
        if not self._talk.asks:
            raise AnswerMissing(Sentence("setup-if-right-commune", told=told, commune=answer.commune, name=name))
        if not self._talk.agree(t("setup-correct-by-answer", told=told), default=True, unattended=False):
            raise SetupRefused(Sentence("setup-not-paired-other", told=told))
        return self._changed_settings(
            self._place.settings, settings, {("commune", "code"): answer.commune, ("commune", "name"): name}
        )

    def _office(self, file: Path, settings: Settings) -> Settings:
        from deploy.machine_setup.answering import answer_requests
        from deploy.machine_setup.desk_key import SealAnswers, offer_seal
        from deploy.machine_setup.office import FirstAccount, first_account, found_office, lay_broker
        from deploy.machine_setup.sitting import RootAnswers
        from langso.contract import Caps
        from office.founding.console_ca import console_names
        from office.founding.limits import read_quiet_hours

        talk, given = self._talk, self._options
        caps = Caps(volume=given.volume, quiet_hours=read_quiet_hours(given.quiet_hours))
        answers = RootAnswers(
            sticks=given.root_sticks,
            holders=given.holders,
            passphrases=given.passphrases,
            publics=given.publics,
            proposals=given.proposals,
            count=given.root_count,
            threshold=given.root_threshold,
            not_a_stick=given.not_a_stick,
        )
        found_office(talk, settings, answers, caps)
        if lay_broker(self._place, settings, given.names):
            talk.say(t("setup-called-at", names=", ".join(console_names(settings.office).all)))
            self._changed = True
        made = first_account(talk, settings, FirstAccount(given.account, given.account_password_file))
        offer_seal(talk, settings, made, SealAnswers(given.desk_passphrase_file, given.desk_sheet, given.account))
        if file == self._place.draft:
            # Only now do the services begin: their condition is this file.
            file.replace(self._place.settings)
            sync_folder(self._place.etc)
            settings = load_settings(self._place.settings)
            self._changed = True
        answered = answer_requests(
            talk, settings, given=given.stick, codes=given.codes, replace=given.replace, address=given.address
        )
        self._left = answered.left
        if answered.done and given.address:
            self._changed |= lay_broker(self._place, settings, (*given.names, given.address))
        return settings

    def _device(self, settings: Settings) -> None:
        from deploy.machine_setup.device import pair_by_stick

        given = self._options
        try:
            paired = pair_by_stick(
                self._talk,
                settings,
                stick=given.stick,
                told=given.not_a_stick,
                anew=given.pair_again or self._anew,
                adopt=self._adopted,
            )
        except NotYet:
            # It waits politely, and its screen says how to pair.
            if self._place.real and serving.systemd_runs() and not given.no_start:
                serving.start(self._talk, settings.device.role, anew=self._changed)
            raise
        if paired is not None:
            self._time_from((paired.answer.broker_host, *paired.answer.noted))
            self._changed = True

    def _time_from(self, hosts: tuple[str, ...]) -> None:
        """The office also gives its devices the time."""
        from deploy.time_source import SOURCES, follow_office

        follow_office(hosts, self._place.root / str(SOURCES).lstrip("/"), reload=self._place.real)

    def _serve(self, role: str, settings: Settings, *, anew: bool) -> None:
        talk = self._talk
        if self._options.no_start or not self._place.real:
            return
        if not serving.systemd_runs():
            raise SetupRefused(Sentence("setup-no-systemd"))
        talk.say(t("setup-starting"))
        down = serving.start(talk, role, anew=anew)
        good = serving.examine_and_tell(talk, self._place.settings)
        if role == "office":
            from office.founding.doors import console_url

            talk.say(t("setup-pages-at", url=console_url(settings.office)))
        if down or not good:
            raise SetupRefused(Sentence("setup-not-quite"))


def _free_name(text: str) -> str:
    found = names.slug(text)
    other = names.used_elsewhere(found)
    if other is not None:
        raise names.BadName(Sentence("setup-host-in-use", found=found, other=other))
    return found
