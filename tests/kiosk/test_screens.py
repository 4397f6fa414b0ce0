"""The real application, offscreen, with real touches; each visit leaves its pictures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fetched import FETCHED

pytestmark = FETCHED


@pytest.fixture(autouse=True)
def keep_pictures(tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """LANGSO_SHOTS=DIR keeps what the screens looked like."""
    yield
    kept = os.environ.get("LANGSO_SHOTS")
    if kept and (tmp_path / "shots").is_dir():
        shutil.copytree(tmp_path / "shots", Path(kept) / request.node.name, dirs_exist_ok=True)


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
