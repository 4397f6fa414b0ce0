### Câu người dân nghe ở kiosk, do người địa phương đọc và thu: mỗi câu trọn vẹn, không có chỗ điền.

# Khi giấy nằm dưới máy ảnh; lúc ấy người nghe còn đang cầm giấy.
prompts-page-none = Chưa thấy giấy, xin đặt giấy vào giữa khung
prompts-page-dark = Tối quá, xin bật đèn hoặc quay ra chỗ sáng
prompts-page-cut-off = Giấy bị ra ngoài khung, xin kéo vào giữa
prompts-page-far = Giấy ở xa quá, xin đưa lại gần
prompts-page-tilt = Giấy nghiêng quá, xin đặt thẳng dưới máy
prompts-page-bright = Sáng quá, xin tránh nắng hoặc bớt đèn
prompts-page-glare = Giấy bị bóng, xin xoay nhẹ
prompts-page-blur = Ảnh bị nhòe, xin giữ yên giấy
prompts-page-blank = Mặt này không có chữ, xin lật giấy lại
prompts-page-front = Đây là mặt sau, xin lật thẻ lại
prompts-page-back = Đây là mặt trước, xin lật thẻ lại
prompts-page-same-side = Mặt này chụp rồi, xin lật sang mặt kia
prompts-page-same = Trang này chụp rồi, xin đặt trang khác
prompts-page-unsure = Mép giấy chưa rõ, xin đặt giấy lên nền khác màu
prompts-page-edges = Chưa thấy đủ bốn mép giấy, xin đặt giấy lên nền khác màu
prompts-page-moving = Giấy còn động, xin đặt xuống và bỏ tay ra
prompts-page-hold = Đã thấy giấy. Giữ yên…
    .spoken = Đã thấy giấy. Giữ yên.
prompts-page-taken = Chụp xong, xin đặt trang tiếp theo
# Trang vừa chụp rồi thôi, giấy còn nằm đó: máy không tự chụp nữa.
prompts-page-left = Xin đặt lại giấy, hoặc chạm Chụp ngay
# Khi máy ảnh không cho hình.
prompts-camera-starting = Đang mở máy ảnh, xin chờ một chút
prompts-camera-away = Máy ảnh bị tuột dây, xin gọi cán bộ
prompts-camera-black = Máy ảnh không thấy gì, xin bỏ vật che hoặc bật đèn
prompts-camera-frozen = Hình bị đứng, đang mở lại máy ảnh, xin chờ

# Lời chào; ô ở đâu thì nói theo màn hình nằm ngang hay đứng.
prompts-home-lying = Xin chào. Chạm ô bên trái để quét giấy tờ và nộp hồ sơ. Chạm ô bên phải để nộp phí bằng mã QR.
prompts-home-upright = Xin chào. Chạm ô bên trên để quét giấy tờ và nộp hồ sơ. Chạm ô bên dưới để nộp phí bằng mã QR.

# Quét giấy: làm thế nào.
prompts-paper-how = Đặt giấy vào giữa khung, giữ yên
prompts-card-how = Đặt thẻ nằm ngang, mặt có ảnh lên trên
prompts-card-turn-back = Xong mặt trước. Xin lật thẻ sang mặt sau
prompts-card-turn-front = Xong mặt sau. Xin lật thẻ sang mặt trước
prompts-card-turn-other = Xong một mặt. Xin lật thẻ sang mặt kia
prompts-card-seen = Đã thấy thẻ. Giữ yên…
    .spoken = Đã thấy thẻ. Giữ yên.
prompts-scan-how = Máy sẽ tự chụp. Hoặc chạm nút Chụp ngay.
prompts-camera-none = Máy ảnh chưa sẵn sàng, xin gọi cán bộ
prompts-camera-wrong = Máy ảnh gặp lỗi, xin gọi cán bộ
prompts-corners = Chạm vào từng vòng tròn, kéo vào đúng góc tờ giấy. Xong thì chạm Xong.

