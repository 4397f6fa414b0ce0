"""`langso office`: keys made, the signer run, a broadcast sent from the command line, accounts entered."""

from __future__ import annotations

import importlib
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.help_pages import in_list
from langso.terminal.saying import say
from langso.words.harmless import harmless

if TYPE_CHECKING:
    from langso.settings.model import Settings

_FILE = click.Path(path_type=Path, dir_okay=False)
_settings_option = click.option(
    "--settings", "settings_file", type=_FILE, default=Path("/etc/langso/langso.toml"), help="Tệp cài đặt (TOML)."
)
_LATER = {
    "web": ("office.web.commands", "web"),
    "trust": ("office.trust_commands", "trust"),
    "ca": ("office.ca_commands", "ca"),
    "audit": ("office.audit_commands", "audit"),
    "staff": ("office.web.commands", "staff"),
}


class _OfficeGroup(click.Group):
    """Some commands live beside the pages and are imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_LATER})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _LATER:
            return super().get_command(ctx, cmd_name)
        module, name = _LATER[cmd_name]
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, command.get_short_help_str(90)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted([*rows, *((name, in_list(["office", name])) for name in _LATER)]))


@click.group(name="office", cls=_OfficeGroup)
def office() -> None:
    """Văn phòng xã: tạo khoá, người ký, trang web, gửi bản tin."""


@office.command()
@_settings_option
@click.option("--root", "roots", type=_FILE, multiple=True, help="Phần công khai của một khoá gốc; ghi nhiều lần.")
@click.option("--threshold", type=click.IntRange(1, 8), default=2, show_default=True, help="Số khoá gốc phải ký.")
@click.option("--quiet-hours", multiple=True, metavar="HH:MM-HH:MM", help="Giờ yên tĩnh, chỉ tin khẩn được phát.")
@click.option("--volume", type=click.IntRange(1, 100), default=100, show_default=True, help="Âm lượng cao nhất.")
@click.option("-o", "--out", type=_FILE, required=True, help="Tệp đề nghị để những người giữ khoá gốc ký.")
def init(
    settings_file: Path,
    roots: tuple[Path, ...],
    threshold: int,
    quiet_hours: tuple[str, ...],
    volume: int,
    out: Path,
) -> None:
    """Lập văn phòng lần đầu: tạo khoá của văn phòng, và đề nghị danh sách quyền cho khoá gốc ký.

    \b
    1. Mỗi người giữ khoá, trên máy nào cũng được:
         langso root new --stick /media/usb --commune hoa-son --holder "Bà Lan" -o khoa-lan.json
    2. Ở văn phòng:
         langso office init --root khoa-lan.json --root khoa-minh.json --root khoa-hoa.json -o de-nghi.json
    3. Từng người:        langso root sign de-nghi.json --stick /media/usb
    4. Ở văn phòng:       langso office trust apply de-nghi.json

    sudo langso setup làm cả bốn bước này trong một buổi, mỗi lần cắm một USB.
    """
    from langso.contract import Caps
    from langso.durable.files import read_limited, write_atomic
    from langso.settings.reading import load_settings
    from langso.timekeeping.clock import SystemClock
    from langso.trust.roots.ceremony import in_words
    from langso.trust.roots.key_file import MAX_ROOT_KEY_FILE, read_public_part
    from office.founding import founding
    from office.founding.limits import read_quiet_hours

    settings = load_settings(settings_file)
    caps = Caps(volume=volume, quiet_hours=read_quiet_hours(quiet_hours))
    parts = [read_public_part(read_limited(path, MAX_ROOT_KEY_FILE)) for path in roots]
    founding.roots_of(parts, threshold, settings.commune.code)
    now = SystemClock().now()
    home = founding.begin(settings, now)
    read = founding.propose(home, parts, now, threshold=threshold, caps=caps)
    write_atomic(out, read.proposal.to_json(), mode=0o644)
    warning = founding.advice(len(parts), threshold)
    for line in (*in_words(read), *([warning] if warning else []), "", *read.missing()):
        say(line)
    say("So mã từng khoá với biên bản, rồi từng người ký: " + f"langso root sign {out} --stick /media/usb")


@office.command(name="signer")
@_settings_option
def run_signer(settings_file: Path) -> None:
    """Chạy người ký: tiến trình duy nhất giữ khoá, có luật riêng."""
    from langso.device.lifeline import Lifeline
    from langso.durable.single_instance import SingleInstance
    from langso.settings.reading import load_settings
    from langso.terminal.logs import start_logging
    from langso.timekeeping.clock import SystemClock
    from office.signer.places import SignerPlaces
    from office.signer.server import SignerServer
    from office.signer.signing import Signing

    settings = load_settings(settings_file)
    start_logging()
    with SingleInstance(settings.signer.socket.with_suffix(".lock"), name="Người ký"):
        server = SignerServer(settings.signer.socket, lambda: Signing(SignerPlaces(settings), SystemClock()))
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        lifeline = Lifeline("questions", status=lambda: f"Chờ ký ở {settings.signer.socket}.")
        server.run(stop, turned=lambda: lifeline.turned("questions"))


@office.command(name="say")
@_settings_option
@click.argument("text")
@click.option("--at", required=True, help="Giờ phát: 17:00, 2026-11-25 17:00, hoặc +90 (giây nữa).")
@click.option("--to", "targets", required=True, help="Các loa, cách nhau dấu phẩy; all là tất cả.")
@click.option("--title", default="", help="Tên bản tin.")
@click.option("--priority", is_flag=True, help="Bản tin ưu tiên.")
@click.option("--no-chime", is_flag=True, help="Không có nhạc hiệu trước.")
def broadcast(
    settings_file: Path, text: str, at: str, targets: str, title: str, priority: bool, no_chime: bool
) -> None:
    """Gửi một bản tin: đọc thành tiếng, ký, đưa vào lịch phát."""
    from langso.timekeeping import dates
    from office.broadcasting.when import read_when
    from office.people.operator import operator
    from office.signer.errors import SignerUnreachable
    from office.whole_office import Office

    with Office(_settings(settings_file)) as console:
        by = operator()
        draft = console.broadcasts.draft(
            text,
            targets=_names(targets),
            start=read_when(at, console.clock.now()),
            by=by,
            title=title,
            broadcast_class="priority" if priority else "normal",
        )
        console.broadcasts.prepare(draft.id, chime=not no_chime)
        sent = console.broadcasts.send(draft.id, by)
        when = dates.moment(sent.planned.start)
        if console.programme.standings().of(sent) != "signed":
            raise SignerUnreachable(
                f"{sent.id}: CHƯA KÝ ĐƯỢC, chưa loa nào nhận. {console.programme.why} Bản tin đã được giữ, dịch vụ"
                f" langso-office tự ký lại; đến {when} mà chưa ký được thì không phát."
            )
        say(f"{sent.id}: sẽ phát lúc {when}. Rút lại: langso office withdraw {sent.id}")


@office.command()
@_settings_option
@click.argument("broadcast")
def withdraw(settings_file: Path, broadcast: str) -> None:
    """Rút một bản tin khỏi lịch; đang phát thì dừng."""
    from office.people.operator import operator
    from office.signer.errors import SignerUnreachable
    from office.whole_office import Office

    with Office(_settings(settings_file)) as console:
        withdrawn = console.broadcasts.withdraw(broadcast, operator())
        if console.programme.standings().of(withdrawn) != "withdrawn":
            raise SignerUnreachable(
                f"{broadcast}: CHƯA RÚT ĐƯỢC, các loa vẫn phát. {console.programme.why}"
                " Dịch vụ langso-office tự thử lại."
            )
        say(f"Đã rút {broadcast}.")


@office.command()
@_settings_option
@click.argument("text")
@click.option("--to", "targets", default="all", show_default=True, help="Các loa, cách nhau dấu phẩy.")
@click.option("--repeat", type=click.IntRange(1, 1000), default=3, show_default=True, help="Nhắc lại mấy lần.")
@click.option("--minutes", type=click.IntRange(1, 1440), default=60, show_default=True, help="Hiệu lực mấy phút.")
def urgent(settings_file: Path, text: str, targets: str, repeat: int, minutes: int) -> None:
    """Phát khẩn ngay, cắt vào mọi bản tin đang phát."""
    from office.people.operator import operator
    from office.whole_office import Office

    with Office(_settings(settings_file)) as console:
        order = console.broadcasts.urgent(
            text, targets=_names(targets), by=operator(), repeat=repeat, minutes=minutes
        )
        say(f"{order.id}: đang phát khẩn. Báo yên: langso office clear {order.id}")


@office.command()
@_settings_option
@click.argument("order", default="*")
def clear(settings_file: Path, order: str) -> None:
    """Báo yên: kết thúc một lệnh khẩn, hoặc tất cả."""
    from office.people.operator import operator
    from office.signer.errors import SignerUnreachable
    from office.whole_office import Office

    with Office(_settings(settings_file)) as console:
        ended = console.broadcasts.all_clear(order, operator())
        if console.programme.unheard_endings():
            raise SignerUnreachable(
                f"CHƯA BÁO YÊN ĐƯỢC, các loa vẫn đang phát. {console.programme.why} Dịch vụ langso-office tự thử lại."
            )
        say(f"Đã báo yên cho {', '.join(ended.ends)}.")


@office.group()
def account() -> None:
    """Tài khoản ngân hàng của chính xã, để kiosk nhận ra."""


@account.command(name="add")
@_settings_option
@click.option("--bin", "bank", required=True, help="Mã ngân hàng, 6 chữ số (BIN).")
@click.option("--number", required=True, help="Số tài khoản.")
@click.option("--holder", required=True, help="Tên chủ tài khoản như ngân hàng ghi.")
@click.option("--label", default="", help="Dùng để làm gì, ví dụ: Thu phí chứng thực.")
def account_add(settings_file: Path, bank: str, number: str, holder: str, label: str) -> None:
    """Thêm hoặc sửa một tài khoản rồi ký danh mục mới."""
    from office.whole_office import Office

    with Office(_settings(settings_file)) as console:
        issued = console.catalogue.add_account(bank, number, holder, label)
        say(f"Đã ký danh mục bản {issued.version}.")


@account.command(name="remove")
@_settings_option
@click.option("--bin", "bank", required=True, help="Mã ngân hàng, 6 chữ số (BIN).")
@click.option("--number", required=True, help="Số tài khoản.")
def account_remove(settings_file: Path, bank: str, number: str) -> None:
    """Bỏ một tài khoản rồi ký danh mục mới."""
    from office.whole_office import Office

    with Office(_settings(settings_file)) as console:
        issued = console.catalogue.remove_account(bank, number)
        say(f"Đã ký danh mục bản {issued.version}.")


@account.command(name="list")
@_settings_option
def account_list(settings_file: Path) -> None:
    """Xem các tài khoản đã nhập."""
    from office.whole_office import Office

    with Office(_settings(settings_file)) as console:
        held = console.catalogue.entries().accounts
        for one in held:
            say(harmless(f"{one.bin} {one.number} {one.holder}" + (f" ({one.label})" if one.label else "")))
        if not held:
            say("Chưa có tài khoản nào; thêm bằng langso office account add.")


def _settings(path: Path) -> Settings:
    """The settings; until the command ends, root is the office's own user, so that no file becomes root's."""
    from langso.durable.ownership import acting_as_owner
    from langso.settings.reading import load_settings

    settings = load_settings(path)
    click.get_current_context().with_resource(acting_as_owner(settings.paths.state))
    return settings


def _names(targets: str) -> list[str]:
    return [name.strip() for name in targets.split(",") if name.strip()]
