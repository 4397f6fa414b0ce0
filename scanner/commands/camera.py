"""`langso scan camera`: try a camera, for the technician who mounts it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.saying import say
from langso.words.catalogue import Sentence, Unit, t
from langso.words.numbers import decimal
from scanner.commands.devices import (
    HOLD,
    REPLAY,
    SETTINGS,
    TABLE,
    chosen_camera,
    chosen_identity,
    table_path,
)
from scanner.commands.pictures import JSON, no_device

if TYPE_CHECKING:
    from scanner.arrays import Image
    from scanner.live.trial import Finding, Trial

_MARKS = {"good": "✓", "warning": "!", "bad": "✗"}


@click.command()
@SETTINGS
@REPLAY
@HOLD
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=5.0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), callback=no_device)
@click.option("--measure", "measured", is_flag=True)
@TABLE
@JSON
def camera(
    settings_file: Path,
    folder: Path | None,
    hold: float,
    seconds: float,
    out: Path | None,
    measured: bool,
    table_file: Path | None,
    as_json: bool,
) -> None:
    """Try the camera: does it open, picture sizes, sharpness, light, is it black or frozen; or measure its table."""
    if measured:
        _measure(settings_file, folder, hold, seconds, table_file, as_json)
        return
    from scanner.live.trial import findings, try_out

    with chosen_camera(settings_file, folder, hold) as opened:
        trial = try_out(opened, seconds)
    told = findings(trial)
    if as_json:
        say(json.dumps(_as_dict(trial, told), ensure_ascii=False))
    else:
        for finding in told:
            say(f"{_MARKS[finding.level]} {finding.sentence}")
    if out is not None and trial.picture is not None:
        _write(trial.picture, out)
        if not as_json:
            say(t("scan-camera-written", file=out))
    if any(finding.level == "bad" for finding in told):
        raise SystemExit(1)


def _measure(
    settings_file: Path, folder: Path | None, hold: float, seconds: float, table_file: Path | None, as_json: bool
) -> None:
    """Looks until focus and light have settled, takes two pictures, saves what they tell or says why not."""
    from scanner.errors import TableRefused
    from scanner.live.table import save_table
    from scanner.live.table_measuring import measure_table
    from scanner.live.trial import try_out

    path = table_path(settings_file, table_file)
    with chosen_camera(settings_file, folder, hold) as opened:
        first, again = try_out(opened, seconds).picture, opened.still()
    try:
        if first is None or again is None:
            raise TableRefused(Sentence("camera-no-picture"))
        table = measure_table(again.image, chosen_identity(settings_file, folder), first)
    except TableRefused as refused:
        if as_json:
            say(json.dumps({"measured": False, "sentence": str(refused)}, ensure_ascii=False))
        else:
            say(f"{_MARKS['bad']} {refused}")
            say(t("scan-camera-nothing-saved"))
        raise SystemExit(1) from refused
    save_table(table, path)
    wide, high = table.seen_mm()
    scale = round(table.size[0] / wide, 2)
    size = f"{wide / 10:.0f} × {high / 10:.0f}"
    told = t("scan-camera-measured", size=size, scale=Unit(decimal, scale, 2))
    if as_json:
        measures = {"measured": True, "seen_mm": [round(wide, 1), round(high, 1)], "px_per_mm": scale}
        say(json.dumps({**measures, "size": table.size, "file": str(path), "sentence": told}, ensure_ascii=False))
        return
    say(f"{_MARKS['good']} {told}")
    say(t("scan-camera-compare"))
    say(t("scan-camera-saved", file=path))


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
        "findings": [{"level": one.level, "sentence": str(one.sentence)} for one in told],
    }


def _write(picture: Image, out: Path) -> None:
    import cv2

    from langso.durable.files import write_atomic
    from scanner.errors import CameraFault

    kind = ".png" if out.suffix.lower() == ".png" else ".jpg"
    done, data = cv2.imencode(kind, picture)
    if not done:
        raise CameraFault(Sentence("camera-not-written", file=out))
    write_atomic(out, bytes(data), mode=0o600)
