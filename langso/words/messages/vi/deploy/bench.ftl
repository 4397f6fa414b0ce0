bench-no-such-item = Không có mục { $items }; chỉ có: { $known }.
