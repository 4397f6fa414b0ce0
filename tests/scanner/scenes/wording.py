"""Words for the pages: administrative Vietnamese, written for this purpose. No real person, place or number."""

from __future__ import annotations

from typing import Any

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"

NAMES = (
    "Nguyễn Văn A", "Trần Thị B", "Lê Văn C", "Phạm Thị D", "Hoàng Văn E", "Đỗ Thị G", "Vũ Văn H", "Bùi Thị K",
)  # fmt: skip
GIVEN = ("Mẫu", "Thử", "Ví Dụ", "Giả Định", "Minh Họa")
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLE = ("Văn", "Thị", "Hữu", "Đức", "Ngọc", "Thị Thu", "Quốc", "Bích", "")
PLACES = (
    "Thôn Mẫu, Xã Ví Dụ, Huyện Thử, Hà Nội", "Ấp Thử Nghiệm, Xã Mẫu, Cần Thơ", "Tổ 4, Phường Mẫu, Đà Nẵng",
    "Bản Mẫu Thượng, Xã Giả Định, Sơn La", "Xóm Đình Mẫu, Xã Thử, Huyện Ví Dụ, Nghệ An", "Xã Mẫu, Thanh Hóa",
    "Số 12 Đường Mẫu, Phường Thử Đức, Quận Ví Dụ, TP. Hồ Chí Minh", "Khóm Mẫu, Phường Giả Định, Sóc Trăng",
)  # fmt: skip

_PROSE = """
Căn cứ Luật Hộ tịch và các văn bản hướng dẫn thi hành, Ủy ban nhân dân xã tiếp nhận hồ sơ của công dân vào các
ngày làm việc trong tuần.
Người yêu cầu đăng ký khai sinh xuất trình giấy tờ tùy thân còn giá trị sử dụng để cán bộ đối chiếu với thông
tin đã kê khai.
Trường hợp hồ sơ chưa đầy đủ, cán bộ phải hướng dẫn bằng văn bản một lần, nêu rõ những giấy tờ cần bổ sung và
thời hạn nộp lại.
Hộ gia đình có đất nằm trong vùng quy hoạch thì được thông báo trước khi kiểm kê, đo đạc và lập phương án bồi
thường.
Thời hạn giải quyết không quá năm ngày làm việc, kể từ ngày nhận đủ hồ sơ hợp lệ; nếu cần xác minh thì kéo dài
thêm ba ngày.
Chúng tôi cam đoan những nội dung khai trên đây là đúng sự thật và xin chịu trách nhiệm trước pháp luật về lời
khai của mình.
Bà con chú ý lịch gieo cấy vụ đông xuân: nước sẽ được mở từ đập chính về kênh số ba trong tuần tới, mỗi thôn
nhận nước hai ngày.
Học sinh thuộc hộ nghèo, hộ cận nghèo được miễn học phí và hỗ trợ chi phí học tập theo mức quy định hiện hành.
Lệ phí cấp bản sao trích lục là tám nghìn đồng một bản; người cao tuổi, người khuyết tật và trẻ em được miễn.
Khi có mưa lớn, các hộ sống ven suối cần di chuyển người và tài sản đến nhà văn hóa thôn theo hướng dẫn của đội
xung kích.
Trạm y tế tổ chức tiêm chủng mở rộng cho trẻ dưới hai tuổi vào sáng thứ Năm tuần đầu tiên của mỗi tháng, không
phải đăng ký trước.
Quỹ vì người nghèo của xã được sử dụng công khai, mọi khoản thu chi đều niêm yết tại trụ sở ít nhất ba mươi
ngày.
Đề nghị các ông bà trưởng thôn rà soát danh sách đối tượng bảo trợ xã hội, gửi kết quả về bộ phận một cửa trước
ngày hai mươi lăm.
Người sử dụng đất có quyền chuyển đổi, chuyển nhượng, thừa kế, tặng cho quyền sử dụng đất khi đã được cấp giấy
chứng nhận.
Việc chứng thực chữ ký được thực hiện ngay trong buổi làm việc; người yêu cầu phải ký trước mặt người thực hiện
chứng thực.
Đường liên thôn bị sạt lở tại ba điểm, xe tải trên năm tấn tạm thời không được lưu thông cho đến khi có thông
báo mới.
Các tổ chức, cá nhân chăn nuôi phải khai báo khi gia súc, gia cầm ốm chết bất thường và không được vứt xác xuống
kênh mương.
Mỗi gia đình tự phân loại rác tại nhà: rác hữu cơ ủ làm phân, rác tái chế để riêng, rác còn lại đưa ra điểm tập
kết trước bảy giờ.
Cuộc họp thống nhất ghi biên bản, đọc lại cho mọi người cùng nghe và không ai có ý kiến khác trước khi ký tên.
Giấy ủy quyền này có hiệu lực kể từ ngày ký cho đến khi công việc hoàn thành hoặc khi hai bên thỏa thuận chấm
dứt.
Điện sẽ tạm ngừng từ tám giờ đến mười một giờ để sửa chữa trạm biến áp, kính mong bà con thông cảm và chủ động
trong sinh hoạt.
Nước sạch đã về đến xóm trên; hộ nào chưa lắp đồng hồ xin liên hệ tổ quản lý để được khảo sát và báo giá.
"""
SENTENCES = tuple(" ".join(sentence.split()) + "." for sentence in _PROSE.split(".") if sentence.strip())

