"""Abbreviations of commune offices, spoken in full. Only those with one meaning in such texts are listed."""

from __future__ import annotations

ABBREVIATIONS: dict[str, str] = dict(
    line.split(" = ", 1)
    for line in """\
UBND = Ủy ban nhân dân
HĐND = Hội đồng nhân dân
MTTQ = Mặt trận Tổ quốc
UBMTTQ = Ủy ban Mặt trận Tổ quốc
TAND = Tòa án nhân dân
VKSND = Viện kiểm sát nhân dân
ĐBQH = đại biểu Quốc hội
BCH = Ban Chấp hành
BCĐ = Ban Chỉ đạo
BQL = Ban Quản lý
BTV = Ban Thường vụ
CLB = câu lạc bộ
HTX = hợp tác xã
DNTN = doanh nghiệp tư nhân
TNHH = trách nhiệm hữu hạn
BHYT = bảo hiểm y tế
BHXH = bảo hiểm xã hội
BHTN = bảo hiểm thất nghiệp
CCCD = căn cước công dân
CMND = chứng minh nhân dân
CMT = chứng minh thư
GPLX = giấy phép lái xe
ĐKKD = đăng ký kinh doanh
GCN = giấy chứng nhận
GCNQSDĐ = giấy chứng nhận quyền sử dụng đất
QSDĐ = quyền sử dụng đất
GPMB = giải phóng mặt bằng
TTHC = thủ tục hành chính
TTPVHCC = Trung tâm Phục vụ hành chính công
DVC = dịch vụ công
DVCTT = dịch vụ công trực tuyến
CBCC = cán bộ, công chức
CCVC = công chức, viên chức
KT-XH = kinh tế - xã hội
KTXH = kinh tế xã hội
VH-TT = văn hóa - thể thao
VHTT = văn hóa thể thao
VHXH = văn hóa xã hội
TDTT = thể dục thể thao
NVH = nhà văn hóa
THCS = trung học cơ sở
THPT = trung học phổ thông
GDĐT = giáo dục đào tạo
GD&ĐT = giáo dục và đào tạo
NN&PTNT = nông nghiệp và phát triển nông thôn
TN&MT = tài nguyên và môi trường
NTM = nông thôn mới
MTQG = mục tiêu quốc gia
NHCSXH = Ngân hàng Chính sách xã hội
TYT = trạm y tế
TBA = trạm biến áp
KCN = khu công nghiệp
BTXH = bảo trợ xã hội
QPAN = quốc phòng an ninh
CĐS = chuyển đổi số
CNTT = công nghệ thông tin
TDP = tổ dân phố
ANTT = an ninh trật tự
ATGT = an toàn giao thông
TTATGT = trật tự an toàn giao thông
CSGT = cảnh sát giao thông
PCCC = phòng cháy chữa cháy
CNCH = cứu nạn cứu hộ
PCTT = phòng chống thiên tai
TKCN = tìm kiếm cứu nạn
ATTP = an toàn thực phẩm
VSATTP = vệ sinh an toàn thực phẩm
VSMT = vệ sinh môi trường
SXH = sốt xuất huyết
DQTV = dân quân tự vệ
NVQS = nghĩa vụ quân sự
CCB = cựu chiến binh
NCT = người cao tuổi
ĐTN = Đoàn Thanh niên
TNCS = Thanh niên Cộng sản
LHPN = Liên hiệp Phụ nữ
DTTS = dân tộc thiểu số
DSGĐ = dân số gia đình
KHHGĐ = kế hoạch hóa gia đình
TBXH = thương binh xã hội
LĐTBXH = lao động thương binh xã hội
TNGT = tai nạn giao thông
SĐT = số điện thoại
ĐT = điện thoại
ĐTDĐ = điện thoại di động
QR = quy rờ
NQ = nghị quyết
NĐ = nghị định
QĐ = quyết định
TTg = Thủ tướng
TW = trung ương
TƯ = trung ương
VNĐ = đồng
VND = đồng
TPHCM = thành phố Hồ Chí Minh
TP.HCM = thành phố Hồ Chí Minh
HCM = Hồ Chí Minh
OCOP = ô cóp
VNeID = vi en i đi
SIM = sim
ATM = a tê em
SMS = ét em ét
Zalo = da lô
Facebook = phây búc
Internet = in tơ nét
internet = in tơ nét
email = i meo
Email = i meo
wifi = oai phai
Wifi = oai phai
Covid = cô vít
COVID = cô vít
đ/c = đồng chí
Đ/c = đồng chí
v/v = về việc
V/v = về việc
v.v. = vân vân
v.v = vân vân
""".splitlines()
)
"""Abbreviation -> what is said; letters and case as written."""

