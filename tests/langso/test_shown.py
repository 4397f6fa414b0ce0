"""Words of strangers at a terminal and on a page: seen, never obeyed."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from langso.contract.base import OneLine
from langso.errors import FileRefused
from langso.held_folder import HeldFolder
from langso.paths import read_limited, write_atomic
from langso.saying import say
from langso.settings_model import Line
from langso.shown import harmless, harmless_lines

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
}


@pytest.mark.parametrize("sign", TRICKS.values(), ids=TRICKS.keys())
def test_a_sign_that_does_something_is_shown_in_its_stead(sign: str) -> None:
    assert harmless(f"Thôn{sign}9").startswith("Thôn�")
    assert not set(harmless(sign)) & {"\x1b", "\x07", "\r", "\x9b", "\x7f"}
    for kind in (OneLine, Line):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(f"Thôn{sign}9")


def test_vietnamese_is_left_as_it_is() -> None:
    said = "Thôn 9 – nhà văn hoá «Đoàn Kết», 50 m² · ưỡn ẹo 🇻🇳"
    assert harmless(said) == harmless_lines(said) == said
    assert harmless("hai\u00a0chữ") == "hai chữ"
    assert TypeAdapter(OneLine).validate_python("Ấp\u00a0Bắc (chợ)") == "Ấp\u00a0Bắc (chợ)"
    assert harmless(unicodedata.normalize("NFD", "Đường")) == unicodedata.normalize("NFD", "Đường")


def test_lines_of_ours_stay_lines_and_a_strangers_do_not() -> None:
    assert harmless_lines("một\n\thai") == "một\n\thai"
    assert harmless("một\n\thai") == "một��hai"


@given(st.text(max_size=50))
def test_nothing_that_is_shown_does_anything(text: str) -> None:
    assert harmless(text).isprintable()
    assert len(harmless(text)) == len(text)
    assert all(line.isprintable() for line in harmless_lines(text).replace("\t", "").split("\n"))


def test_what_is_said_reaches_the_terminal_harmless() -> None:
    @click.command()
    def told() -> None:
        say("Thôn 9\rĐã nhận\x1b[2J")
        say("hỏng\x1b[2J", err=True)

    said = CliRunner().invoke(told)
    assert said.stdout == "Thôn 9�Đã nhận�[2J\n"
    assert said.stderr == "hỏng�[2J\n"


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
