"""Machines between which a courier goes, and his visits: `from courier_visits import laid, call, outcomes`."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from deploy.courier.command import courier
from langso.settings.model import Settings
from langso.words.catalogue import Sentence
from office.errors import BroadcastRefused

NOWHERE = 9
"""A port of this machine at which nothing answers."""


def settings_of(folder: Path, id: str, role: str, **more: Any) -> Settings:
    """Settings of one machine of the commune, its state and run folders in `folder`."""
    return Settings.model_validate(
        {
            "commune": {"code": "hoa-son", "name": "Xã Hoa Sơn"},
            "device": {"id": id, "role": role, "place": "Thôn 7", "village": None if role == "office" else "thon-7"},
            "link": {"host": "127.0.0.1", "port": NOWHERE, "retry_max_s": 60.0},
            "clock": {"trust": "host"},
            "paths": {"state": str(folder / id), "run": str(folder / id / "run")},
        }
        | more
    )


def sent_soon(office: Any, text: str, seconds: float, **more: Any) -> Any:
    """A broadcast to all, sent, that begins in so many seconds; later where making its sound took longer."""
    while True:
        start = datetime.now(UTC) + timedelta(seconds=seconds)
        draft = office.broadcasts.draft(text, targets=["*"], start=start, by="a", **more)
        office.broadcasts.prepare(draft.id)
        try:
            return office.broadcasts.send(draft.id, "a")
        except BroadcastRefused as refused:
            if str(refused) != str(Sentence("broadcasting-too-soon")):
                raise
            seconds *= 2


def laid(folder: Path, settings: Settings) -> Path:
    """The settings as a file."""
    file = folder / f"{settings.device.id}.toml"
    lines = []
    for section, fields in settings.model_dump(mode="json", exclude_none=True, exclude_defaults=True).items():
        lines.append(f"[{section}]")
        lines += [f"{name} = {json.dumps(value)}" for name, value in fields.items()]
    file.write_text("\n".join(lines), encoding="utf-8")
    assert tomllib.loads(file.read_text(encoding="utf-8"))
    return file


def call(*words: object) -> Any:
    """`langso courier` with these words."""
    return CliRunner().invoke(courier, [str(word) for word in words])


def outcomes(carried: Any) -> dict[str, str]:
    """What became of each letter, by its name."""
    return {one.name: one.outcome for one in carried.outcomes}
