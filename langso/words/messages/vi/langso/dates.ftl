dates-weekday-1 = Thứ Hai
dates-weekday-2 = Thứ Ba
dates-weekday-3 = Thứ Tư
dates-weekday-4 = Thứ Năm
dates-weekday-5 = Thứ Sáu
dates-weekday-6 = Thứ Bảy
dates-weekday-7 = Chủ Nhật
dates-spoken-weekday-1 = thứ hai
dates-spoken-weekday-2 = thứ ba
dates-spoken-weekday-3 = thứ tư
dates-spoken-weekday-4 = thứ năm
dates-spoken-weekday-5 = thứ sáu
dates-spoken-weekday-6 = thứ bảy
dates-spoken-weekday-7 = chủ nhật
dates-day = { $weekday } { $day }/{ $month }
dates-day-of-year = { $weekday } { $day }/{ $month }/{ $year }
dates-plain =
    { $day }/{ $month ->
        [1] 01
        [2] 02
        [3] 03
        [4] 04
        [5] 05
        [6] 06
        [7] 07
        [8] 08
        [9] 09
       *[other] { $month }
    }/{ $year }
dates-lunar = { $day }/{ $month } âm lịch
dates-lunar-leap = { $day }/{ $month } nhuận âm lịch
dates-today = { $clock } hôm nay
dates-tomorrow = { $clock } ngày mai
dates-yesterday = { $clock } hôm qua
dates-spoken-hour = { $hour } giờ
dates-spoken-minute = { $minute }
dates-spoken-hour-minute = { $hour } giờ { $minute } phút
dates-spoken-day = { $weekday }, ngày { $day } tháng { $month }
dates-just-now = vừa xong
dates-minutes-ago = { $minutes } phút trước
dates-hours-ago = { $hours } giờ trước
dates-days-ago = { $days } ngày trước
