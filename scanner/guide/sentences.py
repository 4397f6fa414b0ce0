"""What the villager is told: one short spoken sentence for each thing that can be wrong with a capture."""

from __future__ import annotations

from dataclasses import dataclass

SAYS = {
    "none": "Chưa thấy giấy, xin đặt giấy vào giữa khung",
    "dark": "Tối quá, xin bật đèn hoặc quay ra chỗ sáng",
    "cut_off": "Giấy bị ra ngoài khung, xin kéo vào giữa",
    "far": "Giấy ở xa quá, xin đưa lại gần",
    "tilt": "Giấy nghiêng quá, xin đặt thẳng dưới máy",
    "bright": "Sáng quá, xin tránh nắng hoặc bớt đèn",
    "glare": "Giấy bị bóng, xin xoay nhẹ",
    "blur": "Ảnh bị nhòe, xin giữ yên giấy",
    "blank": "Mặt này không có chữ, xin lật giấy lại",
    "front": "Đây là mặt sau, xin lật thẻ lại",
    "back": "Đây là mặt trước, xin lật thẻ lại",
    "same_side": "Mặt này chụp rồi, xin lật sang mặt kia",
    "same": "Trang này chụp rồi, xin đặt trang khác",
    "unsure": "Mép giấy chưa rõ, xin đặt giấy lên nền khác màu",
    "moving": "Giấy còn động, xin đặt xuống và bỏ tay ra",
    "hold": "Đã thấy giấy. Giữ yên…",
    "taken": "Chụp xong, xin đặt trang tiếp theo",
}


@dataclass(frozen=True)
class Guidance:
    """`code`: a key of SAYS; `sentence`: what the villager reads; `good`: the page may be captured."""

    code: str
    sentence: str
    good: bool


def say(code: str) -> Guidance:
    """The guidance for a key of SAYS; only "hold" may be captured."""
    return Guidance(code, SAYS[code], code == "hold")
