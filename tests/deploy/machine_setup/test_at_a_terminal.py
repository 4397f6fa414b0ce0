"""The guide as a technician meets it: at a terminal of its own, one stick after another."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal import at_terminal

from langso.device.pairing import load_paired
from langso.settings.reading import load_settings
from langso.trust.roots.sticks import key_on
from office.places import OfficeHome

from .conftest import PASSWORD, PHRASE, Tree

Make = Callable[[str, str], Tree]
DESK = "sau gio ra dong gat lua chin vang"
# The guide itself, with keys that cost little and sticks that are folders: what is plugged in is a file's content.
PROGRAM = """
import sys
from pathlib import Path
from langso.trust.roots.passphrase_cipher import QUICK
from deploy.machine_setup import device, sitting, usb
sitting.NEW_KEYS = QUICK
plugged = Path(sys.argv.pop(1))
def sticks(machine=None):
    return [usb.Stick(Path(p).name, "8 GB", Path(p), p) for p in plugged.read_text().split()]
usb.sticks = device.sticks = sticks
from deploy.cli import main
main()
"""


@pytest.fixture
def program(tmp_path: Path) -> tuple[list[str], Path]:
    """The command's beginning, and the file that says which sticks are plugged in."""
    plugged = tmp_path / "plugged"
    plugged.write_text("")
    file = tmp_path / "guide.py"
    file.write_text(PROGRAM)
    return [sys.executable, str(file), str(plugged), "setup"], plugged


