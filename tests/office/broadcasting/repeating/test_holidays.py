"""Public holidays as the law and the government's yearly notices give them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from office.broadcasting.repeating.holidays import is_holiday


def of(year: int) -> list[str]:
    every = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return [f"{day.day}/{day.month}" for day in every if day.year == year and is_holiday(day)]


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2025, "1/1 28/1 29/1 30/1 31/1 1/2 7/4 30/4 1/5 1/9 2/9"),
        (2026, "1/1 16/2 17/2 18/2 19/2 20/2 26/4 30/4 1/5 1/9 2/9 24/11"),
        (2027, "1/1 5/2 6/2 7/2 8/2 9/2 16/4 30/4 1/5 2/9 3/9 24/11"),
        # Tết on 2 February, a day before the Chinese one.
        (2030, "1/1 1/2 2/2 3/2 4/2 5/2 12/4 30/4 1/5 2/9 3/9 24/11"),
        # A leap third month follows the Hùng Kings' day, and does not repeat it.
        (2031, "1/1 22/1 23/1 24/1 25/1 26/1 1/4 30/4 1/5 1/9 2/9 24/11"),
    ],
)
def test_the_days_off_of_a_year(year: int, days: str) -> None:
    assert " ".join(of(year)) == days


@pytest.mark.parametrize(
    ("year", "beside"), [(2021, 3), (2022, 1), (2023, 1), (2024, 3), (2025, 1), (2026, 1), (2029, 3)]
)
def test_the_second_day_of_the_national_holiday(year: int, beside: int) -> None:
    assert is_holiday(date(year, 9, beside))
    assert not is_holiday(date(year, 9, 4 - beside))