TITLES = (
    "THÔNG BÁO", "BIÊN BẢN HỌP THÔN", "ĐƠN ĐỀ NGHỊ", "GIẤY ỦY QUYỀN", "BÁO CÁO KẾT QUẢ", "KẾ HOẠCH TUẦN", "TỜ TRÌNH",
)  # fmt: skip

FORMS = tuple(
    (title, tuple(" ".join(field.split()) for field in fields.split(";")))
    for title, fields in (
        (
            "TỜ KHAI ĐĂNG KÝ KHAI SINH",
            """Họ, chữ đệm, tên người yêu cầu; Nơi cư trú; Giấy tờ tùy thân; Quan hệ với người được khai sinh; Họ,
            chữ đệm, tên trẻ; Ngày, tháng, năm sinh; Giới tính; Dân tộc; Quê quán; Họ, chữ đệm, tên
            người mẹ; Họ, chữ đệm, tên người cha""",
        ),
        (
            "TỜ KHAI CẤP BẢN SAO TRÍCH LỤC HỘ TỊCH",
            """Họ, chữ đệm, tên người yêu cầu; Nơi cư trú; Số định danh cá nhân; Loại giấy tờ cần trích lục; Đã
            đăng ký tại; Số quyển; Số lượng bản sao; Điện thoại liên hệ""",
        ),
        (
            "ĐƠN ĐỀ NGHỊ XÁC NHẬN HỘ NGHÈO",
            """Tôi tên là; Sinh ngày; Thường trú tại; Số nhân khẩu trong hộ; Nghề nghiệp chính; Thu nhập bình quân
            một tháng; Lý do đề nghị""",
        ),
        (
            "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN",
            """Xét đề nghị của; Ngày, tháng, năm sinh; Giới tính; Dân tộc; Quốc tịch; Nơi cư trú; Tình trạng hôn
            nhân; Mục đích sử dụng""",
        ),
        (
            "GIẤY KHAI SINH (BẢN SAO)",
            """Họ, chữ đệm, tên; Ngày, tháng, năm sinh; Ghi bằng chữ; Giới tính; Dân tộc; Quốc tịch; Nơi sinh; Quê
            quán; Họ, chữ đệm, tên người mẹ; Họ, chữ đệm, tên người cha; Nơi đăng ký khai sinh""",
        ),
    )
)

TABLE_HEAD = ("STT", "Họ và tên", "Năm sinh", "Địa chỉ", "Ghi chú")
REMARKS = ("Đã nộp", "Chưa nộp", "Bổ sung", "Miễn phí", "Hẹn lại")

GOODS = (
    ("Bản sao trích lục", 8000), ("Chứng thực bản sao", 2000), ("Chứng thực chữ ký", 10000), ("Phân đạm 5 kg", 65000),
    ("Giống lúa ngắn ngày", 140000), ("Nước sạch tháng 6", 86000), ("Tiền điện kỳ 2", 213500), ("Phí vệ sinh", 30000),
)  # fmt: skip


def person(rng: Any) -> str:
    """A made-up name such as `Đặng Thị Thu Mẫu`: no living person is called so."""
    parts = (pick(rng, FAMILY), pick(rng, MIDDLE), pick(rng, GIVEN))
    return " ".join(part for part in parts if part)


def day(rng: Any, first: int = 1950, last: int = 2025) -> tuple[int, int, int]:
    """(day, month, year)."""
    return int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(first, last + 1))


def paragraph(rng: Any, sentences: int) -> str:
    """Sentences in a row, none twice."""
    chosen = rng.choice(len(SENTENCES), size=min(sentences, len(SENTENCES)), replace=False)
    return " ".join(SENTENCES[int(i)] for i in chosen)


def pick(rng: Any, options: Any) -> Any:
    """One of the options."""
    return options[int(rng.integers(len(options)))]
