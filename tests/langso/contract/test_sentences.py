"""A sentence that travels or is kept: said in the reader's language, and never more than its id and values."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from langso.contract.outcomes import Ending, Reason
from langso.contract.reports import Presence
from langso.contract.sentences import (
    DEEPEST,
    MOST_TEXT,
    MOST_VALUES,
    CarriedSentence,
    answered,
    kept,
    read_kept,
    vietnamese,
)
from langso.errors import LangsoError
from langso.timekeeping import dates
from langso.words.catalogue import Joined, Sentence, Unit, Words, _pattern, t, values_of
from langso.words.language import in_language

WHEN = datetime(2026, 11, 30, 10, 5, tzinfo=UTC)
TAKEN = Sentence(
    "broadcasting-taken",
    title="Họp thôn",
    at=Unit(dates.moment, WHEN, WHEN.date()),
    free=Unit(dates.moment, WHEN + timedelta(days=3)),
)


def nested_sentence(depth: int) -> Sentence:
    return Sentence("os-no-space", why="x" if depth == 1 else nested_sentence(depth - 1))


def read_again(words: Words, text: str = "") -> Words:
    return read_kept(text, kept(words))


def test_what_was_kept_in_one_language_is_read_in_another() -> None:
    with in_language("en"):
        column, text = kept(TAKEN), vietnamese(TAKEN)
    assert text == ("Trùng giờ với «Họp thôn» lúc 17:05 hôm nay; giờ trống gần nhất là 17:05 Thứ Năm 3/12.")
    assert str(read_kept(text, column)) == text
    with in_language("en"):
        english = str(read_kept(text, column))
    assert english == "“Họp thôn” plays then, at 17:05 today; the nearest free time is 17:05 Thursday 3 Dec."


def test_a_sentence_in_a_sentence_is_read_in_the_readers_language_too() -> None:
    quiet = Reason(Ending.QUIET, {"start": "21:30", "end": "05:00"}).sentence
    for inner in (quiet, t(quiet.id, **dict(quiet.parameters)), LangsoError(quiet)):
        again = read_again(Sentence("broadcasting-barred-throughout", why=inner))
        with in_language("en"):
            assert "quiet hours 21:30 to 05:00" in str(again)


def test_numbers_stay_numbers_for_singular_and_plural() -> None:
    again = read_again(Sentence("broadcasting-too-long", length=5000, most=1))
    assert isinstance(again, Sentence)
    assert dict(again.parameters) == {"length": 5000, "most": 1}


def test_other_values_travel_as_their_vietnamese_text_and_long_ones_are_cut() -> None:
    with in_language("en"):
        column = kept(Sentence("broadcasting-unknown", wrong=Joined(Sentence("os-no-space"), "ab"), there="x" * 9999))
    again = read_kept("", column)
    assert isinstance(again, Sentence)
    assert dict(again.parameters) == {"wrong": "ahết chỗ trốngb", "there": "x" * MOST_TEXT}


def test_words_from_elsewhere_are_kept_as_they_are() -> None:
    assert kept("ffmpeg: no") is None
    assert read_again("ffmpeg: no", "ffmpeg: no") == "ffmpeg: no"


@pytest.mark.parametrize(
    "column",
    [
        '{"id":"broadcasting-of-a-later-release","values":{"a":1}}',
        '{"id":"broadcasting-too-long","values":{"length":3}}',
        '{"id":"broadcasting-barred-throughout","values":{"why":{"id":"endings-of-a-later-release"}}}',
        '{"id":"broadcasting-too-long","values":{"length":[3],"most":4}}',
        '{"id":"Broadcasting Too Long"}',
        "{",
        "",
    ],
)
def test_where_it_cannot_be_said_here_its_text_is_shown(column: str) -> None:
    assert read_kept("Quá dài.", column) == "Quá dài."


def nested(depth: int) -> dict[str, Any]:
    return {"id": "os-no-space", "values": {"why": nested(depth - 1)} if depth > 1 else {}}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"id": 7},
        {"id": "a" * 65},
        {"id": "../messages"},
        {"id": "os-no-space", "values": []},
        {"id": "os-no-space", "values": {"why": None}},
        {"id": "os-no-space", "values": {"why": True}},
        {"id": "os-no-space", "values": {"why": 1 << 60}},
        {"id": "os-no-space", "values": {"why": "x" * (MOST_TEXT + 1)}},
        {"id": "os-no-space", "values": {"__class__": "x"}},
        {"id": "os-no-space", "values": {f"v{n}": n for n in range(MOST_VALUES + 1)}},
        {"id": "os-no-space", "values": {"why": {"at": "soon"}}},
        {"id": "os-no-space", "values": {"why": {"at": "2026-11-30T10:05:00"}}},
        {"id": "os-no-space", "text": "more"},
        nested(DEEPEST + 1),
        nested(150),
    ],
)
def test_anything_else_is_refused(wrong: dict[str, Any]) -> None:
    CarriedSentence.model_validate_json(json.dumps(nested(DEEPEST)))
    with pytest.raises(ValidationError):
        CarriedSentence.model_validate_json(json.dumps(wrong))


def test_a_refusal_is_said_by_its_code_and_else_in_its_own_words() -> None:
    with in_language("en"):
        assert str(answered("desk-disk-full", "Máy văn phòng…")).startswith("The office's machine could not write")
        for code in (None, "", "desk-of-a-later-release", "desk-dossier-large", "../x", "desk-disk-full.form", "%s"):
            assert answered(code, "Máy văn phòng…") == "Máy văn phòng…"


@pytest.mark.parametrize(
    "value", [1 << 60, float("nan"), "\udcff", nested_sentence(DEEPEST)], ids=["int", "nan", "letter", "deep"]
)
def test_what_cannot_be_carried_is_sent_and_kept_as_its_text_alone(value: object) -> None:
    assert kept(Sentence("os-no-space", why=value)) is None


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
def test_a_time_at_the_end_of_all_times_breaks_no_page(at: str) -> None:
    column = json.dumps({"id": "trust-refused-malformed", "values": {"at": {"at": at}}})
    assert str(read_kept("Như cũ.", column))
    assert dates.moment(datetime.fromisoformat(at), date(2026, 11, 30))


def test_a_time_that_is_none_in_utc_refuses_its_message_and_no_more() -> None:
    with pytest.raises(ValidationError):
        Presence.model_validate_json(
            json.dumps({"device": "loa-1", "online": True, "boot": "0" * 32, "since": "0001-01-01T00:00:00+14:00"})
        )


def test_forms_that_are_nowhere_do_not_fill_the_memory() -> None:
    for number in range(9000):
        values_of(f"os-no-space.form-{number}")
    assert _pattern.cache_info().currsize < 9000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "values", "why", "at", "today"]), inner),
)


@given(JSON)
def test_no_column_breaks_a_page(column: object) -> None:
    assert isinstance(str(read_kept("Như cũ.", json.dumps(column))), str)
