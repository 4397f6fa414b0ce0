"""`langso office trust`: who may order what in the commune, and how that is changed with the root keys' sticks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from langso.contract import TrustDocument
    from langso.trust import SigningKey
    from office.home import OfficeHome

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
_settings_option = click.option(
    "--settings", "settings_file", type=_FILE, default=Path("/etc/langso/langso.toml"), help="Tệp cài đặt (TOML)."
)
_roots_option = click.option(
    "--root-keys",
    "folders",
    type=_FOLDER,
    multiple=True,
    required=True,
    help="USB khoá gốc; ghi nhiều lần nếu nhiều.",
)
SHORT_KEY = 8


@click.group()
def trust() -> None:
    """Danh sách quyền của xã: xem, gia hạn, thu hồi thiết bị, thay khoá."""


@trust.command()
@_settings_option
def show(settings_file: Path) -> None:
    """Xem danh sách đang có hiệu lực."""
    from langso import dates

    home, _ = _open(settings_file)
    opened = home.trust()
    held, root = opened.trust, opened.root
    click.echo(f"Danh sách bản {held.version}, hết hạn {dates.moment(held.expires)}.")
    click.echo(f"Khoá gốc bản {root.version}: {len(root.keys)} khoá, cần {root.threshold} khoá cùng ký.")
    for rule in held.issuers:
        keys = ", ".join(key[:SHORT_KEY] for key in rule.signers.keys)
        click.echo(f"Được gửi lệnh: {rule.name} (khoá {keys}, đời {rule.epoch}).")
    quiet = ", ".join(f"{span.start}–{span.end}" for span in held.caps.quiet_hours) or "không có"
    click.echo(f"Âm lượng cao nhất {held.caps.volume} %; giờ yên tĩnh: {quiet}.")
    click.echo(f"Thiết bị bị thu hồi: {', '.join(held.revoked) or 'không có'}.")


@trust.command()
@_settings_option
@_roots_option
def renew(settings_file: Path, folders: tuple[Path, ...]) -> None:
    """Gia hạn danh sách thêm hai năm."""
    from office.trust_changes import change

    home, now = _open(settings_file)
    _tell(change(home, _keys(folders), now), "Đã gia hạn.")


@trust.command()
@_settings_option
@_roots_option
@click.argument("device")
def revoke(settings_file: Path, folders: tuple[Path, ...], device: str) -> None:
    """Thu hồi một thiết bị bị mất hoặc bị lấy trộm: nó thôi nghe lệnh, văn phòng thôi nhận tin của nó."""
    from langso.errors import UsageError
    from office.registry import read_device
    from office.trust_changes import revoke as revoke_device

    home, now = _open(settings_file)
    if "/" in device or read_device(home.devices, device) is None:
        raise UsageError(f"Văn phòng không có thiết bị «{device}»; hãy xem lại tên ở trang Thiết bị.")
    _tell(revoke_device(home, device, _keys(folders), now), f"Đã thu hồi {device}.")


@trust.command()
@_settings_option
@_roots_option
@click.argument("device")
def restore(settings_file: Path, folders: tuple[Path, ...], device: str) -> None:
    """Trả quyền cho thiết bị đã thu hồi (đã tìm lại được và chắc chắn chưa bị ai sửa)."""
    from office.trust_changes import restore as restore_device

    home, now = _open(settings_file)
    _tell(restore_device(home, device, _keys(folders), now), f"Đã trả quyền cho {device}.")


@trust.command()
@_settings_option
@_roots_option
@click.option("--volume", type=click.IntRange(1, 100), help="Âm lượng cao nhất, phần trăm.")
@click.option("--quiet-hours", multiple=True, metavar="HH:MM-HH:MM", help="Giờ yên tĩnh, thay cho giờ cũ.")
@click.option("--no-quiet-hours", is_flag=True, help="Bỏ hết giờ yên tĩnh.")
def limits(
    settings_file: Path,
    folders: tuple[Path, ...],
    volume: int | None,
    quiet_hours: tuple[str, ...],
    no_quiet_hours: bool,
) -> None:
    """Đổi âm lượng cao nhất và giờ yên tĩnh mà mọi loa phải theo."""
    from langso.errors import UsageError
    from office.root_sticks import read_quiet_hours
    from office.trust_changes import Rights, change

    if volume is None and not quiet_hours and not no_quiet_hours:
        raise UsageError("Chưa nói đổi gì; hãy thêm --volume, --quiet-hours hoặc --no-quiet-hours.")
    home, now = _open(settings_file)
    changes: dict[str, object] = {} if volume is None else {"volume": volume}
    if quiet_hours or no_quiet_hours:
        changes["quiet_hours"] = () if no_quiet_hours else read_quiet_hours(quiet_hours)
    caps = home.trust().trust.caps.model_copy(update=changes)
    _tell(change(home, _keys(folders), now, Rights(caps=caps)), "Đã đổi giới hạn.")


@trust.command(name="new-key")
@_settings_option
@_roots_option
def new_key(settings_file: Path, folders: tuple[Path, ...]) -> None:
    """Thay khoá ký của văn phòng (khi nghi bị lộ); khoá cũ hết giá trị. Làm lúc không có bản tin đang phát."""
    from office.trust_changes import exchange_signer

    home, now = _open(settings_file)
    _tell(exchange_signer(home, _keys(folders), now), "Đã thay khoá ký; lịch phát được ký lại trong một phút.")


@trust.command(name="new-root")
@_settings_option
@_roots_option
@click.option("--to", "target", type=click.Path(path_type=Path, file_okay=False), required=True, help="USB mới.")
@click.option("--count", type=click.IntRange(1, 8), default=2, show_default=True, help="Số khoá gốc tạo mới.")
@click.option("--threshold", type=click.IntRange(1, 8), default=1, show_default=True, help="Số khoá gốc phải ký.")
def new_root(settings_file: Path, folders: tuple[Path, ...], target: Path, count: int, threshold: int) -> None:
    """Thay các khoá gốc (khi mất một USB); các thiết bị tự theo, không phải ghép lại."""
    from office.root_sticks import write_root_keys
    from office.trust_changes import exchange_root

    home, now = _open(settings_file)
    old = _keys(folders)
    changed = exchange_root(home, old, lambda: write_root_keys(target, count, threshold), threshold, now)
    _tell(changed, f"Đã thay khoá gốc; {count} khoá mới ở {target}.")
    click.echo("Chép mỗi khoá ra một USB riêng, cất ở hai nơi khoá kín; hủy các khoá cũ.")


def _open(settings_file: Path) -> tuple[OfficeHome, datetime]:
    from langso.clock import SystemClock
    from langso.settings import load_settings
    from office.home import OfficeHome

    return OfficeHome(load_settings(settings_file)), SystemClock().now()


def _keys(folders: tuple[Path, ...]) -> list[SigningKey]:
    from office.root_sticks import load_root_keys

    return load_root_keys(folders)


def _tell(held: TrustDocument, done: str) -> None:
    from langso import dates

    click.echo(f"{done} Danh sách bản {held.version}, hết hạn {dates.moment(held.expires)}.")
    click.echo("Rút USB khoá gốc và cất đi; văn phòng gửi danh sách mới tới các thiết bị ngay khi có mạng.")