def test_an_office_is_founded_in_one_sitting_and_answers_a_device(
    machine: Make, program: tuple[list[str], Path], sticks: list[Path], tmp_path: Path
) -> None:
    command, plugged = program
    tree = machine("office", "office")
    (tmp_path / "spare").mkdir()

    def plug(*folders: Path) -> Callable[[], None]:
        return lambda: plugged.write_text("\n".join(map(str, folders))) and None  # type: ignore[func-returns-value]

    def key(number: int, holder: str) -> list[tuple[object, ...]]:
        return [
            (rf"Khoá gốc {number}/3[^$]*bấm Enter\.", "", plug(sticks[number - 1])),
            (r"Ai giữ khoá này", holder),
            (r"Câu mật khẩu mới", PHRASE),
            (r"Gõ lại lần nữa", PHRASE),
        ]

    shown = at_terminal(
        [*command, *tree.words("--no-plain")],
        (r"Giờ này đúng không|Tên xã", ""),
        (r"Tên xã", "Xã Hoa Sno"),
        (r"Mã xã .*\[hoa-sno\]", ""),
        (r"Nơi đặt máy", ""),
        (r"Tên máy này", "van-phong"),
        (r"Xã Hoa Sno \(mã hoa-sno\)[^$]*Đúng cả chưa", "không"),
        (r"Tên xã.*\[Xã Hoa Sno\]", "Xã Hoa Sơn"),
        (r"Mã xã .*\[hoa-sno\]", "hoa-son"),
        (r"Nơi đặt máy", ""),
        (r"Tên máy này .*\[van-phong\]", ""),
        (r"Xã Hoa Sơn \(mã hoa-son\)[^$]*Đúng cả chưa", ""),
        (r"mấy USB khoá gốc .*\[3\]", ""),
        (r"cần mấy USB cùng ký .*\[2\]", ""),
        *key(1, "Chủ tịch xã")[:-1],
        # Pulled between the question and the write: its folder is then one of this machine's own disk.
        (r"Gõ lại lần nữa", PHRASE, lambda: (sticks[0].rename(tmp_path / "pulled"), sticks[0].mkdir())),
        (r"rút ra giữa chừng[^$]*Khoá gốc 1/3[^$]*bấm Enter\.", "", plug(sticks[0])),
        *key(1, "Chủ tịch xã")[1:],
        (r"đưa lại người giữ", ""),
        *key(2, "Bí thư xã"),
        (r"đưa lại người giữ", ""),
        *key(3, "Văn thư xã"),
        (r"Người giữ khoá đồng ý ký", "y"),
        (r"đưa lại người giữ", ""),
        (r"Ký tiếp bây giờ", "có"),
        # The second stick is lost before the commune is founded: its key is made anew on another.
        (r"bấm Enter\.", "", plug(tmp_path / "spare")),
        (r"Không thấy khoá gốc[^$]*Có khoá nào bị mất", "c"),
        (r"2\. Bí thư xã[^$]*Khoá nào", "2"),
        (r"Khoá gốc 3/3[^$]*bấm Enter\.", "", plug(tmp_path / "spare")),
        *key(3, "Phó bí thư xã")[1:],
        (r"Khoá Phó bí thư xã[^$]*Người giữ khoá đồng ý ký", "đồng ý"),
        (r"Hãy gõ «có» hoặc «không»", "y"),
        (r"đưa lại người giữ", ""),
        (r"Ký tiếp bây giờ", "y"),
        (r"bấm Enter\.", "", plug(sticks[0])),
        (r"Người giữ khoá đồng ý ký", "y"),
        (r"Câu mật khẩu của khoá Chủ tịch xã", "mot cau sai that la dai dong"),
        (r"Sai câu mật khẩu[^$]*Câu mật khẩu của khoá Chủ tịch xã", PHRASE),
        (r"đưa lại người giữ", "", plug()),
        (r"Tên đăng nhập", "Chị Mai"),
        (r"Tên đăng nhập là chi-mai[^$]*Mật khẩu mới", "12345678"),
        (r"Mật khẩu mới", PASSWORD),
        (r"Gõ lại mật khẩu", PASSWORD),
        (r"Niêm khoá giấy tờ ngay bây giờ", ""),
        (r"Câu mật khẩu \(không hiện ra\)", "ngắn"),
        (r"Câu mật khẩu \(không hiện ra\)", DESK),
        (r"Gõ lại lần nữa", DESK),
        (r"Ghi tờ khôi phục vào tệp", str(tmp_path / "to-khoi-phuc.json")),
        (r"Câu khôi phục[^$]*bấm Enter", ""),
    )
    assert OfficeHome(load_settings(tree.settings)).sealed_identity().officers == ("chi-mai",)
    assert not OfficeHome(load_settings(tree.settings)).age_file.exists()
    for secret in (PHRASE, PASSWORD, DESK):
        assert secret not in shown
    assert "mỗi lần đổi cần 2 khoá" in shown
    home = OfficeHome(load_settings(tree.settings))
    assert home.trust().root.threshold == 2
    on_sticks = [key_on(stick) for stick in (sticks[0], sticks[2], tmp_path / "spare")]
    assert {one.holder for one in home.holders()} == {"Chủ tịch xã", "Văn thư xã", "Phó bí thư xã"}
    assert {one.public_key for one in home.holders()} == {key.public_key for key in on_sticks}

    speaker, usb = machine("speaker", "speaker"), tmp_path / "usb"
    usb.mkdir()
    plugged.write_text(str(usb))
    shown = at_terminal(
        [*command, *speaker.words("--plain", "--commune-name", "Xã Hoa Sno", "--commune", "hoa-sno")],
        (r"Gio nay dung khong|Ma thon", ""),
        (r"Ma thon", "thon-1"),
        (r"Noi dat may, noi nhu ba con: ", ""),
        (r"Noi dat may", "Thôn 1 – đầu làng"),
        (r"Ten may nay .*\[", "loa-thon-1"),
        (r"Xa Hoa Sno \(ma hoa-sno\)[^$]*Thon 1 – dau lang[^$]*Dung ca chua", ""),
    )
    code = shown.split("MA SO KHOP:")[1].split("(")[0].strip()
    at_terminal(
        [*command, *tree.words("--no-plain")],
        (r"yêu cầu ghép của loa «loa-thon-1», đặt ở Thôn 1 – đầu làng[^$]*Mười hai chữ số", code[:-1]),
        (r"vừa gõ 11[^$]*Mười hai chữ số", code[:-1] + str((int(code[-1]) + 1) % 10)),
        (r"không khớp[^$]*Mười hai chữ số", code),
    )
    # The commune was mistyped: the office's answer tells the right one.
    at_terminal(
        [*command, *speaker.words("--plain")], (r"la cua Xa Hoa Son \(ma \"hoa-son\"\)[^$]*Sua may theo thu", "co")
    )
    assert load_settings(speaker.settings).commune.code == "hoa-son"
    assert load_paired(speaker.state("speaker")).answer.device == "loa-thon-1"
    assert load_settings(speaker.settings).device.place == "Thôn 1 – đầu làng"


def test_ctrl_c_ends_it_with_a_word_and_no_half_settings(machine: Make, program: tuple[list[str], Path]) -> None:
    tree = machine("office", "office")
    shown = at_terminal([*program[0], *tree.words("--no-plain")], (r"Giờ này đúng không|Tên xã", "\x03"))
    assert "Đã dừng." in shown
    assert "Traceback" not in shown
    assert not tree.draft.exists()


def test_without_a_terminal_it_never_waits_for_an_answer(machine: Make, program: tuple[list[str], Path]) -> None:
    tree = machine("office", "office")
    done = subprocess.run(
        [*program[0], *tree.words()],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "--commune-name" in done.stderr
