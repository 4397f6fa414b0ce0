fitting-no-picture = Không đọc được ảnh { $name }; hãy xem lại thư mục dữ liệu.
fitting-no-manifest = { $file } không kể ảnh và góc giấy như cần; hãy làm lại dữ liệu.
