record-journal-damaged = Sổ biên nhận hỏng ở dòng { $number }; hãy gửi thẻ nhớ về xã để kiểm tra.
record-reused = Mã đã phát nay ghi cho việc khác nên không phát: { $ids }
