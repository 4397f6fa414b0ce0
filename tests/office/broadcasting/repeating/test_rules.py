"""The part of RFC 5545 that is read and written, and what is refused with one sentence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.broadcasting.repeating.rules import (
    MOST_TEXT,
    Daily,
    DayOfMonth,
    Lunar,
    NthWeekday,
    Pattern,
    RepeatRule,
    Weekly,
    read_rule,
)
from office.errors import BroadcastRefused

PATTERNS = st.one_of(
    st.builds(Daily, st.integers(1, 31)),
    st.builds(Weekly, st.lists(st.integers(1, 7), min_size=1).map(tuple), st.integers(1, 8)),
    st.builds(NthWeekday, st.sampled_from((1, 2, 3, 4, 5, -1)), st.integers(1, 7), st.integers(1, 6)),
    st.builds(DayOfMonth, st.integers(1, 31), st.sampled_from(("skip", "last")), st.integers(1, 6)),
    st.builds(Lunar, st.lists(st.integers(1, 30), min_size=1).map(tuple), st.booleans()),
)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
RULES = st.one_of(
    st.builds(RepeatRule, PATTERNS),
    st.builds(RepeatRule, PATTERNS, DAYS),
    st.builds(RepeatRule, PATTERNS, st.none(), st.integers(1, 1000)),
)


@given(RULES)
def test_what_is_written_is_read_again(rule: RepeatRule) -> None:
    assert read_rule(rule.text) == rule


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("FREQ=DAILY", Daily()),
        ("RRULE:FREQ=DAILY;INTERVAL=2", Daily(2)),
        (" freq=weekly;byday=we,mo ", Weekly((1, 3))),
        ("FREQ=MONTHLY;BYDAY=2FR", NthWeekday(2, 5)),
        ("FREQ=MONTHLY;BYDAY=-1SU", NthWeekday(-1, 7)),
        ("FREQ=MONTHLY;BYMONTHDAY=31", DayOfMonth(31)),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", DayOfMonth(30, "last")),
        ("RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15", Lunar((1, 15))),
        ("RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=15;X-LEAP=SKIP", Lunar((15,), leap=False)),
    ],
)
def test_rules_as_calendars_write_them(text: str, pattern: Pattern) -> None:
    assert read_rule(text) == RepeatRule(pattern)


@pytest.mark.parametrize("end", ["20270131", "20270131T165959Z"])
def test_the_last_day_is_vietnams(end: str) -> None:
    assert read_rule(f"FREQ=DAILY;UNTIL={end}").until == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("FREQ=SECONDLY", "repeats-too-often"),
        ("FREQ=MINUTELY;INTERVAL=1;COUNT=99999999999", "repeats-too-often"),
        ("FREQ=HOURLY", "repeats-too-often"),
        ("FREQ=YEARLY", "repeats-unread"),
        ("FREQ=DAILY;FREQ=DAILY", "repeats-unread"),
        ("FREQ=DAILY;BYSECOND=1,2,3", "repeats-unread"),
        ("FREQ=DAILY;BYHOUR=1,2,3", "repeats-unread"),
        ("FREQ=WEEKLY", "repeats-unread"),
        ("FREQ=WEEKLY;BYDAY=1MO", "repeats-unread"),
        ("FREQ=WEEKLY;BYDAY=MO;WKST=SU", "repeats-unread"),
        ("FREQ=MONTHLY;BYDAY=6FR", "repeats-no-such-weekday"),
        ("FREQ=MONTHLY;BYDAY=0FR", "repeats-no-such-weekday"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "repeats-no-such-day"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "repeats-no-such-day"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,2", "repeats-unread"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,30;BYSETPOS=-1", "repeats-unread"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=1", "repeats-unread"),
        ("RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=15", "repeats-unread"),
        ("RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=15;INTERVAL=2", "repeats-unread"),
        ("RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=15;X-LEAP=ONLY", "repeats-unread"),
        ("RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=31", "repeats-no-lunar-day"),
        ("FREQ=DAILY;INTERVAL=0", "repeats-apart"),
        ("FREQ=DAILY;INTERVAL=32", "repeats-apart"),
        ("FREQ=WEEKLY;BYDAY=MO;INTERVAL=9", "repeats-apart"),
        ("FREQ=MONTHLY;BYMONTHDAY=30;INTERVAL=12", "repeats-apart"),
        ("FREQ=MONTHLY;BYDAY=1MO;INTERVAL=7", "repeats-apart"),
        ("FREQ=DAILY;INTERVAL=１", "repeats-unread"),
        ("FREQ=DAILY;COUNT=0", "repeats-count"),
        ("FREQ=DAILY;COUNT=1001", "repeats-count"),
        ("FREQ=DAILY;COUNT=", "repeats-unread"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270131", "repeats-two-ends"),
        ("FREQ=DAILY;UNTIL=20270230", "repeats-unread"),
        ("FREQ=DAILY;UNTIL=20270131T050000Z", "repeats-unread"),
        ("FREQ=DAILY;UNTIL=99991231", "repeats-year"),
        ("FREQ=DAILY;UNTIL=19991231", "repeats-year"),
        ("", "repeats-unread"),
        ("FREQ=WEEKLY;BYDAY=" + "MO," * MOST_TEXT + "MO", "repeats-unread"),
    ],
)
def test_other_rules_are_refused_with_one_sentence(text: str, id: str) -> None:
    with pytest.raises(BroadcastRefused) as refused:
        read_rule(text)
    assert refused.value.args[0].id == id


def test_a_text_of_the_longest_length_is_read_and_one_letter_more_is_not() -> None:
    longest = "RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=" + "15," * 52 + "15"
    assert len(longest) == MOST_TEXT
    assert read_rule(longest).pattern == Lunar((15,))
    with pytest.raises(BroadcastRefused):
        read_rule(longest.replace("=15,", "=015,"))


@given(
    st.one_of(
        st.text(max_size=220),
        st.lists(
            st.sampled_from(
                [
                    "FREQ=DAILY",
                    "FREQ=WEEKLY",
                    "FREQ=MONTHLY",
                    "INTERVAL=3",
                    "BYDAY=MO,SU",
                    "BYDAY=-1MO",
                    "BYMONTHDAY=31",
                    "BYMONTHDAY=28,29",
                    "BYMONTHDAY=",
                    "BYDAY=",
                    "BYSETPOS=-1",
                    "RSCALE=VIETNAMESE",
                    "X-LEAP=SKIP",
                    "COUNT=2",
                    "UNTIL=20270101",
                    "=",
                ]
            ),
            max_size=5,
        ).map(";".join),
    )
)
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        rule = read_rule(text)
    except BroadcastRefused:
        return
    assert read_rule(rule.text) == rule
