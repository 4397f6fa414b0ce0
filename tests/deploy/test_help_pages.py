"""A technician's help pages are Vietnamese down to Click's own words."""

from __future__ import annotations

import sys

import pytest

from deploy.cli import main


@pytest.mark.parametrize("call", ["--help", "scan --help", "scan pdf --help", "office init --help", "bundle --help"])
def test_no_heading_or_word_of_clicks_own_is_left_in_english(
    call: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["langso", *call.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    page = capsys.readouterr().out
    assert ended.value.code == 0
    assert page.startswith("Cách dùng: langso")
    assert "Tuỳ chọn:" in page
    for english in ("Usage", "Options", "OPTIONS", "Commands", "COMMAND", "required", "default", "Show this"):
        assert english not in page


@pytest.mark.parametrize("call", ["pair --help", "root --help"])
def test_numbered_steps_keep_a_line_each(
    call: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["langso", *call.split()])
    with pytest.raises(SystemExit):
        main()
    steps = [line.strip()[:2] for line in capsys.readouterr().out.splitlines() if line.strip()[1:2] == "."]
    assert steps == ["1.", "2.", "3."]
