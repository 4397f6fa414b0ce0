publishing-signer-busy = Người ký của văn phòng (dịch vụ langso-signer) đang bận; máy tự thử lại.
publishing-folder = Không ghi được vào { $folder }: { $why }; hãy dọn bớt ổ đĩa.
publishing-alarms-full = Đang có quá nhiều lệnh khẩn cùng lúc; hãy kết thúc bớt rồi gửi lại.
publishing-catalogue-damaged = Tệp { $path } bị hỏng; hãy chép lại từ bản sao lưu.
publishing-catalogue-long = Danh mục quá dài; hãy bớt mục rồi thử lại.
# Một câu khác, có dấu chấm.
publishing-catalogue-unsigned = Đã ghi vào danh mục nhưng chưa ký được, các kiosk chưa biết; trang văn phòng tự ký lại. { $why }
publishing-account-wrong = Tài khoản không đúng: mã ngân hàng gồm 6 chữ số, số tài khoản tối đa 19 chữ số và chữ; hãy xem lại.
publishing-failed = Văn phòng gặp lỗi khi xử lý tin; hãy xem nhật ký.
