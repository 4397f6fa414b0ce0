journeys-side-other = Mặt kia
journeys-side-front = Mặt trước
journeys-side-back = Mặt sau
journeys-sealing-failed = Máy gặp lỗi, giấy vẫn còn; xin thử lại.
journeys-on-the-way = Đang gửi về xã
# Máy tắt giữa chừng rồi chạy lại; người vừa gửi giấy còn đứng đó.
journeys-given-again = Máy vừa chạy lại. Giấy đã gửi vẫn còn nguyên
journeys-received = Xã đã nhận được
journeys-offline = Mất mạng, máy giữ kín và tự gửi sau
journeys-ask-ready = Đúng rồi thì chạm Gửi cho xã
journeys-ask-wait = Xin đọc lại. Nút gửi sáng sau { $seconds } giây
journeys-sealing = Đang niêm phong giấy tờ…
journeys-opening-camera = Đang mở máy ảnh…
journeys-card-not-begun = Chưa bắt đầu chụp thẻ; xin chạm Thẻ hai mặt.
journeys-card-unseen = Chưa thấy thẻ, xin đặt thẻ vào giữa khung.
journeys-no-corners = Trang này không chỉnh góc được; xin chụp lại.
journeys-visit-over = Lượt này đã kết thúc; xin làm lại từ đầu.
journeys-too-early = Chưa đến bước này; xin chụp ít nhất một trang.
journeys-not-kept = Máy không giữ được trang này; xin chụp lại.
journeys-judge-first = Đang xem trang vừa chụp; xin chọn giữ hay chụp lại.
journeys-card-left = Đã thôi chụp thẻ; muốn chụp thẻ xin chạm Thẻ hai mặt.
journeys-nothing-taken = Chưa chụp trang nào; xin chụp một trang.
journeys-no-such-page = Không có trang này; xin chọn trang khác.
journeys-no-pages = Chưa có trang nào; xin chụp ít nhất một trang.
journeys-not-chosen = Chưa chọn xong trang; xin chạm Đủ giấy rồi trước khi gửi.
journeys-memory-full = Máy hết chỗ nhớ; xin gửi những trang đã chụp trước.
journeys-odd-same = Giống trang { $page }, nên xem lại
journeys-enough-pages = Đã đủ { $most } trang; xin gửi rồi quét tiếp lần sau.
journeys-fee-no-amount = Chưa ghi số tiền
journeys-fee-only-own = Chỉ hiện mã của tài khoản xã; xin hỏi cán bộ.
journeys-slip-only-own = Chỉ làm phiếu cho tài khoản của xã; xin hỏi cán bộ.
journeys-fee-not-payment = Đây không phải mã thanh toán; xin đưa tờ giấy có mã VietQR.
journeys-fee-broken = Mã này hỏng hoặc bị sửa; xin đưa mã khác hoặc hỏi cán bộ.
journeys-fee-other-code = Mã này không phải mã nộp tiền, xin đưa mã khác
journeys-slip-amount = Số tiền
journeys-slip-words = Bằng chữ
journeys-slip-holder = Nộp cho
journeys-slip-account = Tài khoản
journeys-slip-purpose = Nội dung
journeys-slip-dossier = Hồ sơ
journeys-fee-two-codes = Thấy hai mã, xin chỉ để một mã trước máy ảnh
journeys-fee-unread = Chưa đọc được mã, xin giữ yên
journeys-fee-dossier = Hồ sơ { $number }
journeys-fee-bank = Ngân hàng { $number }
journeys-slip-foot = Đưa phiếu này cho cán bộ thu phí
journeys-slip-heading = PHIẾU NỘP PHÍ
journeys-scan-title = Quét giấy tờ
journeys-scan-under = Đặt giấy dưới máy ảnh, máy tự chụp
journeys-not-taken = Máy chưa chụp được, xin thử lại
journeys-not-made = Máy gặp lỗi, xin chụp lại trang này.
journeys-corners-failed = Máy gặp lỗi, xin thử lại
journeys-retake-under = Trang mới thay vào chỗ trang cũ
journeys-taking = Đang chụp…
journeys-no-picture = Chưa có hình, xin chờ một chút
journeys-clear = Rõ nét
journeys-side-done =
    { $side ->
        [front] Mặt trước, xong
        [back] Mặt sau, xong
       *[other] Mặt thứ nhất, xong
    }
journeys-retake-title = Chụp lại trang { $page }
