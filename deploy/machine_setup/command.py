"""`langso setup`: asks only what it cannot find out, may be stopped and run again at every step."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from deploy.machine_setup.dialogue import BARE_TERMINALS, Dialogue
from langso.terminal.saying import say

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--role", type=click.Choice(["office", "speaker", "kiosk"]), help="Vai trò, khi máy chưa cài gói nào.")
@click.option("--commune", help="Mã xã, ví dụ hoa-son.")
@click.option("--commune-name", help="Tên xã, ví dụ “Xã Hoa Sơn”.")
@click.option("--device", help="Tên máy này, ví dụ loa-thon-1.")
@click.option("--place", help="Nơi đặt, nói như bà con: “Thôn 1 – đầu làng”.")
@click.option("--village", help="Mã thôn, ví dụ thon-1; để trống nếu không thuộc thôn nào.")
@click.option("--hostname", help="Đổi tên máy trên mạng (TÊN.local); không ghi thì chỉ hỏi khi máy còn tên mặc định.")
@click.option("--name", "names", multiple=True, help="Văn phòng: tên miền hay địa chỉ khác mà máy được gọi tới.")
@click.option("--time", "time_of_day", help="Giờ Việt Nam bây giờ: “29/11/2026 20:45”.")
@click.option("--stick", type=_FOLDER, help="USB mang yêu cầu và thư trả lời ghép.")
@click.option("--code", "codes", multiple=True, help="Văn phòng: mười hai chữ số của thiết bị được nhận.")
@click.option("--replace", is_flag=True, help="Văn phòng: thiết bị này thay cho máy cũ cùng tên.")
@click.option("--address", help="Văn phòng: thiết bị gọi tới tên hay địa chỉ này, không phải tên máy.")
@click.option("--pair-again", is_flag=True, help="Thiết bị: tạo yêu cầu ghép mới dù đã ghép hay đang chờ.")
@click.option("--root-count", type=click.IntRange(1, 8), help="Xã có mấy USB khoá gốc.")
@click.option("--root-threshold", type=click.IntRange(1, 8), help="Mỗi lần đổi quyền cần mấy USB ký.")
@click.option("--root-stick", "root_sticks", type=_FOLDER, multiple=True, help="USB khoá gốc, lần lượt từng cái.")
@click.option("--holder", "holders", multiple=True, help="Ai giữ khoá gốc, theo thứ tự USB.")
@click.option("--passphrase-file", "passphrases", type=_FILE, multiple=True, help="Câu mật khẩu, theo thứ tự USB.")
@click.option(
    "--root-public", "publics", type=_FILE, multiple=True, help="Phần công khai của khoá gốc tạo ở nơi khác."
)
@click.option("--proposal", "proposals", type=_FILE, multiple=True, help="Đề nghị lập xã đã ký ở nơi khác.")
@click.option("--not-a-stick", is_flag=True, help="Thật ý muốn thư mục không phải USB.")
@click.option(
    "--quiet-hours", multiple=True, metavar="HH:MM-HH:MM", help="Giờ yên tĩnh của xã, chỉ tin khẩn được phát."
)
@click.option(
    "--volume", type=click.IntRange(1, 100), default=100, show_default=True, help="Âm lượng cao nhất của xã."
)
@click.option("--account", help="Tên đăng nhập đầu tiên vào trang web.")
@click.option("--account-password-file", type=_FILE, help="Mật khẩu của tài khoản đó, ở dòng đầu của tệp.")
@click.option("--unattended", is_flag=True, help="Không hỏi; thiếu gì thì dừng và nói.")
@click.option("--plain/--no-plain", default=None, help="Chữ không dấu, cho màn hình không hiện được tiếng Việt.")
@click.option("--no-start", is_flag=True, help="Không khởi động dịch vụ, không khám máy.")
@click.option("--check", is_flag=True, help="Chỉ nói sẽ làm gì, không đụng vào máy.")
@click.option("--tree", type=_FOLDER, default=Path("/"), hidden=True)
def setup(check: bool, unattended: bool, plain: bool | None, tree: Path, **given: object) -> None:
    """Đặt máy này vào việc: văn phòng, loa hay kiosk. Chạy lại bao nhiêu lần cũng được.

    Chỉ hỏi điều máy không tự biết. Dừng giữa chừng (rút điện, Ctrl-C) thì chạy lại: việc đã xong được giữ.

    \b
    Văn phòng:   sudo langso setup       khoá gốc từng USB, tài khoản đầu tiên, dịch vụ, khám máy
    Thiết bị:    sudo langso setup       yêu cầu ghép lên USB
    Văn phòng:   sudo langso setup       nhận yêu cầu trên USB, so mười hai chữ số
    Thiết bị:    sudo langso setup       nhận thư trả lời, chạy, khám máy

    Mã thoát: 0 xong và máy tốt; 1 có lỗi; 2 thiếu câu trả lời; 3 còn chờ USB, chữ ký hay thư trả lời.
    """
    from deploy.install.place import Place, require_root
    from deploy.machine_setup.running import Guide, Options
    from langso.durable.single_instance import SingleInstance
    from langso.errors import LangsoError

    bare = os.environ.get("TERM", "dumb") in BARE_TERMINALS and _terminal()
    talk = Dialogue(asks=not unattended and _terminal(), plain=bare if plain is None else plain)
    place = Place(tree.absolute())
    guide = Guide(talk, place, Options(**given))  # type: ignore[arg-type]  # click gives what Options names
    if check:
        for line in guide.to_do():
            talk.say(line)
        return
    require_root(place)
    try:
        with SingleInstance(place.lock, name="Một lần đặt máy khác"):
            guide.run()
    except LangsoError as error:
        if not talk.plain:
            raise
        say(talk.shown(str(error)), err=True)
        raise SystemExit(error.exit_code) from error


def _terminal() -> bool:
    return sys.stdin.isatty()
