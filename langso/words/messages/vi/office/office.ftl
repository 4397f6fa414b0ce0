office-not-in-rights = Danh sách quyền của xã không có văn phòng này; hãy ký lại danh sách bằng khoá gốc.
office-signer-name = Người ký
office-signer-waits = Chờ ký ở { $socket }.
office-compare-then-sign = So mã từng khoá với biên bản, rồi từng người ký: langso root sign { $file } --stick /media/usb
office-say-planned = { $id }: sẽ phát lúc { $when }. Rút lại: langso office withdraw { $id }
office-say-unsigned = { $id }: CHƯA KÝ ĐƯỢC, chưa loa nào nhận. { $why } Bản tin đã được giữ, dịch vụ langso-office tự ký lại; đến { $when } mà chưa ký được thì không phát.
office-withdrawn = Đã rút { $id }.
office-not-withdrawn = { $id }: CHƯA RÚT ĐƯỢC, các loa vẫn phát. { $why } Dịch vụ langso-office tự thử lại.
office-urgent-given = { $id }: đang phát khẩn. Báo yên: langso office clear { $id }
office-cleared = Đã báo yên cho { $ids }.
office-not-cleared = CHƯA BÁO YÊN ĐƯỢC, các loa vẫn đang phát. { $why } Dịch vụ langso-office tự thử lại.
office-no-account = Khoá gốc chưa bảo đảm tài khoản nào; lập đề nghị: langso office account add
office-ca-address = Trang văn phòng:  { $url }
office-ca-names = Tên trong chứng thư: { $names } (tự gia hạn, bản này đến { $until })
office-ca-fingerprint = Dấu vân tay SHA-256 của chứng thư gốc, phải giống hệt trên máy đang cài:
office-ca-short =
    Dấu ngắn (SHA-1), Windows hiện là Thumbprint:
        { $sha1 }
office-ca-no-page = Trang cài chứng thư chưa mở (`http_port = 0`); cài bằng tệp: thêm --out TỆP.crt
office-ca-scan = Điện thoại cùng mạng mở để cài: { $url }
office-ca-written = Đã chép chứng thư gốc ra { $out }.
office-ca-not-own = Văn phòng này không tự làm chứng thư; muốn vậy hãy đặt `https = "own"` trong [office].
office-ca-anew = Mọi điện thoại, máy tính của cán bộ sẽ phải cài lại chứng thư. Làm mới?
office-trust-version = Danh sách bản { $version }, hết hạn { $expires }.
office-trust-root = Khoá gốc bản { $version }: { $count } khoá, cần { $threshold } khoá cùng ký.
# khoá: mã của các khoá, cách nhau dấu phẩy.
office-trust-issuer = Được gửi lệnh: { $name } (khoá { $keys }, đời { $epoch }).
office-trust-caps = Âm lượng cao nhất { $volume } %; giờ yên tĩnh: { $quiet }.
office-trust-revoked = Thiết bị bị thu hồi: { $devices }.
office-trust-none = không có
office-trust-no-device = Văn phòng không có thiết bị «{ $device }»; hãy xem lại tên ở trang Thiết bị.
office-trust-nothing = Chưa nói đổi gì; hãy thêm --volume, --quiet-hours, --loudness, --no-quiet-hours hoặc --no-loudness.
office-trust-applied = Đã áp dụng. Danh sách bản { $version }, hết hạn { $expires }.
office-trust-sends = Văn phòng gửi danh sách mới tới các thiết bị ngay khi có mạng.
office-trust-proposal = Đề nghị:
office-trust-written = Đã ghi { $out }; chưa có gì thay đổi. Từng người giữ khoá: langso root sign { $out } --stick /media/usb
office-staff-password-set = Đã đặt mật khẩu cho { $login }.
office-staff-login = Tên đăng nhập: { $login }
office-staff-once = Mật khẩu dùng một lần (7 ngày): { $password }
office-staff-hand-over = Đưa tận tay; lần đăng nhập đầu tiên sẽ phải đặt mật khẩu mới.
office-staff-locked = Đã khoá tài khoản { $login }.
office-staff-one =
    { $usable ->
        [1] { $login }  { $name }  [{ $roles }]
       *[other] { $login }  { $name }  [{ $roles }]  (đã khoá)
    }
