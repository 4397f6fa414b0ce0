"""The office's side of pairing in the guide: requests on a stick are answered after their digits were compared."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.machine_setup.device import answer_name, answers_on, json_files
from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.usb import opened
from deploy.pairing import answer_at_office
from langso.device.paired_devices import read_device
from langso.device.pairing_files import ReadRequest, read_request
from langso.durable.held_folder import HeldFolder
from langso.errors import LangsoError
from langso.settings.reading import Settings
from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless
from office.fleet.pairing import CODE_TRIES, code_mistake, refuse_revoked
from office.places import OfficeHome


@dataclass(frozen=True)
class AnsweringRound:
    """How many requests were answered, and which devices stay without an answer though nobody declined them."""

    done: int = 0
    left: tuple[str, ...] = ()


def answer_requests(
    talk: Dialogue,
    settings: Settings,
    *,
    given: Path | None = None,
    codes: Sequence[str] = (),
    replace: bool = False,
    address: str | None = None,
) -> AnsweringRound:
    """Offers to answer each request that has no answer beside it.

    `codes`: digits that options give beforehand; where nobody is there to ask, only those are answered.
    """
    done, left = 0, []
    with contextlib.ExitStack() as kept:
        folders = kept.enter_context(opened()) if given is None else [kept.enter_context(HeldFolder(given))]
        found = [(folder, *one) for folder in folders for one in _requests(folder)]
        for folder in folders:
            for device in _carried(folder):
                talk.say(t("setup-answer-on-stick", device=device))
        desk = _Desk(talk, settings, [read for _, _, _, read in found], list(codes), replace, address)
        for folder, name, raw, read in found:
            try:
                answered = desk.one(folder, raw, read)
            except LangsoError as refused:
                talk.say(harmless(f"{name}: {refused}"), mark="bad")
                answered = None
            done += answered is True
            left += [read.request.device] if answered is None else []
    return AnsweringRound(done, tuple(left))


class _Desk:
    """One round of requests. `codes`: given beforehand, or typed for another request of this round."""

    def __init__(
        self,
        talk: Dialogue,
        settings: Settings,
        all_of_them: Sequence[ReadRequest],
        codes: list[str],
        replace: bool,
        address: str | None,
    ) -> None:
        self._talk, self._settings, self._all, self._codes = talk, settings, all_of_them, codes
        self._replace, self._address = replace, address

    def one(self, folder: HeldFolder, raw: bytes, read: ReadRequest) -> bool | None:
        """Whether it was answered; None where it stays although nobody declined it."""
        talk, request, home = self._talk, read.request, OfficeHome(self._settings)
        refuse_revoked(home, request.device)
        told = any(code_mistake(code, read) is None for code in self._codes)
        if not told:
            compared = self._compared(read) if talk.asks else None
            if not compared:
                return compared
        known, replace = read_device(home.devices, request.device), self._replace
        if known is not None and known.public != read.public and not replace:
            replace = talk.agree(
                t("setup-replace-old", device=request.device),
                default=False,
                unattended=False,
            )
            if not replace:
                talk.say(t("setup-not-accepted"), mark="warn")
                return None
        answered = answer_at_office(self._settings, raw, replace=replace, address=self._address)
        out = answer_name(answered.device)
        folder.write(out, answered.answer, mode=0o644)
        talk.say(t("setup-accepted", device=answered.device, out=out), mark="good")
        return True

    def _compared(self, read: ReadRequest) -> bool | None:
        """The digits are asked for until they match; False where a person leaves the request for another time."""
        talk, request = self._talk, read.request
        where = t("setup-standing-at", place=request.place) if request.place else ""
        village = f", {request.village}" if request.village else ""
        talk.say()
        kind = t(f"setup-kind-{request.role}")
        talk.say(t("setup-request-on-stick", kind=kind, device=request.device, where=where, village=village))
        for _ in range(CODE_TRIES):
            typed = talk.ask(
                t("setup-twelve-digits", device=request.device),
                "--code",
                str,
                default="",
            )
            if not typed:
                talk.say(t("setup-left", device=request.device), mark="warn")
                return False
            mistake = code_mistake(typed, read)
            if mistake is None:
                return True
            other = next((one for one in self._all if code_mistake(typed, one) is None), None)
            if other is not None:
                self._codes.append(typed)
                mistake = Sentence("setup-code-of-other", other=other.request.device, device=request.device)
            talk.say(str(mistake), mark="warn")
        talk.say(
            t("setup-still-on-stick", device=request.device),
            mark="bad",
        )
        return None


def _carried(folder: HeldFolder) -> list[str]:
    """The devices whose request lies on a stick with its answer beside it."""
    answered = {answer.request: answer.device for _, answer in answers_on([folder])}
    return sorted({answered[read.sha256] for _, _, read in _asked(folder) if read.sha256 in answered})


def _requests(folder: Path | HeldFolder) -> list[tuple[str, bytes, ReadRequest]]:
    """Requests on a stick to which no answer lies beside them."""
    answered = {answer.request for _, answer in answers_on([folder])}
    return [one for one in _asked(folder) if one[2].sha256 not in answered]


def _asked(folder: Path | HeldFolder) -> list[tuple[str, bytes, ReadRequest]]:
    found = []
    for name, raw in json_files(folder):
        with contextlib.suppress(LangsoError):
            found.append((name, raw, read_request(raw)))
    return found
