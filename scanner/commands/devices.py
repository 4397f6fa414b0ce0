"""Which camera a live command looks through: a replayed folder, or the one in the settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from langso.settings.model import ScannerSettings
    from scanner.cameras import Camera
    from scanner.live.table_keeper import TableKeeper

SETTINGS = click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("/etc/langso/langso.toml"),
)
REPLAY = click.option(
    "--camera",
    "folder",
    type=click.Path(path_type=Path),
)
HOLD = click.option(
    "--hold",
    type=click.FloatRange(0.05, 3600),
    default=2.5,
    show_default=True,
)
TABLE = click.option(
    "--table",
    "table_file",
    type=click.Path(path_type=Path, dir_okay=False),
)


def chosen_camera(settings_file: Path, folder: Path | None, hold_s: float) -> Camera:
    """Raises CameraFault, and LangsoError for settings that cannot be read."""
    if folder is not None:
        from scanner.cameras.replay import ReplayCamera

        return ReplayCamera(folder, hold_s=hold_s)
    from langso.settings.reading import load_settings
    from scanner.cameras import open_camera

    return open_camera(load_settings(settings_file).scanner)


def chosen_identity(settings_file: Path, folder: Path | None) -> str:
    """Which camera `chosen_camera` opens. Raises LangsoError for settings that cannot be read."""
    from scanner.live.table import identity

    return identity(_scanner(settings_file, folder))


def table_path(settings_file: Path, table_file: Path | None) -> Path:
    """Where the measure of the camera's table is kept. Raises LangsoError for settings that cannot be read."""
    if table_file is not None:
        return table_file
    from langso.settings.reading import load_settings
    from scanner.live.table import FILE

    return load_settings(settings_file).paths.state / FILE


def chosen_table(settings_file: Path, folder: Path | None, table_file: Path | None) -> TableKeeper | None:
    """What was measured of the camera's table; None for a replayed folder without a file of its own.

    Raises TableRefused and FileRefused for a named file that is none.
    """
    if folder is not None and table_file is None:
        return None
    from scanner.live.table import load_table
    from scanner.live.table_keeper import TableKeeper

    if table_file is not None:
        load_table(table_file)
    path, camera = table_path(settings_file, table_file), chosen_identity(settings_file, folder)
    return TableKeeper(path, lambda: camera, lasting=table_file is not None)


def _scanner(settings_file: Path, folder: Path | None) -> ScannerSettings:
    from langso.settings.model import ScannerSettings

    if folder is not None:
        return ScannerSettings(camera="replay", source=str(folder))
    from langso.settings.reading import load_settings

    return load_settings(settings_file).scanner
