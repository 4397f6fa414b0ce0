help-common =
    .settings_file = Tệp cài đặt (TOML).
    .commune = Mã xã, ví dụ hoa-son.
    .not_a_stick = Thật ý muốn một thư mục không phải USB.
    .passphrase_file = Câu mật khẩu ở dòng đầu của tệp này thay vì hỏi (/dev/fd/3 cũng được).
    .file-metavar = TỆP
    .settings_file-metavar = TỆP
    .folder-metavar = THƯ-MỤC
    .port-metavar = CỔNG
    .name-metavar = TÊN
help-langso =
    Làng Số: loa truyền thanh, kiosk và văn phòng của một xã.
    
    Thêm --help sau mỗi việc để xem cách dùng, ví dụ: langso scan --help
help-village =
    Cả một làng chạy thử trên máy này: văn phòng, ba loa có mạch điều khiển, một kiosk.
    
    Chỉ phần cứng là mô phỏng: máy chủ tin nhắn, trang web, chương trình mạch và âm thanh đều thật.
    .folder = Thư mục của làng; mặc định ./village-run, làm mới mỗi lần chạy.
    .port = Cổng của trang web văn phòng (mặc định 8700).
    .story = Chạy một ngày mẫu không cần người và màn hình; thoát 0 nếu mọi việc đúng.
    .report = Nơi giữ bằng chứng của ngày mẫu (mặc định ./story).
    .in-list = Cả một làng chạy thử trên máy này: văn phòng, ba loa, một kiosk
help-setup =
    Đặt máy này vào việc: văn phòng, loa hay kiosk. Chạy lại bao nhiêu lần cũng được.
    
    Chỉ hỏi điều máy không tự biết. Dừng giữa chừng (rút điện, Ctrl-C) thì chạy lại: việc đã xong được giữ.
    
    { "\u0008" }
    Văn phòng:   sudo langso setup       khoá gốc từng USB, tài khoản đầu tiên, dịch vụ, khám máy
    Thiết bị:    sudo langso setup       yêu cầu ghép lên USB
    Văn phòng:   sudo langso setup       nhận yêu cầu trên USB, so mười hai chữ số
    Thiết bị:    sudo langso setup       nhận thư trả lời, chạy, khám máy
    
    Mã thoát: 0 xong và máy tốt; 1 có lỗi; 2 thiếu câu trả lời; 3 còn chờ USB, chữ ký hay thư trả lời.
    .role = Vai trò, khi máy chưa cài gói nào.
    .commune_name = Tên xã, ví dụ “Xã Hoa Sơn”.
    .device = Tên máy này, ví dụ loa-thon-1.
    .place = Nơi đặt, nói như bà con: “Thôn 1 – đầu làng”.
    .village = Mã thôn, ví dụ thon-1; để trống nếu không thuộc thôn nào.
    .hostname = Đổi tên máy trên mạng (TÊN.local); không ghi thì chỉ hỏi khi máy còn tên mặc định.
    .names = Văn phòng: tên miền hay địa chỉ khác mà máy được gọi tới.
    .time_of_day = Giờ Việt Nam bây giờ: “29/11/2026 20:45”.
    .stick = USB mang yêu cầu và thư trả lời ghép.
    .codes = Văn phòng: mười hai chữ số của thiết bị được nhận.
    .replace = Văn phòng: thiết bị này thay cho máy cũ cùng tên.
    .address = Văn phòng: thiết bị gọi tới tên hay địa chỉ này, không phải tên máy.
    .pair_again = Thiết bị: tạo yêu cầu ghép mới dù đã ghép hay đang chờ.
    .root_count = Xã có mấy USB khoá gốc.
    .root_threshold = Mỗi lần đổi quyền cần mấy USB ký.
    .root_sticks = USB khoá gốc, lần lượt từng cái.
    .holders = Ai giữ khoá gốc, theo thứ tự USB.
    .passphrases = Câu mật khẩu, theo thứ tự USB.
    .publics = Phần công khai của khoá gốc tạo ở nơi khác.
    .proposals = Đề nghị lập xã đã ký ở nơi khác.
    .not_a_stick = Thật ý muốn thư mục không phải USB.
    .quiet_hours = Giờ yên tĩnh của xã, chỉ tin khẩn được phát.
    .volume = Âm lượng cao nhất của xã.
    .account = Tên đăng nhập đầu tiên vào trang web.
    .account_password_file = Mật khẩu của tài khoản đó, ở dòng đầu của tệp.
    .desk_passphrase_file = Niêm khoá giấy tờ cho tài khoản đó: câu mật khẩu ở dòng đầu của tệp.
    .desk_sheet = Tệp để ghi tờ khôi phục; mã QR của tờ đó nằm cạnh, đuôi .svg.
    .unattended = Không hỏi; thiếu gì thì dừng và nói.
    .plain = Chữ không dấu, cho màn hình không hiện được tiếng Việt.
    .no_start = Không khởi động dịch vụ, không khám máy.
    .check = Chỉ nói sẽ làm gì, không đụng vào máy.
    .in-list = Đặt máy đã cài vào việc, từng bước một
