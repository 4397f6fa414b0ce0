"""Words of strangers at a terminal and on a page: seen, never obeyed."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from langso.contract.base import OneLine
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.durable.held_folder import HeldFolder
from langso.settings.model import Line
from langso.terminal.asking import confirm, prompt
from langso.terminal.saying import say
from langso.words.harmless import harmless, harmless_lines, harmless_page, plain

ROOT = Path(__file__).resolve().parents[3]
TRICKS = {
    "clears the screen": "\x1b[2J",
    "renames the window": "\x1b]0;pwn\x07",
    "goes back to the line's begin": "\r",
    "eight bit CSI": "\x9b2J",
    "rubs out": "\x7f",
    "begins a line of its own": "\u2028",
    "turns letters round": "\u202e",
    "keeps them so": "\u2066",
    "marks a direction": "\u061c",
    "cannot be seen": "\u200b",
    "is a mark of bytes": "\ufeff",
    "is a letter of nothing": "\u3164",
    "joins nothing": "\u200d",
    "may be a line's end": "\u00ad",
}


@pytest.mark.parametrize("sign", TRICKS.values(), ids=TRICKS.keys())
def test_a_sign_that_does_something_is_shown_in_its_stead(sign: str) -> None:
    assert harmless(f"Thôn{sign}9").startswith("Thôn�")
    assert not set(harmless(sign)) & {"\x1b", "\x07", "\r", "\x9b", "\x7f"}
    assert harmless_page(f"Thôn{sign}9") == harmless(f"Thôn{sign}9")
    assert plain(f"Thôn{sign}9").replace("\n", "").isprintable()


@pytest.mark.parametrize("sign", [sign for sign in TRICKS.values() if sign not in "\u3164\u00ad"])
def test_a_sign_that_does_something_is_refused_in_an_entered_name(sign: str) -> None:
    for kind in (OneLine, Line):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(f"Thôn{sign}9")


def test_vietnamese_is_left_as_it_is() -> None:
    said = "Thôn 9 – nhà văn hoá «Đoàn Kết», 50 m² · ưỡn ẹo 🇻🇳"
    assert harmless(said) == harmless_lines(said) == said
    assert harmless("hai\u00a0chữ") == "hai chữ"
    assert TypeAdapter(OneLine).validate_python("Ấp\u00a0Bắc (chợ)") == "Ấp\u00a0Bắc (chợ)"
    assert harmless(unicodedata.normalize("NFD", "Đường")) == unicodedata.normalize("NFD", "Đường")


FAMILY, NEW = "👨\u200d👩\u200d👧\u200d👦 ❤\ufe0f\u200d🔥 👍🏽", "\U0001fae8\U0001fadf"


@pytest.mark.parametrize("kept", ["Họp thôn 9:\n\t– «nhà văn hoá»", "ưỡn ẹo 🇻🇳 50\u00a0m²", FAMILY, NEW])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_people_write_is_left_as_it_is_on_a_page(kept: str, form: str) -> None:
    said = unicodedata.normalize(form, kept)
    assert harmless_page(said) == plain(said) == said


def test_words_that_run_from_the_right_stay_by_themselves_on_a_page() -> None:
    for letters in ("\u05d0\u05d1", "\u0627\u0628", "\u0661"):
        assert harmless_page(f"một\n{letters} 12") == f"một\n\u2068{letters} 12\u2069"
        # Given back in a field and sent again it is what it was.
        assert plain(harmless_page(letters)) == letters
    assert harmless_page("\u2069\u05d0\u2068") == "\u2068�\u05d0�\u2069"


def test_accents_do_not_pile_up() -> None:
    assert harmless_page("a" + "\u0301" * 500 + "b") == plain("a" + "\u0301" * 500 + "b") == "a" + "\u0301" * 4 + "b"


def test_a_pasted_line_s_end_is_one_and_what_nobody_sees_is_gone() -> None:
    assert plain("một\r\nhai\rba\u2028bốn\u2029năm\nsáu") == "một\nhai\nba\nbốn\nnăm\nsáu"
    assert harmless_page("một\r\nhai\rba") == "một\nhai�ba"
    assert plain("\u202eT\u200bhô\u00adn\u2066\x00\x9b 9\ufeff\uffff") == "Thôn 9"


def test_lines_of_ours_stay_lines_and_a_strangers_do_not() -> None:
    assert harmless_lines("một\n\thai") == "một\n\thai"
    assert harmless("một\n\thai") == "một��hai"


@given(st.text(max_size=50))
def test_nothing_that_is_shown_does_anything(text: str) -> None:
    assert harmless(text).isprintable()
    assert len(harmless(text)) == len(text)
    assert all(line.isprintable() for line in harmless_lines(text).replace("\t", "").split("\n"))
    assert "�" in text or "�" not in harmless_page(plain(text))
    assert plain(plain(text)) == plain(text)


def test_what_is_said_reaches_the_terminal_harmless() -> None:
    @click.command()
    def told() -> None:
        say("Thôn 9\rĐã nhận\x1b[2J")
        say("hỏng\x1b[2J", err=True)

    said = CliRunner().invoke(told)
    assert said.stdout == "Thôn 9�Đã nhận�[2J\n"
    assert said.stderr == "hỏng�[2J\n"


def test_a_mark_colours_what_is_said_and_nothing_else_does() -> None:
    @click.command()
    def told() -> None:
        say("hỏng\x1b[2J", mark="bad")
        say("thường")

    assert CliRunner().invoke(told, color=True).stdout == "\x1b[31m\x1b[1mhỏng�[2J\x1b[0m\nthường\n"


def test_questions_are_put_harmlessly() -> None:
    @click.command()
    def told() -> None:
        confirm("Nhận loa\x1b[2J?")
        prompt("Mã của\x1b]0;pwn\x07")

    said = CliRunner().invoke(told, input="có lẽ\nkhông\n12\n").stdout
    assert "Nhận loa�[2J?" in said
    assert "Mã của�]0;pwn�" in said


@pytest.mark.parametrize("folder", ["langso", "deploy", "office", "speaker", "scanner", "firmware_bridge"])
def test_commands_speak_through_the_one_door(folder: str) -> None:
    door = ROOT / "langso" / "terminal" / "saying.py"
    found = [file for file in (ROOT / folder).rglob("*.py") if file != door]
    assert not [file for file in found if re.search(r"click\.s?echo\b", file.read_text(encoding="utf-8"))]


def test_names_on_a_stick_are_told_in_one_harmless_line(tmp_path: Path) -> None:
    odd = tmp_path / "a\x1b[2J\nĐã nhận.json"
    odd.mkdir()
    for refused in (
        lambda: read_limited(odd, 10),
        lambda: read_limited(odd / "b", 10),
        lambda: write_atomic(odd, b""),
        lambda: HeldFolder(odd / "c"),
        lambda: HeldFolder(odd).read("d", 10),
    ):
        with pytest.raises(FileRefused) as told:
            refused()
        assert str(told.value).isprintable()
        assert "a�[2J�Đã nhận.json" in str(told.value)
