"""`langso doctor`: examines this machine and prints what it found."""

from __future__ import annotations

from pathlib import Path

import click

from langso.terminal.saying import say


@click.command()
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), default=Path("/etc/langso/langso.toml"))
@click.option("--json", "as_json", is_flag=True)
def doctor(settings_file: Path, as_json: bool) -> None:
    """What is wrong with this machine, why, and what to do; exit status 1 if something is broken."""
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
