"""A commune founded at its office: root keys made and used one stick after another, in one sitting or over days."""

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
from langso.trust.roots.errors import WrongPassphrase
from langso.trust.roots.key_file import MAX_ROOT_KEY_FILE, STRONG, Cost, PublicPart, public_part, read_public_part
from langso.trust.roots.proposal import MAX_PROPOSAL_BYTES, Proposal, ReadProposal, build, merged, read_proposal
from langso.trust.roots.sticks import key_name, key_on, refuse_a_second_key, refuse_installation
from langso.words.catalogue import t
from office.founding import founding
from office.places import OfficeHome

MAX_DRAFT = 8 << 20
NEW_KEYS: Cost = STRONG


class Draft(Message):
    """What has been gathered: survives a power cut. `proposal`: once all keys are known, with signatures so far."""

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


class Sitting:
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
        """Until the commune is founded. Raises NotYet where signatures or keys must be fetched first."""
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
        self._talk.say("Đã lập xã: danh sách quyền đủ chữ ký của khoá gốc.", mark="good")

    def _begun(self, caps: Caps) -> Draft:
        talk, answers = self._talk, self._answers
        talk.say()
        talk.say(
            "Khoá gốc: những USB mà xã cất đi, dùng khi đổi quyền. Nên có 3 USB do 3 người giữ, mỗi lần đổi cần 2."
        )

        def number(most: int) -> Callable[[str], int]:
            def parse(text: str) -> int:
                if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
                    raise ValueError(f"Hãy gõ một số từ 1 đến {most}.")
                return int(text)

            return parse

        def told(value: int | None) -> str | None:
            return None if value is None else str(value)

        count = talk.ask(
            "Xã có mấy USB khoá gốc",
            "--root-count",
            number(founding.MAX_ROOT_KEYS),
            given=told(answers.count),
            default="3",
        )
        threshold = talk.ask(
            "Mỗi lần đổi quyền cần mấy USB cùng ký",
            "--root-threshold",
            number(count),
            given=told(answers.threshold),
            default=str(min(2, count)),
        )
        warning = founding.advice(count, threshold)
        if warning is not None:
            talk.say(warning, mark="warn")
            if not talk.agree("Vẫn làm như vậy?", default=False, unattended=True):
                raise SetupRefused("Chưa tạo khoá nào; chạy lại khi đã có đủ USB: sudo langso setup")
        draft = Draft(count=count, threshold=threshold, caps=caps)
        self._keep(draft)
        return draft

    def _take_publics(self) -> None:
        """Parts of keys that were made elsewhere, sent as files."""
        for path in self._answers.publics:
            self._take(read_public_part(read_limited(path, MAX_ROOT_KEY_FILE)))

    def _take(self, part: PublicPart) -> None:
        if part.commune != self._home.settings.commune.code:
            raise SetupRefused(f"Khoá gốc của {part.holder} là của xã {part.commune}; hãy dùng khoá của xã này.")
        if any(one.public_key == part.public_key for one in self._draft.keys):
            return
        if len(self._draft.keys) >= self._draft.count:
            raise SetupRefused(f"Đã đủ {self._draft.count} khoá gốc; không nhận thêm khoá của {part.holder}.")
        self._keep(self._draft.model_copy(update={"keys": (*self._draft.keys, part)}))
        self._talk.say(
            f"Đã nhận khoá {len(self._draft.keys)}/{self._draft.count}: {part.holder}, mã {part.code}", mark="good"
        )

    def _one_more_key(self) -> bool:
        """From the next stick; whether there was one."""
        talk, number = self._talk, len(self._draft.keys) + 1
        given = self._next_stick()
        if given is None:
            if not talk.asks:
                return False
            talk.say()
            talk.say(f"— Khoá gốc {number}/{self._draft.count} —")
            talk.wait("Rút các USB khoá khác ra, cắm USB của người giữ khoá này, rồi bấm Enter.")
        commune = self._home.settings.commune.code
        with (
            self._patiently() as patience,
            stick_for(talk, "USB để khoá gốc", "--root-stick", given=given, told=self._answers.not_a_stick) as stick,
        ):
            refuse_installation(stick)
            refuse_a_second_key(stick, commune)
            if stick.has(key_name(commune)):
                self._known_stick(stick)
                return True
            holder = talk.ask(
                "Ai giữ khoá này (tên, chức vụ)",
                "--holder",
                _holder,
                given=self._of_this_stick(self._answers.holders),
            )
            phrase = self._new_phrase()
            made = make_key(stick, phrase, commune=commune, holder=holder, now=self._now(), cost=NEW_KEYS)
            self._take(public_part(made))
            talk.say("Ghi mã khoá vào biên bản. Câu mật khẩu cất riêng với USB; quên câu này là mất khoá.")
            if len(self._draft.keys) == self._draft.count:
                # The last stick is still in: it can sign at once.
                self._sign_on(stick, self._proposal(), phrase)
        if not patience.refused:
            self._pull_out()
        return True

    def _known_stick(self, stick: HeldFolder) -> None:
        key = key_on(stick, self._home.settings.commune.code)
        if any(one.public_key == key.public_key for one in self._draft.keys):
            self._talk.say(f"USB này là khoá của {key.holder}, đã nhận rồi. Hãy cắm USB của người khác.", mark="warn")
            if not self._talk.asks:
                return
        elif self._talk.agree(
            f"USB có sẵn khoá gốc của {key.named()}, tạo từ trước. Dùng khoá này?", default=True, unattended=True
        ):
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
            if not talk.agree("Ký tiếp bây giờ (cắm một USB khoá gốc)?", default=True, unattended=False):
                return self._one_key_anew()
            talk.wait("Rút các USB khoá khác ra, cắm USB khoá gốc của người ký, rồi bấm Enter.")
        with (
            self._patiently() as patience,
            stick_for(talk, "USB khoá gốc", "--root-stick", given=given, told=self._answers.not_a_stick) as stick,
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
        if not talk.agree(
            "Có khoá nào bị mất, hỏng hay quên câu mật khẩu, cần tạo lại?", default=False, unattended=False
        ):
            return False
        keys = self._draft.keys
        lost = talk.choose("Khoá nào", "--root-stick", [f"{one.holder}, mã {one.code}" for one in keys])
        kept = tuple(one for number, one in enumerate(keys) if number != lost)
        self._keep(self._draft.model_copy(update={"keys": kept, "proposal": None}))
        talk.say(f"Bỏ khoá của {keys[lost].holder}; gạch mã {keys[lost].code} khỏi biên bản.", mark="warn")
        talk.say("Tạo lại khoá đó trên một USB khác; các khoá còn lại ký lại từ đầu.")
        return True

    def _sign_on(self, stick: HeldFolder, read: ReadProposal, phrase: str | None) -> None:
        talk, sitting = self._talk, sit_down(stick, read)
        if sitting.done:
            talk.say(f"Khoá {sitting.key.named()} đã ký rồi; hãy cắm USB của người khác.", mark="warn")
            return
        talk.say()
        talk.say(f"Khoá {sitting.key.named()} được đề nghị ký:")
        for line in sitting.words:
            talk.say(f"  {line}", mark="warn" if line.startswith(t("root-attention")) else "")
        if not talk.agree("Người giữ khoá đồng ý ký?", default=True, unattended=True):
            talk.say("Chưa ký bằng khoá này.")
            return
        signed = self._signed(sitting, phrase)
        self._keep(self._draft.model_copy(update={"proposal": signed.proposal}))
        talk.say(f"Đã ký bằng khoá {sitting.key.named()}.", mark="good")

    def _signed(self, sitting: Seat, phrase: str | None) -> ReadProposal:
        if phrase is None and (file := self._phrase_file()) is not None:
            phrase = passphrase.from_file(file)
        if phrase is not None:
            return sign_with(sitting, phrase)
        for left in reversed(range(passphrase.TRIES)):
            try:
                return sign_with(sitting, self._talk.secret(f"Câu mật khẩu của khoá {sitting.key.named()}"))
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
        self._talk.wait("Rút USB này ra và đưa lại người giữ, rồi bấm Enter.")

    def _waiting_for_keys(self) -> str:
        rest = self._draft.count - len(self._draft.keys)
        return (
            f"Còn thiếu {rest} khoá gốc. Mỗi người tạo khoá trên máy nào cũng được: langso root new"
            f" --stick /media/usb --commune {self._home.settings.commune.code} --holder “Tên” -o khoa.json;"
            " rồi chạy lại ở đây: sudo langso setup --root-public khoa.json (hoặc cắm luôn USB đó)."
        )

    def _waiting_for_signatures(self, read: ReadProposal) -> str:
        return (
            f"{' '.join(read.missing())} Chạy lại khi có USB: sudo langso setup. Ký ở nơi khác: mang tệp"
            f" {self.carried()} đi, langso root sign de-nghi.json --stick /media/usb, rồi ở đây:"
            " sudo langso setup --proposal de-nghi.json"
        )

    def carried(self) -> Path:
        """The proposal as a file of its own, for holders who are elsewhere."""
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
        raise SetupRefused(
            f"Tệp lập xã dở dang {home.founding_file} bị hỏng; nếu chưa thiết bị nào được ghép, hãy xoá tệp đó rồi"
            " làm lại với USB mới."
        ) from error


def _holder(text: str) -> str:
    found = " ".join(text.split())
    if not 1 <= len(found) <= 100 or not found.isprintable():
        raise ValueError("Hãy gõ tên người giữ khoá, nhiều nhất 100 chữ.")
    return found
