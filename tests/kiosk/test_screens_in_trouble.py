"""The real application, offscreen, where something is missing: camera, list, network, the visitor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fetched import FETCHED

pytestmark = [FETCHED, pytest.mark.usefixtures("keep_pictures")]


@pytest.mark.parametrize(
    ("marker", "said"), [("unplugged", "bị tuột dây"), ("black", "không thấy gì"), ("frozen", "Hình bị đứng")]
)
def test_a_camera_that_fails_in_a_visit_says_how(
    drive: Callable[..., Any], cameras: dict[str, Path], marker: str, said: str
) -> None:
    (cameras["nothing"] / f"2.{marker}").touch()
    visit = drive([{"touch": "Quét giấy tờ"}, {"wait": said}, {"shot": marker}], camera=cameras["nothing"])
    assert visit.status == 0, visit.printed


def test_nobody_there_a_countdown_a_touch_goes_on_and_then_all_is_wiped(
    drive: Callable[..., Any], commune: Any, cameras: dict[str, Path]
) -> None:
    commune.teach()
    visit = drive(
        [
            {"touch": "Quét giấy tờ"},
            {"wait": "Trang này đọc rõ không?"},
            {"gone": "Đang làm rõ, xin chờ một chút"},
            {"idle": 300},
            {"wait": "Bạn còn ở đây không?"},
            {"shot": "countdown"},
            {"tap": [512, 300]},
            {"gone": "Bạn còn ở đây không?"},
            {"wait": "Trang này đọc rõ không?"},
            {"idle": 300},
            {"wait": "Bạn còn ở đây không?"},
            {"idle": 318},
            {"wait": "Nộp phí bằng"},
            {"pause": 0.5},
            {"shot": "after"},
        ],
        camera=cameras["paper"],
        idle_s=300,
    )
    assert visit.status == 0, visit.printed
    during = next(step for step in visit.result["steps"] if step["step"].get("wait") == "Bạn còn ở đây không?")
    assert during["files"], "the page was kept while the visit lasted"
    assert visit.result["steps"][-1]["files"] == []


def test_a_kiosk_without_list_network_or_camera_says_so(drive: Callable[..., Any], cameras: dict[str, Path]) -> None:
    visit = drive(
        [
            {"touch": "Nộp phí bằng"},
            {"wait": "Chưa kiểm tra được mã này"},
            {"shot": "no-list"},
            {"touch": "Về trang đầu"},
            {"camera": str(cameras["nothing"] / "gone")},
            {"touch": "Quét giấy tờ"},
            {"wait": "Máy ảnh chưa sẵn sàng"},
            {"shot": "no-camera"},
        ],
        camera=cameras["own"],
    )
    assert visit.status == 0, visit.printed


def test_a_step_that_does_not_happen_fails_the_visit(drive: Callable[..., Any], cameras: dict[str, Path]) -> None:
    visit = drive([{"wait": "Không có chữ này", "seconds": 1}], camera=cameras["nothing"])
    assert visit.status == 1
    assert visit.result["ok"] is False
    assert (visit.out / "failed.png").exists()
