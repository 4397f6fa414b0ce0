sending-no-key = Máy chưa nhận được khóa của xã nên chưa gửi được; xin gọi cán bộ.
sending-too-large = Hồ sơ nặng quá; xin bớt trang rồi gửi làm nhiều lần.
sending-bad-key = Khóa của xã bị hỏng nên chưa gửi được; xin gọi cán bộ.
sending-no-room = Máy này chưa cất được giấy (bộ nhớ đầy hoặc hỏng); xin giữ giấy lại và báo cán bộ.
sending-no-place = văn phòng trả lời thiếu địa chỉ gửi
sending-forgotten = văn phòng quên lần gửi dở, sẽ gửi lại
sending-elsewhere = văn phòng chỉ sang máy khác, không gửi
sending-too-much = văn phòng báo đã nhận nhiều hơn đã gửi
sending-unclear = văn phòng trả lời không rõ đã nhận bao nhiêu
sending-stopping = máy đang tắt, sẽ gửi tiếp sau
sending-other-offset = văn phòng đang ở chỗ khác trong tệp, sẽ hỏi lại
sending-no-byte = văn phòng không nhận thêm được byte nào
sending-answer = văn phòng trả lời { $status }
sending-answer-said = văn phòng trả lời { $status }: { $said }
# Trong giấy gửi không mã hoá: không nói đó là giấy gì.
sending-unnamed = Giấy tờ
