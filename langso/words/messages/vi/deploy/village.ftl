village-trial = Làng chạy thử
village-founding = Dựng làng: khóa gốc, văn phòng, ghép từng thiết bị …
village-evidence = Bằng chứng: { $file }
village-stopped = Đã dừng cả làng.
village-other-things = Thư mục { $place } có thứ khác bên trong; hãy chọn thư mục trống ({ $where }).
village-runs = Làng đã chạy.
village-pages = { "  " }Trang web văn phòng:  { $url }
village-login = { "  " }Đăng nhập:            { $name }  /  { $password }   (chỉ cho lần chạy này)
village-codes = { "  " }Mã xác nhận:          mỗi mã một lần; lấy thêm:  langso office signer codes { $name } --settings { $settings }
village-recordings = { "  " }Nghe loa nào nói gì:  { $folder }  (FLAC từng phút)
village-papers = { "  " }Đặt giấy dưới kiosk:  chép ảnh vào { $folder }
village-no-screen = { "  " }Máy này không có màn hình; xem kiosk qua:  xvfb-run .venv/bin/langso kiosk run --settings { $settings }   (hoặc ảnh chụp: langso kiosk shots)
village-logs = { "  " }Nhật ký:              { $logs }
village-ctrl-c = Ctrl-C để dừng tất cả.
village-recording-large = Bản ghi { $flac } quá lớn; hãy xoá bớt.
village-recording-no-times = Bản ghi { $flac } thiếu tệp mốc giờ { $name }; hãy ghi lại.
village-recording-kind = Bản ghi { $flac } không phải 48 kHz một kênh; hãy ghi lại.
village-no-recording = Không có bản ghi nào trong { $folder }; hãy cho máy ghi của làng chạy trước.
village-recording-short = Đoạn ghi ngắn hơn âm thanh cần tìm; hãy ghi lâu hơn.
village-no-folder = Không tạo được thư mục { $out }: { $why }; hãy chọn thư mục khác.
village-recorder = Máy ghi
village-recorded = Đã ghi { $seconds } giây vào { $out }.
village-died =
    { $what }: «{ $name }» tự dừng. Lời cuối trong nhật ký:
    { $words }
village-waited =
    { $what }: chờ { $seconds } giây vẫn chưa xong.
    { $words }
village-starts-broker = { "  " }broker (Mosquitto, TLS)
village-starts-speaker = { "  " }{ $place } ({ $device })
village-starts-kiosk = { "  " }kiosk { $place }
village-starts-office = { "  " }văn phòng: người ký và trang web
village-office-pages = trang web của văn phòng
village-no-account = Không tạo được tài khoản văn phòng: { $said }
village-ended = «{ $name }» đã tự dừng.
village-ended-saying =
    «{ $name }» đã tự dừng. Lời cuối:
    { $words }
