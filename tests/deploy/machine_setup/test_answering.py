"""The office compares digits as people type them: mistyped, cut short, or those of another device on the stick."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.machine_setup.answering import AnsweringRound, answer_requests
from deploy.machine_setup.device import answer_name, request_name
from deploy.machine_setup.dialogue import Dialogue
from langso.device.paired_devices import read_devices
from langso.device.pairing import begin_pairing
from langso.device.pairing_files import read_request
from langso.settings.reading import load_settings

from .conftest import Tree


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


@pytest.fixture
def codes(usb: Path, tmp_path: Path) -> dict[str, str]:
    """Two requests on one stick, and their digits."""
    found = {}
    for device in ("loa-1", "loa-2"):
        raw = begin_pairing(tmp_path / device, device=device, role="speaker", place="Thôn", now=datetime.now(UTC))
        (usb / request_name(device)).write_bytes(raw)
        found[device] = read_request(raw).short_code
    return found


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Answers the questions in order; the questions that were put."""

    def begin(*lines: str) -> list[str]:
        left, put = list(lines), []

        def asked(question: str, **_: object) -> str:
            put.append(question)
            return left.pop(0)

        monkeypatch.setattr("click.prompt", asked)
        return put

    return begin


def answer(office: Tree, usb: Path) -> AnsweringRound:
    return answer_requests(Dialogue(asks=True), load_settings(office.settings), given=usb)


def paired(office: Tree) -> list[str]:
    return [one.id for one in read_devices(office.state("office") / "devices")]


def test_codes_typed_crosswise_are_taken_for_what_they_are(
    office: Tree, usb: Path, codes: dict[str, str], typing: Callable[..., list[str]]
) -> None:
    put = typing(codes["loa-2"], codes["loa-1"])
    assert answer(office, usb) == AnsweringRound(2, ())
    assert len(put) == 2
    assert paired(office) == ["loa-1", "loa-2"]


def test_a_code_that_never_fits_leaves_its_request_and_takes_the_other(
    office: Tree,
    usb: Path,
    codes: dict[str, str],
    typing: Callable[..., list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = codes["loa-1"][:-1] + str((int(codes["loa-1"][-1]) + 1) % 10)
    put = typing(*[wrong] * 5, codes["loa-2"])
    assert answer(office, usb) == AnsweringRound(1, ("loa-1",))
    assert [("loa-1" in question, "loa-2" in question) for question in put] == [(True, False)] * 5 + [(False, True)]
    assert "hãy tạo lại yêu cầu" not in capsys.readouterr().out
    assert paired(office) == ["loa-2"]
    assert not (usb / answer_name("loa-1")).exists()


def test_one_left_for_later_by_a_person_is_not_called_a_failure(
    office: Tree, usb: Path, codes: dict[str, str], typing: Callable[..., list[str]]
) -> None:
    typing("", codes["loa-2"])
    assert answer(office, usb) == AnsweringRound(1, ())
    assert paired(office) == ["loa-2"]


def test_an_answer_is_not_put_where_the_stick_was(
    office: Tree, usb: Path, codes: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def pull(*_: object, **__: object) -> str:
        if usb.exists() and not usb.with_name("pulled").exists():
            usb.rename(usb.with_name("pulled"))
            usb.mkdir()
        return codes["loa-1"]

    monkeypatch.setattr("click.prompt", pull)
    assert answer(office, usb) == AnsweringRound(0, ("loa-1", "loa-2"))
    assert list(usb.iterdir()) == []


def test_a_file_s_name_on_a_stick_is_no_line_of_its_own(
    office: Tree, usb: Path, codes: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    (usb / request_name("loa-2")).unlink()
    (usb / request_name("loa-1")).rename(usb / "a\n  Đã nhận loa-1\x1b[2J.json")
    assert answer_requests(Dialogue(asks=False), load_settings(office.settings), given=usb, codes=[]).done == 0
    answer_requests(
        Dialogue(asks=False), load_settings(office.settings), given=usb, codes=[codes["loa-1"]], address="a b"
    )
    told = capsys.readouterr().out
    assert "a�  Đã nhận loa-1�[2J.json: " in told
