"""A loudspeaker or kiosk set up: its request onto a stick, its answer from one, found out by itself which is next."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.errors import NotYet
from deploy.machine_setup.usb import stick_for, sticks
from langso.errors import FileRefused, LangsoError
from langso.held_folder import HeldFolder, held
from langso.pairing import (
    MAX_ANSWER_BYTES,
    MAX_REQUEST_BYTES,
    Paired,
    begin_pairing,
    finish_pairing,
    read_answer,
    read_request,
    waiting_request,
)
from langso.pairing_stand import stand_of
from langso.paths import acting_as_owner, read_limited
from langso.settings import Settings

_MOST, _MOST_BYTES = 200, 64 << 20


def request_name(device: str) -> str:
    """The request's file on a stick that goes from device to device."""
    return f"yeu-cau-{device}.json"


def answer_name(device: str) -> str:
    """The answer's file."""
    return f"tra-loi-{device}.json"


def pair_by_stick(
    talk: Dialogue, settings: Settings, *, stick: Path | None = None, told: bool = False, anew: bool = False
) -> Paired | None:
    """Takes the next step of pairing; the pairing once there is one that is new here, None where there was one.

    Raises NotYet once the request lies on the stick, PairingError, StickRefused.
    """
    state = settings.paths.state
    stand = stand_of(state)
    if stand.state == "paired" and not stand.code and not anew:
        return None
    if stand.code and not anew:
        found = _answer_on_sticks(settings, [stick] if stick else [one.folder for one in sticks() if one.folder])
        if found is not None:
            return _finish(talk, settings, found)
        talk.say(f"Máy đang chờ thư trả lời của văn phòng; mã so khớp: {stand.code}", mark="warn")
    with stick_for(talk, "USB để mang yêu cầu ghép về văn phòng", "--stick", given=stick, told=told) as folder:
        # One that was not mounted before may carry the answer.
        if stand.code and not anew and (found := _answer_on_sticks(settings, [folder])) is not None:
            return _finish(talk, settings, found)
        raw = _request(settings, anew=anew or not stand.code)
        out = request_name(settings.device.id)
        folder.write(out, raw, mode=0o644)
    code = read_request(raw).short_code
    talk.say(f"Đã ghi yêu cầu ghép: {out}", mark="good")
    talk.say(f"MÃ SO KHỚP: {code}   (chép ra giấy, văn phòng sẽ hỏi)", mark="good")
    raise NotYet(
        "Mang USB về văn phòng xã và chạy ở đó: sudo langso setup. Rồi mang USB lại đây, chạy lại: sudo langso setup."
    )


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


def _answer_on_sticks(settings: Settings, folders: Sequence[Path | HeldFolder]) -> bytes | None:
    """The answer to the very request that waits here, on one of these sticks."""
    waiting = waiting_request(settings.paths.state)
    if waiting is None:
        return None
    for folder in folders:
        for _, raw in json_files(folder):
            try:
                if read_answer(raw).request == waiting[0].sha256:
                    return raw
            except LangsoError:
                continue
    return None


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


def _finish(talk: Dialogue, settings: Settings, raw: bytes) -> Paired:
    paired = finish_pairing(settings.paths.state, raw, commune=settings.commune.code)
    answer = paired.answer
    talk.say(f"Đã ghép với {answer.commune_name or answer.commune} dưới tên {answer.device}.", mark="good")
    return paired
