broadcasting-no-words = Bản tin chưa có chữ nào; hãy nhập nội dung.
broadcasting-too-long = Bản tin dài { $length } chữ, nhiều nhất là { $most }; hãy chia thành nhiều bản tin.
