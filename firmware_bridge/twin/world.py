"""What surrounds a simulated board, as files in its folder: cord, sensors, switches in; pin levels, their log out.

A person can read and write all: `cord` (plugged, silent, unplugged), `world.json`, `reset` (create it to press
the button), `pins.json` (levels now), `pins.jsonl` (every change, with wall and monotonic time), `sources.json`
(which source's relay is closed), `sound` (how loud the line in is: see `SoundHeard`), `line.wav` (what somebody says
into the line input: 48 kHz, one channel), `firmware.log`.
"""

from __future__ import annotations

import json
import os
import struct
import time
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
    """Drawn while the amplifier is on and nothing sounds; 0 = the horn's cable is cut."""
    muted: bool = False
    talk: bool = False
    """Whether the talk key is held."""
    brown_out: bool = False
    """Whether the supply breaks down as soon as the amplifier starts."""
    dead_horn: bool = False
    """Whether the horn draws its current and makes no sound."""
    wind: float = Field(default=0.0, ge=0, le=1)
    """Noise before the microphone, root mean square of its range."""


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


class SoundHeard:
    """How loud is what really comes out of the sound card, for the simulated sensors: 16 bytes in a file, written by
    whoever hears it, read by the twin. Kept in memory by the kernel; never synced.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def tell(self, level: float) -> None:
        """Root mean square from 0 to 1 of the last few hundredths of a second, up to now."""
        os.pwrite(self._file, struct.pack("<dd", time.time(), level), 0)

    def close(self) -> None:
        """Nothing is heard any more."""
        os.close(self._file)


class WorldFiles:
    """Reads and writes the files of one twin's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.serial = folder / "serial"
        self.world = folder / "world.json"
        self.log = folder / "firmware.log"
        self.flash = folder / "flash"
        self.sound = folder / "sound"
        self.sources = folder / "sources.json"
        self.line = folder / "line.wav"
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
        return self._levels(self._pins)

    def write_pins(self, levels: dict[str, bool]) -> None:
        """Levels now, replaced as a whole."""
        self._replace(self._pins, json.dumps(levels) + "\n")

    def write_sources(self, closed: dict[str, bool]) -> None:
        """Which source's relay is closed."""
        self._replace(self.sources, json.dumps(closed) + "\n")

    def read_sources(self) -> dict[str, bool]:
        """Source name -> its relay is closed; those without a relay are left out."""
        return self._levels(self.sources)

    def read_pin_log(self) -> list[PinEvent]:
        """All changes so far, oldest first (a last line still being written is left out)."""
        try:
            lines = self.pin_log.read_text().split("\n")[:-1]
        except FileNotFoundError:
            return []
        return [PinEvent.model_validate_json(line) for line in lines]

    @staticmethod
    def _levels(path: Path) -> dict[str, bool]:
        try:
            levels = json.loads(path.read_text())
        except FileNotFoundError:
            return {}
        return {str(name): bool(level) for name, level in levels.items()}

    def _replace(self, path: Path, text: str) -> None:
        # Atomic for readers; a simulated board has nothing worth an fsync.
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(text)
        fresh.replace(path)