help-install =
    Nâng cấp máy này từ USB làm bằng langso bundle, không cần mạng. Dở dang thì chạy lại.
    
    Lần đầu, khi máy chưa có lệnh langso:  sudo sh /media/usb/langso/cai-dat.sh office   (hoặc speaker, kiosk)
    .role-metavar = [VAI_TRÒ]
    .stick = Thư mục của USB, khi máy không tự thấy.
    .fingerprint = Vân tay khoá của USB (40 chữ số), khi đã biết trước.
    .back = Quay lại bản chạy trước bản hiện nay.
    .in-list = Nâng cấp máy này từ USB có chữ ký, hay quay lại bản trước
help-bundle =
    Làm USB cài đặt có chữ ký, cài được không cần mạng. Chạy trên máy làm gói, sau make packages.
    
    Khoá ký tạo một lần, có mật khẩu, trên máy không nối mạng hay máy của kỹ thuật viên; không bao giờ ở văn phòng:
    
    { "\u0008" }
        gpg --quick-generate-key "Làng Số – USB cài đặt" ed25519 sign 10y
        gpg --fingerprint        (chép vân tay ra giấy, mang theo khi đi cài)
    
    Ở mỗi máy cần cài:  sudo sh /media/usb/langso/cai-dat.sh office   (hoặc speaker, kiosk)
    .stick = Thư mục của USB, ví dụ /media/usb.
    .releases = Mặc định: mọi bản có gói.
    .key = Vân tay của khoá ký, khi máy có nhiều khoá.
    .packages = Nơi make packages để các gói.
    .in-list = Làm USB cài đặt có chữ ký, dùng không cần mạng
help-pair =
    Ghép một thiết bị với văn phòng xã, bằng hai tệp chép qua USB hay điện thoại.
    
    Với một USB thì chỉ cần: sudo langso setup (trên thiết bị, ở văn phòng, rồi lại trên thiết bị). Từng bước riêng:
    
    { "\u0008" }
    1. Trên thiết bị:    langso pair request -o /media/usb/yeu-cau.json
    2. Ở văn phòng:      langso pair answer /media/usb/yeu-cau.json -o /media/usb/tra-loi.json
    3. Trên thiết bị:    langso pair finish /media/usb/tra-loi.json
    
    Máy chủ tin của văn phòng cũng cần chứng thư, một lần: langso pair broker --help
    
    Ở bước 2, so mười hai chữ số trên hai màn hình: giống nhau mới là đúng thiết bị.
    .in-list = Ghép một thiết bị với văn phòng xã, bằng tệp
help-pair-answer = Ở văn phòng: so mã, nhận thiết bị và ghi tệp trả lời.
    .out = Tệp trả lời để mang lại thiết bị.
    .settings_file = Tệp cấu hình của văn phòng.
    .device = Đặt tên khác cho thiết bị (mặc định: tên nó xin).
    .replace = Đây là máy thay cho máy cũ cùng tên.
    .code = Mười hai chữ số đọc trên thiết bị; không có thì lệnh này hỏi.
    .address = Tên hay địa chỉ của văn phòng mà thiết bị gọi tới; không có thì lệnh này hỏi.
    .courier = Nơi không có mạng, chỉ có người mang USB: chứng thư dùng 400 ngày.
    .here = Thiết bị chạy ngay trên máy này (chạy thử).
    .broker_files = Thư mục của máy chủ tin.
help-pair-broker =
    Ở văn phòng: cấp chứng thư cho máy chủ tin (Mosquitto), sau langso office init.
    
    Chứng thư có mọi tên và địa chỉ của máy này trong mạng, và các tên đã cấp trước đây; đủ rồi thì giữ nguyên.
    .settings_file = Tệp cấu hình của văn phòng.
    .hosts = Thêm một tên hay địa chỉ mà loa gọi tới.
    .into = Thư mục của máy chủ tin.
    .again = Cấp lại dù chứng thư đang có vẫn đủ tên và còn hạn.
    .no_reload = Không bảo máy chủ tin đang chạy đọc lại.
help-pair-finish = Trên thiết bị: nhận tệp trả lời của văn phòng và dùng ngay.
    .settings_file = Tệp cấu hình của thiết bị.
help-pair-list = Ở văn phòng: các thiết bị đã ghép, chứng thư của từng máy dùng đến ngày nào, xin lần cuối khi nào.
    .settings_file = Tệp cấu hình của văn phòng.
help-pair-request = Trên thiết bị: tạo khóa mới và tệp yêu cầu ghép.
    .settings_file = Tệp cấu hình của thiết bị.
    .out = Tệp yêu cầu để mang về văn phòng.
help-pair-status = Trên thiết bị: đã ghép chưa, với ai, việc tiếp theo; tệp mà root bỏ quên được giao lại cho dịch vụ.
    .settings_file = Tệp cấu hình của thiết bị.
