"""The real application, offscreen, with real touches: somebody pays a fee, in letters of her size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fetched import FETCHED

pytestmark = [FETCHED, pytest.mark.usefixtures("keep_pictures")]


def test_a_fee_to_the_communes_account_is_shown_with_its_code_and_slip(
    drive: Callable[..., Any], commune: Any, cameras: dict[str, Path], make_code: Callable[..., str]
) -> None:
    commune.teach()
    visit = drive(
        [
            {"touch": "Nộp phí bằng"},
            {"wait": "8.000 đ"},
            {"wait": "tám nghìn đồng"},
            {"wait": "Đúng tài khoản của xã"},
            {"wait": "Ủy ban nhân dân xã Hoa Sơn"},
            {"shot": "fee"},
            {"touch": "Lấy phiếu"},
            {"wait": "Phiếu nộp tiền mặt"},
            {"shot": "slip"},
        ],
        camera=cameras["own"],
    )
    assert visit.status == 0, visit.printed
    assert visit.result["workspace"] == []
    import cv2

    from scanner.codes import read_codes

    shown = read_codes(cv2.imread(str(visit.out / "fee.png")))
    assert [code.text for code in shown] == [make_code()], "a phone must read the same code from the screen"


def test_a_strangers_account_is_warned_of_and_its_code_is_not_shown(
    drive: Callable[..., Any], commune: Any, cameras: dict[str, Path]
) -> None:
    commune.teach()
    visit = drive(
        [
            {"touch": "Nộp phí bằng"},
            {"wait": "Không phải tài khoản của xã"},
            {"wait": "Đừng chuyển tiền. Xin hỏi cán bộ"},
            {"shot": "stranger"},
            {"touch": "Về trang đầu"},
            {"wait": "Quét giấy tờ"},
        ],
        camera=cameras["stranger"],
    )
    assert visit.status == 0, visit.printed
    import cv2

    from scanner.codes import read_codes

    assert read_codes(cv2.imread(str(visit.out / "stranger.png"))) == []


def test_who_pays_by_phone_may_look_three_times_as_long(
    drive: Callable[..., Any], commune: Any, cameras: dict[str, Path]
) -> None:
    commune.teach()
    visit = drive(
        [
            {"touch": "Nộp phí bằng"},
            {"wait": "8.000 đ"},
            {"idle": 890},
            {"pause": 0.5},
            {"gone": "Bạn còn ở đây không?", "seconds": 1},
            {"idle": 901},
            {"wait": "Bạn còn ở đây không?"},
            {"tap": [512, 300]},
            {"gone": "Bạn còn ở đây không?"},
            {"touch": "Quay lại"},
            {"wait": "8.000 đ"},
            {"touch": "Xong"},
            {"wait": "Nộp phí bằng"},
            {"touch": "Quét giấy tờ"},
            {"wait": "máy tự chụp"},
            {"idle": 310},
            {"wait": "Bạn còn ở đây không?"},
        ],
        camera=cameras["own"],
        idle_s=300,
    )
    assert visit.status == 0, visit.printed


def test_letters_grow_and_contrast_rises_without_anything_lost(
    drive: Callable[..., Any], commune: Any, cameras: dict[str, Path]
) -> None:
    commune.teach()
    visit = drive(
        [
            {"touch": "Cỡ chữ"},
            {"shot": "home-125"},
            {"touch": "Cỡ chữ"},
            {"shot": "home-160"},
            {"touch": "Tương phản"},
            {"shot": "home-contrast"},
            {"touch": "Nộp phí bằng"},
            {"wait": "8.000 đ"},
            {"shot": "fee-contrast-160"},
        ],
        camera=cameras["own"],
    )
    assert visit.status == 0, visit.printed
