"""The roof's commands: village, install, pair, doctor."""

from __future__ import annotations

import os
from pathlib import Path

import click

from deploy.errors import DeployError, NotAdministrator
from langso.errors import os_reason

_CHECKOUT = Path(__file__).resolve().parents[1]
_SLUG_HELP = "chữ thường không dấu, số và gạch nối"


@click.command()
@click.argument("role", type=click.Choice(["speaker", "kiosk", "office"]), metavar="VAI_TRÒ")
@click.option("--commune", required=True, help=f"Mã xã ({_SLUG_HELP}), ví dụ hoa-son.")
@click.option("--commune-name", required=True, help="Tên xã như bà con gọi, ví dụ “Xã Hoa Sơn”.")
@click.option("--device", required=True, help=f"Tên máy ({_SLUG_HELP}), ví dụ loa-thon-1.")
@click.option("--check", is_flag=True, help="Chỉ nói sẽ làm gì, không đụng vào máy.")
@click.option("--root", type=click.Path(path_type=Path, file_okay=False), default=Path("/"), help="Cây thư mục khác.")
@click.option(
    "--source",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=_CHECKOUT,
    help="Thư mục có mã nguồn Làng Số và requirements/.",
)
def install(role: str, commune: str, commune_name: str, device: str, check: bool, root: Path, source: Path) -> None:
    """Cài một vai trò lên máy Debian này: speaker (loa), kiosk, hoặc office (văn phòng).

    Chạy lại bao nhiêu lần cũng được: việc đã xong thì bỏ qua, cấu hình đã sửa thì giữ nguyên.
    """
    from deploy.install.roles import steps_of
    from deploy.install.steps import StepFailed
    from deploy.install.units import SETTINGS

    _refuse_bad_slug("--commune", commune)
    _refuse_bad_slug("--device", device)
    if '"' in commune_name or "\\" in commune_name or not commune_name.isprintable():
        raise click.UsageError("Tên xã không được có dấu ngoặc kép hay ký tự lạ.")
    if not check and root == Path("/") and os.geteuid() != 0:
        raise NotAdministrator("Cài đặt cần quyền quản trị: hãy chạy lại với sudo (hoặc thêm --check để chỉ xem).")
    _refuse_second_role(root / SETTINGS.lstrip("/"), role)
    steps = steps_of(
        role,
        commune=commune,
        commune_name=commune_name,
        device=device,
        root=root.absolute(),
        source=source.absolute(),
    )
    left = 0
    for number, step in enumerate(steps, 1):
        if step.done():
            click.echo(f"[{number}/{len(steps)}] đã có: {step.what}")
            continue
        left += 1
        if check:
            click.echo(f"[{number}/{len(steps)}] sẽ {step.what}")
            continue
        click.echo(f"[{number}/{len(steps)}] {step.what} …")
        try:
            step.do()
        except OSError as error:
            raise StepFailed(f"Bước «{step.what}» không xong: {os_reason(error)}.") from error
    if check:
        click.echo(f"Còn {left} việc." if left else "Không còn việc gì.")
    else:
        click.echo("Đã cài xong. Việc tiếp theo: langso pair --help, rồi langso doctor.")


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
    for line in (
        [json.dumps(asdict(check), ensure_ascii=False) for check in found.checks] if as_json else lines(found)
    ):
        click.echo(line)
    if found.bad:
        raise SystemExit(1)


def _refuse_second_role(settings: Path, role: str) -> None:
    """One machine, one role: programs, settings and health are the role's own."""
    import tomllib

    try:
        there = tomllib.loads(settings.read_text(encoding="utf-8")).get("device", {}).get("role", role)
    except (OSError, ValueError):
        return
    if there != role:
        raise DeployError(f"Máy này đã cài vai trò «{there}» ({settings}); mỗi máy một vai trò, hãy dùng máy khác.")


def _refuse_bad_slug(option: str, text: str) -> None:
    from langso.contract import Topics

    try:
        Topics(text)
    except ValueError as error:
        raise click.UsageError(f"{option} phải là {_SLUG_HELP}; «{text}» thì không phải.") from error
