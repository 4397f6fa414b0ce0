"""Passphrases: weak ones refused, suggestions that can be typed anywhere."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from langso.durable.errors import FileRefused
from langso.trust.roots import passphrase
from langso.trust.roots.errors import WeakPassphrase, WrongPassphrase


@pytest.mark.parametrize(
    "weak",
    ["", "hoa-son", "matkhau123", "aaaaaaaaaaaaaaaaaaaaaaaa", "hoa son hoa son hoa son hoa son", "a b c d e f g h"],
)
def test_a_weak_one_is_refused_with_a_suggestion(weak: str) -> None:
    with pytest.raises(WeakPassphrase, match="ví dụ"):
        passphrase.check_new(weak)


def test_control_letters_and_endless_ones_are_refused() -> None:
    for bad in ("mot cau \x07 mat khau that dai", "hay lam " * 100):
        with pytest.raises(WeakPassphrase):
            passphrase.check_new(bad)


def test_suggestions_are_strong_plain_and_never_the_same() -> None:
    assert passphrase.SUGGESTED_SYLLABLES * math.log2(len(passphrase.syllables())) >= 70
    made = {passphrase.suggest() for _ in range(50)}
    assert len(made) == 50
    for phrase in made:
        assert phrase.isascii()
        assert passphrase.check_new(phrase) == phrase


def test_syllables_are_spelt_as_vietnamese_is() -> None:
    for syllable in passphrase.syllables():
        assert not syllable.startswith(("ci", "ce", "ka", "ko", "ku", "ghа", "nga i"))
        assert syllable == passphrase.canonical(syllable)


def test_it_is_asked_for_twice_and_again_until_it_is_good() -> None:
    answers = iter(
        ["ngan", "mot cau that dai va kho", "mot cau khac han", "mot cau that dai va kho", "MỘT câu thật dài và khó"]
    )
    said: list[str] = []
    assert passphrase.ask_new(lambda _: next(answers), said.append) == "mot cau that dai va kho"
    assert any("yếu" in line for line in said)
    assert any("không giống" in line for line in said)


def test_after_three_times_it_gives_up() -> None:
    with pytest.raises(WeakPassphrase):
        passphrase.ask_new(lambda _: "ngan", lambda _: None)


def test_it_is_read_from_the_first_line_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "phrase"
    file.write_text("mot cau\r\nkhong phai cau nay\n")
    assert passphrase.from_file(file) == "mot cau"
    for bad in (b"", b"\n", b"\xff\xfe"):
        file.write_bytes(bad)
        with pytest.raises(WrongPassphrase):
            passphrase.from_file(file)
    file.write_bytes(b"x" * 5000)
    with pytest.raises(FileRefused):
        passphrase.from_file(file)
