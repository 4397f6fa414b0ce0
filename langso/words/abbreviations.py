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
ĐVHC = đơn vị hành chính
BLHS = Bộ luật Hình sự
BLDS = Bộ luật Dân sự
BLLĐ = Bộ luật Lao động
BLTTHS = Bộ luật Tố tụng hình sự
BLTTDS = Bộ luật Tố tụng dân sự
TTHS = tố tụng hình sự
TTDS = tố tụng dân sự
VPHC = vi phạm hành chính
XPVPHC = xử phạt vi phạm hành chính
XLVPHC = xử lý vi phạm hành chính
QPPL = quy phạm pháp luật
VBQPPL = văn bản quy phạm pháp luật
VBHN = văn bản hợp nhất
PBGDPL = phổ biến, giáo dục pháp luật
TGPL = trợ giúp pháp lý
THADS = thi hành án dân sự
VKS = viện kiểm sát
CHXHCN = Cộng hòa xã hội chủ nghĩa
XHCN = xã hội chủ nghĩa
CNXH = chủ nghĩa xã hội
CNH-HĐH = công nghiệp hóa, hiện đại hóa
CT-XH = chính trị - xã hội
VH-XH = văn hóa - xã hội
QP-AN = quốc phòng - an ninh
ANQP = an ninh quốc phòng
ANCT = an ninh chính trị
TTATXH = trật tự an toàn xã hội
LLVT = lực lượng vũ trang
BĐBP = Bộ đội Biên phòng
TNXP = thanh niên xung phong
BCHQS = Ban Chỉ huy quân sự
HKTT = hộ khẩu thường trú
ĐKTT = đăng ký thường trú
LLTP = lý lịch tư pháp
CCHC = cải cách hành chính
KSTTHC = kiểm soát thủ tục hành chính
TTHCC = Trung tâm Hành chính công
CSDL = cơ sở dữ liệu
CQĐP = chính quyền địa phương
MTTQVN = Mặt trận Tổ quốc Việt Nam
UBMTTQVN = Ủy ban Mặt trận Tổ quốc Việt Nam
LĐLĐ = Liên đoàn Lao động
HCTĐ = Hội Chữ thập đỏ
NLĐ = người lao động
NSDLĐ = người sử dụng lao động
HĐLĐ = hợp đồng lao động
XKLĐ = xuất khẩu lao động
ATLĐ = an toàn lao động
ATVSLĐ = an toàn, vệ sinh lao động
NSNN = ngân sách nhà nước
KBNN = Kho bạc Nhà nước
GTGT = giá trị gia tăng
TNCN = thu nhập cá nhân
TNDN = thu nhập doanh nghiệp
SDĐPNN = sử dụng đất phi nông nghiệp
SXKD = sản xuất kinh doanh
SXNN = sản xuất nông nghiệp
TTCN = tiểu thủ công nghiệp
XDCB = xây dựng cơ bản
VLXD = vật liệu xây dựng
QLNN = quản lý nhà nước
QLĐĐ = quản lý đất đai
QLTT = quản lý thị trường
QLDA = quản lý dự án
VPĐKĐĐ = Văn phòng Đăng ký đất đai
BVTV = bảo vệ thực vật
BVMT = bảo vệ môi trường
BVPTR = bảo vệ và phát triển rừng
PCCCR = phòng cháy, chữa cháy rừng
BĐKH = biến đổi khí hậu
KTTV = khí tượng thủy văn
ĐBKK = đặc biệt khó khăn
DTLCP = dịch tả lợn châu Phi
LMLM = lở mồm long móng
VDNC = viêm da nổi cục
BHXHTN = bảo hiểm xã hội tự nguyện
BHXHBB = bảo hiểm xã hội bắt buộc
KCB = khám bệnh, chữa bệnh
TTYT = trung tâm y tế
BVĐK = bệnh viện đa khoa
TCMR = tiêm chủng mở rộng
TCM = tay chân miệng
SDD = suy dinh dưỡng
DS-KHHGĐ = dân số - kế hoạch hóa gia đình
NKT = người khuyết tật
NCC = người có công
CSXH = chính sách xã hội
HSSV = học sinh, sinh viên
GVCN = giáo viên chủ nhiệm
PHHS = phụ huynh học sinh
GDTX = giáo dục thường xuyên
GDNN = giáo dục nghề nghiệp
TH&THCS = tiểu học và trung học cơ sở
PTDTNT = phổ thông dân tộc nội trú
PTDTBT = phổ thông dân tộc bán trú
KHKT = khoa học kỹ thuật
KHCN = khoa học công nghệ
KH&CN = khoa học và công nghệ
TT&TT = thông tin và truyền thông
LĐ-TB&XH = lao động - thương binh và xã hội
LĐTB&XH = lao động, thương binh và xã hội
NN&MT = nông nghiệp và môi trường
VHTT&DL = văn hóa, thể thao và du lịch
STT = số thứ tự
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
    "tp": "thành phố",
    "tx": "thị xã",
    "TT": "thị trấn",
    "Đ": "đường",
    "TDP": "tổ dân phố",
    "KP": "khu phố",
    "Kp": "khu phố",
    "kp": "khu phố",
    "HL": "hương lộ",
    "KS": "kỹ sư",
    "LS": "luật sư",
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
    "ĐU": "Đảng ủy",
    "HU": "Huyện ủy",
    "TU": "Tỉnh ủy",
    "KL": "kết luận",
    "HD": "hướng dẫn",
    "CĐ": "công điện",
    "VBHN": "văn bản hợp nhất",
    "PL": "pháp lệnh",
    "UBTVQH": "Ủy ban Thường vụ Quốc hội",
    "CTN": "Chủ tịch nước",
    "HĐTP": "Hội đồng Thẩm phán",
    "VPCP": "Văn phòng Chính phủ",
    "BCA": "Bộ Công an",
    "BTC": "Bộ Tài chính",
    "BYT": "Bộ Y tế",
    "BTP": "Bộ Tư pháp",
    "BNV": "Bộ Nội vụ",
    "BTTTT": "Bộ Thông tin và Truyền thông",
    "BNN": "Bộ Nông nghiệp",
    "BNNMT": "Bộ Nông nghiệp và Môi trường",
    "BNNPTNT": "Bộ Nông nghiệp và Phát triển nông thôn",
    "BTNMT": "Bộ Tài nguyên và Môi trường",
    "BGDĐT": "Bộ Giáo dục và Đào tạo",
    "BKHCN": "Bộ Khoa học và Công nghệ",
    "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch",
    "BLĐTBXH": "Bộ Lao động, Thương binh và Xã hội",
    "BXD": "Bộ Xây dựng",
    "BGTVT": "Bộ Giao thông vận tải",
    "BCT": "Bộ Công Thương",
    "BQP": "Bộ Quốc phòng",
    "BNG": "Bộ Ngoại giao",
    "BHXH": "Bảo hiểm xã hội",
}
"""What the letters of a document number stand for: `39/2020/TT-BTTTT`."""

