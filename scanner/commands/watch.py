"""`langso scan watch`: what the camera sees, as it happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from langso.terminal.saying import say
from langso.words.catalogue import t
from scanner.commands.devices import HOLD, REPLAY, SETTINGS, TABLE, chosen_camera, chosen_table
from scanner.commands.pictures import JSON, Answer

if TYPE_CHECKING:
    from scanner.clean import CleanPage
    from scanner.live.watch import Event, Tally


@click.command()
@SETTINGS
@REPLAY
@HOLD
@click.option("--out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True))
@click.option("--frames", type=click.IntRange(min=1))
@TABLE
@JSON
def watch(
    settings_file: Path,
    folder: Path | None,
    hold: float,
    out: Path | None,
    seconds: float | None,
    frames: int | None,
    table_file: Path | None,
    as_json: bool,
) -> None:
    """Look through the camera: outline, what to do, codes; pages are captured by themselves. Ends with Ctrl-C."""
    from scanner.live.watch import PageTaken, Watch

    table = chosen_table(settings_file, folder, table_file)
    with chosen_camera(settings_file, folder, hold) as camera:
        watching = Watch(camera, table=table)
        try:
            for event in watching.events(frames=frames, seconds=seconds):
                file = ""
                if isinstance(event, PageTaken) and out is not None:
                    file = str(_write(event.page, out))
                _tell(event, file, round(watching.tally.seconds, 2), as_json)
        except KeyboardInterrupt:
            pass
        _tell_end(watching.tally, as_json)
        if table is not None and table.why:
            say(t("table-not-used-again", why=table.why), err=True)


def _tell(event: Event, file: str, at: float, as_json: bool) -> None:
    told = _as_dict(event, file)
    if as_json:
        say(json.dumps({"at": at, **told}, ensure_ascii=False))
        return
    say(f"{at:7.2f}  {_sentence(told)}")


def _sentence(told: Answer) -> str:
    if told["event"] == "camera":
        return told["sentence"] or t("camera-good")
    if told["event"] == "page":
        return str(told["sentence"])
    if told["event"] == "code":
        return t("scan-watch-code", kind=told["kind"], text=told["text"])
    page = {"page": told["page"], "paper": told["paper"], "dpi": told["dpi"], "ms": f"{told['ms']:.0f}"}
    if told["file"]:
        return t("scan-watch-captured-into", **page, file=told["file"])
    return t("scan-watch-captured", **page)


def _as_dict(event: Event, file: str) -> Answer:
    from scanner.live.watch import CameraSaid, CodeRead, PageSaid

    if isinstance(event, CameraSaid):
        return {"event": "camera", "condition": event.health.condition, "sentence": str(event.health.sentence)}
    if isinstance(event, PageSaid):
        seen = event.seen
        return {
            "event": "page",
            "quad": None if seen.quad is None else [[round(float(x), 1), round(float(y), 1)] for x, y in seen.quad],
            "confidence": seen.confidence,
            "code": seen.code,
            "sentence": str(seen.sentence),
        }
    if isinstance(event, CodeRead):
        code = event.code
        return {
            "event": "code",
            "text": code.text,
            "polygon": [[float(x), float(y)] for x, y in code.polygon],
            "engine": code.engine,
            "kind": code.kind,
        }
    return {
        "event": "captured",
        "page": event.number,
        "paper": event.page.paper,
        "dpi": event.page.dpi,
        "ms": round(event.ms, 1),
        "file": file or None,
    }


def _tell_end(tally: Tally, as_json: bool) -> None:
    rate = tally.frames / tally.seconds if tally.seconds > 0 else 0.0
    if as_json:
        end = {"event": "end", "frames": tally.frames, "fps": round(rate, 1), "pages": tally.pages}
        say(json.dumps({"at": round(tally.seconds, 2), **end, "codes": tally.codes}, ensure_ascii=False))
    else:
        told = {"frames": tally.frames, "rate": f"{rate:.1f}", "pages": tally.pages, "codes": tally.codes}
        say(t("scan-watch-end", **told))


def _write(page: CleanPage, out: Path) -> Path:
    """As PNG with its true dpi, so that programs show it at its true size; never over a file that is there."""
    import io

    from PIL import Image

    from langso.durable.files import write_atomic

    out.mkdir(parents=True, exist_ok=True)
    number = 1
    while (path := out / f"page-{number:03d}.png").exists():
        number += 1
    data = io.BytesIO()
    Image.fromarray(page.image[:, :, ::-1]).save(data, "PNG", dpi=(page.dpi, page.dpi))
    write_atomic(path, data.getvalue(), mode=0o600)
    return path
