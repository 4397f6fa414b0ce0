repeats-on-1 = Monday
repeats-on-2 = Tuesday
repeats-on-3 = Wednesday
repeats-on-4 = Thursday
repeats-on-5 = Friday
repeats-on-6 = Saturday
repeats-on-7 = Sunday
repeats-nth-1 = first
repeats-nth-2 = second
repeats-nth-3 = third
repeats-nth-4 = fourth
repeats-nth-last = last
repeats-daily = { $every ->
    [1] Every day
   *[other] Every { $every } days
}
repeats-weekdays = Monday to Friday every week
repeats-weekly = { $every ->
    [1] Every { $days }
   *[other] { $days } every { $every } weeks
}
# “nth”: one of repeats-nth-…
repeats-nth-weekday = { $every ->
    [1] The { $nth } { $day } of every month
   *[other] The { $nth } { $day } of the month, every { $every } months
}
repeats-fifth-weekday = { $every ->
    [1] The fifth { $day } of every month (not in a month without one)
   *[other] The fifth { $day } of the month, every { $every } months (not in a month without one)
}
repeats-day-of-month = { $every ->
    [1] Day { $day } of every month
   *[other] Day { $day }, every { $every } months
}
repeats-or-last-day = { $every ->
    [1] Day { $day } of every month (the last day of a shorter one)
   *[other] Day { $day }, every { $every } months (the last day of a shorter one)
}
repeats-or-not = { $every ->
    [1] Day { $day } of every month (not in a shorter one)
   *[other] Day { $day }, every { $every } months (not in a shorter one)
}
repeats-ram = the full moon’s day
repeats-lunar-day = { $day ->
    [1] day 1
   *[other] day { $day }
}
repeats-lunar = Every lunar month: { $days }, leap months too
repeats-lunar-no-leap = Every lunar month: { $days }, no leap months
repeats-at = { $often } at { $hours }, from { $first }
repeats-until = until the end of { $last }
repeats-times-in-all = on { $count } days, those left out counted
repeats-holidays-skip = not on public holidays
repeats-holidays-only = on public holidays only
repeats-without = not on { $days }
repeats-and-more = { $days } and { $more } more days
repeats-then-first = { $rule }; first: { $day }, { $clock }.
repeats-then-next = { $rule }; next: { $day }, { $clock }.
repeats-then-never = { $rule }; no time is left.
repeats-one-time = { $day } · { $lunar }, { $clock }
# Why a repetition cannot be used.
repeats-unread = The repetition “{ $said }” is not understood; choose days, weeks, months or lunar days.
repeats-too-often = A broadcast repeats by days, not by hours, minutes or seconds; choose its hours of the day.
repeats-no-weekday = No weekday is chosen; choose at least one.
repeats-no-such-weekday = A month has no such weekday; choose the first to fifth, or the last.
repeats-no-such-day = A month has no such day; choose 1 to 31.
repeats-no-lunar-day = No lunar day is chosen; choose days 1 to 30.
repeats-apart = Too far apart, or too near; choose 1 to { $most }.
repeats-two-ends = Choose one end only: a day, or a number of times.
repeats-count = The number of times must be 1 to { $most }; type it again.
repeats-year = The year must be { $first } to { $last }; look at the day again.
repeats-until-before-first = The last day lies before the first; look at both again.
repeats-times = Choose 1 to { $most } hours of the day.
repeats-exceptions = More than { $most } days are left out; take some away, or set the repetition anew.
repeats-not-its-day = The broadcast is not played on that day; choose one on which it is.
