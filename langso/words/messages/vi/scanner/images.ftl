# Thay cho tên tệp khi ảnh không có tên.
images-picture = ảnh
images-heic = ảnh kiểu HEIC hoặc AVIF
images-pdf = tài liệu PDF, không phải ảnh
images-gif = ảnh kiểu GIF
images-no-file = { $name } không phải tệp ảnh; hãy chọn một tệp JPEG hoặc PNG.
images-bad-name = tên không hợp lệ
images-not-opened = Không mở được { $name } ({ $why }); hãy kiểm tra lại tên tệp.
images-too-heavy = Tệp ảnh { $name } quá nặng; hãy dùng ảnh dưới { $most } MB.
images-empty = Tệp { $name } trống; hãy chụp hoặc chép lại.
images-too-small = Ảnh { $name } nhỏ quá ({ $size } điểm); hãy chụp lại gần hơn.
images-too-long = Ảnh { $name } hẹp và dài quá ({ $size } điểm); hãy chụp lại cả tờ giấy.
images-many = Ảnh { $name } có { $frames } hình động hay nhiều trang; hãy tách thành từng ảnh.
images-colours = Ảnh { $name } có kiểu màu không dùng được; hãy lưu lại thành JPEG hoặc PNG.
images-other-kind = Tệp { $name } là { $what }; hãy đổi sang JPEG rồi thử lại.
images-unreadable = Tệp { $name } không phải ảnh đọc được; hãy chụp lại hoặc dùng ảnh JPEG, PNG.
images-too-large = Ảnh { $name } lớn quá { $most } triệu điểm; hãy chụp lại ở cỡ nhỏ hơn.
images-broken = Ảnh { $name } bị hỏng hoặc chép thiếu; hãy chụp hoặc chép lại.
