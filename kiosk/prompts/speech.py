""" "Nghe đọc": the screen read aloud, by espeak-ng to the first sound player the machine has, else to a file."""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Protocol

from kiosk.prompts.aloud import Spoken, as_text
from langso import words
from langso.errors import LangsoError
from langso.voices import synthesis as voices
from langso.words.catalogue import Sentence

log = logging.getLogger(__name__)

SPEED = 135
FILE = "read-aloud.wav"
NO_SOUND, NO_VOICE = Sentence("screens-no-sound"), Sentence("screens-no-voice")
_PLAYERS = (
    ("aplay", ("-q",)),
    ("pw-play", ()),
    ("gst-launch-1.0", ("-q", "playbin")),
)


class SoundFolder(Protocol):
    """The visit's folder for sound files: it refuses files that belong to a visit which has ended."""

    @property
    def home(self) -> Path:
        """The folder itself."""

    @property
    def visit(self) -> int:
        """The number of the present visit; it rises when a visit ends."""

    def write(self, name: str, data: bytes, visit: int | None = None) -> Path | None:
        """Keeps bytes of this visit; None where it has ended."""


class SoundDevice(Protocol):
    """What plays. `there`: whether anything can sound now; `failed`: whether the last reading did not."""

    failed: bool

    @property
    def there(self) -> bool:
        """Looked up anew."""


class ReadAloud:
    """Reads one page at a time; a new one silences the old. The sound file lies in the visit's workspace."""

    def __init__(
        self,
        workspace: SoundFolder,
        *,
        players: tuple[tuple[str, tuple[str, ...]], ...] = _PLAYERS,
        device: SoundDevice | None = None,
    ) -> None:
        self._workspace = workspace
        self._device = device
        self._players = players
        self._lock = threading.Lock()
        self._turn = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._fault: Sentence | None = None
        self.busy = False

    def take_fault(self) -> Sentence | None:
        """Why the last reading was not heard, once; None where it was, or nobody waits for it any more."""
        with self._lock:
            fault, self._fault = self._fault, None
        return fault

    def read(self, parts: Spoken) -> None:
        """Begins to read aloud, in the background; what fails is in `take_fault`.

        Raises TypeError for what may not be said.
        """
        self.hush()
        # Here, not on the thread: it is this one that knows the villager's language.
        text = as_text(parts)
        with self._lock:
            turn, visit, self.busy = self._turn, self._workspace.visit, True
        threading.Thread(target=self._read, args=(text, turn, visit), name="reader", daemon=True).start()

    def hush(self) -> None:
        """Stops reading at once."""
        with self._lock:
            self._turn += 1
            self.busy = False
            self._fault = None
            process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.terminate()

    def _read(self, text: str, turn: int, visit: int) -> None:
        fault: Sentence | None = NO_VOICE
        try:
            fault = None if self._speak(text, turn, visit) else NO_SOUND
        except (LangsoError, OSError) as error:
            log.warning("not read aloud: %s", error)
        finally:
            with self._lock:
                if turn == self._turn:
                    self.busy, self._process, self._fault = False, None, fault
                    if self._device is not None:
                        self._device.failed = fault is not None

    def _speak(self, text: str, turn: int, visit: int) -> bool:
        """Whether it was heard, or nobody waits for it any more."""
        # Made under another name: the workspace alone decides whether this visit still goes on.
        made = self._workspace.home / f".{turn}.{FILE}"
        try:
            voices.speak(words.speech(words.nfc(text)), made, speed=SPEED)
            path = self._workspace.write(FILE, made.read_bytes(), visit)
        finally:
            made.unlink(missing_ok=True)
        if path is None:
            return True
        players = self._players if self._device is None or self._device.there else ()
        for name, options in players:
            program = shutil.which(name)
            if program is None:
                continue
            with self._lock:
                if turn != self._turn:
                    return True
                self._process = subprocess.Popen(
                    [program, *options, _address(name, path)],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                process = self._process
            if process.wait() == 0 or turn != self._turn:
                return True
        log.info("no sound here; what was to be heard is in %s", path)
        return False


def _address(player: str, path: Path) -> str:
    return f"uri={path.as_uri()}" if player.startswith("gst") else str(path)
