audit-holds =
    { $checked ->
        [1] Nhật ký còn nguyên: { $rows } dòng nối liền nhau, và khớp với điều người ký đã ghi nhớ. Dòng cuối { $number }, mã { $head }.
       *[other] Nhật ký còn nguyên: { $rows } dòng nối liền nhau. Chưa so được với người ký nên chưa biết phần cuối có bị cắt không ({ $why }). Dòng cuối { $number }, mã { $head }.
    }
audit-changed = Nhật ký KHÔNG còn nguyên: dòng { $at } đã bị sửa sau khi ghi. Hãy giữ máy như đang có và báo người chịu trách nhiệm.
audit-missing = Nhật ký KHÔNG còn nguyên: thiếu dòng { $at }. Hãy giữ máy như đang có và báo người chịu trách nhiệm.
audit-cut = Nhật ký KHÔNG còn nguyên: từ dòng { $at } trở đi bị cắt, người ký còn nhớ đến dòng { $kept }. Nếu vừa khôi phục bản sao lưu thì đúng là vậy; nếu không, hãy báo người chịu trách nhiệm.
audit-row = { $number } · { $at } · { $who } · { $deed } ({ $action }) · { $subject }{ $note }
audit-empty = Nhật ký chưa có dòng nào.
audit-did-account = đặt tài khoản
audit-did-disable = khoá tài khoản
audit-did-roles = giao vai trò
audit-did-login = đăng nhập
audit-did-login-failed = đăng nhập sai
audit-did-login-barred = bị chặn đăng nhập
audit-did-logout = đăng xuất
audit-did-password = đổi mật khẩu
audit-did-confirm = xác nhận
audit-did-forbidden = bị từ chối vì không có quyền
audit-did-draft = soạn bản tin
audit-did-send = gửi bản tin
audit-did-send-refused = gửi nhưng bị từ chối
audit-did-withdraw = rút bản tin
audit-did-withdraw-refused = rút nhưng bị từ chối
audit-did-restore = lấy lại bản tin đã rút
audit-did-restore-refused = lấy lại nhưng bị từ chối
audit-did-urgent = phát khẩn cấp
audit-did-exercise = phát diễn tập
audit-did-stop = dừng phát
audit-did-all-clear = báo yên
audit-did-all-clear-refused = báo yên nhưng bị từ chối
audit-did-cancel-job = huỷ làm tiếng
audit-did-test-sound = phát thử
audit-did-restart = khởi động lại máy
audit-did-volume = đặt âm lượng
audit-did-settle = ghi là đã xử lý trùng tên
audit-did-certificate = cấp chứng thư
audit-did-open-dossier = mở xem giấy tờ
audit-did-archive-dossier = lấy bản lưu trữ
audit-did-unlock-desk = mở khoá giấy tờ
audit-did-lock-desk = khoá giấy tờ lại
audit-did-desk-passphrase = đặt câu mật khẩu mở giấy tờ
audit-did-seal-desk = niêm khoá giấy tờ
audit-did-remove-officer = bỏ một người mở được giấy tờ
audit-did-destroy-month = huỷ giấy tờ của một tháng
audit-did-talk-give = cho trưởng thôn nói trên loa
audit-did-talk-withdraw = thôi cho trưởng thôn nói trên loa
