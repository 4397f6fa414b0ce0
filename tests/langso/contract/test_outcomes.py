"""Codes of endings: a closed set for writers, words for every one of them, an unknown one's own `why` for readers."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from langso.contract import EndedReceipt
from langso.contract.base import Code
from langso.contract.outcomes import Ending, Reason, in_words
from langso.words.catalogue import is_known
from langso.words.language import in_language


@pytest.mark.parametrize("code", Ending)
def test_every_code_fits_the_wire_and_has_words(code: Ending) -> None:
    TypeAdapter(Code).validate_python(str(code))
    assert is_known(f"endings-{code}")
    assert str(code) not in in_words(code, {"title": "Tin", "detail": "x", "start": "", "end": "", "minutes": 1}, "")


def test_a_code_is_read_in_the_readers_language() -> None:
    parameters = {"minutes": 60}
    assert in_words("minutes", parameters, "bất kỳ") == "quá 60 phút mỗi ngày"
    with in_language("en"):
        assert in_words("minutes", parameters, "bất kỳ") == "above 60 minutes a day"


def test_a_code_of_a_later_release_shows_its_why() -> None:
    assert in_words("flooded", {"cm": 40}, "máy bị ngập") == "máy bị ngập"
    assert in_words(None, None, "lỗi thiết bị") == "lỗi thiết bị"


@pytest.mark.parametrize("why", ["power", "withdrawn", "muted"])
def test_what_0_1_0_writes_as_a_bare_code_is_never_read_raw(why: str) -> None:
    assert in_words(None, None, why) == in_words(why, None, "")
    assert why not in in_words(None, None, why)
    assert Reason(Ending(why)).why == why


def test_a_word_that_happens_to_be_a_newer_code_is_a_why_like_any_other() -> None:
    assert in_words(None, None, "minutes") == "minutes"


def test_what_kept_a_play_from_coming_back_says_what_had_cut_it() -> None:
    reason = Reason(Ending.MUTED_WHEN_DUE).after(Reason(Ending.POWER))
    assert (reason.code, reason.parameters) == (Ending.MUTED_WHEN_DUE, {"after": "power"})
    assert reason.why == "power; loa đang tắt tiếng"


def test_the_longest_reason_still_fits_a_receipt() -> None:
    busy = Reason(Ending.BUSY, {"title": "ă" * 180})
    for reason in (busy, busy.after(busy), Reason(Ending.SOUND, {"detail": "x" * 200}, "x" * 900)):
        receipt = EndedReceipt(
            occurrence="o", outcome="cut", why=reason.why, code=reason.code, parameters=dict(reason.parameters)
        )
        assert EndedReceipt.model_validate_json(receipt.to_json(), strict=True) == receipt


def test_a_code_whose_values_are_missing_is_said_in_the_words_that_came() -> None:
    assert in_words("minutes", {"x": 1}, "quá giờ của xã") == "quá giờ của xã"
    assert in_words("quiet", {"start": "22:00"}, "giờ nghỉ") == "giờ nghỉ"
