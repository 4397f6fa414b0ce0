"""Help pages are in the technician's language down to Click's own words, and none is forgotten."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import click
import pytest
from literals import is_vietnamese

from deploy.cli import langso, main
from langso.terminal.help_pages import WordsContext, help_id
from langso.words import ftl
from langso.words.catalogue import FOLDER, is_known
from langso.words.language import in_language, use_language


@pytest.fixture(autouse=True)
def vietnamese_again() -> Iterator[None]:
    yield
    use_language("vi")


def every_call(command: click.Command = langso, context: click.Context | None = None) -> Iterator[WordsContext]:
    """A context of each command there is, as `--help` makes it."""
    here = WordsContext(command, parent=context, info_name=command.name)
    yield here
    if isinstance(command, click.Group):
        for name in command.list_commands(here):
            below = command.get_command(here, name)
            assert below is not None
            below.name = name
            yield from every_call(below, here)


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


def test_every_command_and_option_has_its_text_in_the_catalogue() -> None:
    wanted, missing = {"help-common"}, []
    for call in every_call():
        id = help_id(call.command_path.split()[1:])
        wanted.add(id)
        missing += [] if is_known(id) else [id]
        missing += [
            f"{id}.{parameter.name}"
            for parameter in call.command.params
            if isinstance(parameter, click.Option)
            and parameter.help
            and parameter.name != "version"
            and not (is_known(f"{id}.{parameter.name}") or is_known(f"help-common.{parameter.name}"))
        ]
    assert not missing
    known = ftl.split((FOLDER / "vi/deploy/help.ftl").read_text(encoding="utf-8"))
    assert not {id for id in known if not id.startswith("help-page-")} - wanted, "no such command any more"


def test_no_english_help_page_has_a_vietnamese_word() -> None:
    with in_language("en"):
        for call in every_call():
            page = call.get_help()
            # Names of people and places in examples stay what they are.
            ours = re.sub('“[^”]*”|"[^"]*"|Làng Số', "", " ".join(page.split()))
            assert not is_vietnamese(ours), ours
            assert page.startswith("Usage: langso")


def test_a_terminal_in_english_gets_the_help_page_in_english(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGSO_LANGUAGE", "en")
    monkeypatch.setattr(sys, "argv", ["langso", "speaker", "mute", "--help"])
    with pytest.raises(SystemExit):
        main()
    page = capsys.readouterr().out
    assert "Usage: langso speaker mute" in page
    assert "Mute (on) or unmute (off)" in page
