"""What surrounds a simulated board, as files in its folder: cord, sensors, switches in; pin levels, their log out.

A person can read and write all: `cord` (plugged, silent, unplugged), `world.json`, `reset` (create it to press
the button), `pins.json` (levels now), `pins.jsonl` (every change, with wall and monotonic time), `firmware.log`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Cord = Literal["plugged", "silent", "unplugged"]
"""`silent`: bytes vanish both ways; `unplugged`: the device is gone. The board keeps its power in both."""


class World(BaseModel):
    """What the sensors and the mute switch see."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    supply_mv: int = Field(default=12400, ge=0, le=40000)
    temperature_c: float = Field(default=31.0, ge=-40, le=125)
    horn_ma: int = Field(default=180, ge=0, le=3000)
    """Drawn while the amplifier is on; 0 = the horn's cable is cut."""
    muted: bool = False


class PinEvent(BaseModel):
    """One change of one output pin, or the start of the board's power."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wall: float
    """Unix seconds."""
    monotonic: float
    """`time.monotonic()` of this machine."""
    pin: int
    name: str
    level: Literal[0, 1]
    cause: Literal["firmware", "reset", "power"]


class WorldFiles:
    """Reads and writes the files of one twin's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.serial = folder / "serial"
        self.world = folder / "world.json"
        self.log = folder / "firmware.log"
        self.flash = folder / "flash"
        self.reset = folder / "reset"
        self.pin_log = folder / "pins.jsonl"
        self._cord = folder / "cord"
        self._pins = folder / "pins.json"

    def read_cord(self) -> Cord:
        """How the cord is; anything unreadable counts as plugged."""
        try:
            text = self._cord.read_text()[:32].strip()
        except (OSError, UnicodeDecodeError):
            return "plugged"
        for state in get_args(Cord):
            if text == state:
                return state  # type: ignore[no-any-return]
        return "plugged"

    def write_cord(self, cord: Cord) -> None:
        """Plug, unplug or silence."""
        self._replace(self._cord, cord + "\n")

    def read_world(self) -> World:
        """What the sensors see."""
        return World.model_validate_json(self.world.read_text())

    def write_world(self, world: World) -> None:
        """Change what the sensors see; the board notices within 20 ms."""
        self._replace(self.world, world.model_dump_json() + "\n")

    def read_pins(self) -> dict[str, bool]:
        """Output name -> on; empty while the board has never had power."""
        try:
            levels = json.loads(self._pins.read_text())
        except FileNotFoundError:
            return {}
        return {str(name): bool(level) for name, level in levels.items()}

    def write_pins(self, levels: dict[str, bool]) -> None:
        """Levels now, replaced as a whole."""
        self._replace(self._pins, json.dumps(levels) + "\n")

    def read_pin_log(self) -> list[PinEvent]:
        """All changes so far, oldest first (a last line still being written is left out)."""
        try:
            lines = self.pin_log.read_text().split("\n")[:-1]
        except FileNotFoundError:
            return []
        return [PinEvent.model_validate_json(line) for line in lines]

    def _replace(self, path: Path, text: str) -> None:
        # Atomic for readers; a simulated board has nothing worth an fsync.
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(text)
        fresh.replace(path)
