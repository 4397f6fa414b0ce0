people-password-short = Mật khẩu cần ít nhất { $shortest } ký tự; một câu dài dễ nhớ là tốt nhất.
people-password-long = Mật khẩu dài quá { $most } ký tự; hãy rút ngắn lại.
people-password-guessed = Mật khẩu này ai cũng đoán được; hãy ghép vài từ không liên quan với nhau.
people-password-own = Mật khẩu này lấy từ tên của bạn, tên xã hay tên tài khoản; hãy ghép vài từ không liên quan với nhau.
people-password-over = Mật khẩu dùng một lần đã quá 7 ngày; hãy xin người quản trị mật khẩu mới.
people-password-same = Mật khẩu mới giống mật khẩu cũ; hãy đặt mật khẩu khác.
people-no-account = Không có tài khoản { $login }; hãy xem lại tên.
people-login-wrong = Tên hoặc mật khẩu không đúng; hãy nhập lại.
people-login-name = Tên đăng nhập dùng chữ và số, nhiều nhất 32 ký tự; hãy đặt tên khác.
people-barred = Đã nhập sai quá nhiều lần; hãy đợi 15 phút rồi thử lại.
people-wait = Tên này vừa bị nhập sai nhiều lần; hãy đợi { $seconds } giây rồi thử lại.
people-hashing-busy = Máy đang bận kiểm tra nhiều lần đăng nhập; hãy đợi một phút rồi thử lại.
# Ai làm việc này bằng lệnh ở máy văn phòng, không qua trang web.
people-operator = lệnh:{ $user }
people-operator-nameless = lệnh
people-restored = khôi phục
