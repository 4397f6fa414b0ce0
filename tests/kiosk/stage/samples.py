"""What every registered place may have to show: the usual, the longest, and each state that looks another way."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from kiosk.journeys.kinds import GENERAL_KINDS, Kind
from kiosk.journeys.showing import (
    CardShows,
    CornersShows,
    FeeLookShows,
    HomeShows,
    KeptPage,
    LettersShows,
    LivePicture,
    PagesShows,
    PairingShows,
    PayShows,
    PreviewShows,
    ReceiptShows,
    Remark,
    ScanShows,
    SlipShows,
    SortShows,
    StrangerShows,
)
from kiosk.shell.protocol import Letters

HOLDER = "Ủy ban nhân dân phường Trần Hưng Đạo"
CODE = "H29.16-250701-0001"


def _sheet(width: int = 707, height: int = 1000) -> Any:
    sheet = np.full((height, width, 3), 244, np.uint8)
    cv2.putText(sheet, "GIAY KHAI SINH", (width // 8, height // 8), cv2.FONT_HERSHEY_DUPLEX, 1.4, (40, 40, 40), 2)
    for y in range(height // 5, height - 60, 44):
        cv2.line(sheet, (60, y), (width - 60 - y % 130, y), (90, 84, 80), 6)
    return sheet


def _table() -> Any:
    table = np.full((720, 1280, 3), (58, 66, 74), np.uint8)
    table[40:690, 410:870] = cv2.resize(_sheet(), (460, 650))
    return table


PAPER, TABLE = _sheet(), _table()
CARD = _sheet(1000, 640)
QUAD = ((410.0, 40.0), (870.0, 40.0), (870.0, 690.0), (410.0, 690.0))
MODULES = tuple(tuple((x * y + x // 3) % 3 == 0 for x in range(45)) for y in range(45))

GOOD = Remark("Đã thấy giấy. Giữ yên…", "motion_photos_on", "ok")
SAME = Remark("Trang này chụp rồi, xin đặt trang khác", "flip", "warn")
NO_CAMERA = Remark("Máy ảnh chưa sẵn sàng, xin gọi cán bộ", "no_photography", "bad")
LONG = Remark("Đang thấy hai tờ giấy chồng lên nhau, xin chỉ để một tờ dưới máy ảnh", "info", "warn")


def _live(said: Remark, progress: float = 0.0) -> LivePicture:
    return LivePicture(said, 1, TABLE, QUAD, progress)


def _kept(*indices: int) -> tuple[KeptPage, ...]:
    return tuple(KeptPage(index, PAPER, odd=index % 2 == 1) for index in indices)


HINT = "Đặt giấy vào giữa khung, giữ yên"
KINDS = (
    *GENERAL_KINDS,
    Kind("Đăng ký khai sinh kết hợp nhận cha, mẹ, con", "1.001193", "account_balance"),
    Kind("Cấp bản sao trích lục hộ tịch", "2.000635", "account_balance"),
    Kind("Xác nhận tình trạng hôn nhân", "1.004873", "account_balance"),
    Kind("Chứng thực bản sao từ bản chính", "2.000815", "account_balance"),
)

SAMPLES: dict[str, dict[str, Any]] = {
    "home": {
        "usual": HomeShows("Nhà văn hóa thôn 2", "Xã Hoa Sơn", "Thứ Hai 30/11 · 22/10 âm lịch", "7:05"),
        "long": HomeShows(
            "Trung tâm Phục vụ hành chính công", "Phường Trần Hưng Đạo", "Thứ Năm 31/12 · rằm tháng Mười Một", "23:59"
        ),
    },
    "letters": {
        "first": LettersShows(Letters()),
        "largest": LettersShows(Letters(1.6, True)),
    },
    "pairing": {
        "new": PairingShows("Xã Hoa Sơn", "kiosk-thon-2", "", "", ("Trên máy này, cắm một USB: sudo langso setup",)),
        "asked": PairingShows(
            "Phường Trần Hưng Đạo",
            "kiosk-thon-2",
            "1234 5678 9012",
            "",
            (
                "Mang USB có tệp kiosk-thon-2.json về văn phòng xã.",
                "Ở văn phòng xã, cắm USB đó: sudo langso setup",
                "Lại trên máy này, cắm USB đó: sudo langso setup",
            ),
        ),
        "broken": PairingShows(
            "Xã Hoa Sơn",
            "kiosk-thon-2",
            "",
            "Tệp answer.json bị hỏng; hãy ghép lại.",
            (
                "Trên máy này: sudo langso pair status",
                "Trên máy này, cắm một USB: sudo langso setup",
                "Ở văn phòng xã, cắm USB đó: sudo langso setup",
                "Lại trên máy này, cắm USB đó: sudo langso setup",
            ),
        ),
    },
    "scan": {
        "first": ScanShows("Quét giấy tờ", "Đặt giấy dưới máy ảnh, máy tự chụp", HINT, _live(GOOD, 0.6)),
        "third": ScanShows("Quét giấy tờ", "Trang 3", HINT, _live(SAME), 2, _kept(0, 1), 3),
        "many": ScanShows("Quét giấy tờ", "Trang 13", HINT, _live(LONG), 12, _kept(10, 11), 13),
        "busy": ScanShows("Quét giấy tờ", "Trang 2", HINT, _live(GOOD, 1.0), 1, _kept(0), 2, busy=True),
        "retake": ScanShows(
            "Chụp lại trang 12", "Trang mới thay vào chỗ trang cũ", HINT, _live(GOOD), 12, _kept(10, 11), 12,
            replacing=True,
        ),
        "card": ScanShows("Thẻ hai mặt", "Mặt trước", HINT, _live(GOOD), card=CardShows("Mặt trước")),
        "card-back": ScanShows(
            "Thẻ hai mặt", "Mặt sau", HINT, _live(SAME), card=CardShows("Mặt sau", ("Mặt thứ nhất, xong", CARD))
        ),
        "no-camera": ScanShows("Quét giấy tờ", "Đặt giấy dưới máy ảnh, máy tự chụp", HINT, LivePicture(NO_CAMERA)),
    },
    "preview": {
        "making": PreviewShows(1, PAPER, Remark("Đang làm rõ, xin chờ một chút", "hourglass_top", "plain")),
        "good": PreviewShows(12, PAPER, Remark("Rõ nét", "check_circle", "ok")),
        "odd": PreviewShows(
            12, PAPER, Remark("Chữ nhỏ quá, nên đưa giấy lại gần", "warning"), replacing=True, remarks=("x",)
        ),
        "pressed": PreviewShows(
            1, PAPER, Remark("Đang làm rõ, xin chờ một chút", "hourglass_top", "warn"), lit="enough"
        ),
        "card": PreviewShows(1, CARD, Remark("Rõ nét", "check_circle", "ok"), card=True, corners=False),
        "failed": PreviewShows(
            1, PAPER, Remark("Máy hết chỗ nhớ; xin gửi những trang đã chụp trước.", "warning", "bad")
        ),
    },
    "corners": {
        "found": CornersShows(TABLE, QUAD, found=True),
        "unknown": CornersShows(TABLE, None, found=False),
        "busy": CornersShows(TABLE, QUAD, found=True, busy=True),
        "refused": CornersShows(TABLE, QUAD, found=True, refused="Mặt này chụp rồi, xin lật thẻ sang mặt kia"),
    },
    "pages": {
        "only": PagesShows(0, 1, PAPER),
        "between": PagesShows(4, 12, PAPER, ("Chữ nhỏ quá, nên đưa giấy lại gần",)),
        "asking": PagesShows(1, 3, PAPER, asking=True),
    },
    "sort": {
        "usual": SortShows(2, KINDS, Remark("Chạm vào tên giấy để gửi cho xã", "touch_app", "plain")),
        "few": SortShows(1, GENERAL_KINDS, Remark("Đang niêm phong giấy tờ…", "hourglass_top")),
        "failed": SortShows(
            30, KINDS, Remark("Máy chưa nhận được khóa của xã nên chưa gửi được; xin gọi cán bộ.", "warning", "bad")
        ),
    },
    "receipt": {
        "sent": ReceiptShows(
            "Giấy khai sinh", 2, "TN 261130 482 173", Remark("Xã đã nhận được", "check_circle", "ok")
        ),
        "offline": ReceiptShows(
            "Đăng ký khai sinh kết hợp nhận cha, mẹ, con",
            30,
            "TN 261130 482 173",
            Remark("Mất mạng, máy giữ kín và tự gửi sau", "hourglass_top"),
        ),
    },
    "fee": {
        "looking": FeeLookShows(_live(Remark("Đưa mã QR trên giấy vào trước máy ảnh", "qr_code_scanner"))),
        "two": FeeLookShows(_live(Remark("Thấy hai mã, xin chỉ để một mã trước máy ảnh"))),
        "no-camera": FeeLookShows(LivePicture(NO_CAMERA)),
    },
    "pay": {
        "usual": PayShows(
            f"Hồ sơ {CODE}", "8.000 đ", "tám nghìn đồng", True, HOLDER, "VietinBank · 000 000 000 001", MODULES
        ),
        "large": PayShows(
            f"Hồ sơ {CODE}", "12.345.000 đ", "mười hai triệu ba trăm bốn mươi lăm nghìn đồng", True, HOLDER,
            "Agribank · 1234 5678 9012 345", MODULES,
        ),
        "open": PayShows(
            "", "Chưa ghi số tiền", "Hỏi cán bộ số tiền phải nộp", False, HOLDER, "MB Bank · 0000 0001", MODULES
        ),
    },
    "slip": {
        "made": SlipShows(f"Hồ sơ {CODE}", "8.000 đ", "tám nghìn đồng", HOLDER, _sheet(576, 1100)),
        "failed": SlipShows("", "Chưa ghi số tiền", "Hỏi cán bộ số tiền phải nộp", HOLDER, None),
    },
    "stranger": {
        "stranger": StrangerShows(
            True, f"Hồ sơ {CODE}", "Đây không phải tài khoản của xã.", "12.345.000 đ",
            "Ngân hàng 970499 · 9999 0000 1111 222", "UY BAN NHAN DAN XA HOA SON",
        ),
        "no-list": StrangerShows(
            False, f"Hồ sơ {CODE}", "Máy chưa nhận danh sách.", "8.000 đ", "VietinBank · 000 000 000 001", ""
        ),
    },
}  # fmt: skip
