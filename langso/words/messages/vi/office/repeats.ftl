repeats-on-1 = thứ Hai
repeats-on-2 = thứ Ba
repeats-on-3 = thứ Tư
repeats-on-4 = thứ Năm
repeats-on-5 = thứ Sáu
repeats-on-6 = thứ Bảy
repeats-on-7 = Chủ Nhật
repeats-nth-1 = thứ nhất
repeats-nth-2 = thứ hai
repeats-nth-3 = thứ ba
repeats-nth-4 = thứ tư
repeats-nth-last = cuối cùng
repeats-daily = { $every ->
    [1] Hằng ngày
   *[other] Cứ { $every } ngày một lần
}
repeats-weekdays = Thứ Hai đến thứ Sáu hằng tuần
repeats-weekly = { $every ->
    [1] Mỗi { $days }
   *[other] Vào { $days }, cứ { $every } tuần một lần
}
# “nth”: một trong repeats-nth-…
repeats-nth-weekday = { $every ->
    [1] Ngày { $day } lần { $nth } hằng tháng
   *[other] Ngày { $day } lần { $nth } trong tháng, cứ { $every } tháng một lần
}
repeats-fifth-weekday = { $every ->
    [1] Ngày { $day } lần thứ năm hằng tháng (tháng nào không có thì nghỉ)
   *[other] Ngày { $day } lần thứ năm trong tháng, cứ { $every } tháng một lần (tháng nào không có thì nghỉ)
}
repeats-day-of-month = { $every ->
    [1] Ngày { $day } hằng tháng
   *[other] Ngày { $day }, cứ { $every } tháng một lần
}
repeats-or-last-day = { $every ->
    [1] Ngày { $day } hằng tháng (tháng nào không có thì phát ngày cuối tháng)
   *[other] Ngày { $day }, cứ { $every } tháng một lần (tháng nào không có thì phát ngày cuối tháng)
}
repeats-or-not = { $every ->
    [1] Ngày { $day } hằng tháng (tháng nào không có thì nghỉ)
   *[other] Ngày { $day }, cứ { $every } tháng một lần (tháng nào không có thì nghỉ)
}
repeats-ram = rằm
repeats-lunar-day = { $day ->
    [1] mùng 1
    [2] mùng 2
    [3] mùng 3
    [4] mùng 4
    [5] mùng 5
    [6] mùng 6
    [7] mùng 7
    [8] mùng 8
    [9] mùng 9
    [10] mùng 10
   *[other] ngày { $day }
}
repeats-lunar = Âm lịch hằng tháng: { $days }, cả tháng nhuận
repeats-lunar-no-leap = Âm lịch hằng tháng: { $days }, trừ tháng nhuận
repeats-at = { $often } lúc { $hours }, từ { $first }
repeats-until = đến hết { $last }
repeats-times-in-all = trong { $count } ngày, kể cả ngày bị trừ
repeats-holidays-skip = trừ ngày lễ
repeats-holidays-only = chỉ phát ngày lễ
repeats-without = trừ { $days }
repeats-and-more = { $days } và { $more } ngày nữa
repeats-then-first = { $rule }; lần đầu: { $day }, { $clock }.
repeats-then-next = { $rule }; lần tới: { $day }, { $clock }.
repeats-then-never = { $rule }; không còn lần phát nào.
repeats-one-time = { $day } · { $lunar }, { $clock }
# Vì sao một cách lặp không dùng được.
repeats-unread = Không hiểu cách lặp “{ $said }”; hãy chọn lặp theo ngày, tuần, tháng hoặc âm lịch.
repeats-too-often = Bản tin chỉ lặp theo ngày, không lặp theo giờ, phút hay giây; hãy chọn các giờ phát trong ngày.
repeats-no-weekday = Chưa chọn thứ trong tuần; hãy chọn ít nhất một thứ.
repeats-no-such-weekday = Không có thứ ấy trong tháng; hãy chọn lần thứ nhất đến thứ năm, hoặc lần cuối cùng.
repeats-no-such-day = Không có ngày ấy trong tháng; hãy chọn từ 1 đến 31.
repeats-no-lunar-day = Chưa chọn ngày âm lịch; hãy chọn từ mùng 1 đến ngày 30.
repeats-apart = Cách nhau quá xa hoặc quá gần; hãy chọn từ 1 đến { $most }.
repeats-two-ends = Chỉ chọn một cách kết thúc: theo ngày, hoặc theo số lần.
repeats-count = Số lần phải từ 1 đến { $most }; hãy nhập lại.
repeats-year = Năm phải từ { $first } đến { $last }; hãy xem lại ngày.
repeats-until-before-first = Ngày kết thúc đứng trước ngày bắt đầu; hãy xem lại hai ngày ấy.
repeats-times = Hãy chọn từ 1 đến { $most } giờ phát trong ngày.
repeats-exceptions = Trừ quá { $most } ngày; hãy bớt ngày, hoặc đặt lại cách lặp.
repeats-not-its-day = Ngày ấy bản tin không phát; hãy chọn một ngày có phát.
