"""`langso office trust`: who may order what in the commune; changes proposed for root keys to sign, then applied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.saying import say

if TYPE_CHECKING:
    from datetime import datetime

    from langso.trust.roots.proposal import ReadProposal
    from office.places import OfficeHome

_FILE = click.Path(path_type=Path, dir_okay=False)
_settings_option = click.option(
    "--settings", "settings_file", type=_FILE, default=Path("/etc/langso/langso.toml"), help="Tệp cài đặt (TOML)."
)
_out_option = click.option("-o", "--out", type=_FILE, required=True, help="Tệp đề nghị để khoá gốc ký.")


@click.group()
def trust() -> None:
    """Danh sách quyền của xã: xem, gia hạn, thu hồi thiết bị, thay khoá.

    Mỗi thay đổi là một tệp đề nghị: lập ở đây, từng người giữ khoá gốc ký (langso root sign), rồi áp dụng ở đây.
    """


@trust.command()
@_settings_option
def show(settings_file: Path) -> None:
    """Xem danh sách đang có hiệu lực."""
    from langso.timekeeping import dates
    from langso.trust.roots.key_file import code_of

    home, _ = _open(settings_file)
    opened = home.trust()
    held, root = opened.trust, opened.root
    say(f"Danh sách bản {held.version}, hết hạn {dates.full(held.expires)}.")
    say(f"Khoá gốc bản {root.version}: {len(root.keys)} khoá, cần {root.threshold} khoá cùng ký.")
    for holder in home.holders():
        say(f"  · {holder.named()}")
    for rule in held.issuers:
        keys = ", ".join(code_of(bytes.fromhex(key)) for key in rule.signers.keys)
        say(f"Được gửi lệnh: {rule.name} (khoá {keys}, đời {rule.epoch}).")
    quiet = ", ".join(f"{span.start}–{span.end}" for span in held.caps.quiet_hours) or "không có"
    say(f"Âm lượng cao nhất {held.caps.volume} %; giờ yên tĩnh: {quiet}.")
    say(f"Thiết bị bị thu hồi: {', '.join(held.revoked) or 'không có'}.")


@trust.command()
@_settings_option
@_out_option
def renew(settings_file: Path, out: Path) -> None:
    """Đề nghị gia hạn danh sách thêm hai năm."""
    from office.founding.trust_changes import propose

    home, now = _open(settings_file)
    _write(out, propose(home, now))


@trust.command()
@_settings_option
@_out_option
@click.argument("device")
def revoke(settings_file: Path, out: Path, device: str) -> None:
    """Đề nghị thu hồi một thiết bị bị mất hoặc bị lấy trộm: nó thôi nghe lệnh, văn phòng thôi nhận tin của nó."""
    from langso.device.paired import read_device
    from langso.errors import UsageError
    from office.founding.trust_changes import propose_revoking

    home, now = _open(settings_file)
    if "/" in device or read_device(home.devices, device) is None:
        raise UsageError(f"Văn phòng không có thiết bị «{device}»; hãy xem lại tên ở trang Thiết bị.")
    _write(out, propose_revoking(home, device, now))


@trust.command()
@_settings_option
@_out_option
@click.argument("device")
def restore(settings_file: Path, out: Path, device: str) -> None:
    """Đề nghị trả quyền cho thiết bị đã thu hồi (đã tìm lại được và chắc chắn chưa bị ai sửa)."""
    from office.founding.trust_changes import propose_restoring

    home, now = _open(settings_file)
    _write(out, propose_restoring(home, device, now))


@trust.command()
@_settings_option
@_out_option
@click.option("--volume", type=click.IntRange(1, 100), help="Âm lượng cao nhất, phần trăm.")
@click.option("--quiet-hours", multiple=True, metavar="HH:MM-HH:MM", help="Giờ yên tĩnh, thay cho giờ cũ.")
@click.option("--no-quiet-hours", is_flag=True, help="Bỏ hết giờ yên tĩnh.")
def limits(
    settings_file: Path, out: Path, volume: int | None, quiet_hours: tuple[str, ...], no_quiet_hours: bool
) -> None:
    """Đề nghị đổi âm lượng cao nhất và giờ yên tĩnh mà mọi loa phải theo."""
    from langso.errors import UsageError
    from office.founding.limits import read_quiet_hours
    from office.founding.trust_changes import Rights, propose

    if volume is None and not quiet_hours and not no_quiet_hours:
        raise UsageError("Chưa nói đổi gì; hãy thêm --volume, --quiet-hours hoặc --no-quiet-hours.")
    home, now = _open(settings_file)
    changes: dict[str, object] = {} if volume is None else {"volume": volume}
    if quiet_hours or no_quiet_hours:
        changes["quiet_hours"] = () if no_quiet_hours else read_quiet_hours(quiet_hours)
    caps = home.trust().trust.caps.model_copy(update=changes)
    _write(out, propose(home, now, Rights(caps=caps)))


@trust.command(name="new-key")
@_settings_option
@_out_option
def new_key(settings_file: Path, out: Path) -> None:
    """Đề nghị thay khoá ký của văn phòng (khi nghi bị lộ). Áp dụng lúc không có bản tin đang phát."""
    from office.founding.trust_changes import propose_new_signing_key

    home, now = _open(settings_file)
    _write(out, propose_new_signing_key(home, now))


@trust.command(name="new-root")
@_settings_option
@_out_option
@click.option(
    "--root", "roots", type=_FILE, multiple=True, required=True, help="Phần công khai của một khoá gốc mới."
)
@click.option("--threshold", type=click.IntRange(1, 8), default=2, show_default=True, help="Số khoá gốc phải ký.")
def new_root(settings_file: Path, out: Path, roots: tuple[Path, ...], threshold: int) -> None:
    """Đề nghị thay bộ khoá gốc (khi mất một USB). Ghi --root cho mọi khoá của bộ mới, cả khoá cũ còn giữ.

    Khoá cũ và khoá mới cùng ký; các thiết bị tự theo, không phải ghép lại.
    """
    from langso.durable.files import read_limited
    from langso.trust.roots.key_file import MAX_ROOT_KEY_FILE, read_public_part
    from office.founding.founding import advice
    from office.founding.trust_changes import propose_new_root

    home, now = _open(settings_file)
    parts = [read_public_part(read_limited(path, MAX_ROOT_KEY_FILE)) for path in roots]
    _write(out, propose_new_root(home, parts, threshold, now))
    if warning := advice(len(parts), threshold):
        say(warning)


@trust.command()
@_settings_option
@click.argument("proposals", type=_FILE, nargs=-1, required=True)
def apply(settings_file: Path, proposals: tuple[Path, ...]) -> None:
    """Áp dụng một đề nghị đã đủ chữ ký; các bản ký riêng thì ghi hết vào một lệnh."""
    from langso.durable.files import read_limited
    from langso.timekeeping import dates
    from langso.trust.roots.proposal import MAX_PROPOSAL_BYTES
    from office.founding.trust_changes import apply as apply_proposals

    home, _ = _open(settings_file)
    held = apply_proposals(home, [read_limited(path, MAX_PROPOSAL_BYTES) for path in proposals])
    say(f"Đã áp dụng. Danh sách bản {held.version}, hết hạn {dates.full(held.expires)}.")
    say("Văn phòng gửi danh sách mới tới các thiết bị ngay khi có mạng.")


def _open(settings_file: Path) -> tuple[OfficeHome, datetime]:
    from langso.settings.reading import load_settings
    from langso.timekeeping.clock import SystemClock
    from office.places import OfficeHome

    return OfficeHome(load_settings(settings_file)), SystemClock().now()


def _write(out: Path, read: ReadProposal) -> None:
    from langso.durable.files import write_atomic
    from langso.trust.roots.ceremony import in_words

    write_atomic(out, read.proposal.to_json(), mode=0o644)
    say("Đề nghị:")
    for line in (*(f"  {line}" for line in in_words(read)), *read.missing()):
        say(line)
    say(f"Đã ghi {out}; chưa có gì thay đổi. Từng người giữ khoá: langso root sign {out} --stick /media/usb")
