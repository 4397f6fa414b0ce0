"""`langso office ca`: the certificate of the console's https, for whoever compares and installs it."""

from __future__ import annotations

from pathlib import Path

import click

from langso.terminal.options import settings_option
from langso.terminal.saying import say
from langso.timekeeping import dates
from langso.words.catalogue import Sentence, t

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@settings_option
@click.option("--qr", is_flag=True)
@click.option("--out", type=_FILE)
@click.option("--new", "anew", is_flag=True)
def ca(settings_file: Path, qr: bool, out: Path | None, anew: bool) -> None:
    """The certificate of the office's pages: address, fingerprint to compare, the page that installs it on phones."""
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
        raise NotInitialised(Sentence("office-ca-not-own"))
    if anew:
        if not confirm(t("office-ca-anew"), default=False):
            raise click.Abort
        renew_authority(home, now)
    served = ensure_console_certificate(home, now)
    told = fingerprint(root_certificate(home))
    say(t("office-ca-address", url=console_url(office)))
    say(t("office-ca-names", names=", ".join(served.names), until=dates.plain_date(served.until)))
    say(t("office-ca-fingerprint"))
    for line in told.lines:
        say(f"    {line}")
    say(t("office-ca-short", sha1=told.sha1))
    to_scan = scanned_url(office)
    if to_scan is None:
        say(t("office-ca-no-page"))
    else:
        say(t("office-ca-scan", url=to_scan))
        if qr:
            import segno

            segno.make(to_scan, error="m").terminal(compact=True)
    if out is not None:
        write_atomic(out, root_der(home), mode=0o644)
        say(t("office-ca-written", out=out))