help-courier =
    Mang thư giữa văn phòng và thôn bằng USB, ở nơi không có sóng.
    
    { "\u0008" }
    1. Ở văn phòng:   sudo langso courier export /dev/sda1
    2. Ở loa, kiosk:  sudo langso courier import /dev/sda1
                      sudo langso courier export /dev/sda1
    3. Về văn phòng:  sudo langso courier export /dev/sda1
    
    Ở văn phòng, export nhận thư về trước rồi mới ghi thư đi. Mang chậm, mang hai lần, rút giữa chừng: không mất gì.
    .in-list = Mang thư bằng USB tới nơi không có sóng
help-courier-import = Nhận từ USB những gì gửi cho máy này.
    .as_json = Một dòng JSON, cho máy đọc.
    .place = USB (như /dev/sda1) hoặc một thư mục.
    .place-metavar = USB
help-courier-export = Ghi lên USB những gì máy này cần gửi đi.
    .as_json = Một dòng JSON, cho máy đọc.
    .place = USB (như /dev/sda1) hoặc một thư mục.
    .place-metavar = USB
help-doctor =
    Khám máy này: cái gì hỏng, vì sao, và phải làm gì. Mã thoát 1 nếu có mục hỏng, 0 nếu không.
    
    Nên chạy bằng sudo: nhiều thứ chỉ quản trị mới xem được như dịch vụ của nó thấy.
    .as_json = Một dòng JSON mỗi mục, cho máy đọc.
    .in-list = Khám máy này: cái gì hỏng, vì sao, làm gì
help-bench = Đo tốc độ của máy này.
    .in-list = Đo tốc độ của máy này
help-bench-here =
    Đo máy này: tìm trang, đọc mã, làm PDF, nối TLS, ký và ghi, phát tiếng, hiện hình đầu tiên.
    
    Hình giấy tờ được vẽ ra để đo; không chụp, không phát ra loa, không đụng vào dữ liệu. Phần nào không cài ở máy
    này thì bỏ qua. Nên chạy khi máy rảnh, mất một hai phút.
    .as_json = In một dòng JSON, để gửi cho người làm phần mềm.
    .only = Chỉ đo mục này (ghi nhiều lần được); tên ở cột đầu.
    .only-metavar = TÊN
    .folder = Đo việc ghi đĩa ở thư mục này; mặc định là nơi máy giữ dữ liệu.
help-settings = Kiểm tra hoặc xem tệp cài đặt.
    .in-list = Kiểm tra và xem tệp cấu hình
help-settings-check = Kiểm tra tệp, kể hết các lỗi cùng số dòng.
help-settings-show = In các cài đặt đang có hiệu lực; mật khẩu được che.
help-root =
    Khoá gốc của xã: mỗi khoá một USB, có câu mật khẩu; ký đề nghị đổi quyền.
    
    { "\u0008" }
    1. Mỗi người giữ khoá, một lần:   langso root new --stick /media/usb --commune hoa-son --holder "Chủ tịch xã"
    2. Khi xã muốn đổi quyền:         langso root sign /media/usb/de-nghi.json --stick /media/usb
    3. Ở văn phòng, khi đủ chữ ký:    langso office trust apply /media/usb/de-nghi.json
    
    Không máy nào thấy hai khoá cùng lúc: rút USB này ra rồi mới cắm USB kia.
    .in-list = Khoá gốc của xã: tạo, đọc đề nghị, ký; mỗi lần một USB
help-root-new = Tạo một khoá gốc trên USB này.
    .stick = Chỗ USB được gắn vào, như /media/usb.
    .holder = Ai giữ khoá này, ví dụ “Phó chủ tịch xã”.
    .out = Ghi thêm phần công khai ra tệp này, để gửi về văn phòng.
help-root-phrase = Sinh một câu mật khẩu dễ chép.
help-root-read = Xem một đề nghị đổi gì và còn thiếu chữ ký của ai; không cần USB.
help-root-show = Xem USB này giữ khoá của ai; không cần câu mật khẩu.
    .stick = Chỗ USB được gắn vào, như /media/usb.
    .commune = Mã xã, khi USB giữ khoá của nhiều xã.
    .out = Ghi phần công khai ra tệp này, để gửi về văn phòng.
help-root-sign = Đọc một đề nghị đổi gì, rồi ký bằng khoá trên USB này.
    .stick = Chỗ USB được gắn vào, như /media/usb.
    .yes = Đồng ý mà không hỏi lại (đã đọc kỹ ở lần trước).
help-office = Văn phòng xã: tạo khoá, người ký, trang web, gửi bản tin.
    .in-list = Văn phòng: trang web, người ký, phát một bản tin
help-office-account = Tài khoản ngân hàng của chính xã, để kiosk nhận ra: khoá gốc bảo đảm.
    .in-list = Tài khoản của chính xã, do khoá gốc bảo đảm.
