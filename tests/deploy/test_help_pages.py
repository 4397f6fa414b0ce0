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


def test_the_list_of_commands_names_each_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["langso", "--help"])
    with pytest.raises(SystemExit):
        main()
    assert "help-" not in capsys.readouterr().out


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
            and not parameter.hidden
            and parameter.name != "version"
            and not (is_known(f"{id}.{parameter.name}") or is_known(f"help-common.{parameter.name}"))
        ]
    assert not missing
    known = ftl.split((FOLDER / "vi/deploy/help.ftl").read_text(encoding="utf-8"))
    assert not {id for id in known if not id.startswith("help-page-")} - wanted, "no such command any more"


def test_no_value_to_type_is_named_in_english_to_a_vietnamese() -> None:
    with in_language("vi"):
        for call in every_call():
            options = [line.split("  ")[1] for line in call.get_help().splitlines() if line.startswith("  -")]
            left = [one for one in options if re.search(" (TEXT|FILE|PATH|DIRECTORY|INTEGER|FLOAT)( RANGE)?$", one)]
            assert not left, call.command_path


def test_no_english_help_page_has_a_vietnamese_word() -> None:
    with in_language("en"):
        for call in every_call():
            page = call.get_help()
            # Names of people and places in examples stay what they are.
            ours = re.sub('“[^”]*”|"[^"]*"|Làng Số', "", " ".join(page.split()))
            assert not is_vietnamese(ours), ours
            assert page.startswith("Usage: langso")


def test_no_word_of_ours_on_any_help_page_stands_outside_the_catalogue() -> None:
    """In the language made for tests all are in brackets; commands, options and values to type remain."""
    typed = re.compile(r"[-a-z0-9_.,:;/|*=<>()[\]{}…]+|[-A-Z_:.|[\]]+")
    with in_language("qps"):
        for call in every_call():
            page = call.get_help()
            names = re.sub('“[^”]*”|"[^"]*"|Làňg Số', "", " ".join(page.split()))
            assert not is_vietnamese(names), names
            # A row that begins in brackets is ours to its end: a long one in a list is cut, and its bracket with it.
            page = re.sub(r"^ +(?:\S| \S)+(?: {2,}|\n {8,})⟦.*(?:\n {4,}.*)*", "", page, flags=re.M)
            while page != (outer := re.sub("⟦[^⟦⟧]*⟧", "", page)):
                page = outer
            assert not [word for word in page.split() if not typed.fullmatch(word)], call.command_path


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
