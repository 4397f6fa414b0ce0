settings-no-font = Không có phông chữ { $name }; chỉ có: { $known }.
settings-no-model = Thiếu mô hình { $name }; hãy { $cure }.
settings-no-web-file = Không có tệp { $name } để gửi cho trình duyệt.
settings-no-asset = Thiếu { $name } (phông chữ hoặc tệp giao diện); hãy { $cure }.
settings-cure-package = cài lại gói Làng Số
settings-cure-checkout = chạy lại deploy/setup.sh
settings-usable = Tệp { $file } dùng được: { $role } { $id }, { $name }.
settings-at-line = dòng { $line }:{ " " }
settings-wrong = Tệp cài đặt { $source } có { $count } lỗi, xin sửa rồi chạy lại:{ $lines }
settings-path-empty = phải là đường dẫn, không được để trống
settings-url = phải là địa chỉ dạng http://máy:cổng hoặc https://máy:cổng
settings-url-no-secrets = không để tên, mật khẩu hay phần ?… trong địa chỉ
settings-pin = phải là gpio:CHÂN (0 đến 27) hoặc bridge:TÊN, ví dụ gpio:27, bridge:lamp
settings-host = «{ $host }» không phải tên máy hay địa chỉ; hãy ghi như langso.local hoặc 192.168.1.20
settings-address = «{ $host }» không phải địa chỉ; hãy ghi như 127.0.0.1 hoặc 192.168.1.5
settings-cert-with-key = `cert` và `key` phải đi cùng nhau
settings-pipe-sink = `sound` là pipe thì `sink` phải là đường dẫn đầy đủ, bắt đầu bằng /
settings-files-need-both = `https` là files thì phải ghi cả `https_cert` và `https_key`
settings-files-only = `https_cert` và `https_key` chỉ dùng khi `https = "files"`
settings-proxy-proxies = `https` là proxy thì `proxies` phải ghi địa chỉ máy chủ đứng trước
settings-proxy-url = `https` là proxy thì `public_url` phải là địa chỉ https:// mà cán bộ gõ vào
settings-no-way-in = `http_port` và `device_port` không được cùng là 0, kẻo loa, kiosk không có lối vào
settings-url-or-own = `public_url` không dùng cùng `https` own hay files; hãy ghi tên máy vào `names`
settings-ports-differ = `port`, `https_port`, `http_port`, `device_port` phải là các cổng khác nhau
settings-too-large = tệp quá lớn, giới hạn { $most } byte
settings-not-utf8 = không phải chữ UTF-8; hãy lưu lại tệp ở dạng UTF-8
settings-toml-at = sai cú pháp TOML ở cột { $column } ({ $what })
settings-toml-end = sai cú pháp TOML: tệp bị cụt, thiếu dấu đóng ở cuối
settings-toml = sai cú pháp TOML ({ $why })
settings-section-missing = thiếu phần [{ $section }]
settings-key-missing = thiếu mục này, hãy thêm vào
settings-or = { " " }hoặc{ " " }
settings-choice-near = chỉ được một trong: { $choices }; có phải ý là `{ $near }` không?
settings-choice = chỉ được một trong: { $choices }
settings-whole-number = phải là số nguyên
settings-whole-number-quoted = phải là số nguyên, hãy bỏ dấu nháy
settings-number = phải là một số
settings-number-quoted = phải là một số, hãy bỏ dấu nháy
settings-true-or-false = phải là true hoặc false, không có dấu nháy
settings-text = phải là chữ đặt trong dấu nháy
settings-too-small = nhỏ quá, ít nhất là { $least }
settings-too-much = lớn quá, nhiều nhất là { $most }
settings-empty = không được để trống
settings-too-long = dài quá, nhiều nhất { $most } ký tự
settings-plain-letters = chỉ dùng chữ thường không dấu, chữ số và dấu gạch nối, ví dụ `xa-muong-hoa`
settings-bad-letters = có ký tự không dùng được (xuống dòng, phím điều khiển)
settings-own-section = phải là một phần riêng, viết [{ $section }] rồi các mục ở dưới
settings-not-usable = không dùng được ({ $why })
settings-not-set = { $key } chưa đặt
settings-unknown-near =
    không có { $thing ->
        [section] phần
       *[key] mục
    } này; có phải ý là `{ $near }` không?
settings-unknown-here =
    không có { $thing ->
        [section] phần
       *[key] mục
    } này ở đây; `{ $name }` thuộc phần { $homes }
settings-unknown-known =
    không có { $thing ->
        [section] phần
       *[key] mục
    } này; ở đây có: { $known }
settings-unknown =
    không có { $thing ->
        [section] phần
       *[key] mục
    } này