help-office-account-add = Đề nghị một tài khoản, hoặc thay tài khoản cùng tên gọi; từng người giữ khoá gốc ký.
    .out = Tệp đề nghị để khoá gốc ký.
    .name = Tên gọi của tài khoản trong danh sách quyền, ví dụ phi.
    .bank = Mã ngân hàng, 6 chữ số (BIN).
    .number = Số tài khoản.
    .holder = Tên chủ tài khoản như ngân hàng ghi.
    .label = Dùng để làm gì, ví dụ: Thu phí chứng thực.
    .purpose = Thu gì: fees là phí, lệ phí; fund là quỹ.
    .village = Của thôn nào (mã thôn); không ghi: của xã.
    .person = Tài khoản đứng tên cá nhân (quỹ do thủ quỹ giữ).
    .begins = Dùng từ ngày này.
    .ends = Dùng đến hết ngày này.
help-office-account-list = Xem các tài khoản được khoá gốc bảo đảm, và các tài khoản đã nhập trước đây mà chưa được.
help-office-account-remove = Đề nghị bỏ một tài khoản; từng người giữ khoá gốc ký.
    .out = Tệp đề nghị để khoá gốc ký.
help-office-audit = Nhật ký của văn phòng: ai đã làm gì.
    .in-list = Nhật ký: ai đã làm gì, và nhật ký còn nguyên không.
help-office-audit-list = Xem các dòng mới nhất, dòng mới ở dưới cùng.
    .most = Mấy dòng mới nhất.
help-office-audit-verify = Xem nhật ký còn nguyên không; nếu không thì hỏng ở dòng nào.
help-office-ca = Chứng thư của trang văn phòng: địa chỉ, dấu vân tay để so, trang cài cho điện thoại.
    .qr = Vẽ mã QR để điện thoại mở trang cài chứng thư.
    .out = Chép chứng thư gốc (.crt) ra tệp này, để cài bằng USB.
    .anew = Làm chứng thư gốc mới; mọi điện thoại và máy tính phải cài lại.
    .in-list = Chứng thư của trang văn phòng: địa chỉ, dấu vân tay, cài cho điện thoại.
help-office-clear = Báo yên: kết thúc một lệnh khẩn, hoặc tất cả.
help-office-desk = Giấy tờ từ kiosk: ai mở được, và huỷ giấy tờ hết hạn lưu.
    .in-list = Giấy tờ từ kiosk: ai mở được, huỷ khi hết hạn.
help-office-desk-destroy = Huỷ hẳn giấy tờ nhận trong một tháng: khoá của tháng và các tệp.
    .yes = Không hỏi lại.
help-office-desk-recover = Đặt câu mật khẩu mới cho một người bằng câu khôi phục, khi không ai còn nhớ.
    .officer = Tên đăng nhập của người đó.
    .sheet = Tờ khôi phục, khi tệp trên máy đã mất.
    .passphrase_file = Tệp có câu mật khẩu mới ở dòng đầu, thay vì hỏi.
    .recovery_file = Tệp có câu khôi phục ở dòng đầu, thay vì hỏi.
help-office-desk-remove = Một người thôi việc: câu mật khẩu của người đó không mở giấy tờ được nữa.
help-office-desk-seal =
    Niêm khoá giấy tờ bằng câu mật khẩu của một người, và ghi tờ khôi phục.
    
    Sau đó kiosk vẫn gửi như cũ; muốn xem giấy tờ thì mở khoá ở trang Giấy tờ, mỗi ngày một lần.
    .officer = Tên đăng nhập của người mở được đầu tiên.
    .out = Tờ khôi phục: in ra, cất nơi khác, rồi xoá tệp.
    .passphrase_file = Tệp có câu mật khẩu ở dòng đầu, thay vì hỏi.
help-office-init =
    Lập văn phòng lần đầu: tạo khoá của văn phòng, và đề nghị danh sách quyền cho khoá gốc ký.
    
    { "\u0008" }
    1. Mỗi người giữ khoá, trên máy nào cũng được:
         langso root new --stick /media/usb --commune hoa-son --holder "Bà Lan" -o khoa-lan.json
    2. Ở văn phòng:
         langso office init --root khoa-lan.json --root khoa-minh.json --root khoa-hoa.json -o de-nghi.json
    3. Từng người:        langso root sign de-nghi.json --stick /media/usb
    4. Ở văn phòng:       langso office trust apply de-nghi.json
    
    sudo langso setup làm cả bốn bước này trong một buổi, mỗi lần cắm một USB.
    .roots = Phần công khai của một khoá gốc; ghi nhiều lần.
    .threshold = Số khoá gốc phải ký.
    .quiet_hours = Giờ yên tĩnh, chỉ tin khẩn được phát.
    .volume = Âm lượng cao nhất.
    .out = Tệp đề nghị để những người giữ khoá gốc ký.
