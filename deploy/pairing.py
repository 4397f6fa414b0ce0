"""`langso pair`: a device and the office exchange two files (a USB stick, a phone) and compare twelve digits."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from langso.paths import write_atomic
from langso.settings import load_settings

_SETTINGS = Path("/etc/langso/langso.toml")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def pair() -> None:
    """Ghép một thiết bị với văn phòng xã, bằng hai tệp chép qua USB hay điện thoại.

    1. Trên thiết bị:    langso pair request -o /media/usb/yeu-cau.json
    2. Ở văn phòng:      langso pair answer /media/usb/yeu-cau.json -o /media/usb/tra-loi.json
    3. Trên thiết bị:    langso pair finish /media/usb/tra-loi.json

    Ở bước 2, so mười hai chữ số trên hai màn hình: giống nhau mới là đúng thiết bị.
    """


@pair.command()
@click.option("--settings", "settings_file", type=_FILE, default=_SETTINGS, help="Tệp cấu hình của thiết bị.")
@click.option("-o", "--out", type=_FILE, required=True, help="Tệp yêu cầu để mang về văn phòng.")
def request(settings_file: Path, out: Path) -> None:
    """Trên thiết bị: tạo khóa mới và tệp yêu cầu ghép."""
    from langso.pairing import begin_pairing, read_request
    from langso.trust.errors import PairingError

    settings = load_settings(settings_file)
    if settings.device.role not in ("speaker", "kiosk", "bridge"):
        raise PairingError("Chỉ loa và kiosk mới cần ghép; máy này là văn phòng.")
    settings.paths.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    raw = begin_pairing(
        settings.paths.state,
        device=settings.device.id,
        role=settings.device.role,
        place=settings.device.place,
        village=settings.device.village,
        now=datetime.now(UTC),
    )
    write_atomic(out, raw, mode=0o644)
    click.echo(f"Đã ghi {out}. Mã so khớp: {read_request(raw).short_code}")
    click.echo("Mang tệp này về văn phòng xã; nhân viên sẽ hỏi đúng mười hai chữ số trên.")


@pair.command()
@click.argument("answer_file", type=_FILE)
@click.option("--settings", "settings_file", type=_FILE, default=_SETTINGS, help="Tệp cấu hình của thiết bị.")
def finish(answer_file: Path, settings_file: Path) -> None:
    """Trên thiết bị: nhận tệp trả lời của văn phòng và dùng ngay."""
    from langso.pairing import MAX_ANSWER_BYTES, finish_pairing
    from langso.paths import read_limited

    settings = load_settings(settings_file)
    paired = finish_pairing(settings.paths.state, read_limited(answer_file, MAX_ANSWER_BYTES))
    answer = paired.answer
    click.echo(f"Đã ghép với {answer.commune_name or answer.commune} dưới tên {answer.device}.")
    click.echo("Khởi động lại dịch vụ, rồi chạy langso doctor.")
