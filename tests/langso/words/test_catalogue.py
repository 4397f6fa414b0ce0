"""A sentence is rendered late: in the language of the moment, with values, aloud where asked."""

from __future__ import annotations

import json
import pickle
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.runtime import FluentBundle, FluentResource
from hypothesis import given
from hypothesis import strategies as st

from langso.errors import LangsoError
from langso.words import catalogue, ftl
from langso.words.catalogue import Sentence, Unit, is_known, sentence_in, sentence_of, spoken, t
from langso.words.language import in_language
from langso.words.numbers import money

VIETNAMESE = """\
# What a sound may cost.
test-fee = Lệ phí { $fee }.
    .spoken = Lệ phí là { $fee }.
test-wait = Đợi { $minutes } phút.
test-only = Chỉ có tiếng Việt.
test-lines =
    Dòng một:
      lùi vào { "{" }
    { "[" }dòng ba]
test-why = Không được: { $why }
test-state =
    { $state ->
        [up] Đang chạy
       *[other] Đã dừng
    }
test-help = Việc.
    .speed = Nhanh đến đâu.
words-money = { $number } đ
"""
ENGLISH = """\
test-fee = The fee is { $fee }.
test-wait =
    { $minutes ->
        [0] Wait no longer.
        [one] Wait { $minutes } minute.
       *[other] Wait { $minutes } minutes.
    }
test-why = Not possible: { $why }
words-money = { $number } dong
"""


class Unhappy(LangsoError, OSError):
    """An error as the roles have them."""


@pytest.fixture(autouse=True)
def messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for tongue, source in (("vi", VIETNAMESE), ("en", ENGLISH)):
        (tmp_path / tongue / "langso").mkdir(parents=True)
        (tmp_path / tongue / "langso/test.ftl").write_text(source, encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    catalogue.forget()
    yield
    catalogue.forget()


def test_a_sentence_is_said_in_the_language_of_the_moment() -> None:
    sentence = Sentence("test-fee", fee="8.000 đ")
    assert str(sentence) == "Lệ phí 8.000 đ."
    with in_language("en"):
        assert str(sentence) == t("test-fee", fee="8.000 đ") == "The fee is 8.000 đ."


def test_it_is_said_aloud_in_its_spoken_form_where_it_has_one() -> None:
    assert spoken(Sentence("test-fee", fee=1)) == "Lệ phí là 1."
    assert spoken(Sentence("test-wait", minutes=1)) == "Đợi 1 phút."
    assert spoken(Sentence("test-why", why=Sentence("test-fee", fee=2))) == "Không được: Lệ phí là 2."


def test_the_number_chooses_between_singular_and_plural() -> None:
    with in_language("en"):
        assert [t("test-wait", minutes=n) for n in (0, 1, 2, 11)] == [
            "Wait no longer.", "Wait 1 minute.", "Wait 2 minutes.", "Wait 11 minutes.",
        ]  # fmt: skip


def test_a_word_chooses_a_variant_by_its_name() -> None:
    assert [t("test-state", state=state) for state in ("up", "down")] == ["Đang chạy", "Đã dừng"]


def test_errors_sentences_and_units_inside_are_said_in_the_same_language() -> None:
    error = Unhappy(Sentence("test-why", why=Sentence("test-wait", minutes=1)))
    outer = Sentence("test-why", why=error)
    assert str(error) == "Không được: Đợi 1 phút."
    assert str(outer) == "Không được: Không được: Đợi 1 phút."
    with in_language("en"):
        assert str(outer) == "Not possible: Not possible: Wait 1 minute."
        assert t("test-fee", fee=Unit(lambda dong: f"{dong:,} đ", 8000)) == "The fee is 8,000 đ."
        assert t("test-fee", fee=Unit(money, 8000)) == "The fee is 8,000 dong."
    assert t("test-fee", fee=Unit(money, 8000)) == "Lệ phí 8.000 đ."


def test_an_error_keeps_its_sentence() -> None:
    sentence = Sentence("test-wait", minutes=3)
    assert sentence_of(Unhappy(sentence)) is sentence
    assert sentence_of(ValueError("nothing of ours")) is None
    assert sentence_of(ValueError()) is None


def test_another_process_says_it_too() -> None:
    error = pickle.loads(pickle.dumps(Unhappy(Sentence("test-wait", minutes=3))))
    assert str(error) == "Đợi 3 phút."


def test_what_is_not_translated_is_said_in_vietnamese() -> None:
    with in_language("en"):
        assert t("test-only") == "Chỉ có tiếng Việt."


def test_words_that_are_missing_are_no_second_error() -> None:
    assert t("test-nowhere", minutes=3) == "test-nowhere"
    assert t("test-help.nothing") == "test-help.nothing"
    assert t("test-fee") == "Lệ phí {fee}."
    assert (is_known("test-fee"), is_known("test-nowhere")) == (True, False)


def test_lines_and_brackets_come_through_whole() -> None:
    assert t("test-lines") == "Dòng một:\n  lùi vào {\n[dòng ba]"


def test_an_attribute_is_asked_for_by_name() -> None:
    assert t("test-help.speed") == "Nhanh đến đâu."


def test_the_pseudo_language_marks_our_words_and_leaves_values() -> None:
    with in_language("qps"):
        assert t("test-fee", fee="Nguyễn Văn An") == "⟦Thë fëë ïs Nguyễn Văn An.⟧"
        assert t("test-wait", minutes=1) == "⟦Wäït 1 mïňütë.⟧"
        assert t("test-why", why=Sentence("test-fee", fee=1)) == "⟦Ňöt pössïblë: ⟦Thë fëë ïs 1.⟧⟧"


@given(minutes=st.integers(0, 999), fee=st.text(max_size=50), state=st.sampled_from(["up", "down", "one"]))
def test_it_says_what_the_reference_implementation_says(minutes: int, fee: str, state: str) -> None:
    # Below a thousand: it parts the digits of larger ones, which is the business of our units.
    values = {"minutes": minutes, "fee": fee, "state": state, "why": fee, "number": fee}
    for tongue, source in (("vi", VIETNAMESE), ("en", ENGLISH)):
        bundle = FluentBundle([tongue], use_isolating=False, functions={})
        bundle.add_resource(FluentResource(source))
        for id, message in ftl.split(source).items():
            for form, pattern in ftl.parse(message).items():
                theirs = bundle.get_message(id)
                reference = theirs.attributes[form] if form else theirs.value
                said, errors = bundle.format_pattern(reference, values)
                assert not errors
                assert ftl.render(pattern, values) == said


def test_a_text_knows_its_sentence_until_it_becomes_part_of_another() -> None:
    text = t("test-fee", fee="8.000 đ")
    assert sentence_in(text) == Sentence("test-fee", fee="8.000 đ")
    assert sentence_in(Sentence("test-fee")) == Sentence("test-fee")
    assert sentence_in(f"{text} ") is None
    assert sentence_in(text + "") is None
    assert sentence_in("test-fee") is None
    again = pickle.loads(pickle.dumps(text))
    assert (again, sentence_in(again)) == (text, sentence_in(text))
    assert json.loads(json.dumps(text)) == text
    with sqlite3.connect(":memory:") as db:
        assert db.execute("SELECT ?", [text]).fetchone() == (str(text),)
