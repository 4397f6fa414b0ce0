"""Both sides of a card before the real application, offscreen: which is asked for, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fetched import FETCHED

pytestmark = [FETCHED, pytest.mark.usefixtures("keep_pictures")]


def test_both_sides_of_a_card_become_one_sheet(
    drive: Callable[..., Any], commune: Any, cameras: dict[str, Path], desk: Any, lay_when_shot: Callable[..., None]
) -> None:
    commune.teach()
    lay_when_shot("wrong-side", cameras["front"] / "1.jpg", cameras["turned"] / "1.jpg")
    lay_when_shot("front-again", cameras["front"] / "1.jpg", cameras["back"] / "1.jpg")
    (cameras["front"] / "1.jpg").write_bytes((cameras["back"] / "1.jpg").read_bytes())
    visit = drive(
        [
            {"touch": "Quét giấy tờ"},
            {"touch": "Thẻ hai mặt"},
            {"wait": "Đây là mặt sau, xin lật thẻ lại"},
            {"shot": "wrong-side"},
            {"wait": "Mặt trước, xong"},
            {"wait": "Xin lật thẻ sang mặt sau"},
            {"shot": "front-done"},
            {"wait": "Đây là mặt trước, xin lật thẻ lại"},
            {"shot": "front-again"},
            {"wait": "Trang này đọc rõ không?"},
            {"shot": "sheet"},
            {"touch": "Giữ, đủ giấy rồi"},
            {"touch": "Căn cước, hộ chiếu"},
            {"touch": "Gửi cho xã"},
            {"wait": "Xã đã nhận được"},
            {"idle": 1222},
            {"wait": "Nộp phí bằng"},
            {"gone": "TN", "seconds": 1},
        ],
        camera=cameras["front"],
    )
    assert visit.status == 0, visit.printed
    (manifest,) = desk.manifests.values()
    assert (manifest["pages"], manifest["title"]) == (1, "Giấy tờ")


def test_a_side_that_the_machine_calls_wrong_is_taken_after_a_while_or_by_a_touch(
    drive: Callable[..., Any], commune: Any, cameras: dict[str, Path]
) -> None:
    commune.teach()
    visit = drive(
        [
            {"touch": "Quét giấy tờ"},
            {"touch": "Thẻ hai mặt"},
            {"wait": "Đây là mặt sau, xin lật thẻ lại"},
            {"wait": "Mặt sau, xong"},
            {"wait": "Xin lật thẻ sang mặt trước"},
            {"wait": "Đây là mặt sau, xin lật thẻ lại"},
            {"touch": "Chụp ngay"},
            {"wait": "Mặt này chụp rồi"},
            # The live picture says it too: a press before the refusal has come counts for nothing.
            {"pause": 2},
            {"touch": "Chụp ngay"},
            {"wait": "Trang này đọc rõ không?"},
        ],
        camera=cameras["back"],
    )
    assert visit.status == 0, visit.printed
