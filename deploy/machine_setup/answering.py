"""The office's end of pairing in the guide: requests on a stick, answered after their digits were compared."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from deploy.machine_setup.device import answer_name, json_files
from deploy.machine_setup.dialogue import Dialogue
from deploy.machine_setup.usb import opened
from deploy.pairing import answer_at_office
from langso.errors import LangsoError
from langso.pairing import MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, ReadRequest, read_answer, read_request
from langso.paths import read_limited, write_atomic
from langso.settings import Settings
from office.home import OfficeHome
from office.registry import read_device


def answer_requests(
    talk: Dialogue,
    settings: Settings,
    *,
    given: Path | None = None,
    codes: Sequence[str] = (),
    replace: bool = False,
    address: str | None = None,
) -> int:
    """Offers to answer each request that has no answer beside it; how many were answered.

    `codes`: digits that options give beforehand; nobody being there, only those are answered.
    """
    done = 0
    with opened() if given is None else contextlib.nullcontext([given]) as folders:
        for folder in folders:
            for path, read in _requests(folder):
                try:
                    done += _one(talk, settings, folder, path, read, codes, replace, address)
                except LangsoError as refused:
                    talk.say(f"{path.name}: {refused}", mark="bad")
    return done


def _one(
    talk: Dialogue,
    settings: Settings,
    folder: Path,
    path: Path,
    read: ReadRequest,
    codes: Sequence[str],
    replace: bool,
    address: str | None,
) -> bool:
    request = read.request
    kind = {"speaker": "loa", "kiosk": "kiosk", "bridge": "bộ điều khiển"}[request.role]
    where = f", đặt ở {request.place}" if request.place else ""
    told = any(_digits(code) == _digits(read.short_code) for code in codes)
    if not told:
        if not talk.asks:
            return False
        talk.say()
        if not talk.agree(
            f"Trên USB có yêu cầu ghép của {kind} «{request.device}»{where}. Nhận?", default=True, unattended=False
        ):
            return False
        typed = talk.ask("Mười hai chữ số đọc trên thiết bị (không nhìn tệp)", "--code", str)
        if _digits(typed) != _digits(read.short_code):
            talk.say(
                "Mã không khớp: tệp này không phải của thiết bị đó. Không nhận; hãy tạo lại yêu cầu.", mark="bad"
            )
            return False
    known = read_device(OfficeHome(settings).devices, request.device)
    if known is not None and known.public != read.public and not replace:
        replace = talk.agree(
            f"Đã có thiết bị tên «{request.device}». Đây là máy thay cho máy cũ (máy cũ thôi được nghe)?",
            default=False,
            unattended=False,
        )
        if not replace:
            talk.say("Không nhận; hãy đặt tên khác trên thiết bị rồi tạo lại yêu cầu.", mark="warn")
            return False
    answered = answer_at_office(settings, read_limited(path, MAX_REQUEST_BYTES), replace=replace, address=address)
    out = folder / answer_name(answered.device)
    write_atomic(out, answered.answer, mode=0o644)
    talk.say(
        f"Đã nhận {answered.device}; thư trả lời: {out.name}. Mang USB lại thiết bị: sudo langso setup", mark="good"
    )
    return True


def _requests(folder: Path) -> list[tuple[Path, ReadRequest]]:
    """Requests on a stick to which no answer lies beside them."""
    files = json_files(folder)
    answered, found = set(), []
    for path in files:
        with contextlib.suppress(LangsoError):
            answered.add(read_answer(read_limited(path, MAX_ANSWER_BYTES)).request)
    for path in files:
        try:
            read = read_request(read_limited(path, MAX_REQUEST_BYTES))
        except LangsoError:
            continue
        if read.sha256 not in answered:
            found.append((path, read))
    return found


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