office-staff-none = Chưa có ai; thêm bằng langso office staff add TÊN.
office-web-name = Trang web văn phòng
office-web-address = Trang web văn phòng: { $url }
office-web-connected = Đã nối máy chủ tin
office-web-not-connected = Chưa nối máy chủ tin: { $why }
office-account-unvouched = Chưa được khoá gốc bảo đảm, kiosk chưa gọi là của xã: số { $number }, ngân hàng { $bank }, chủ { $holder }. Lập đề nghị: langso office trust vouch -o de-nghi.json
office-account-day = Ngày phải ghi như 2027-01-31; hãy sửa lại.
office-trust-accounts = Tài khoản của xã: { $accounts }.
office-trust-recipient = Giấy tờ quét được khoá cho: { $key }.
office-trust-relays = Được tiếp âm từ: { $hosts }.
office-signer-scan = Mở ứng dụng mã xác thực trên điện thoại của { $login } (Google Authenticator, Aegis…) và quét mã này:
office-signer-or-type = Không quét được thì gõ khoá này vào ứng dụng: { $secret }
office-signer-six = Sáu số mà ứng dụng đang hiện
office-signer-enrolled = Đã đăng ký: từ nay { $login } xác nhận bản tin và lệnh khẩn bằng sáu số. Nên chép thêm mã giấy: sudo langso office signer codes { $login }
office-signer-invited = Mã đăng ký khoá cho { $login }, dùng một lần trong 24 giờ, gõ ở trang Tài khoản: { $code }
office-signer-codes = Mười mã giấy của { $login }, mỗi mã dùng một lần; chép ra giấy và cất trong tủ khoá:
office-signer-asked = Mọi bản tin và lệnh khẩn phải có người xác nhận bằng sáu số hoặc khoá.
office-signer-not-asked = Trang văn phòng ra lệnh mà không ai phải xác nhận. Hãy chạy sudo langso office signer enrol TÊN.
office-signer-one = { $login }: ứng dụng { $app }, khoá { $passkeys }, mã giấy còn { $listed }
office-signer-no-alarms = { $login } không được phát lệnh khẩn.
office-signer-approves = { $login } được duyệt bản tin của người khác.
office-signer-second-never = Bản tin thường không cần người thứ hai duyệt. Đặt lại: sudo langso office signer two-people whole
office-signer-second-whole = Bản tin phát trên quá nửa số loa phải có người thứ hai duyệt.
office-signer-second-always = Mọi bản tin phải có người thứ hai duyệt.
office-signer-second-few = Cần ít nhất hai người được duyệt: không ai duyệt được bản tin của chính mình. Đăng ký thêm: sudo langso office signer enrol TÊN --approves
office-signer-revoked = Đã huỷ mọi thứ { $login } đăng ký.
office-signer-release-sure = Bỏ mọi lượt phát còn trong lịch đã ký, để văn phòng ký lịch khác?
office-signer-released = Đã bỏ { $count } lượt phát.
office-signer-clock-sure = Bây giờ là { $now }. Đúng giờ chưa?
office-signer-clock-believed = Người ký đã tin giờ này.
office-talk-no-village = Không có loa nào ở thôn { $village }; xem tên thôn ở trang Loa.
office-talk-given = Trưởng thôn { $village } được nói { $day } phút mỗi ngày, { $month } phút mỗi tháng; đã ký cho { $count } loa.
office-talk-withdrawn = Không ai còn được nói trên loa của { $village }.
office-talk-none = Chưa cho trưởng thôn nào nói trên loa.
office-talk-none-in = { $village }: không ai được nói (theo { $by }).
office-talk-in = { $village }: trưởng thôn được nói { $day } phút mỗi ngày, { $month } phút mỗi tháng; { $waiting } loa chưa nhận.
office-talk-line = { $when } · { $device } · { $title }: { $seconds } giây
