"""A wrong call of `langso` is answered in Vietnamese, on stderr, with exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from deploy.cli import main
from langso.terminal.refusals import sentence
from langso.terminal.wrong_calls import WrongCall


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("nosuch", "Không có việc này; các việc làm được: village, setup"),
        ("scan nosuch", "camera, page, pdf, read, watch"),
        ("scan page --jsn a.png", "Không có tuỳ chọn «--jsn»; có phải ý là --json?"),
        ("scan pdf", "Còn thiếu «IMAGES...»"),
        ("scan page --camera /nosuch/folder", "«--camera» chưa đúng: không có tệp hay thư mục này"),
        ("scan pdf -o", "Tuỳ chọn «-o» dùng chưa đúng"),
        ("scan read", "Xin cho tên ít nhất một tệp ảnh"),
    ],
)
def test_a_wrong_call_says_in_vietnamese_what_to_do(
    call: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["langso", *call.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert says in said.err
    assert not any(word in said.err for word in ("Error", "Usage", "Try", "such", "Missing", "Traceback"))


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        (click.INT, "nhiều", "hãy cho một số"),
        (click.IntRange(1, 9), "12", "hãy cho một số từ 1 đến 9"),
        (click.Choice(["2b", "1b"]), "3", "hãy chọn một trong 2b, 1b"),
    ],
)
def test_a_wrong_value_says_what_is_wanted(kind: click.ParamType, given: str, says: str) -> None:
    command = click.Command("thu", params=[click.Option(["--so"], type=kind)], callback=lambda so: None)
    with pytest.raises(click.BadParameter) as refused:
        command.main(["--so", given], standalone_mode=False)
    assert sentence(refused.value).startswith(f"«--so» chưa đúng: {says}")


def test_our_own_sentences_are_passed_on() -> None:
    assert sentence(click.ClickException("Máy này chưa cài.")) == "Máy này chưa cài."
    assert sentence(WrongCall("Hãy cho ngày khác.")) == "Hãy cho ngày khác."


# In a process of its own: numpy cannot be taken out of one that has it.
LACKING = """
import sys
from pathlib import Path
lacks, role = sys.argv[1:3]
class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == lacks:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
sys.meta_path.insert(0, Lacking())
from deploy import cli
cli._ROLE_FILE = Path(role)
del sys.argv[1:3]
cli.main()
"""


def without(library: str, role: str, folder: Path, call: str) -> subprocess.CompletedProcess[str]:
    (folder / "role").write_text(f"{role}\n")
    (folder / "a.png").write_bytes(b"")
    return subprocess.run(
        [sys.executable, "-c", LACKING, library, str(folder / "role"), *call.split()],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("role", "lacks", "call", "says"),
    [
        (
            "speaker",
            "numpy",
            "scan page a.png",
            "«langso scan page» (thiếu numpy); hãy chạy ở máy kiosk hay máy văn phòng.",
        ),
        ("speaker", "numpy", "scan read a.png", "«langso scan read» (thiếu numpy); hãy chạy ở máy kiosk hay"),
        ("", "numpy", "scan pdf -o a.pdf a.png", "«langso scan pdf» (thiếu numpy); hãy chạy ở máy kiosk hay"),
        ("speaker", "fastapi", "office web", "«langso office web» (thiếu fastapi); hãy chạy ở máy văn phòng."),
        (
            "office",
            "fastapi",
            "office web",
            "«langso office web» (thiếu fastapi); hãy chạy ở máy của người phát triển.",
        ),
        (
            *("office", "serial", "bridge status --port /dev/null"),
            "«langso bridge status» (thiếu serial); hãy chạy ở máy loa hay máy kiosk.",
        ),
    ],
)
def test_a_command_that_this_machines_package_does_not_carry_says_which_does(
    role: str, lacks: str, call: str, says: str, tmp_path: Path
) -> None:
    done = without(lacks, role, tmp_path, call)
    assert done.returncode == 1, done.stderr
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_part_of_ours_that_is_missing_is_a_fault_and_no_other_machines_business(tmp_path: Path) -> None:
    done = without("scanner", "speaker", tmp_path, "scan page a.png")
    assert "Traceback" in done.stderr
    assert "hãy chạy ở" not in done.stderr