BEFORE_A_NAME: dict[str, str] = {
    "TP": "thành phố",
    "Tp": "thành phố",
    "TX": "thị xã",
    "Tx": "thị xã",
    "P": "phường",
    "Q": "quận",
    "H": "huyện",
    "X": "xã",
    "QL": "quốc lộ",
    "TL": "tỉnh lộ",
    "GS": "giáo sư",
    "PGS": "phó giáo sư",
    "TS": "tiến sĩ",
    "ThS": "thạc sĩ",
    "BS": "bác sĩ",
}
"""Shortened kinds of place and titles: said in full only before a name or number (`TP. Huế`, `QL 1A`, `P.5`)."""

IN_DOCUMENT_NUMBERS: dict[str, str] = {
    "NĐ": "nghị định",
    "CP": "Chính phủ",
    "TT": "thông tư",
    "TTLT": "thông tư liên tịch",
    "QĐ": "quyết định",
    "NQ": "nghị quyết",
    "CT": "chỉ thị",
    "TB": "thông báo",
    "KH": "kế hoạch",
    "BC": "báo cáo",
    "CV": "công văn",
    "GM": "giấy mời",
    "TTr": "tờ trình",
    "TTg": "Thủ tướng",
    "TW": "trung ương",
    "QH": "Quốc hội",
    "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân",
    "VPCP": "Văn phòng Chính phủ",
    "BCA": "Bộ Công an",
    "BTC": "Bộ Tài chính",
    "BYT": "Bộ Y tế",
    "BTP": "Bộ Tư pháp",
    "BNV": "Bộ Nội vụ",
    "BTTTT": "Bộ Thông tin và Truyền thông",
}
"""What the letters of a document number stand for: `39/2020/TT-BTTTT`."""

UNITS: dict[str, str] = {
    "km/h": "ki-lô-mét trên giờ",
    "m/s": "mét trên giây",
    "mg/l": "mi-li-gam trên lít",
    "km2": "ki-lô-mét vuông",
    "km²": "ki-lô-mét vuông",
    "km": "ki-lô-mét",
    "m2": "mét vuông",
    "m²": "mét vuông",
    "m3": "mét khối",
    "m³": "mét khối",
    "mm": "mi-li-mét",
    "cm": "xăng-ti-mét",
    "m": "mét",
    "ha": "héc-ta",
    "kg": "ki-lô-gam",
    "mg": "mi-li-gam",
    "ml": "mi-li-lít",
    "g": "gam",
    "l": "lít",
    "kWh": "ki-lô-oát giờ",
    "kW": "ki-lô-oát",
    "kV": "ki-lô-vôn",
    "MW": "mê-ga-oát",
    "V": "vôn",
    "W": "oát",
    "°C": "độ xê",
    "ºC": "độ xê",
    "độ C": "độ xê",
    "%": "phần trăm",
    "‰": "phần nghìn",
    "MB": "mê-ga-bai",
    "GB": "gi-ga-bai",
    "k": "nghìn",
    "tr": "triệu",
}
"""Unit right after a number -> what is said."""
