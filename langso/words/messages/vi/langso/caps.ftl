caps-quiet = giờ yên tĩnh { $start } đến { $end }
caps-issuer-minutes = quá { $minutes } phút mỗi ngày của nơi ra lệnh
caps-minutes = quá { $minutes } phút mỗi ngày
