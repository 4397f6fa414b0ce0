"""`langso office ca`: the certificate of the console's https, for whoever compares and installs it."""

from __future__ import annotations

from pathlib import Path

import click

from langso.terminal.saying import say

_FILE = click.Path(path_type=Path, dir_okay=False)
_settings_option = click.option(
    "--settings", "settings_file", type=_FILE, default=Path("/etc/langso/langso.toml"), help="Tệp cài đặt (TOML)."
)


@click.command()
@_settings_option
@click.option("--qr", is_flag=True, help="Vẽ mã QR để điện thoại mở trang cài chứng thư.")
@click.option("--out", type=_FILE, help="Chép chứng thư gốc (.crt) ra tệp này, để cài bằng USB.")
@click.option("--new", "anew", is_flag=True, help="Làm chứng thư gốc mới; mọi điện thoại và máy tính phải cài lại.")
def ca(settings_file: Path, qr: bool, out: Path | None, anew: bool) -> None:
    """Chứng thư của trang văn phòng: địa chỉ, dấu vân tay để so, trang cài cho điện thoại."""
    from langso.durable.files import write_atomic
    from langso.settings.reading import load_settings
    from langso.terminal.asking import confirm
    from langso.timekeeping.clock import SystemClock
    from office.founding.console_ca import (
        ensure_console_certificate,
        fingerprint,
        renew_authority,
        root_certificate,
        root_der,
    )
    from office.founding.doors import console_url, scanned_url
    from office.places import OfficeHome
    from office.signer.errors import NotInitialised

    settings = load_settings(settings_file)
    home, office, now = OfficeHome(settings), settings.office, SystemClock().now()
    if office.https != "own":
        raise NotInitialised('Văn phòng này không tự làm chứng thư; muốn vậy hãy đặt `https = "own"` trong [office].')
    if anew:
        if not confirm("Mọi điện thoại, máy tính của cán bộ sẽ phải cài lại chứng thư. Làm mới?", default=False):
            raise click.Abort
        renew_authority(home, now)
    served = ensure_console_certificate(home, now)
    told = fingerprint(root_certificate(home))
    say(f"Trang văn phòng:  {console_url(office)}")
    say(f"Tên trong chứng thư: {', '.join(served.names)} (tự gia hạn, bản này đến {served.until:%d/%m/%Y})")
    say("Dấu vân tay SHA-256 của chứng thư gốc, phải giống hệt trên máy đang cài:")
    for line in told.lines:
        say(f"    {line}")
    say(f"Dấu ngắn (SHA-1), Windows hiện là Thumbprint:\n    {told.sha1}")
    to_scan = scanned_url(office)
    if to_scan is None:
        say("Trang cài chứng thư chưa mở (`http_port = 0`); cài bằng tệp: thêm --out TỆP.crt")
    else:
        say(f"Điện thoại cùng mạng mở để cài: {to_scan}")
        if qr:
            import segno

            segno.make(to_scan, error="m").terminal(compact=True)
    if out is not None:
        write_atomic(out, root_der(home), mode=0o644)
        say(f"Đã chép chứng thư gốc ra {out}.")