KINDS_OF_DOCUMENT = frozenset(
    ["NĐ", "TT", "TTLT", "QĐ", "NQ", "CT", "TB", "KH", "BC", "CV", "GM", "TTr", "KL", "HD", "CĐ", "VBHN", "PL"]
)
"""Those of the letters that say what kind of document it is; the others say whose (`NĐ-CP`, `05-NQ/TW`)."""

UNITS: dict[str, str] = {
    "km/h": "ki-lô-mét trên giờ",
    "m/s": "mét trên giây",
    "m3/s": "mét khối trên giây",
    "m³/s": "mét khối trên giây",
    "l/s": "lít trên giây",
    "mg/l": "mi-li-gam trên lít",
    "µg/m3": "mi-crô-gam trên mét khối",
    "µg/m³": "mi-crô-gam trên mét khối",
    "μg/m3": "mi-crô-gam trên mét khối",
    "μg/m³": "mi-crô-gam trên mét khối",
    "Mbps": "mê-ga-bít trên giây",
    "mmHg": "mi-li-mét thủy ngân",
    "kVA": "ki-lô-vôn am-pe",
    "kcal": "ki-lô ca-lo",
    "Hz": "héc",
    "dB": "đề-xi-ben",
    "dm": "đề-xi-mét",
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
    "oC": "độ xê",
    "℃": "độ xê",
    "độ C": "độ xê",
    "°": "độ",
    "%": "phần trăm",
    "‰": "phần nghìn",
    "MB": "mê-ga-bai",
    "GB": "gi-ga-bai",
    "k": "nghìn",
    "tr": "triệu",
    "trđ": "triệu đồng",
    "tr.đ": "triệu đồng",
}
"""Unit right after a number -> what is said."""
