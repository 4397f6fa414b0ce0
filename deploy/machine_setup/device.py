"""Pairing a loudspeaker or kiosk by a stick: writes its request or takes its answer, whichever is next."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.errors import NotYet
from deploy.machine_setup.usb import stick_for, sticks
from langso.device.pairing import Paired, begin_pairing, check_answer, finish_pairing, load_paired, waiting_request
from langso.device.pairing_files import MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, PairingAnswer, read_answer, read_request
from langso.device.pairing_stand import stand_of
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.durable.held_folder import HeldFolder, held
from langso.durable.ownership import acting_as_owner
from langso.errors import LangsoError
from langso.settings.reading import Settings
from langso.words.catalogue import Sentence, t

Adopt = Callable[[Settings, PairingAnswer], Settings]
_MOST, _MOST_BYTES = 200, 64 << 20


def request_name(device: str) -> str:
    """The request's file on a stick that goes from device to device."""
    return f"yeu-cau-{device}.json"


def answer_name(device: str) -> str:
    """The answer's file."""
    return f"tra-loi-{device}.json"


def pair_by_stick(
    talk: Dialogue,
    settings: Settings,
    *,
    stick: Path | None = None,
    told: bool = False,
    anew: bool = False,
    adopt: Adopt | None = None,
) -> Paired | None:
    """Takes the next step of pairing; the pairing once there is one that is new here, None where there was one.

    `adopt`: gives the settings that an answer of another commune than theirs is to be taken with.

    Raises NotYet once the request lies on the stick, PairingError, StickRefused.
    """
    state = settings.paths.state
    stand = stand_of(state)
    there = [stick] if stick else [one.folder for one in sticks() if one.folder]
    if stand.state == "paired" and not stand.code and not anew:
        _tell_paired(talk, load_paired(state), there)
        return None
    letters = _Letters(talk, settings)
    if stand.code and not anew:
        found = letters.answer_on(there)
        if found is not None:
            return _finish(talk, settings, found, None if stand.state == "paired" else adopt)
        talk.say(t("setup-waiting", code=stand.code), mark="warn")
    with stick_for(talk, t("setup-stick-for-request"), "--stick", given=stick, told=told) as folder:
        # One that was not mounted before may carry the answer.
        if stand.code and not anew and (found := letters.answer_on([folder])) is not None:
            return _finish(talk, settings, found, None if stand.state == "paired" else adopt)
        raw = _request(settings, anew=anew or not stand.code)
        out = request_name(settings.device.id)
        folder.write(out, raw, mode=0o644)
    code = read_request(raw).short_code
    talk.say(t("setup-request-written", out=out), mark="good")
    talk.say(t("setup-code-to-compare", code=code), mark="good")
    raise NotYet(Sentence("setup-take-to-office"))


def _request(settings: Settings, *, anew: bool) -> bytes:
    """The request that waits, or a new one: a second run must not spoil an answer that is on its way."""
    state, device = settings.paths.state, settings.device
    if not anew:
        with acting_as_owner(state):
            return read_limited(state / "pairing" / "waiting" / "request.json", MAX_REQUEST_BYTES)
    assert device.role in ("speaker", "kiosk", "bridge")
    return begin_pairing(
        state,
        device=device.id,
        role=device.role,
        place=device.place,
        village=device.village,
        now=datetime.now(UTC),
        carried=request_name(device.id),
    )


class _Letters:
    """Answers on sticks. What lies there for others is told once: a technician may stand before the wrong machine."""

    def __init__(self, talk: Dialogue, settings: Settings) -> None:
        self._talk, self._settings = talk, settings
        self._told: set[str] = set()

    def answer_on(self, places: Sequence[Path | HeldFolder]) -> bytes | None:
        """The answer to the very request that waits here."""
        state = self._settings.paths.state
        with acting_as_owner(state, give=False):
            waiting = waiting_request(state)
        others = []
        for raw, answer in answers_on(places):
            if waiting is not None and answer.request == waiting[0].sha256:
                return raw
            others.append(answer)
        for answer in others:
            self._tell(answer)
        return None

    def _tell(self, answer: PairingAnswer) -> None:
        if answer.request in self._told:
            return
        self._told.add(answer.request)
        whose = t("setup-answer-for", device=answer.device)
        if answer.device == self._settings.device.id:
            why = t("setup-answer-other-request", whose=whose)
        else:
            why = t("setup-answer-other-machine", whose=whose, id=self._settings.device.id)
        self._talk.say(why, mark="warn")


def _tell_paired(talk: Dialogue, paired: Paired, places: Sequence[Path | HeldFolder]) -> None:
    answer = paired.answer
    used = any(found == answer for _, found in answers_on(places))
    said = "setup-paired-before-used" if used else "setup-paired-before"
    talk.say(t(said, commune=answer.commune_name or answer.commune, device=answer.device))


def answers_on(places: Sequence[Path | HeldFolder]) -> list[tuple[bytes, PairingAnswer]]:
    """Every answer on these sticks, whoever it is for."""
    found = []
    for place in places:
        for _, raw in json_files(place):
            with contextlib.suppress(LangsoError):
                found.append((raw, read_answer(raw)))
    return found


def json_files(place: Path | HeldFolder) -> list[tuple[str, bytes]]:
    """The plain files of a stick's top that may be ours, with what is in them; a link on a stick is nobody's."""
    found: list[tuple[str, bytes]] = []
    with contextlib.suppress(FileRefused), held(place) as folder:
        for name in folder.names("*.json")[:_MOST]:
            with contextlib.suppress(FileRefused):
                found.append((name, folder.read(name, MAX_ANSWER_BYTES)))
            if sum(len(raw) for _, raw in found) > _MOST_BYTES:
                break
    return found


def _finish(talk: Dialogue, settings: Settings, raw: bytes, adopt: Adopt | None) -> Paired:
    state = settings.paths.state
    if adopt is not None and read_answer(raw).commune != settings.commune.code:
        settings = adopt(settings, check_answer(state, raw))
    paired = finish_pairing(state, raw, commune=settings.commune.code)
    answer = paired.answer
    talk.say(t("setup-paired", commune=answer.commune_name or answer.commune, device=answer.device), mark="good")
    return paired
