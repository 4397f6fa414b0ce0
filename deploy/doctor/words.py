"""What a person reads for each line's code, and the order of subjects in the report."""

from __future__ import annotations

LABELS = {
    "packages": "gói Debian",
    "settings": "cấu hình",
    "services": "dịch vụ",
    "service_speaker": "dịch vụ loa",
    "service_kiosk": "dịch vụ kiosk",
    "service_office": "dịch vụ trang web",
    "service_signer": "dịch vụ người ký",
    "service_broker": "dịch vụ máy chủ tin",
    "boot": "tự chạy khi bật máy",
    "agent": "chương trình",
    "timeline": "bộ phát lịch",
    "broadcasts": "ba lượt phát tới",
    "mute": "tắt tiếng tại chỗ",
    "library": "kho âm thanh",
    "pairing": "ghép máy",
    "private_key": "khóa riêng",
    "certificate": "chứng thư",
    "root": "khoá gốc của xã",
    "trust": "danh sách quyền",
    "marks": "sổ ghi số văn bản",
    "authority": "chứng thư gốc của xã",
    "broker_certificate": "chứng thư máy chủ tin",
    "https_certificate": "chứng thư https",
    "signer": "người ký",
    "console": "trang web",
    "broker": "đường về xã",
    "link": "đường đang nối",
    "office": "tin của văn phòng",
    "catalogue": "danh mục của xã",
    "outbox": "hồ sơ chờ gửi",
    "state": "thư mục dữ liệu",
    "database": "dữ liệu",
    "media": "thư mục âm thanh",
    "backup": "sao lưu",
    "sound": "âm thanh",
    "bridge": "bộ điều khiển",
    "screen": "màn hình",
    "camera": "máy ảnh",
    "camera-table": "bàn quét",
    "lamp": "đèn bàn",
    "voice": "giọng đọc",
    "models": "mô hình quét",
    "text": "nhận chữ",
    "version": "phiên bản",
    "running_version": "bản đang chạy",
    "device_versions": "bản của các máy",
    "clock": "đồng hồ",
    "timesync": "chỉnh giờ",
    "rtc": "đồng hồ pin",
    "disk": "chỗ trống",
    "card_write": "ghi thẻ nhớ",
    "card_errors": "lỗi thẻ nhớ",
    "undervoltage": "nguồn điện",
    "temperature": "nhiệt độ",
    "memory": "bộ nhớ",
    "watchdog": "canh treo máy",
    "journal": "nhật ký",
    "firewall": "tường lửa",
}
"""In the order of the report: what runs, whom it obeys, what it keeps, its hardware, its programs, the machine."""

ROLE_NAMES = {
    "speaker": "loa",
    "kiosk": "kiosk",
    "office": "văn phòng",
    "bridge": "bộ điều khiển",
    "signer": "người ký",
}


def label(code: str) -> str:
    """The words for a line's code; the code itself for one nobody has named."""
    return LABELS.get(code, code)
