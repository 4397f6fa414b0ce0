clock-by-host = Đồng hồ lấy theo máy chủ, theo cài đặt.
clock-behind-documents = Đồng hồ chậm hơn văn bản đã ký mới nhất; hãy nối mạng để chỉnh giờ.
clock-confirmed = Đồng hồ vừa được văn phòng xã xác nhận.
clock-by-battery = Đồng hồ giữ giờ bằng pin, mới chỉnh trong 30 ngày qua.
clock-not-set = Đồng hồ chưa được chỉnh từ khi bật máy; hãy nối mạng để lấy giờ.
clock-far-from-documents = Đồng hồ lấy giờ mạng nhưng lệch quá 30 ngày so với văn bản đã ký; cần văn phòng xã xác nhận.
clock-by-network = Đồng hồ khớp giờ mạng.
