"""``langso settings``: check a settings file, or show what it means with every default."""

from __future__ import annotations

from pathlib import Path

import click

from langso.settings.reading import load_settings, show_settings
from langso.terminal.saying import say
from langso.words.catalogue import t

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def settings() -> None:
    """The group `langso settings`."""


@settings.command()
@click.argument("file", type=_FILE, metavar="FILE")
def check(file: Path) -> None:
    """Exit 0 when the file is usable; SettingsError (exit 2) lists every mistake."""
    found = load_settings(file)
    say(t("settings-usable", file=file, role=found.device.role, id=found.device.id, name=found.commune.name))


@settings.command()
@click.argument("file", type=_FILE, metavar="FILE")
def show(file: Path) -> None:
    """The settings in force, as TOML."""
    say(show_settings(load_settings(file)), nl=False)
