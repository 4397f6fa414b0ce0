"""What EMVCo and NAPAS ask of a merchant-presented code, checked element by element.

Every rule here only reports; a code that breaks one is still read as far as it goes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from .tlv import Item

_LIMITS = {"59": (25, "Tên người nhận"), "60": (15, "Tên tỉnh, thành"), "61": (10, "Mã bưu chính")}
_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_PERCENT = re.compile(r"[0-9]{1,2}(?:\.[0-9]{0,2})?")


def amount_in_dong(text: str) -> int | None:
    """Whole đồng of a tag 54 (`50000`, `50000.`, leniently `50000.00`), or None where it is no such amount."""
    if len(text) > 13 or not _AMOUNT.fullmatch(text):
        return None
    whole, _, fraction = text.partition(".")
    if fraction.strip("0") or not whole.strip("0"):
        return None
    return int(whole)


def problems_of_root(items: Sequence[Item]) -> list[str]:
    """Faults among the elements of the first level, as Vietnamese sentences."""
    root = {item.tag: item.value for item in items}
    problems = [*_order(items), *_required(root), *_amount(root), *_tip(root)]
    for tag, (limit, what) in _LIMITS.items():
        if len(root.get(tag, "")) > limit:
            problems.append(f"{what} dài quá {limit} ký tự, có thể bị ngân hàng cắt bớt.")
    if "52" in root and not re.fullmatch(r"[0-9]{4}", root["52"]):
        problems.append("Mã ngành hàng phải có 4 chữ số.")
    if not all(item.value.isascii() for item in items if item.tag not in ("62", "64")):
        problems.append("Mã có chữ có dấu ở chỗ chỉ được ghi không dấu, có thể ngân hàng đọc sai.")
    if any("80" > item.tag > "64" for item in items):
        problems.append("Mã có trường chưa được quy định, hãy kiểm tra kỹ người nhận.")
    return problems


def problems_of_details(items: Sequence[Item]) -> list[str]:
    """Faults inside tag 62 (bill number, purpose ...)."""
    problems: list[str] = []
    if any(len(item.value) > 25 for item in items if item.tag <= "09"):
        problems.append("Nội dung hoặc số hóa đơn dài quá 25 ký tự, có thể bị ngân hàng cắt bớt.")
    if not all(item.value.isascii() for item in items):
        problems.append("Nội dung có chữ có dấu, có thể ngân hàng đọc sai.")
    return problems


def problems_of_receiver(
    bin_: str | None, account: str | None, service: str | None, nested_service: bool
) -> list[str]:
    """Faults of a VietQR receiver: bank (BIN), account or card, and the transfer service."""
    problems: list[str] = []
    if bin_ is None or not re.fullmatch(r"[0-9]{6}", bin_):
        problems.append("Mã không ghi đúng ngân hàng nhận, đừng chuyển tiền.")
    if account is None or not re.fullmatch(r"[0-9A-Za-z]{1,19}", account):
        problems.append("Mã không ghi đúng số tài khoản nhận, đừng chuyển tiền.")
    if service not in ("QRIBFTTA", "QRIBFTTC"):
        problems.append("Mã không ghi là chuyển tới tài khoản hay tới thẻ, hãy kiểm tra trên điện thoại.")
    if nested_service:
        problems.append("Loại dịch vụ nằm sai chỗ trong mã, hãy kiểm tra trên điện thoại trước khi chuyển.")
    return problems


def repeated(items: Iterable[Item], where: str) -> list[str]:
    """A fault for every tag given twice: readers differ in which of the two they believe."""
    counts = Counter(item.tag for item in items)
    return [f"Trường {tag} có hai lần trong {where}, đừng dùng mã này." for tag, n in counts.items() if n > 1]


def _order(items: Sequence[Item]) -> list[str]:
    problems: list[str] = []
    if items and (items[0].tag, items[0].value) != ("00", "01"):
        problems.append("Mã không bắt đầu đúng quy định, hãy xin mã khác.")
    if items and items[-1].tag != "63":
        problems.append("Số kiểm tra không nằm ở cuối mã, mã có thể đã bị sửa.")
    return problems


def _required(root: Mapping[str, str]) -> list[str]:
    problems: list[str] = []
    if root.get("01", "11") not in ("11", "12"):
        problems.append("Mã không nói rõ dùng nhiều lần hay một lần, hãy xin mã khác.")
    if root.get("53") != "704":
        problems.append("Mã không ghi tiền là đồng Việt Nam, đừng chuyển tiền.")
    if root.get("58") != "VN":
        problems.append("Mã không ghi nước là Việt Nam, đừng chuyển tiền.")
    if not any("02" <= tag <= "51" for tag in root):
        problems.append("Mã không ghi người nhận tiền, đừng chuyển tiền.")
    elif not any("26" <= tag <= "51" for tag in root) and "53" not in root:
        problems.append("Đây là mã của ví cá nhân, không phải mã thu tiền; hãy xin mã VietQR.")
    return problems


def _amount(root: Mapping[str, str]) -> list[str]:
    text = root.get("54")
    if text is None:
        return []
    if amount_in_dong(text) is None:
        return ["Số tiền ghi sai cách (phải là số đồng nguyên, lớn hơn 0, không quá 13 chữ số), hãy xin mã khác."]
    if text.partition(".")[2]:
        return ["Số tiền có phần lẻ sau dấu chấm, tiền đồng không có phần lẻ."]
    return []


def _tip(root: Mapping[str, str]) -> list[str]:
    kind, fixed, percent = root.get("55"), root.get("56"), root.get("57")
    problems: list[str] = []
    if kind is not None and kind not in ("01", "02", "03"):
        problems.append("Mã ghi sai cách tính phí thêm, hãy xin mã khác.")
    if (kind == "02") != (fixed is not None):
        problems.append("Mã ghi phí thêm mà thiếu số tiền, hoặc có số tiền mà thiếu loại phí; hãy xin mã khác.")
    if (kind == "03") != (percent is not None):
        problems.append("Mã ghi phí thêm mà thiếu phần trăm, hoặc có phần trăm mà thiếu loại phí; hãy xin mã khác.")
    if fixed is not None and amount_in_dong(fixed) is None:
        problems.append("Số tiền phí thêm ghi sai cách, hãy xin mã khác.")
    if percent is not None and (not _PERCENT.fullmatch(percent) or not percent.strip("0.")):
        problems.append("Phần trăm phí thêm phải từ 00.01 đến 99.99 và không có dấu %, hãy xin mã khác.")
    return problems
