"""What the command line says when it was called wrongly: one Vietnamese sentence with what to do.

Click's own words are English and plain ASCII; sentences of ours, which it passes on, are Vietnamese and kept.
"""

from __future__ import annotations

import re

import click


def sentence(error: click.ClickException) -> str:
    """The sentence for a wrong call: what is wrong, and which help to read."""
    said = _what(error)
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None or not isinstance(error, click.UsageError):
        return said
    return f"{said}\nXem cách dùng: {context.command_path} --help"


def _what(error: click.ClickException) -> str:
    match error:
        case click.NoSuchOption():
            near = f"; có phải ý là {' hay '.join(error.possibilities)}?" if error.possibilities else "."
            return f"Không có tuỳ chọn «{error.option_name}»{near}"
        case click.MissingParameter():
            return f"Còn thiếu {_hint(error)}; hãy thêm vào lệnh."
        case click.BadParameter() if _clicks_own(error):
            return f"{_hint(error)} chưa đúng: {_wanted(error.param, error.ctx)}."
        case click.BadParameter():
            return error.message
        case click.FileError():
            return f"Không mở được tệp «{error.ui_filename}»; hãy kiểm tra tên tệp và quyền đọc."
        case click.BadOptionUsage():
            return f"Tuỳ chọn «{error.option_name}» dùng chưa đúng; hãy xem có thiếu giá trị đi sau nó không."
        case click.UsageError() if _clicks_own(error):
            return _called(error)
    return error.format_message()


def _clicks_own(error: click.ClickException) -> bool:
    # It quotes what the user wrote, in whatever letters.
    return re.sub(r"'[^']*'|\"[^\"]*\"", "", error.message).isascii()


def _called(error: click.UsageError) -> str:
    group = error.ctx.command if error.ctx is not None else None
    if isinstance(group, click.Group) and error.ctx is not None:
        return f"Không có việc này; các việc làm được: {', '.join(group.list_commands(error.ctx))}."
    return "Lệnh thừa hoặc thiếu phần; hãy kiểm tra lại."


def _hint(error: click.BadParameter) -> str:
    if error.param is None:
        return "Một tham số"
    return error.param.get_error_hint(error.ctx).replace("'", "«", 1).replace("'", "»", 1)


def _wanted(param: click.Parameter | None, context: click.Context | None) -> str:
    kind = None if param is None else param.type
    match kind:
        case click.Choice():
            return f"hãy chọn một trong {', '.join(map(str, kind.choices))}"
        case click.IntRange() | click.FloatRange():
            least = "" if kind.min is None else f" từ {kind.min}"
            most = "" if kind.max is None else f" đến {kind.max}"
            return f"hãy cho một số{least}{most}"
        case click.Path() if kind.exists:
            return "không có tệp hay thư mục này, hoặc không đọc được; hãy kiểm tra lại tên"
        case click.Path():
            return "không dùng được đường dẫn này; hãy kiểm tra tên và quyền ghi"
    if kind in (click.INT, click.FLOAT):
        return "hãy cho một số"
    return "hãy kiểm tra lại giá trị"
