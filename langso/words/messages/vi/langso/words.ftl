words-exported = Đã ghi { $count } câu ra { $file }.
words-imported = Đã sửa { $count } tệp trong { $folder }.
words-import-refused =
    Bảng có { $count } chỗ sai, chưa sửa gì cả; xin sửa bảng rồi nhận lại:{ $problems }
words-import-no-table = Tệp này không phải bảng CSV chữ UTF-8; hãy lưu lại từ bảng tính ở dạng «CSV UTF-8».
words-import-no-columns = Bảng thiếu cột id hoặc cột lời; hãy giữ dòng đầu như khi xuất: { $columns }.
words-import-unknown = Dòng { $line }: không có câu nào mã «{ $id }»; hãy giữ nguyên cột id.
words-import-variables = Dòng { $line }, { $id }, cột { $column }: hãy giữ đúng các chỗ điền { $names }.
words-import-no-variables = Dòng { $line }, { $id }, cột { $column }: câu này không có chỗ điền; hãy bỏ dấu ngoặc nhọn.
words-import-letters = Dòng { $line }, { $id }, cột { $column }: câu có ký tự không nhìn thấy hoặc làm đảo chiều chữ; hãy gõ lại câu này.
words-amount = { $number } đồng
words-money = { $number } đ
words-not-an-amount = Số tiền phải là số nguyên và không quá chín triệu tỷ đồng.
words-speech-too-long = Bài dài quá { $most } chữ, hãy chia thành nhiều bài.
