broadcasting-no-words = Bản tin chưa có chữ nào; hãy nhập nội dung.
broadcasting-too-long = Bản tin dài { $length } chữ, nhiều nhất là { $most }; hãy chia thành nhiều bản tin.
broadcasting-title-long = Tên bản tin dài { $length } chữ, nhiều nhất là { $most }; hãy rút ngắn.
broadcasting-when = Giờ phát phải ở phía trước và trong { $days } ngày tới; hãy chọn lại giờ.
broadcasting-class = Bản tin theo lịch chỉ có loại thường hoặc ưu tiên; loại khẩn dùng nút phát khẩn.
broadcasting-volume = Âm lượng phải từ 1 đến 100; hãy chọn lại.
broadcasting-sent-already = Bản tin này đã gửi; hãy soạn bản mới để sửa.
broadcasting-not-heard = Bản tin chưa nghe thử hoặc đã rút; hãy nghe thử rồi gửi.
broadcasting-none-approved = Chưa đánh dấu bản tin nào; hãy đánh dấu bản cho phát.
broadcasting-not-to-approve = «{ $title }» đã quá giờ hoặc đã rút; hãy bỏ đánh dấu bản này.
broadcasting-too-soon = Giờ phát quá gấp để mở loa và báo hiệu; hãy chọn giờ muộn hơn.
broadcasting-not-back = Bản tin này không lấy lại được nữa: đã quá 30 giây, hoặc đã sát giờ phát. Hãy soạn lại.
broadcasting-gone = Không tìm thấy bản tin này; hãy tải lại trang.
# Tên bản tin kia, giờ của nó, giờ trống gần nhất.
broadcasting-taken = Trùng giờ với «{ $title }» lúc { $at }; giờ trống gần nhất là { $free }.
broadcasting-taken-throughout = Trùng giờ với «{ $title }» lúc { $at }; không còn giờ nào vừa; hãy rút ngắn bản tin.
# Lý do là một câu của endings.ftl: giờ yên tĩnh, số phút mỗi ngày.
broadcasting-barred = Loa sẽ không phát: { $why }; giờ gần nhất được phát là { $free }.
broadcasting-barred-throughout = Loa sẽ không phát: { $why }; không còn giờ nào vừa; hãy rút ngắn bản tin.
broadcasting-alarm-limits = Lệnh khẩn nhắc lại 1 đến 1000 lần, hiệu lực 1 phút đến 24 giờ; hãy chọn lại.
broadcasting-alarm-over = Lệnh khẩn này không còn hiệu lực; không phải làm gì thêm.
broadcasting-all-revoked = Các loa đã ghép đều bị thu hồi quyền nên không ai nghe được; hãy ghép loa trước, ở loa chạy: sudo langso setup
broadcasting-none-paired = Chưa có loa nào được ghép với xã nên không ai nghe được; hãy ghép loa trước, ở loa chạy: sudo langso setup
broadcasting-none-chosen = Chưa chọn loa nào; hãy chọn ít nhất một loa.
broadcasting-revoked = Loa { $wrong } đã bị thu hồi quyền; các loa đang có: { $there }.
broadcasting-unknown = Không có loa { $wrong }; các loa đang có: { $there }.
broadcasting-plan-full = Lịch có { $plays } lượt phát, nhiều nhất là { $most }; hãy bỏ bớt bản tin ở xa.
# Lời của chương trình, tiếng Anh.
broadcasting-plan-failed = Lịch phát không lập được ({ $why }); hãy bỏ bớt bản tin.
broadcasting-no-such-time = Không có giờ «{ $said }»; hãy ghi như 17:00 hoặc 2026-11-25 17:00.
broadcasting-no-time = Không hiểu giờ «{ $said }»; hãy ghi như 17:00 hoặc 2026-11-25 17:00.
broadcasting-sound-name = Mã tệp tiếng không đúng; hãy tải lại trang.
broadcasting-sound-gone = Không còn tệp tiếng { $sound }; hãy soạn lại bản tin.
broadcasting-sound-not-written = Không ghi được tệp tiếng: { $why }; hãy dọn bớt ổ đĩa.
broadcasting-sound-silent = Tệp tiếng không có âm thanh; hãy soạn lại bản tin.
broadcasting-sound-slow = Làm tệp tiếng quá lâu; hãy chia bài thành nhiều phần.
# Lời của ffmpeg.
broadcasting-sound-unread = Không đọc được tệp tiếng ({ $why }); hãy thử tệp khác.
broadcasting-file-silent = Tệp tiếng không có âm thanh; hãy thử tệp khác.
broadcasting-loudness = Không đo được độ to của tiếng; hãy cài lại ffmpeg.
broadcasting-no-ffmpeg = Máy chưa có ffmpeg; hãy cài bằng lệnh: sudo apt install ffmpeg
broadcasting-ffmpeg-broken = Không chạy được ffmpeg ({ $why }); hãy cài lại.
broadcasting-exercise-spoken = Đây là diễn tập. { $text } Tin vừa rồi là diễn tập, bà con không phải lo.
broadcasting-exercise-title = DIỄN TẬP: { $title }
broadcasting-kept-siren = Báo động khẩn cấp. Bà con dừng việc, ra chỗ an toàn, và lắng nghe loa của xã.
broadcasting-kept-fire = Báo động cháy. Bà con rời ngay khỏi nhà, giúp người già và trẻ em, gọi một một bốn.
broadcasting-kept-flood = Báo động lũ. Nước đang lên nhanh. Bà con lên ngay chỗ cao, đừng lội qua dòng nước chảy.
broadcasting-kept-notice = Xã có tin cần báo. Bà con chú ý lắng nghe loa.