help-office-say = Gửi một bản tin: đọc thành tiếng, ký, đưa vào lịch phát.
    .at = Giờ phát: 17:00, 2026-11-25 17:00, hoặc +90 (giây nữa).
    .targets = Các loa, cách nhau dấu phẩy; all là tất cả.
    .title = Tên bản tin.
    .priority = Bản tin ưu tiên.
    .no_chime = Không có nhạc hiệu trước.
    .exercise = Bản tin diễn tập: loa và báo cáo nói rõ.
    .stream = Tiếp âm đài ở địa chỉ https này; bài chỉ phát khi không bắt được đài.
    .minutes = Tiếp âm bao nhiêu phút.
help-office-signer =
    Chạy người ký: tiến trình duy nhất giữ khoá, có luật riêng.
    
    Các lệnh con đăng ký ai được ra lệnh; chỉ root trên máy văn phòng chạy được.
    .in-list = Người ký; ai được ra lệnh, đăng ký bằng sáu số hay khoá.
help-office-signer-enrol = Đăng ký ứng dụng mã xác thực của một người: quét mã, gõ sáu số.
    .no_alarms = Người này không được phát lệnh khẩn.
    .approves = Người này được duyệt bản tin của người khác.
help-office-signer-invite = Mã dùng một lần để một người đăng ký khoá (vân tay) ở trang Tài khoản.
    .no_alarms = Người này không được phát lệnh khẩn.
    .approves = Người này được duyệt bản tin của người khác.
help-office-signer-codes = Mười mã giấy dùng một lần, khi mất điện thoại hoặc sai giờ; các mã cũ hết hiệu lực.
    .no_alarms = Người này không được phát lệnh khẩn.
    .approves = Người này được duyệt bản tin của người khác.
help-office-signer-list = Xem ai đã đăng ký, bằng gì.
help-office-signer-revoke = Huỷ mọi thứ một người đã đăng ký: mất điện thoại, thôi việc.
help-office-signer-release = Bỏ lịch đã ký, khi văn phòng mất dữ liệu và không ký được lịch mới.
help-office-signer-clock = Xác nhận giờ của máy là đúng, sau khi chỉnh hoặc nghỉ cả tháng.
help-office-signer-two-people = Bản tin nào cần người thứ hai duyệt: không bản nào, bản phát cả xã, hay mọi bản.
help-office-staff = Người được vào trang web văn phòng.
    .in-list = Người được vào trang web văn phòng.
help-office-staff-add = Thêm một người, hoặc đặt lại mật khẩu cho người đã có. Không ghi vai trò: người mới có đủ các vai trò.
    .password_stdin = Đọc mật khẩu từ đầu vào thay vì tạo mật khẩu dùng một lần.
    .roles = Vai trò: writer, approver, desk, admin; ghi nhiều lần được.
help-office-staff-list = Xem ai được vào, với vai trò nào.
help-office-staff-remove = Khoá tài khoản của một người; mọi lần đăng nhập của người đó kết thúc.
help-office-staff-roles =
    Xem vai trò của một người, hoặc giao đúng các vai trò ghi ra.
    
    writer: người soạn; approver: người duyệt, phát khẩn; desk: một cửa; admin: quản trị.
help-office-talk = Trưởng thôn nào được nói trên loa của thôn mình, và bao nhiêu phút.
    .in-list = Cho trưởng thôn nói trên loa
help-office-talk-give = Cho trưởng thôn nói trên loa của thôn bằng phím nói.
    .day = Số phút mỗi ngày.
    .month = Số phút mỗi tháng.
    .until = Đến lúc nào; để trống là tới khi rút lại.
help-office-talk-withdraw = Thôi cho nói; ai đang nói thì loa im.
help-office-talk-list = Xem thôn nào được nói, và đã nói những gì lúc nào.
help-office-trust =
    Danh sách quyền của xã: xem, gia hạn, thu hồi thiết bị, thay khoá.
    
    Mỗi thay đổi là một tệp đề nghị: lập ở đây, từng người giữ khoá gốc ký (langso root sign), rồi áp dụng ở đây.
    .in-list = Danh sách quyền của xã: xem, gia hạn, thu hồi, thay khoá.
help-office-trust-apply = Áp dụng một đề nghị đã đủ chữ ký; các bản ký riêng thì ghi hết vào một lệnh.
help-office-trust-limits = Đề nghị đổi âm lượng cao nhất, cả theo giờ, và giờ yên tĩnh mà mọi loa phải theo.
    .out = Tệp đề nghị để khoá gốc ký.
    .volume = Âm lượng cao nhất, phần trăm.
    .quiet_hours = Giờ yên tĩnh, thay cho giờ cũ.
    .no_quiet_hours = Bỏ hết giờ yên tĩnh.
    .loudness = To nhất vào những giờ nào, như 21:00-06:00=60; thêm :normal,priority,emergency để nói loại tin.
    .no_loudness = Bỏ hết mức to nhất theo giờ.
help-office-trust-new-key = Đề nghị thay khoá ký của văn phòng (khi nghi bị lộ). Áp dụng lúc không có bản tin đang phát.
    .out = Tệp đề nghị để khoá gốc ký.
