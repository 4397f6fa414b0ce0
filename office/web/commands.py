"""`langso office web` and `langso office staff`: the console served, and who may log in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.saying import say
from langso.words.catalogue import t
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from office.people.accounts import Accounts
    from office.whole_office import Office

_FILE = click.Path(path_type=Path, dir_okay=False)
_settings_option = click.option(
    "--settings", "settings_file", type=_FILE, default=Path("/etc/langso/langso.toml"), help="Tệp cài đặt (TOML)."
)


@click.command()
@_settings_option
def web(settings_file: Path) -> None:
    """Chạy trang web của văn phòng và nối với các loa, kiosk, cho tới khi có lệnh dừng (Ctrl-C)."""
    from contextlib import closing

    from langso.device.lifeline import Lifeline
    from langso.durable.single_instance import SingleInstance
    from langso.settings.reading import load_settings
    from langso.terminal.logs import start_logging
    from office.founding.doors import console_url
    from office.web.app import make_app
    from office.web.connections import raise_file_limit
    from office.web.serving import Serving
    from office.whole_office import Office

    settings = load_settings(settings_file)
    raise_file_limit()
    start_logging("httpx", "multipart")
    lock = SingleInstance(settings.paths.run / "office-web.lock", name="Trang web văn phòng")
    with lock, Office(settings) as console:
        lifeline = Lifeline("pages", "hands", "publisher", status=lambda: _status(console))
        serving = Serving(
            console.home,
            make_app(console),
            console.clock,
            turned=lambda: lifeline.turned("pages"),
            worked=lambda: lifeline.turned("hands"),
        )
        console.door_troubles = lambda: serving.troubles
        with closing(serving):
            console.jobs.start()
            console.start_publisher(turned=lambda: lifeline.turned("publisher"))
            say(f"Trang web văn phòng: {console_url(settings.office)}")
            serving.run()


@click.group()
def staff() -> None:
    """Người được vào trang web văn phòng."""


@staff.command(name="add")
@_settings_option
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Đọc mật khẩu từ đầu vào thay vì tạo mật khẩu dùng một lần.")
@click.option("--role", "roles", multiple=True, help="Vai trò: writer, approver, desk, admin; ghi nhiều lần được.")
def staff_add(settings_file: Path, name: str, password_stdin: bool, roles: tuple[str, ...]) -> None:
    """Thêm một người, hoặc đặt lại mật khẩu cho người đã có. Không ghi vai trò: người mới có đủ các vai trò."""
    from office.people.accounts import login_of
    from office.people.password_rules import MAX_PASSWORD
    from office.people.roles import roles_of

    given = sys.stdin.readline(4 * MAX_PASSWORD).rstrip("\r\n") if password_stdin else None
    with _accounts(settings_file) as accounts:
        once = accounts.add(name, given, roles_of(roles) if roles else None)
    if once is None:
        say(f"Đã đặt mật khẩu cho {login_of(name)}.")
    else:
        say(f"Tên đăng nhập: {login_of(name)}")
        say(f"Mật khẩu dùng một lần (7 ngày): {once}")
        say("Đưa tận tay; lần đăng nhập đầu tiên sẽ phải đặt mật khẩu mới.")


@staff.command(name="remove")
@_settings_option
@click.argument("name")
def staff_remove(settings_file: Path, name: str) -> None:
    """Khoá tài khoản của một người; mọi lần đăng nhập của người đó kết thúc."""
    from office.people.accounts import login_of

    with _accounts(settings_file) as accounts:
        accounts.disable(name)
    say(f"Đã khoá tài khoản {login_of(name)}.")


@staff.command(name="roles")
@_settings_option
@click.argument("name")
@click.argument("roles", nargs=-1)
def staff_roles(settings_file: Path, name: str, roles: tuple[str, ...]) -> None:
    """Xem vai trò của một người, hoặc giao đúng các vai trò ghi ra.

    writer: người soạn; approver: người duyệt, phát khẩn; desk: một cửa; admin: quản trị.
    """
    from office.people.accounts import login_of
    from office.people.operator import operator
    from office.people.roles import in_words, roles_of

    with _accounts(settings_file) as accounts:
        held = accounts.give(name, roles_of(roles), operator()) if roles else accounts.roles(name)
    say(t("roles-given", login=login_of(name), roles=in_words(held)))


@staff.command(name="list")
@_settings_option
def staff_list(settings_file: Path) -> None:
    """Xem ai được vào, với vai trò nào."""
    from office.people.roles import in_words

    with _accounts(settings_file) as accounts:
        names = [(*one, accounts.roles(one[0])) for one in accounts.names()]
    for login, name, usable, roles in names:
        say(harmless(f"{login}  {name}  [{in_words(roles)}]") + ("" if usable else "  (đã khoá)"))
    if not names:
        say("Chưa có ai; thêm bằng langso office staff add TÊN.")


def _status(console: Office) -> str:
    status = console.publisher.status if console.publisher is not None else None
    if status is None:
        return ""
    link = "Đã nối máy chủ tin" if status.connected else f"Chưa nối máy chủ tin: {status.why}"
    said = (link, status.trouble, console.programme.why, *console.door_troubles())
    return "; ".join(part.rstrip(".") for part in said if part)


@contextmanager
def _accounts(settings_file: Path) -> Iterator[Accounts]:
    from langso.durable.ownership import acting_as_owner
    from langso.settings.reading import load_settings
    from langso.timekeeping.clock import SystemClock
    from office.people.accounts import Accounts
    from office.places import OfficeHome
    from office.store import open_store

    settings = load_settings(settings_file)
    home = OfficeHome(settings)
    with acting_as_owner(home.state), open_store(home.database) as store:
        yield Accounts(store, SystemClock(), settings.office)
