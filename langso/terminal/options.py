"""Options that many commands take, under the same names everywhere."""

from __future__ import annotations

from pathlib import Path

import click

settings_option = click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("/etc/langso/langso.toml"),
)
"""The settings file, given to the command as `settings_file`."""
json_option = click.option("--json", "as_json", is_flag=True)
"""Whether lines are for a program, given to the command as `as_json`."""