help-office-trust-new-root =
    Đề nghị thay bộ khoá gốc (khi mất một USB). Ghi --root cho mọi khoá của bộ mới, cả khoá cũ còn giữ.
    
    Khoá cũ và khoá mới cùng ký; các thiết bị tự theo, không phải ghép lại.
    .out = Tệp đề nghị để khoá gốc ký.
    .roots = Phần công khai của một khoá gốc mới.
    .threshold = Số khoá gốc phải ký.
help-office-trust-relays = Đề nghị được tiếp âm từ những nơi nào, thay cho các nơi đang có; không ghi nơi nào: thôi tiếp âm.
    .out = Tệp đề nghị để khoá gốc ký.
help-office-trust-renew = Đề nghị gia hạn danh sách thêm hai năm.
    .out = Tệp đề nghị để khoá gốc ký.
help-office-trust-restore = Đề nghị trả quyền cho thiết bị đã thu hồi (đã tìm lại được và chắc chắn chưa bị ai sửa).
    .out = Tệp đề nghị để khoá gốc ký.
help-office-trust-revoke = Đề nghị thu hồi một thiết bị bị mất hoặc bị lấy trộm: nó thôi nghe lệnh, văn phòng thôi nhận tin của nó.
    .out = Tệp đề nghị để khoá gốc ký.
help-office-trust-show = Xem danh sách đang có hiệu lực.
help-office-trust-vouch = Đề nghị khoá gốc bảo đảm những gì đã nhập trước đây: tài khoản của xã, và khoá nhận giấy tờ quét.
    .out = Tệp đề nghị để khoá gốc ký.
help-office-urgent = Phát khẩn ngay, cắt vào mọi bản tin đang phát.
    .targets = Các loa, cách nhau dấu phẩy.
    .repeat = Nhắc lại mấy lần.
    .minutes = Hiệu lực mấy phút.
    .exercise = Chỉ là diễn tập: loa và báo cáo nói rõ.
    .signal = Còi hay chuông phát trước lời nói.
help-office-web = Chạy trang web của văn phòng và nối với các loa, kiosk, cho tới khi có lệnh dừng (Ctrl-C).
    .in-list = Chạy trang web và nối với các loa, kiosk.
help-office-withdraw = Rút một bản tin khỏi lịch; đang phát thì dừng.
help-speaker = Loa truyền thanh: phát theo lịch đã ký, ghi lại, xem trạng thái, tắt tiếng.
    .in-list = Loa: chạy, xem đang giữ lịch nào, tắt tiếng
help-speaker-mute = Tắt (on) hay mở lại (off) tiếng loa tại chỗ; thắng mọi lệnh và được báo về xã.
    .as_json = In một dòng JSON (docs/alone.md).
help-speaker-run = Chạy loa cho tới khi có lệnh dừng (Ctrl-C).
    .as_json = In một dòng JSON (docs/alone.md).
help-speaker-status = Nói loa đang giữ gì và sắp phát gì, đọc từ trạng thái mới nhất trên máy này.
    .as_json = In trạng thái dạng JSON, một dòng.
help-speaker-talk = Phím nói của trưởng thôn trên loa này: mở bằng mã PIN, khóa lại.
help-speaker-talk-open = Mở phím nói trong 15 phút, bằng mã PIN của langso clock pin.
help-speaker-talk-again = Phát lại thông báo gần nhất, bằng mã PIN; giờ yên tĩnh và số phút vẫn giữ.
help-speaker-talk-close = Khóa phím nói ngay.
help-kiosk = Kiosk ở nhà văn hóa: quét giấy tờ, nộp phí bằng mã QR.
    .in-list = Kiosk: chạy màn hình cảm ứng
help-kiosk-run = Chạy kiosk trên màn hình cho tới khi có lệnh dừng (Ctrl-C).
help-kiosk-shots = Chụp các màn hình của kiosk ra tệp PNG, không cần màn hình thật.
    .out = Thư mục để ảnh PNG.
help-scan = Tìm trang giấy, làm PDF, đọc mã QR, từ các tệp ảnh.
    .in-list = Tìm trang giấy, làm PDF, đọc mã từ ảnh
help-scan-camera = Thử máy ảnh: mở được không, cỡ hình, độ nét, độ sáng, có đen hay đứng hình không.
    .settings_file = Tệp cài đặt (TOML) có mục [scanner].
    .folder = Thư mục ảnh hay tệp AVI xem như máy ảnh, thay cho máy ảnh trong cài đặt.
    .hold = Với --camera: mỗi ảnh nằm dưới máy ảnh bao nhiêu giây.
    .seconds = Nhìn thử bao nhiêu giây.
    .out = Ghi ảnh chụp thử vào tệp này.
    .measured = Đo bàn một lần: đặt một tờ A4 trắng trơn giữa bàn rồi chạy lệnh này.
    .table_file = Tệp số đo bàn (xem langso scan camera --measure), thay cho tệp của máy này.
    .as_json = Mỗi ảnh một dòng JSON.
