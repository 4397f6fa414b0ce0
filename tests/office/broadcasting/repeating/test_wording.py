"""A repetition in words, in both languages, before it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from langso.words.language import use_language
from office.broadcasting.repeating.days import Repeat
from office.broadcasting.repeating.rules import Daily, DayOfMonth, Lunar, NthWeekday, Pattern, RepeatRule, Weekly
from office.broadcasting.repeating.wording import how_often, listed, restated

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
FIRST = date(2026, 12, 7)
FIVE = (time(5),)


@pytest.fixture
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("vi")


def test_a_rule_is_restated_with_its_first_time() -> None:
    repeat = Repeat(RepeatRule(Weekly((1, 3))), FIRST, FIVE, holidays="skip")
    assert restated(repeat, NOW) == (
        "Mỗi thứ Hai, thứ Tư lúc 05:00, từ 07/12/2026, trừ ngày lễ; lần đầu: Thứ Hai 7/12, 05:00."
    )


@pytest.mark.usefixtures("english")
def test_a_rule_is_restated_in_english() -> None:
    repeat = Repeat(RepeatRule(Weekly((1, 3))), FIRST, FIVE, holidays="skip")
    assert restated(repeat, NOW) == (
        "Every Monday, Wednesday at 05:00, from 07 Dec 2026, not on public holidays; first: Monday 7 Dec, 05:00."
    )


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (Daily(), "Hằng ngày"),
        (Daily(3), "Cứ 3 ngày một lần"),
        (Weekly((1, 2, 3, 4, 5)), "Thứ Hai đến thứ Sáu hằng tuần"),
        (Weekly((1, 2, 3, 4, 5, 6)), "Mỗi thứ Hai, thứ Ba, thứ Tư, thứ Năm, thứ Sáu, thứ Bảy"),
        (Weekly((7,), 2), "Vào Chủ Nhật, cứ 2 tuần một lần"),
        (NthWeekday(2, 5), "Ngày thứ Sáu lần thứ hai hằng tháng"),
        (NthWeekday(-1, 7), "Ngày Chủ Nhật lần cuối cùng hằng tháng"),
        (NthWeekday(5, 1), "Ngày thứ Hai lần thứ năm hằng tháng (tháng nào không có thì nghỉ)"),
        (DayOfMonth(28), "Ngày 28 hằng tháng"),
        (DayOfMonth(29), "Ngày 29 hằng tháng (tháng nào không có thì nghỉ)"),
        (DayOfMonth(31, "last"), "Ngày 31 hằng tháng (tháng nào không có thì phát ngày cuối tháng)"),
        (Lunar((15, 1)), "Âm lịch hằng tháng: mùng 1, rằm, cả tháng nhuận"),
        (Lunar((16,), leap=False), "Âm lịch hằng tháng: ngày 16, trừ tháng nhuận"),
    ],
)
def test_how_often(pattern: Pattern, words: str) -> None:
    assert how_often(pattern) == words


def test_ends_holidays_and_days_left_out_are_said() -> None:
    until = Repeat(RepeatRule(Daily(), until=date(2027, 1, 31)), FIRST, (time(17, 30), time(5)), holidays="only")
    assert restated(until, NOW) == (
        "Hằng ngày lúc 05:00, 17:30, từ 07/12/2026, đến hết 31/01/2027, chỉ phát ngày lễ;"
        " lần đầu: Thứ Sáu 1/1/2027, 05:00."
    )
    left_out = frozenset(FIRST + timedelta(days=n) for n in range(6))
    count = Repeat(RepeatRule(Daily(), count=10), FIRST, FIVE, without=left_out)
    assert restated(count, NOW) == (
        "Hằng ngày lúc 05:00, từ 07/12/2026, trong 10 ngày, kể cả ngày bị trừ, trừ 07/12/2026, 08/12/2026,"
        " 09/12/2026, 10/12/2026, 11/12/2026 và 1 ngày nữa; lần đầu: Chủ Nhật 13/12, 05:00."
    )


def test_a_rule_that_has_begun_says_its_next_time_and_one_that_is_over_none() -> None:
    repeat = Repeat(RepeatRule(Daily(), until=FIRST + timedelta(days=1)), FIRST, FIVE)
    begun = datetime(2026, 12, 7, 3, 0, tzinfo=UTC)
    assert restated(repeat, begun).endswith("; lần tới: Thứ Ba 8/12, 05:00.")
    assert restated(repeat, begun + timedelta(days=1)).endswith("; không còn lần phát nào.")


def test_the_next_times_are_listed_with_lunar_dates_and_another_year() -> None:
    assert listed(Repeat(RepeatRule(Lunar((1, 15))), FIRST, FIVE), NOW, 3) == (
        "Thứ Tư 9/12 · 1/11 âm lịch, 05:00",
        "Thứ Tư 23/12 · 15/11 âm lịch, 05:00",
        "Thứ Sáu 8/1/2027 · 1/12 âm lịch, 05:00",
    )
    assert len(listed(Repeat(RepeatRule(Daily()), FIRST, FIVE), NOW)) == 5
