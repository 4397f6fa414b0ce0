"""A wrong call of `langso` is answered in Vietnamese, on stderr, with exit code 2."""

from __future__ import annotations

import sys

import click
import pytest

from deploy.cli import main
from deploy.refusals import sentence


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
    assert sentence(click.BadParameter("Hãy cho ngày khác.")) == "Hãy cho ngày khác."
