"""What is doubtful in a text is told to its writer; what is sure is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.words import doubts, speech_parts


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("họp ngày 31/02", ("31/02",)),
        ("họp ngày 30/2, 31/4 và 30/2", ("30/2", "31/4")),
        ("29/02/2026", ("29/02/2026",)),
        ("29/02/2028", ()),
        ("ngày 29/2", ()),
        ("ngày 31/12", ()),
        ("32/01/2026", ("32/01/2026",)),
        ("1/13/2026", ("1/13/2026",)),
        ("15/20 hộ", ()),
        ("số nhà 31/4", ()),
        ("hẻm 30/2", ()),
        ("31/2024/QH15", ()),
        ("45/7", ()),
        ("30/13", ()),
        ("32/2", ()),
    ],
)
def test_days_that_no_calendar_has_are_told(text: str, days: tuple[str, ...]) -> None:
    assert doubts(speech_parts(text)).days == days


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("UBKT và BQT họp", ("UBKT", "BQT")),
        ("UBND, BHYT, NĐ-CP", ()),
        ("KÍNH MỜI BA CON ĐI HOP, XIN CHO", ()),
        ("ống PVC", ()),
        ("UBKT, UBKT", ("UBKT",)),
        ("RTX RTY RTZ RTB RTC RTD", ("RTX", "RTY", "RTZ", "RTB", "RTC")),
        ("Mời XKT.", ("XKT",)),
        ("a", ()),
    ],
)
def test_abbreviations_without_a_reading_are_told(text: str, unread: tuple[str, ...]) -> None:
    assert doubts(speech_parts(text)).abbreviations == unread


@given(st.text(alphabet="0123456789/ABKTUĐa .,-", max_size=60))
def test_whatever_is_told_stands_in_the_text(text: str) -> None:
    told = doubts(speech_parts(text))
    assert all(word in text for word in told.days + told.abbreviations)
