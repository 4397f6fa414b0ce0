"""`langso`, the one command: finds each role's commands only when they are asked for."""

from __future__ import annotations

import importlib
import os
import sys

import click

from deploy.help_pages import VietnameseHelp
from deploy.refusals import sentence
from langso.errors import LangsoError

_WHERE = {
    "village": (
        "deploy.village.command",
        "village",
        "Cả một làng chạy thử trên máy này: văn phòng, ba loa, một kiosk",
    ),
    "setup": ("deploy.machine_setup.command", "setup", "Đặt máy đã cài vào việc, từng bước một"),
    "install": ("deploy.install.command", "install", "Nâng cấp máy này từ USB có chữ ký, hay quay lại bản trước"),
    "bundle": ("deploy.packages.bundle", "bundle", "Làm USB cài đặt có chữ ký, dùng không cần mạng"),
    "pair": ("deploy.pairing", "pair", "Ghép một thiết bị với văn phòng xã, bằng tệp"),
    "doctor": ("deploy.commands", "doctor", "Khám máy này: cái gì hỏng, vì sao, làm gì"),
    "bench": ("deploy.bench.command", "bench", "Đo tốc độ của máy này"),
    "settings": ("langso.settings_command", "settings", "Kiểm tra và xem tệp cấu hình"),
    "root": ("langso.roots.commands", "root", "Khoá gốc của xã: tạo, đọc đề nghị, ký; mỗi lần một USB"),
    "office": ("office.commands", "office", "Văn phòng: trang web, người ký, phát một bản tin"),
    "speaker": ("speaker.commands", "speaker", "Loa: chạy, xem đang giữ lịch nào, tắt tiếng"),
    "kiosk": ("kiosk.commands", "kiosk", "Kiosk: chạy màn hình cảm ứng"),
    "scan": ("scanner.commands", "scan", "Tìm trang giấy, làm PDF, đọc mã từ ảnh"),
    "code": ("langso.commands", "code", "Một mã QR nói gì"),
    "bridge": ("firmware_bridge.commands", "bridge", "Bộ điều khiển âm ly và đèn qua cổng nối tiếp"),
}


class LazyGroup(click.Group):
    """A group that imports a role's commands when one of them is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order a newcomer meets them."""
        return list(_WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command; says which role is not installed here."""
        if cmd_name not in _WHERE:
            return None
        module, name, _ = _WHERE[cmd_name]
        try:
            command = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as error:
            if error.name and error.name.split(".")[0] in {where[0].split(".")[0] for where in _WHERE.values()}:
                raise
            raise click.ClickException(
                f"Vai trò của máy này không có phần «{cmd_name}» (thiếu {error.name}); hãy chạy ở máy có phần đó."
            ) from error
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in --help, from the table above: nothing is imported for it."""
        with formatter.section("Việc làm được"):
            formatter.write_dl([(name, help_text) for name, (_, _, help_text) in _WHERE.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="langso", message="Làng Số %(version)s")
def langso() -> None:
    """Làng Số: loa truyền thanh, kiosk và văn phòng của một xã.

    Thêm --help sau mỗi việc để xem cách dùng, ví dụ: langso scan --help
    """


def main() -> None:
    """Run the command line; an expected error is one sentence, without a traceback."""
    # Before numpy: its matrices here are small, and its threads wait for each other on a busy machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    click.Context.formatter_class = VietnameseHelp
    try:
        code = langso.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except LangsoError as error:
        click.echo(str(error), err=True)
        sys.exit(getattr(error, "exit_code", 1))
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(sentence(error), err=True)
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("Đã dừng.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
