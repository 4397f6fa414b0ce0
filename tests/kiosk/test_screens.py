"""The real application, offscreen, with real touches: papers are handed in; each visit leaves its pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fetched import FETCHED

pytestmark = [FETCHED, pytest.mark.usefixtures("keep_pictures")]


def test_a_paper_is_scanned_by_itself_and_reaches_the_office_encrypted(
    drive: Callable[..., Any], commune: Any, cameras: dict[str, Path], desk: Any
) -> None:
    commune.teach()
    visit = drive(
        [
            {"wait": "Nhà văn hóa thôn 2"},
            {"shot": "home"},
            {"touch": "Nghe đọc"},
            {"wait": "Máy không có tiếng"},
            {"shot": "no-sound"},
            {"tap": [512, 300]},
            {"gone": "Máy không có tiếng", "seconds": 1},
            {"touch": "Quét giấy tờ"},
            {"wait": "Giữ yên"},
            {"shot": "scan"},
            {"wait": "Trang này đọc rõ không?"},
            {"shot": "preview"},
            {"touch": "Giữ, quét thêm trang"},
            {"wait": "Trang này chụp rồi"},
            {"shot": "second"},
            {"touch": "Chụp ngay"},
            {"wait": "Giống trang 1"},
            {"touch": "Giữ, đủ giấy rồi"},
            {"wait": "Đây là giấy gì?"},
            {"shot": "sort"},
            {"touch": "Giấy khai sinh"},
            {"touch": "Gửi cho xã"},
            {"wait": "Đã nhận giấy tờ"},
            {"wait": "Xã đã nhận được"},
            {"shot": "receipt"},
            {"idle": 1180},
            {"wait": "Mã còn hiện 0:"},
            {"gone": "Bạn còn ở đây không?", "seconds": 1},
            {"touch": "Thêm giờ"},
            {"wait": "Mã còn hiện 20:"},
            {"touch": "Xong"},
            {"wait": "Nộp phí bằng"},
        ],
        camera=cameras["paper"],
    )
    assert visit.status == 0, visit.printed
    assert len(desk.finished) == 1
    ((dossier, sealed),) = desk.finished.items()
    manifest = desk.manifests[dossier]
    assert manifest["title"] == "Giấy tờ", "what it is, the encrypted document alone says"
    assert manifest["pages"] == 2
    import pyrage

    assert pyrage.decrypt(sealed, [commune.identity]).startswith(b"%PDF")
    assert visit.result["workspace"] == []
    receipt = next(step for step in visit.result["steps"] if step["step"].get("shot") == "receipt")
    assert any(text.replace(" ", "") == dossier.replace("-", "") for text in receipt["texts"])


def test_corners_are_set_by_hand_and_pages_put_in_order(
    drive: Callable[..., Any], commune: Any, cameras: dict[str, Path], desk: Any
) -> None:
    commune.teach()
    visit = drive(
        [
            {"touch": "Quét giấy tờ"},
            {"wait": "Chưa thấy giấy"},
            {"touch": "Chụp ngay"},
            {"wait": "Máy chưa thấy mép"},
            {"drag": [290, 150, 200, 100]},
            {"shot": "corners"},
            {"touch": "Xong"},
            {"wait": "Trang này đọc rõ không?"},
            {"touch": "Xoay"},
            {"touch": "Giữ, quét thêm trang"},
            {"camera": str(cameras["paper"])},
            {"touch": "Trang 1"},
            {"wait": "Trang 1 trong 1 trang"},
            {"touch": "Bỏ trang này"},
            {"wait": "Chạm lại để bỏ"},
            {"gone": "Chạm lại để bỏ"},
            {"touch": "Bỏ trang này"},
            {"wait": "Chạm lại để bỏ"},
            {"touch": "Chụp lại trang này"},
            {"wait": "Chụp lại trang 1"},
            {"wait": "Trang này đọc rõ không?"},
            {"touch": "Giữ, thay trang cũ"},
            {"wait": "Trang 2"},
            {"touch": "Đủ giấy rồi"},
            {"wait": "1 trang"},
            {"touch": "Giấy khai sinh"},
            {"touch": "Gửi cho xã"},
            {"wait": "Xã đã nhận được"},
        ],
        camera=cameras["nothing"],
    )
    assert visit.status == 0, visit.printed
    assert (visit.out / "dragged.png").exists()
    (manifest,) = desk.manifests.values()
    assert manifest["pages"] == 1, "the page taken again stands in the place of the first"
