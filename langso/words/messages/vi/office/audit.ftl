audit-holds =
    { $checked ->
        [1] Nhật ký còn nguyên: { $rows } dòng nối liền nhau, và khớp với điều người ký đã ghi nhớ. Dòng cuối { $number }, mã { $head }.
       *[other] Nhật ký còn nguyên: { $rows } dòng nối liền nhau. Chưa so được với người ký nên chưa biết phần cuối có bị cắt không ({ $why }). Dòng cuối { $number }, mã { $head }.
    }
audit-changed = Nhật ký KHÔNG còn nguyên: dòng { $at } đã bị sửa sau khi ghi. Hãy giữ máy như đang có và báo người chịu trách nhiệm.
audit-missing = Nhật ký KHÔNG còn nguyên: thiếu dòng { $at }. Hãy giữ máy như đang có và báo người chịu trách nhiệm.
audit-cut = Nhật ký KHÔNG còn nguyên: từ dòng { $at } trở đi bị cắt, người ký còn nhớ đến dòng { $kept }. Nếu vừa khôi phục bản sao lưu thì đúng là vậy; nếu không, hãy báo người chịu trách nhiệm.
audit-row = { $number } · { $at } · { $who } · { $action } · { $subject }{ $note }
audit-empty = Nhật ký chưa có dòng nào.
