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
dates-lunar = { $day }/{ $month } lunar
dates-lunar-leap = { $day }/{ $month } lunar, leap month
dates-today = { $clock } today
dates-tomorrow = { $clock } tomorrow
dates-yesterday = { $clock } yesterday
dates-spoken-hour = { $hour } o'clock
dates-spoken-hour-minute = { $hour } { $minute }
dates-spoken-day = { $weekday }, day { $day } of month { $month }
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