# Trang vừa chụp có gì lạ.
prompts-odd-blank = Hình như không có chữ, nên xem lại
prompts-odd-edges = Chưa thấy mép giấy, nên chạm Chỉnh góc
prompts-odd-blur = Chữ bị nhòe, nên chụp lại
prompts-odd-glare = Giấy bị bóng, nên chụp lại
prompts-odd-dark = Hình tối quá, nên chụp lại
prompts-odd-bright = Hình sáng quá, nên chụp lại
prompts-odd-cut = Giấy bị mất mép, nên chụp lại
prompts-odd-far = Chữ nhỏ quá, nên đưa giấy lại gần
prompts-odd-tilt = Giấy nghiêng quá, nên chụp lại
prompts-odd-same = Giống một trang đã chụp, nên xem lại

# Xem lại; sau hai câu có dấu hai chấm máy đọc tiếp một con số.
prompts-preview = Nhìn xem chữ có rõ không. Rõ và hết giấy thì chạm Giữ, đủ giấy rồi. Còn giấy thì chạm Giữ, quét thêm. Không rõ thì chạm Chụp lại.
prompts-pages-number = Đây là trang số:
prompts-pages-all = Tổng số trang:

# Tên giấy, đọc lần lượt sau câu đầu.
prompts-choose-kind = Chạm vào tên giấy
prompts-kind-birth = Giấy khai sinh
prompts-kind-identity = Căn cước, hộ chiếu
prompts-kind-land = Giấy tờ nhà đất
prompts-kind-form = Tờ khai, đơn
prompts-kind-other = Giấy tờ khác

# Hỏi lại trước khi gửi; máy đọc tên giấy trước câu này.
prompts-ask-send = Gửi giấy này cho xã không? Đúng thì chạm Gửi cho xã. Chưa thì chạm Chưa gửi.

# Đã nhận; sau dấu hai chấm máy đọc số trang và mã.
prompts-receipt-pages = Đã nhận giấy tờ. Số trang:
prompts-receipt-code = Mã của bạn là:
prompts-receipt-keep = Xin chụp lại hoặc ghi mã này, rồi hỏi cán bộ khi cần.
prompts-sorry = Máy vừa bị trục trặc, lượt này dừng lại
prompts-sorry-again = Máy không giữ lại gì của lượt này. Xin bà con làm lại từ đầu.
prompts-sorry-kept = Giấy tờ đã gửi vẫn được giữ, xin ghi lại mã. Việc còn dở xin làm lại từ đầu.

# Nộp phí; sau dấu hai chấm máy đọc số tiền hoặc tên.
prompts-fee-look = Đưa tờ giấy có mã QR vào trước máy ảnh, giữ yên một chút.
prompts-pay-amount = Số tiền phải nộp:
prompts-fee-ask-amount = Hỏi cán bộ số tiền phải nộp
prompts-pay-to = Nộp cho:
prompts-pay-own = Đúng tài khoản của xã
prompts-pay-how = Mở ứng dụng ngân hàng trên điện thoại rồi quét mã trên màn hình.
prompts-slip-amount = Phiếu nộp số tiền:
prompts-slip-how = Chụp lại phiếu này bằng điện thoại, đưa cho cán bộ thu phí.
prompts-slip-failed = Chưa làm được phiếu, xin gọi cán bộ
prompts-fee-stranger = Đây không phải tài khoản của xã. Đừng chuyển tiền, xin hỏi cán bộ.
prompts-fee-no-list = Máy chưa nhận danh sách tài khoản của xã nên chưa dám nói đúng hay sai; xin hỏi cán bộ.

# Chữ to; máy chưa dùng được.
prompts-letters = Chạm vào cỡ chữ dễ đọc. Chạm Đen trắng đậm nếu mắt khó nhìn. Xong thì chạm Xong.
prompts-pairing-sorry = Máy này chưa dùng được
prompts-pairing-come-back = Máy đang chờ cán bộ kỹ thuật. Xin bà con hỏi cán bộ xã.

# Trưởng thôn đặt giờ khi máy không có mạng.
prompts-clock-time = Xin bấm ngày, tháng, năm, rồi giờ và phút
prompts-clock-pin = Nếu đúng giờ rồi, xin bấm mã PIN của máy
prompts-clock-done = Đã đặt xong giờ. Xin cảm ơn.
