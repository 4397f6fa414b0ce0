"""The roof's own small commands: doctor."""

from __future__ import annotations

from pathlib import Path

import click

from langso.terminal.saying import say


@click.command()
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), default=Path("/etc/langso/langso.toml"))
@click.option("--json", "as_json", is_flag=True, help="Một dòng JSON mỗi mục, cho máy đọc.")
def doctor(settings_file: Path, as_json: bool) -> None:
    """Khám máy này: cái gì hỏng, vì sao, và phải làm gì. Mã thoát 1 nếu có mục hỏng, 0 nếu không.

    Nên chạy bằng sudo: nhiều thứ chỉ quản trị mới xem được như dịch vụ của nó thấy.
    """
    import json
    from dataclasses import asdict

    from deploy.doctor.examining import examine
    from deploy.doctor.report import lines

    found = examine(settings_file)
    if as_json:
        for check in found.checks:
            say(json.dumps(asdict(check), ensure_ascii=False))
    else:
        for line, mark in lines(found):
            say(line, mark=mark)
    if found.bad:
        raise SystemExit(1)
