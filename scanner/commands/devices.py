"""Which camera a live command looks through: a replayed folder, or the one in the settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scanner.cameras import Camera

SETTINGS = click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("/etc/langso/langso.toml"),
    help="Tệp cài đặt (TOML) có mục [scanner].",
)
REPLAY = click.option(
    "--camera",
    "folder",
    type=click.Path(path_type=Path),
    help="Thư mục ảnh hay tệp AVI xem như máy ảnh, thay cho máy ảnh trong cài đặt.",
)
HOLD = click.option(
    "--hold",
    type=click.FloatRange(0.05, 3600),
    default=2.5,
    show_default=True,
    help="Với --camera: mỗi ảnh nằm dưới máy ảnh bao nhiêu giây.",
)


def chosen_camera(settings_file: Path, folder: Path | None, hold_s: float) -> Camera:
    """Raises CameraFault, and LangsoError for settings that cannot be read."""
    if folder is not None:
        from scanner.cameras.replay import ReplayCamera

        return ReplayCamera(folder, hold_s=hold_s)
    from langso.settings import load_settings
    from scanner.cameras import open_camera

    return open_camera(load_settings(settings_file).scanner)
