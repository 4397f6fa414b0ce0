caps-quiet = quiet hours { $start } to { $end }
caps-issuer-minutes = more than { $minutes } minutes a day of this issuer
caps-minutes = more than { $minutes } minutes a day
