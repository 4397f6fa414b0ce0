"""Vietnam's public holidays: Labour Code 2019, article 112, and from 2026 the Day of Culture (Resolution 80-NQ/TW).

Only the days themselves: what the government moves or adds each year (days off in lieu) is no holiday here.
"""

from __future__ import annotations

from datetime import date, timedelta

from langso.timekeeping.clock import lunar_date

_FIXED = {(1, 1), (4, 30), (5, 1), (9, 2)}
_CULTURE, _CULTURE_SINCE = (11, 24), 2026
_TET = {(1, 1), (1, 2), (1, 3), (1, 4)}
_HUNG_KINGS = (3, 10)
# The second day off for 2 September, by its weekday (1 Monday): the one that the government has chosen since 2021.
_BESIDE_NATIONAL_DAY = {1: 1, 2: -1, 3: -1, 4: 1, 5: -1, 6: -1, 7: 1}
_DAY = timedelta(days=1)


def is_holiday(day: date) -> bool:
    """Whether people have this day off by law: Tết from its eve to mùng 4, and the others. Years 1900-2100."""
    if (day.month, day.day) in _FIXED:
        return True
    if (day.month, day.day) == _CULTURE:
        return day.year >= _CULTURE_SINCE
    national = date(day.year, 9, 2)
    if day == national + _BESIDE_NATIONAL_DAY[national.isoweekday()] * _DAY:
        return True
    # No day of Tết or of the Hùng Kings lies in the second half of the year: most days need no lunar date.
    if day.month > 5:
        return False
    lunar, tomorrow = lunar_date(day), lunar_date(day + _DAY)
    if (tomorrow.month, tomorrow.day) == (1, 1):
        return True
    return not lunar.leap and ((lunar.month, lunar.day) in _TET or (lunar.month, lunar.day) == _HUNG_KINGS)
