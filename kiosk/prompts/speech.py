""" "Nghe đọc": the screen read aloud, by espeak-ng to the first sound player the machine has, else to a file."""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Protocol

from langso import words
from langso.errors import LangsoError
from langso.voices import synthesis as voices

log = logging.getLogger(__name__)

SPEED = 135
FILE = "read-aloud.wav"
_PLAYERS = (
    ("aplay", ("-q",)),
    ("pw-play", ()),
    ("gst-launch-1.0", ("-q", "playbin")),
)


class SoundFolder(Protocol):
    """Where the sound lies: the folder of a visit, which refuses what a visit that has ended still makes."""

    @property
    def home(self) -> Path:
        """The folder itself."""

    @property
    def visit(self) -> int:
        """Counts up when a visit ends."""

    def write(self, name: str, data: bytes, visit: int | None = None) -> Path | None:
        """Keeps bytes of this visit; None where it has ended."""


class ReadAloud:
    """Reads one text at a time; a new one silences the old. The sound file lies in the visit's workspace."""

    def __init__(
        self, workspace: SoundFolder, *, players: tuple[tuple[str, tuple[str, ...]], ...] = _PLAYERS
    ) -> None:
        self._workspace = workspace
        self._players = players
        self._lock = threading.Lock()
        self._turn = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.busy = False

    def read(self, text: str) -> None:
        """Begins to read aloud, in the background; failures are logged, the screen stays as it is."""
        self.hush()
        with self._lock:
            turn, visit, self.busy = self._turn, self._workspace.visit, True
        threading.Thread(target=self._read, args=(text, turn, visit), name="reader", daemon=True).start()

    def hush(self) -> None:
        """Silence now."""
        with self._lock:
            self._turn += 1
            self.busy = False
            process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.terminate()

    def _read(self, text: str, turn: int, visit: int) -> None:
        try:
            self._speak(text, turn, visit)
        except (LangsoError, OSError) as error:
            log.warning("not read aloud: %s", error)
        finally:
            with self._lock:
                if turn == self._turn:
                    self.busy, self._process = False, None

    def _speak(self, text: str, turn: int, visit: int) -> None:
        # Made under another name: the workspace alone decides whether this visit still goes on.
        made = self._workspace.home / f".{turn}.{FILE}"
        try:
            voices.speak(words.speech(words.nfc(text)), made, speed=SPEED)
            path = self._workspace.write(FILE, made.read_bytes(), visit)
        finally:
            made.unlink(missing_ok=True)
        if path is None:
            return
        for name, options in self._players:
            program = shutil.which(name)
            if program is None:
                continue
            with self._lock:
                if turn != self._turn:
                    return
                self._process = subprocess.Popen(
                    [program, *options, _address(name, path)],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                process = self._process
            if process.wait() == 0 or turn != self._turn:
                return
        log.info("no sound here; what was to be heard is in %s", path)


def _address(player: str, path: Path) -> str:
    return f"uri={path.as_uri()}" if player.startswith("gst") else str(path)
