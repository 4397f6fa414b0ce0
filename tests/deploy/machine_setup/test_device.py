"""The guide pairs a device by a stick: it finds out by itself which step is next, at both ends."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from at_once import at_once
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.errors import SetupRefused
from deploy.machine_setup.answering import _requests
from deploy.machine_setup.device import answer_name, json_files, request_name
from deploy.machine_setup.errors import AnswerMissing, NotYet
from langso.device.paired_devices import read_devices
from langso.device.pairing import load_paired
from langso.device.pairing_stand import stand_of
from langso.settings.reading import load_settings
from langso.trust import PairingError
from langso.trust.roots.ceremony import sign_with, sit_down
from langso.trust.roots.errors import StickRefused
from langso.trust.roots.proposal import ReadProposal

from .conftest import PHRASE, Tree

Make = Callable[[str, str], Tree]
SPEAKER = ("--commune", "hoa-son", "--commune-name", "Xã Hoa Sơn", "--device", "loa-thon-1", "--village", "thon-1")


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def code_in(output: str) -> str:
    found = re.search(r"MÃ SO KHỚP: (\d{4} \d{4} \d{4})", output)
    assert found, output
    return found[1]


def ask(tree: Tree, usb: Path, *more: str) -> Any:
    return tree.call(*SPEAKER, "--place", "Thôn 1", "--stick", usb, "--not-a-stick", *more)


def test_request_answer_and_end_are_three_runs_of_one_command(machine: Make, office: Tree, usb: Path) -> None:
    speaker = machine("speaker", "speaker")
    first = ask(speaker, usb)
    assert isinstance(first.exception, NotYet)
    assert first.exception.exit_code == 3
    assert (usb / request_name("loa-thon-1")).is_file()
    assert load_settings(speaker.settings).device.place == "Thôn 1"
    answered = office.call("--stick", usb, "--code", code_in(first.output))
    assert answered.exit_code == 0, answered.output
    assert (usb / answer_name("loa-thon-1")).is_file()
    assert [one.id for one in read_devices(office.state("office") / "devices")] == ["loa-thon-1"]
    last = speaker.call("--stick", usb, "--not-a-stick")
    assert last.exit_code == 0, f"{last.output} {last.exception!r}"
    answer = load_paired(speaker.state("speaker")).answer
    assert answer.device == "loa-thon-1"
    assert "127.0.0.1" not in (answer.broker_host + answer.office_url + answer.media_url)
    again = speaker.call()
    assert again.exit_code == 0, f"{again.output} {again.exception!r}"
    assert load_paired(speaker.state("speaker")).answer == answer


def test_run_again_before_the_answer_it_keeps_its_request(machine: Make, office: Tree, usb: Path) -> None:
    speaker = machine("speaker", "speaker")
    code = code_in(ask(speaker, usb).output)
    (usb / request_name("loa-thon-1")).unlink()
    assert code_in(ask(speaker, usb).output) == code
    office.call("--stick", usb, "--code", code)
    assert speaker.call("--stick", usb, "--not-a-stick").exit_code == 0


def test_a_cut_at_any_write_of_a_device_is_taken_up_by_the_next_run(
    machine: Make, office: Tree, usb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import langso.durable.files

    real, number, cuts = langso.durable.files.write_atomic, 0, 0
    while True:
        number += 1
        speaker, count = machine(f"speaker-{number}", "speaker"), 0
        for path in usb.iterdir():
            path.unlink()

        def cut(*rest: Any, at: int = number, **more: Any) -> None:
            nonlocal count
            count += 1
            if count == at:
                raise KeyboardInterrupt
            real(*rest, **more)

        def run(*more: str, speaker: Tree = speaker) -> Any:
            return speaker.call(*SPEAKER, "--place", "Thôn 1", "--stick", usb, "--not-a-stick", *more)

        with monkeypatch.context() as patch:
            for name, module in list(sys.modules.items()):
                if name.split(".")[0] in ("langso", "deploy") and hasattr(module, "write_atomic"):
                    patch.setattr(module, "write_atomic", cut)
            said = run()
        cuts += said.exit_code == 1 and not isinstance(said.exception, NotYet)
        code = code_in(said.output if isinstance(said.exception, NotYet) else run().output)
        office.call("--stick", usb, "--code", code, "--replace")
        with monkeypatch.context() as patch:
            for name, module in list(sys.modules.items()):
                if name.split(".")[0] in ("langso", "deploy") and hasattr(module, "write_atomic"):
                    patch.setattr(module, "write_atomic", cut)
            said = run()
        again = run()
        assert again.exit_code == 0, f"cut at {number}: {again.output} {again.exception!r}"
        assert load_paired(speaker.state("speaker")).answer.device == "loa-thon-1"
        if count < number:
            break
    assert cuts >= 3


def test_without_the_digits_nothing_is_answered(machine: Make, office: Tree, usb: Path) -> None:
    ask(machine("speaker", "speaker"), usb)
    for codes in ((), ("--code", "0000 0000 0000")):
        said = office.call("--stick", usb, *codes)
        assert isinstance(said.exception, NotYet)
        assert "Chưa nhận loa-thon-1" in str(said.exception)
        assert not (usb / answer_name("loa-thon-1")).exists()
    assert read_devices(office.state("office") / "devices") == []


def test_a_second_machine_of_the_name_is_answered_only_as_a_replacement(
    machine: Make, office: Tree, usb: Path
) -> None:
    code = code_in(ask(machine("one", "speaker"), usb).output)
    office.call("--stick", usb, "--code", code)
    for path in usb.iterdir():
        path.unlink()
    code = code_in(ask(machine("two", "speaker"), usb).output)
    office.call("--stick", usb, "--code", code)
    assert not (usb / answer_name("loa-thon-1")).exists()
    office.call("--stick", usb, "--code", code, "--replace")
    assert (usb / answer_name("loa-thon-1")).exists()


def test_an_answer_for_another_request_is_left_alone(machine: Make, office: Tree, usb: Path) -> None:
    one, two = machine("one", "speaker"), machine("two", "kiosk")
    code = code_in(ask(one, usb).output)
    office.call("--stick", usb, "--code", code)
    said = two.call(
        *("--commune", "hoa-son", "--commune-name", "Xã Hoa Sơn", "--device", "kiosk-1", "--village", ""),
        *("--place", "Nhà văn hoá", "--stick", usb, "--not-a-stick"),
    )
    assert isinstance(said.exception, NotYet)
    assert stand_of(two.state("kiosk")).state == "asked"


def test_a_paired_device_can_ask_anew_and_stays_paired_meanwhile(machine: Make, office: Tree, usb: Path) -> None:
    speaker = machine("speaker", "speaker")
    office.call("--stick", usb, "--code", code_in(ask(speaker, usb).output))
    speaker.call("--stick", usb, "--not-a-stick")
    before = load_paired(speaker.state("speaker")).answer
    said = ask(speaker, usb, "--pair-again")
    assert isinstance(said.exception, NotYet)
    assert load_paired(speaker.state("speaker")).answer == before


def test_a_stick_that_is_none_is_refused_and_nothing_is_asked(machine: Make, usb: Path) -> None:
    speaker = machine("speaker", "speaker")
    said = speaker.call(*SPEAKER, "--stick", usb)
    assert isinstance(said.exception, StickRefused)
    assert list(usb.iterdir()) == []


def test_links_on_a_stick_are_not_followed(usb: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"kind": "x"}))
    (usb / "yeu-cau.json").symlink_to(secret)
    assert json_files(usb) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_rubbish_on_a_stick_disturbs_nobody(usb: Path, raw: bytes) -> None:
    (usb / "yeu-cau-x.json").write_bytes(raw)
    (usb / "tra-loi-x.json").write_bytes(raw)
    assert _requests(usb) == []


def test_a_revoked_name_is_not_paired_in_vain(
    machine: Make, office: Tree, sticks: list[Path], usb: Path, tmp_path: Path
) -> None:
    from office.founding.trust_changes import apply, propose_restoring, propose_revoking
    from office.places import OfficeHome

    home = OfficeHome(load_settings(office.settings))

    def signed(read: ReadProposal) -> bytes:
        for stick in sticks[:2]:
            read = sign_with(sit_down(stick, read), PHRASE)
        return read.proposal.to_json()

    apply(home, [signed(propose_revoking(home, "loa-thon-1", datetime.now(UTC)))])
    code = code_in(ask(machine("speaker", "speaker"), usb).output)
    said = office.call("--stick", usb, "--code", code)
    assert isinstance(said.exception, NotYet)
    assert "office trust restore loa-thon-1" in said.output
    assert not (usb / answer_name("loa-thon-1")).exists()
    home = OfficeHome(load_settings(office.settings))
    apply(home, [signed(propose_restoring(home, "loa-thon-1", datetime.now(UTC)))])
    assert office.call("--stick", usb, "--code", code).exit_code == 0
    assert (usb / answer_name("loa-thon-1")).exists()


def test_options_mend_the_settings_of_a_device_until_it_is_paired(machine: Make, office: Tree, usb: Path) -> None:
    speaker = machine("speaker", "speaker")
    wrong = ("--commune", "hoa-sno", "--commune-name", "Xã Hoa Sno", "--device", "loa-thon-1", "--village", "thon-1")
    code = code_in(speaker.call(*wrong, "--place", "Thôn 1", "--stick", usb, "--not-a-stick").output)
    text = speaker.settings.read_text().replace("volume = 80", "volume = 55   # chợ ồn")
    speaker.settings.write_text(text)
    assert office.call("--stick", usb, "--code", code).exit_code == 0
    refused = speaker.call("--stick", usb, "--not-a-stick")
    assert isinstance(refused.exception, AnswerMissing)
    assert "sudo langso setup --commune hoa-son --commune-name 'Xã Hoa Sơn'" in str(refused.exception)
    assert speaker.settings.read_text() == text
    said = speaker.call("--commune", "hoa-son", "--commune-name", "Xã Hoa Sơn", "--stick", usb, "--not-a-stick")
    assert said.exit_code == 0, f"{said.output} {said.exception!r}"
    assert "mã xã: hoa-sno → hoa-son" in said.output
    assert speaker.settings.read_text() == text.replace("hoa-sno", "hoa-son").replace("Hoa Sno", "Hoa Sơn")
    late = speaker.call("--commune", "xa-khac")
    assert isinstance(late.exception, SetupRefused)
    assert "`code` trong [commune] của tệp đó" in str(late.exception)
    assert str(speaker.settings) in str(late.exception)
    assert load_settings(speaker.settings).commune.code == "hoa-son"


def test_a_device_called_otherwise_asks_anew_and_what_it_was_asked_for_is_kept(machine: Make, usb: Path) -> None:
    speaker = machine("speaker", "speaker")
    code = code_in(ask(speaker, usb).output)
    assert code_in(ask(speaker, usb, "--commune-name", "Xã Hoa Sơn Mới").output) == code
    said = ask(speaker, usb, "--device", "loa-thon-2", "--village", "", "--commune-name", "Xã Hoa Sơn Mới")
    assert code_in(said.output) != code
    assert (usb / request_name("loa-thon-2")).is_file()
    found = load_settings(speaker.settings)
    assert (found.device.id, found.device.village, found.commune.name) == ("loa-thon-2", None, "Xã Hoa Sơn Mới")


def test_an_answer_that_does_not_fit_changes_no_settings(machine: Make, office: Tree, usb: Path) -> None:
    speaker = machine("speaker", "speaker")
    wrong = ("--commune", "hoa-sno", "--commune-name", "Xã Hoa Sno", "--device", "loa-thon-1", "--place", "Thôn 1")
    code = code_in(speaker.call(*wrong, "--stick", usb, "--not-a-stick").output)
    office.call("--stick", usb, "--code", code)
    file = usb / answer_name("loa-thon-1")
    fields = json.loads(file.read_bytes())
    file.write_text(json.dumps({**fields, "trust": '{"payload": ""}'}))
    said = speaker.call("--stick", usb, "--not-a-stick")
    assert isinstance(said.exception, PairingError)
    assert load_settings(speaker.settings).commune.code == "hoa-sno"


def test_letters_for_other_machines_and_letters_already_used_are_told(machine: Make, office: Tree, usb: Path) -> None:
    speaker, kiosk = machine("speaker", "speaker"), machine("kiosk", "kiosk")
    office.call("--stick", usb, "--code", code_in(ask(speaker, usb).output))
    said = kiosk.call(
        *("--commune", "hoa-son", "--commune-name", "Xã Hoa Sơn", "--device", "kiosk-1"),
        *("--place", "Nhà văn hoá", "--stick", usb, "--not-a-stick"),
    )
    again = kiosk.call("--stick", usb, "--not-a-stick")
    assert "thư trả lời cho máy loa-thon-1, không phải cho máy này (kiosk-1)" in again.output
    (usb / request_name("kiosk-1")).unlink()
    carried = office.call("--stick", usb)
    assert carried.exit_code == 0
    assert "Thư trả lời cho loa-thon-1 đã có trên USB" in carried.output
    assert isinstance(said.exception, NotYet)
    speaker.call("--stick", usb, "--not-a-stick")
    done = speaker.call("--stick", usb, "--not-a-stick")
    assert done.exit_code == 0
    assert "đã được nhận từ trước" in done.output
    ask(speaker, usb, "--pair-again")
    assert "cho một yêu cầu khác" in speaker.call("--stick", usb, "--not-a-stick").output


def test_a_file_too_large_on_a_stick_is_passed_over(office: Tree, machine: Make, usb: Path) -> None:
    code = code_in(ask(machine("speaker", "speaker"), usb).output)
    (usb / "a.json").write_bytes(b"x" * (3 << 20))
    said = office.call("--stick", usb, "--code", code)
    assert said.exit_code == 0, f"{said.output} {said.exception!r}"
    assert (usb / answer_name("loa-thon-1")).exists()


def test_check_waits_for_nobody_who_laid_a_pipe_among_the_pairing_files(machine: Make, usb: Path) -> None:
    speaker = machine("speaker", "speaker")
    ask(speaker, usb)
    waiting = speaker.state("speaker") / "pairing" / "waiting" / "request.json"
    waiting.unlink()
    os.mkfifo(waiting)
    told = at_once(lambda: speaker.call("--check"), 20)
    assert (told.exit_code, "không phải một tệp" in told.output) == (0, True), told.output
