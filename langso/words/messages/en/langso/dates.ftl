dates-weekday-1 = Monday
dates-weekday-2 = Tuesday
dates-weekday-3 = Wednesday
dates-weekday-4 = Thursday
dates-weekday-5 = Friday
dates-weekday-6 = Saturday
dates-weekday-7 = Sunday
dates-spoken-weekday-1 = Monday
dates-spoken-weekday-2 = Tuesday
dates-spoken-weekday-3 = Wednesday
dates-spoken-weekday-4 = Thursday
dates-spoken-weekday-5 = Friday
dates-spoken-weekday-6 = Saturday
dates-spoken-weekday-7 = Sunday
dates-day =
    { $weekday } { $day } { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] June
        [7] July
        [8] Aug
        [9] Sept
        [10] Oct
        [11] Nov
        [12] Dec
       *[other] { $month }
    }
dates-day-of-year =
    { $weekday } { $day } { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] June
        [7] July
        [8] Aug
        [9] Sept
        [10] Oct
        [11] Nov
        [12] Dec
       *[other] { $month }
    } { $year }
dates-plain =
    { $day } { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] June
        [7] July
        [8] Aug
        [9] Sept
        [10] Oct
        [11] Nov
        [12] Dec
       *[other] { $month }
    } { $year }
dates-lunar = { $day }/{ $month } lunar
dates-lunar-leap = { $day }/{ $month } lunar, leap month
dates-today = { $clock } today
dates-tomorrow = { $clock } tomorrow
dates-yesterday = { $clock } yesterday
dates-spoken-hour =
    { $hour ->
        [0] 12 a.m.
        [1] 1 a.m.
        [2] 2 a.m.
        [3] 3 a.m.
        [4] 4 a.m.
        [5] 5 a.m.
        [6] 6 a.m.
        [7] 7 a.m.
        [8] 8 a.m.
        [9] 9 a.m.
        [10] 10 a.m.
        [11] 11 a.m.
        [12] 12 p.m.
        [13] 1 p.m.
        [14] 2 p.m.
        [15] 3 p.m.
        [16] 4 p.m.
        [17] 5 p.m.
        [18] 6 p.m.
        [19] 7 p.m.
        [20] 8 p.m.
        [21] 9 p.m.
        [22] 10 p.m.
        [23] 11 p.m.
       *[other] { $hour }
    }
dates-spoken-minute =
    { $minute ->
        [1] oh one
        [2] oh two
        [3] oh three
        [4] oh four
        [5] oh five
        [6] oh six
        [7] oh seven
        [8] oh eight
        [9] oh nine
       *[other] { $minute }
    }
dates-spoken-hour-minute =
    { $hour ->
        [0] 12 { $minute } a.m.
        [1] 1 { $minute } a.m.
        [2] 2 { $minute } a.m.
        [3] 3 { $minute } a.m.
        [4] 4 { $minute } a.m.
        [5] 5 { $minute } a.m.
        [6] 6 { $minute } a.m.
        [7] 7 { $minute } a.m.
        [8] 8 { $minute } a.m.
        [9] 9 { $minute } a.m.
        [10] 10 { $minute } a.m.
        [11] 11 { $minute } a.m.
        [12] 12 { $minute } p.m.
        [13] 1 { $minute } p.m.
        [14] 2 { $minute } p.m.
        [15] 3 { $minute } p.m.
        [16] 4 { $minute } p.m.
        [17] 5 { $minute } p.m.
        [18] 6 { $minute } p.m.
        [19] 7 { $minute } p.m.
        [20] 8 { $minute } p.m.
        [21] 9 { $minute } p.m.
        [22] 10 { $minute } p.m.
        [23] 11 { $minute } p.m.
       *[other] { $hour } { $minute }
    }
dates-spoken-day =
    { $weekday }, { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
        [12] December
       *[other] { $month }
    }
dates-just-now = just now
dates-minutes-ago =
    { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    } ago
dates-hours-ago =
    { $hours ->
        [one] { $hours } hour
       *[other] { $hours } hours
    } ago
dates-days-ago =
    { $days ->
        [one] { $days } day
       *[other] { $days } days
    } ago