help-scan-page = Bốn góc của trang giấy trong mỗi ảnh, và cần sửa gì khi chụp. Có --table thì thêm cỡ giấy đo được.
    .every = Mọi tờ giấy trong ảnh, không chỉ một tờ.
    .table_file = Tệp số đo bàn (xem langso scan camera --measure), thay cho tệp của máy này.
    .as_json = Mỗi ảnh một dòng JSON.
    .camera = Thư mục ảnh xem như máy ảnh, thay cho tên ảnh.
help-scan-pdf =
    Một tệp PDF/A, mỗi ảnh một trang: cắt theo mép giấy, nắn thẳng, làm đều ánh sáng, thêm lớp chữ.
    
    Tệp .pdf do lệnh này làm trước đây cũng dùng được như ảnh, để thêm, bỏ, đổi chỗ hay thay trang (--order).
    .out = Tệp PDF sẽ ghi; với --dossier có thể là một thư mục.
    .title = Tên tài liệu ghi trong PDF.
    .dossier = Mã hồ sơ: ghi trong PDF, và đặt tên tệp khi -o là thư mục.
    .level = Loại PDF/A; none: PDF thường.
    .text = Có hay không có lớp chữ để tìm (Tesseract tiếng Việt).
    .card = Ảnh là các mặt thẻ: hai mặt một tờ A4, đúng cỡ thật.
    .paper = Cỡ giấy, nếu đã biết: A4, A5, ID-1, …
    .paper-metavar = CỠ
    .whole = Ảnh chỉ có tờ giấy (từ máy quét khác): lấy cả hình, không tìm mép.
    .order = Các trang lấy vào tài liệu, theo thứ tự này (đếm từ 1 qua mọi tệp đã cho); trang không kể ra thì bỏ.
    .order-metavar = SỐ,SỐ,…
    .table_file = Tệp số đo bàn (xem langso scan camera --measure), thay cho tệp của máy này.
    .as_json = Mỗi ảnh một dòng JSON.
help-scan-read = Mã QR trong mỗi ảnh: nội dung, loại mã, vị trí.
    .as_json = Mỗi ảnh một dòng JSON.
    .camera = Thư mục ảnh xem như máy ảnh, thay cho tên ảnh.
help-scan-watch = Nhìn qua máy ảnh: viền giấy, lời nhắc, mã QR, tự chụp trang. Ctrl-C thì thôi.
    .settings_file = Tệp cài đặt (TOML) có mục [scanner].
    .folder = Thư mục ảnh hay tệp AVI xem như máy ảnh, thay cho máy ảnh trong cài đặt.
    .hold = Với --camera: mỗi ảnh nằm dưới máy ảnh bao nhiêu giây.
    .out = Thư mục ghi các trang tự chụp được (page-001.png, …); không có thì không ghi.
    .seconds = Nhìn bao nhiêu giây rồi thôi.
    .frames = Nhìn bao nhiêu hình rồi thôi.
    .table_file = Tệp số đo bàn (xem langso scan camera --measure), thay cho tệp của máy này.
    .as_json = Mỗi ảnh một dòng JSON.
help-code = Đọc mã QR: thanh toán, thẻ căn cước, thẻ bảo hiểm y tế, mã hồ sơ, đường dẫn.
    .in-list = Một mã QR nói gì
help-code-parse =
    Đọc nội dung TEXT của một mã; dấu - nghĩa là đọc từ đầu vào chuẩn.
    
    Không có --json thì kể bằng lời, số giấy tờ và số tài khoản được che bớt.
    .as_json = In một dòng JSON: kind, fields, problems.
help-words = Mọi câu mà người dân, cán bộ và kỹ thuật viên đọc hay nghe, trong một bảng.
    .in-list = Mọi câu để dịch và thu âm, trong một bảng
help-words-export = Ghi các câu ra bảng FILE (CSV): mã câu, tiếng Việt, tiếng Anh, lời nói, ghi chú.
    .prompts = Chỉ những câu để người địa phương thu âm.
help-words-import = Nhận bảng FILE đã dịch. Câu nào sai biến hay sai mã thì kể hết ra, và chưa sửa gì cả.
    .into = Thư mục chứa các câu cần sửa.
help-bridge = Mạch điều khiển âm ly, đèn và cảm biến.
    .in-list = Bộ điều khiển âm ly và đèn qua cổng nối tiếp
help-bridge-image = Ghi các tệp cần nạp vào mạch ra một thư mục mới.
help-bridge-off = Tắt một đầu ra.
    .settings_file = Tệp cài đặt.
    .port = Cổng nối mạch, ví dụ /dev/serial0 (thay cho --settings).
help-bridge-on = Bật một đầu ra (amplifier, lamp…) và giữ đến khi Ctrl-C hoặc hết giờ.
    .settings_file = Tệp cài đặt.
    .port = Cổng nối mạch, ví dụ /dev/serial0 (thay cho --settings).
    .seconds = Giữ bao nhiêu giây.
help-bridge-status = Xem mạch có trả lời không, nguồn, nhiệt độ và các đầu ra.
    .settings_file = Tệp cài đặt.
    .port = Cổng nối mạch, ví dụ /dev/serial0 (thay cho --settings).
    .as_json = In một dòng JSON.
