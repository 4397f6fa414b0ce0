"""A code told to a person: a few Vietnamese lines, personal numbers masked."""

from __future__ import annotations

from langso import words
from langso.words.harmless import harmless

from .masking import mask
from .parsed import Parsed

_TITLES = {
    "emv": "Mã thanh toán",
    "url": "Đường dẫn trang mạng",
    "health_card": "Thẻ bảo hiểm y tế",
    "citizen_card": "Thẻ căn cước",
    "dossier_code": "Mã hồ sơ",
    "unknown": "Mã không rõ loại",
}


def describe(parsed: Parsed) -> str:
    """Title, what the code holds, then problems (`! `) and cautions (`- `), one a line."""
    lines = [_TITLES[parsed.kind]]
    lines += [f"  {name}: {harmless(value)}" for name, value in _facts(parsed) if value]
    lines += [f"! {problem}" for problem in parsed.problems]
    lines += [f"- {caution}" for caution in parsed.cautions]
    return "\n".join(lines)


def _facts(parsed: Parsed) -> list[tuple[str, str | None]]:
    f = parsed.fields
    if not f:
        return []
    if parsed.kind == "emv":
        dong: int | None = f["amount_vnd"]
        return [
            ("Ngân hàng", _bank(f["bank_bin"], f["bank"], f["wallet"])),
            ("Tài khoản", mask(f["account"]) if f["account"] else None),
            ("Đơn vị nhận (VNPAY)", f["merchant_id"]),
            ("Tên trong mã", f["name"]),
            ("Số tiền", f"{words.money(dong)} ({words.amount(dong)})" if dong else None),
            ("Số hóa đơn", f["bill_number"]),
            ("Nội dung", f["purpose"]),
        ]
    if parsed.kind == "citizen_card":
        return [
            ("Số căn cước", mask(f["id"])),
            ("Họ tên", f["name"]),
            ("Năm sinh", f["dob"][:4] if f["dob"] else None),
            ("Giới tính", f["sex"]),
            ("Nơi đăng ký khai sinh", f["id_digits"]["province"]),
        ]
    if parsed.kind == "health_card":
        return [
            ("Số thẻ", mask(f["card_no"])),
            ("Họ tên", f["name"]),
            ("Nơi khám ban đầu", f["clinic"]),
            ("Hạn dùng", _span(f["valid_from"], f["valid_to"])),
        ]
    if parsed.kind == "dossier_code":
        return [("Mã", f["code"]), ("Ngày nhận", _shown(f["received"])), ("Số thứ tự", f["number"])]
    if parsed.kind == "url":
        return [("Trang", f["host"]), ("Mã hồ sơ", f["dossier_code"])]
    # What is not understood may still be somebody's number: only its length is told.
    return [("Độ dài", f"{len(f['text'])} ký tự")]


def _bank(bin_: str | None, bank: str | None, wallet: str | None) -> str | None:
    if bin_ is None:
        return None
    name = bank or f"BIN {bin_}"
    return f"{wallet} (qua {name})" if wallet and wallet != bank else name


def _shown(day: str | None) -> str | None:
    return "/".join(reversed(day.split("-"))) if day else None


def _span(start: str | None, end: str | None) -> str | None:
    first, last = _shown(start), _shown(end)
    if first and last:
        return f"{first} - {last}"
    return f"từ {first}" if first else f"đến {last}" if last else None
