"""`langso scan camera`: try a camera, for the technician who mounts it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.commands.devices import HOLD, REPLAY, SETTINGS, chosen_camera
from scanner.commands.pictures import JSON, no_device

if TYPE_CHECKING:
    from scanner.cameras.trial import Finding, Trial

_MARKS = {"good": "✓", "warning": "!", "bad": "✗"}


@click.command()
@SETTINGS
@REPLAY
@HOLD
@click.option(
    "--seconds", type=click.FloatRange(0.1, 600), default=5.0, show_default=True, help="Nhìn thử bao nhiêu giây."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=no_device,
    help="Ghi ảnh chụp thử vào tệp này.",
)
@JSON
def camera(
    settings_file: Path, folder: Path | None, hold: float, seconds: float, out: Path | None, as_json: bool
) -> None:
    """Thử máy ảnh: mở được không, cỡ hình, độ nét, độ sáng, có đen hay đứng hình không."""
    from scanner.cameras.trial import findings, try_out

    with chosen_camera(settings_file, folder, hold) as opened:
        trial = try_out(opened, seconds)
    told = findings(trial)
    if as_json:
        click.echo(json.dumps(_as_dict(trial, told), ensure_ascii=False))
    else:
        for finding in told:
            click.echo(f"{_MARKS[finding.level]} {finding.sentence}")
    if out is not None and trial.picture is not None:
        _write(trial, out)
        if not as_json:
            click.echo(f"Đã ghi ảnh chụp thử vào {out}.")
    if any(finding.level == "bad" for finding in told):
        raise SystemExit(1)


def _as_dict(trial: Trial, told: list[Finding]) -> dict[str, object]:
    return {
        "size": trial.size,
        "fps": round(trial.rate, 1),
        "conditions": trial.conditions,
        "still_size": trial.still_size,
        "still_ms": None if trial.still_ms is None else round(trial.still_ms, 1),
        "a4_dpi": trial.a4_dpi,
        "brightness": None if trial.brightness is None else round(trial.brightness, 1),
        "sharpness": None if trial.sharpness is None else round(trial.sharpness, 1),
        "locks": {"focus": trial.locks.focus, "exposure": trial.locks.exposure, "colour": trial.locks.colour},
        "findings": [{"level": one.level, "sentence": one.sentence} for one in told],
    }


def _write(trial: Trial, out: Path) -> None:
    import cv2

    from langso.paths import write_atomic
    from scanner.errors import CameraFault

    kind = ".png" if out.suffix.lower() == ".png" else ".jpg"
    done, data = cv2.imencode(kind, trial.picture)
    if not done:
        raise CameraFault(f"Không ghi được ảnh vào {out}; hãy chọn tên tệp khác.")
    write_atomic(out, bytes(data), mode=0o600)
