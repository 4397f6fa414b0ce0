"""A twin seen from a test, the village or a person: start it, pull its cord, read its pins."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from firmware_bridge.errors import TwinError
from firmware_bridge.twin.world import Cord, PinEvent, WorldFiles
from langso.words.catalogue import Sentence


class Twin:
    """The simulated board in folder `folder`; also a view of one that another process started there."""

    def __init__(self, folder: Path | str) -> None:
        self._files = WorldFiles(Path(folder))
        self._process: subprocess.Popen[str] | None = None

    @property
    def port(self) -> Path:
        """The serial device to put into `bridge.port`: a symbolic link that outlives re-plugging."""
        return self._files.serial

    def start(self) -> Path:
        """Start the board's process and wait until its firmware runs; returns `port`. Raises TwinError."""
        command = [sys.executable, "-m", "firmware_bridge.twin", "--dir", str(self._files.folder)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        if not self._process.stdout.readline():
            why = self._process.stderr.read().strip().splitlines()
            self._process.wait()
            raise TwinError(why[-1] if why else Sentence("bridge-twin-not-running"))
        return self.port

    def stop(self) -> None:
        """Take the power away and wait until the process has ended."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Twin:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def pins(self) -> dict[str, bool]:
        """Output name -> on, now."""
        return self._files.read_pins()

    def pin_log(self) -> list[PinEvent]:
        """Every change of an output pin, oldest first."""
        return self._files.read_pin_log()

    def sources(self) -> dict[str, bool]:
        """Source name -> its relay is closed, now."""
        return self._files.read_sources()

    def wait_pin(self, name: str, on: bool, timeout: float = 30.0) -> bool:
        """Wait until output `name` is on (or off); False when `timeout` seconds pass first."""
        deadline = time.monotonic() + timeout
        while self.pins().get(name) is not on:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def cord(self, state: Cord) -> None:
        """`unplugged`: the device goes; `silent`: bytes vanish; `plugged`: as before. Takes effect within 0.1 s."""
        self._files.write_cord(state)

    def reset(self) -> None:
        """Press the board's reset button."""
        with contextlib.suppress(FileExistsError):
            self._files.reset.touch()

    def sense(self, **changes: Any) -> None:
        """Change what the sensors see: by the names of `World`."""
        world = self._files.read_world()
        self._files.write_world(type(world).model_validate({**world.model_dump(), **changes}))