help-bridge-twin = Chạy mạch mô phỏng trên máy này (Linux x86_64), in cổng của nó.
    .folder = Nơi để cổng, chân và nhật ký.
help-bridge-watch = Xem các số đo của mạch, mỗi giây một dòng, đến khi Ctrl-C.
    .settings_file = Tệp cài đặt.
    .port = Cổng nối mạch, ví dụ /dev/serial0 (thay cho --settings).
help-page-usage = Cách dùng:{ " " }
help-page-options = [TUỲ CHỌN]
help-page-command = VIỆC …
help-page-heading-options = Tuỳ chọn
help-page-heading-commands = Việc làm được
help-page-heading-arguments = Tham số
help-page-required = [phải có]
help-page-and-required = ; phải có]
help-page-default = nếu không ghi:{ " " }
help-page-help = Xem cách dùng này.
help-page-version = Xem số phiên bản.
help-page-value-folder = THƯ-MỤC
help-page-value-file = TỆP
help-page-value-path = ĐƯỜNG-DẪN
help-page-value-text = CHỮ
help-page-value-number = SỐ
help-clock = Giờ của máy này: xem, đặt mã PIN, đặt giờ tay khi không ai xác nhận được giờ.
    .in-list = Giờ của máy: xem, đặt tay khi không ai xác nhận được
help-clock-pin = Chọn mã PIN để đặt giờ (6 đến 12 chữ số; lúc đầu chưa có).
help-clock-set = Đặt giờ tay ('30/11/2026 08:15', giờ Việt Nam), bằng mã PIN.
    .who = Ai đặt, để ghi lại.
    .moment-metavar = GIỜ
help-clock-show = Nói giờ nào được đặt tay; phần còn lại xem langso doctor.
help-speaker-alone =
    Loa chạy một mình, không có văn phòng: trống trường, còi báo lũ. Cả bài: docs/alone.md.
    
    { "\u0008" }
    1. Làm khoá trên một USB:   langso root new --stick /media/usb --commune truong-a --holder "Thầy Nam"
    2. Ký lịch:                 langso speaker alone sign chuong.toml --stick /media/usb -o /media/the/lich
    3. Ở loa, một lần:          sudo langso speaker alone join /media/the/lich
    .in-list = Loa chạy một mình: ký lịch, nghe lịch, báo động.
help-speaker-alone-sign = Ký tệp lịch PLAN bằng khoá trên USB, vào thư mục để loa lấy.
    .stick = Chỗ USB có khoá được gắn vào, như /media/usb.
    .out = Thư mục để loa lấy lịch.
    .as_json = In một dòng JSON (docs/alone.md).
    .yes = Không hỏi lại.
help-speaker-alone-alarm = Ký báo động: kêu ngay, đè mọi thứ, đến khi hết giờ hoặc có lệnh dừng.
    .stick = Chỗ USB có khoá được gắn vào, như /media/usb.
    .out = Thư mục để loa lấy lịch.
    .code = Mã nơi ấy, như trong tệp lịch.
    .minutes = Kêu nhiều nhất mấy phút.
    .stop = Dừng báo động đang có.
    .as_json = In một dòng JSON (docs/alone.md).
help-speaker-alone-join = Cho loa này nghe khoá đã ký thư mục ấy, và không nghe văn phòng nào nữa.
    .code = Mười hai số của khoá, thay cho câu hỏi.
    .as_json = In một dòng JSON (docs/alone.md).
help-speaker-play = Phát một tệp âm thanh ngay tại loa này (khi dịch vụ loa đã dừng).
    .volume = Âm lượng 0-100, thay cho cài đặt.
    .as_json = In một dòng JSON (docs/alone.md).
help-speaker-test-tone = Phát ba nốt thử ngay tại loa này (khi dịch vụ loa đã dừng).
    .volume = Âm lượng 0-100, thay cho cài đặt.
    .as_json = In một dòng JSON (docs/alone.md).
help-speaker-calibrate =
    Đo loa này phát trễ bao nhiêu, rồi từ nay phát sớm lên bấy nhiêu (khi dịch vụ loa đã dừng).
    
    Không ghi gì thêm: nghe ngay ở máy chủ âm thanh (PulseAudio). Số đo được giữ qua khi mất điện.
    .microphone = Nghe bằng micrô này (như hw:1), đặt trước loa.
    .microphone-metavar = THIẾT-BỊ
    .hand = Nghe bằng tai: bấm phím theo tiếng gõ; chỉ cho độ trễ lớn.
    .metres = Micrô cách loa mấy mét.
    .undo = Lùi lại số đo trước.
    .as_json = In một dòng JSON (docs/alone.md).
help-speaker-journal = Xem các dòng mới nhất trong nhật ký của loa, dòng mới ở dưới cùng.
    .last = Mấy dòng mới nhất.
    .as_json = In một dòng JSON (docs/alone.md).
