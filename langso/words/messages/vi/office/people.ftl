people-password-short = Mật khẩu cần ít nhất { $shortest } ký tự; một câu dài dễ nhớ là tốt nhất.
people-password-long = Mật khẩu dài quá { $most } ký tự; hãy rút ngắn lại.
people-password-guessed = Mật khẩu này ai cũng đoán được; hãy ghép vài từ không liên quan với nhau.
people-password-over = Mật khẩu dùng một lần đã quá 7 ngày; hãy xin người quản trị mật khẩu mới.
people-password-same = Mật khẩu mới giống mật khẩu cũ; hãy đặt mật khẩu khác.
people-no-account = Không có tài khoản { $login }; hãy xem lại tên.
people-login-wrong = Tên hoặc mật khẩu không đúng; hãy nhập lại.
people-login-name = Tên đăng nhập dùng chữ và số, nhiều nhất 32 ký tự; hãy đặt tên khác.
