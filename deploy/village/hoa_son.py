"""Hoa Sơn, the made-up commune of the village in a box: its names, and what its people write.

Data of a play, Vietnamese in whatever language it is told: no sentence of ours stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

COMMUNE = "hoa-son"
COMMUNE_NAME = "Xã Hoa Sơn"
OFFICE_PLACE = "Ủy ban nhân dân xã Hoa Sơn"


@dataclass(frozen=True)
class VillageMachine:
    """One device of the village: what it is and where it stands."""

    id: str
    role: Literal["speaker", "kiosk"]
    place: str
    village: str


SPEAKERS = (
    VillageMachine("loa-thon-1", "speaker", "Thôn 1 – đầu làng", "thon-1"),
    VillageMachine("loa-thon-2", "speaker", "Thôn 2 – nhà văn hóa", "thon-2"),
    VillageMachine("loa-thon-7", "speaker", "Thôn 7 – ngã ba suối", "thon-7"),
)
KIOSK = VillageMachine("kiosk-thon-2", "kiosk", "Nhà văn hóa thôn 2", "thon-2")
MACHINES = (*SPEAKERS, KIOSK)


@dataclass(frozen=True)
class BankAccount:
    """Bank (BIN), number, holder as a code for paying names it, and what the commune calls it."""

    bank: str
    number: str
    holder: str
    label: str = ""


OWN_ACCOUNT = BankAccount("970415", "000000000001", "UBND XA HOA SON", "Tài khoản thu phí của xã")
STRANGERS_ACCOUNT = BankAccount("970436", "999999999999", "UBND XA HOA SON")
"""A swindler's, who calls himself the commune."""
FEE = 8000
FEE_PURPOSE = "Trich luc khai sinh"


def root_holder(number: int) -> str:
    """Who keeps a root key."""
    return f"người giữ khoá {number}"


@dataclass(frozen=True)
class Written:
    """A broadcast as the clerk writes it."""

    title: str
    text: str


VACCINATION = Written(
    "Lịch tiêm phòng cho trâu, bò",
    "Thú y xã tiêm phòng cho trâu, bò từ 7h00 ngày 18/11/2026 tại sân nhà văn hóa thôn 1 và thôn 2.",
)
LONG = Written("Bản tin dài", "Đây là bản tin dài để xem lệnh khẩn cấp cắt ngang ra sao. " * 5)
BY_MISTAKE = Written("Bản tin gửi nhầm", "Bản tin này gửi nhầm, cán bộ sẽ bấm dừng khi đang phát. " * 6)
MEETING = Written("Họp thôn", "Tối nay mời bà con đến nhà văn hóa họp thôn. Bản tin này phát khi mất mạng.")
AFTER_LOSS = Written(
    "Bản tin sau khi mất dữ liệu", "Văn phòng và một loa vừa mất dữ liệu, nhưng bản tin này vẫn phát."
)
FLOOD = "Nước suối đang lên nhanh, bà con ở gần suối lên chỗ cao ngay."
AMPLIFIER_TEST = "Thử dây âm ly."
