"""Founding a commune at its office: root keys are made and used one stick after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from deploy.errors import SetupRefused
from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.errors import NotYet
from deploy.machine_setup.usb import stick_for
from langso.contract import Caps
from langso.contract.base import Message
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.durable.held_folder import HeldFolder
from langso.durable.ownership import acting_as_owner
from langso.errors import LangsoError
from langso.trust.roots import passphrase
from langso.trust.roots.ceremony import Sitting as Seat
from langso.trust.roots.ceremony import make_key, sign_with, sit_down
from langso.trust.roots.differences import Weighty
from langso.trust.roots.errors import WrongPassphrase
from langso.trust.roots.key_file import MAX_ROOT_KEY_FILE, PublicPart, public_part, read_public_part
from langso.trust.roots.passphrase_cipher import STRONG, Cost
from langso.trust.roots.proposal import MAX_PROPOSAL_BYTES, Proposal, ReadProposal, build, merged, read_proposal
from langso.trust.roots.sticks import key_name, key_on, refuse_a_second_key, refuse_installation
from langso.words.catalogue import Sentence, t
from office.founding import founding
from office.places import OfficeHome

MAX_DRAFT = 8 << 20
NEW_KEYS: Cost = STRONG


class Draft(Message):
    """What has been gathered; it survives a power cut. `proposal`: once all keys are known, with its signatures so
    far.
    """

    kind: Literal["founding"] = "founding"
    count: Annotated[int, Field(ge=1, le=founding.MAX_ROOT_KEYS)]
    threshold: Annotated[int, Field(ge=1, le=founding.MAX_ROOT_KEYS)]
    caps: Caps = Caps()
    keys: Annotated[tuple[PublicPart, ...], Field(max_length=founding.MAX_ROOT_KEYS)] = ()
    proposal: Proposal | None = None


@dataclass(frozen=True)
class RootAnswers:
    """What options answer beforehand. Lists go by stick: the first holder keeps the first stick."""

    sticks: Sequence[Path] = ()
    holders: Sequence[str] = ()
    passphrases: Sequence[Path] = ()
    publics: Sequence[Path] = ()
    proposals: Sequence[Path] = ()
    count: int | None = None
    threshold: int | None = None
    not_a_stick: bool = False


class FoundingSitting:
    """The founding of one office. Every step is kept in `home.founding_file` before the next begins."""

    def __init__(
        self,
        talk: Dialogue,
        home: OfficeHome,
        answers: RootAnswers,
        caps: Caps,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._talk, self._home, self._answers, self._now = talk, home, answers, now
        self._turn = 0
        self._draft = load_draft(home) or self._begun(caps)

    def run(self) -> None:
        """Goes on until the commune is founded. Raises NotYet where signatures or keys must be fetched first."""
        self._take_publics()
        while True:
            while len(self._draft.keys) < self._draft.count:
                if not self._one_more_key():
                    raise NotYet(self._waiting_for_keys())
            read = self._proposal()
            if not read.missing():
                break
            if not self._one_more_signature(read):
                raise NotYet(self._waiting_for_signatures(read))
        founding.finish(self._home, read)
        self._home.founding_file.unlink(missing_ok=True)
        self._talk.say(t("setup-founded-signed"), mark="good")

    def _begun(self, caps: Caps) -> Draft:
        talk, answers = self._talk, self._answers
        talk.say()
        talk.say(t("setup-root-keys-are"))

        def number(most: int) -> Callable[[str], int]:
            def parse(text: str) -> int:
                if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
                    raise ValueError(Sentence("setup-type-number", most=most))
                return int(text)

            return parse

        def told(value: int | None) -> str | None:
            return None if value is None else str(value)

        count = talk.ask(
            t("setup-how-many-sticks"),
            "--root-count",
            number(founding.MAX_ROOT_KEYS),
            given=told(answers.count),
            default="3",
        )
        threshold = talk.ask(
            t("setup-how-many-sign"),
            "--root-threshold",
            number(count),
            given=told(answers.threshold),
            default=str(min(2, count)),
        )
        warning = founding.advice(count, threshold)
        if warning is not None:
            talk.say(str(warning), mark="warn")
            if not talk.agree(t("setup-do-it-anyway"), default=False, unattended=True):
                raise SetupRefused(Sentence("setup-no-key-made"))
        draft = Draft(count=count, threshold=threshold, caps=caps)
        self._keep(draft)
        return draft

    def _take_publics(self) -> None:
        """Parts of keys that were made elsewhere, sent as files."""
        for path in self._answers.publics:
            self._take(read_public_part(read_limited(path, MAX_ROOT_KEY_FILE)))

    def _take(self, part: PublicPart) -> None:
        if part.commune != self._home.settings.commune.code:
            raise SetupRefused(Sentence("setup-key-of-other-commune", holder=part.holder, commune=part.commune))
        if any(one.public_key == part.public_key for one in self._draft.keys):
            return
        if len(self._draft.keys) >= self._draft.count:
            raise SetupRefused(Sentence("setup-enough-keys", count=self._draft.count, holder=part.holder))
        self._keep(self._draft.model_copy(update={"keys": (*self._draft.keys, part)}))
        self._talk.say(
            t(
                "setup-key-taken",
                keys=len(self._draft.keys),
                count=self._draft.count,
                holder=part.holder,
                code=part.code,
            ),
            mark="good",
        )

    def _one_more_key(self) -> bool:
        """From the next stick; whether there was one."""
        talk, number = self._talk, len(self._draft.keys) + 1
        given = self._next_stick()
        if given is None:
            if not talk.asks:
                return False
            talk.say()
            talk.say(t("setup-key-number", number=number, count=self._draft.count))
            talk.wait(t("setup-plug-holder"))
        commune = self._home.settings.commune.code
        with (
            self._patiently() as patience,
            stick_for(
                talk, t("setup-stick-for-key"), "--root-stick", given=given, told=self._answers.not_a_stick
            ) as stick,
        ):
            refuse_installation(stick)
            refuse_a_second_key(stick, commune)
            if stick.has(key_name(commune)):
                self._known_stick(stick)
                return True
            holder = talk.ask(
                t("setup-who-holds"),
                "--holder",
                _holder,
                given=self._of_this_stick(self._answers.holders),
            )
            phrase = self._new_phrase()
            made = make_key(stick, phrase, commune=commune, holder=holder, now=self._now(), cost=NEW_KEYS)
            self._take(public_part(made))
            talk.say(t("setup-write-code-down"))
            if len(self._draft.keys) == self._draft.count:
                # The last stick is still in: it can sign at once.
                self._sign_on(stick, self._proposal(), phrase)
        if not patience.refused:
            self._pull_out()
        return True

    def _known_stick(self, stick: HeldFolder) -> None:
        key = key_on(stick, self._home.settings.commune.code)
        if any(one.public_key == key.public_key for one in self._draft.keys):
            self._talk.say(t("setup-key-taken-already", holder=key.holder), mark="warn")
            if not self._talk.asks:
                return
        elif self._talk.agree(t("setup-use-this-key", named=key.named()), default=True, unattended=True):
            self._take(public_part(key))

    def _one_more_signature(self, read: ReadProposal) -> bool:
        for path in self._answers.proposals if self._turn == 0 else ():
            back = read_proposal(read_limited(path, MAX_PROPOSAL_BYTES))
            read = merged([read, back])
        if read.proposal != self._draft.proposal:
            self._keep(self._draft.model_copy(update={"proposal": read.proposal}))
            if not read.missing():
                return True
        given = self._next_stick()
        talk = self._talk
        if given is None:
            if not talk.asks:
                return False
            talk.say()
            for line in read.missing():
                talk.say(line)
            if not talk.agree(t("setup-sign-now"), default=True, unattended=False):
                return self._one_key_anew()
            talk.wait(t("setup-plug-signer"))
        with (
            self._patiently() as patience,
            stick_for(
                talk, t("setup-root-key-stick"), "--root-stick", given=given, told=self._answers.not_a_stick
            ) as stick,
        ):
            refuse_a_second_key(stick, read.proposal.commune)
            self._sign_on(stick, read, None)
        if patience.refused:
            self._one_key_anew()
        else:
            self._pull_out()
        return True

    def _one_key_anew(self) -> bool:
        """Until the commune is founded a lost key costs only another stick; whether one is to be made anew."""
        talk = self._talk
        if not talk.agree(t("setup-key-lost"), default=False, unattended=False):
            return False
        keys = self._draft.keys
        lost = talk.choose(
            t("setup-which-key"),
            "--root-stick",
            [t("setup-holder-code", holder=one.holder, code=one.code) for one in keys],
        )
        kept = tuple(one for number, one in enumerate(keys) if number != lost)
        self._keep(self._draft.model_copy(update={"keys": kept, "proposal": None}))
        talk.say(t("setup-key-dropped", holder=keys[lost].holder, code=keys[lost].code), mark="warn")
        talk.say(t("setup-make-key-again"))
        return True

    def _sign_on(self, stick: HeldFolder, read: ReadProposal, phrase: str | None) -> None:
        talk, sitting = self._talk, sit_down(stick, read)
        if sitting.done:
            talk.say(t("setup-has-signed", named=sitting.key.named()), mark="warn")
            return
        talk.say()
        talk.say(t("setup-asked-to-sign", named=sitting.key.named()))
        for line in sitting.words:
            talk.say(f"  {line}", mark="warn" if isinstance(line, Weighty) else "")
        if not talk.agree(t("setup-holder-agrees"), default=True, unattended=True):
            talk.say(t("setup-not-signed"))
            return
        signed = self._signed(sitting, phrase)
        self._keep(self._draft.model_copy(update={"proposal": signed.proposal}))
        talk.say(t("setup-signed", named=sitting.key.named()), mark="good")

    def _signed(self, sitting: Seat, phrase: str | None) -> ReadProposal:
        if phrase is None and (file := self._phrase_file()) is not None:
            phrase = passphrase.from_file(file)
        if phrase is not None:
            return sign_with(sitting, phrase)
        for left in reversed(range(passphrase.TRIES)):
            try:
                return sign_with(sitting, self._talk.secret(t("setup-passphrase-of", named=sitting.key.named())))
            except WrongPassphrase as wrong:
                if not left:
                    raise
                self._talk.say(str(wrong), mark="warn")
        raise AssertionError("unreachable")

    def _proposal(self) -> ReadProposal:
        if self._draft.proposal is None:
            read = founding.propose(
                self._home, self._draft.keys, self._now(), threshold=self._draft.threshold, caps=self._draft.caps
            )
            self._keep(self._draft.model_copy(update={"proposal": read.proposal}))
        assert self._draft.proposal is not None
        return build(self._draft.proposal)

    def _new_phrase(self) -> str:
        file = self._phrase_file()
        if file is not None:
            return passphrase.check_new(passphrase.from_file(file))
        return passphrase.ask_new(self._talk.secret, self._talk.say)

    def _next_stick(self) -> Path | None:
        """The next one named by an option: first each makes its key, then they sign from the first on again."""
        sticks = self._answers.sticks
        if not sticks or self._turn >= 2 * len(sticks):
            return None
        self._turn += 1
        return sticks[(self._turn - 1) % len(sticks)]

    def _of_this_stick(self, listed: Sequence[str]) -> str | None:
        place = (self._turn - 1) % len(self._answers.sticks) if self._answers.sticks else 0
        return listed[place] if place < len(listed) and self._answers.sticks else None

    def _phrase_file(self) -> Path | None:
        files = self._answers.passphrases
        if not files:
            return None
        place = (self._turn - 1) % len(self._answers.sticks) if self._answers.sticks else 0
        return files[place] if place < len(files) else files[0]

    def _patiently(self) -> _Patience:
        return _Patience(self._talk)

    def _pull_out(self) -> None:
        self._talk.wait(t("setup-pull-out"))

    def _waiting_for_keys(self) -> str:
        rest = self._draft.count - len(self._draft.keys)
        return t("setup-keys-missing", rest=rest, code=self._home.settings.commune.code)

    def _waiting_for_signatures(self, read: ReadProposal) -> str:
        return t("setup-signatures-missing", missing=" ".join(read.missing()), carried=self.carried())

    def carried(self) -> Path:
        """The proposal as a file of its own, for holders who are somewhere else."""
        assert self._draft.proposal is not None
        path = self._home.state / "de-nghi.json"
        with acting_as_owner(self._home.state):
            write_atomic(path, self._draft.proposal.to_json(), mode=0o644)
        return path

    def _keep(self, draft: Draft) -> None:
        with acting_as_owner(self._home.state):
            write_atomic(self._home.founding_file, draft.to_json())
        self._draft = draft


class _Patience:
    """Within, what is wrong with a stick is told to a person, who may take another; alone it is raised."""

    def __init__(self, talk: Dialogue) -> None:
        self._talk = talk
        self.refused = False

    def __enter__(self) -> _Patience:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, LangsoError) and self._talk.asks and not isinstance(error, NotYet):
            self._talk.say(str(error), mark="bad")
            self.refused = True
            return True
        return False


def load_draft(home: OfficeHome) -> Draft | None:
    """What an earlier sitting gathered; None where there was none. Raises SetupRefused for a damaged file."""
    if not home.founding_file.exists():
        return None
    try:
        return Draft.model_validate_json(read_limited(home.founding_file, MAX_DRAFT))
    except (ValidationError, ValueError, FileRefused) as error:
        raise SetupRefused(Sentence("setup-founding-damaged", file=home.founding_file)) from error


def _holder(text: str) -> str:
    found = " ".join(text.split())
    if not 1 <= len(found) <= 100 or not found.isprintable():
        raise ValueError(Sentence("setup-type-holder"))
    return found
