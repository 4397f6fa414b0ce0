"""Starts of one output that draws much: counted across restarts, held back where they failed or come too often."""

from firmware_bridge.wire.starts import BURST, REFILL_MS, SURVIVED_MS, rest_after

TYPE_CHECKING = False
if TYPE_CHECKING:  # MicroPython has no typing module
    from firmware_bridge.firmware.hardware import StartNotes, TicksDiff

_MOST = 255


class StartGuard:
    """Says whether an output may start. `notes` outlive a restart: a start stands there as failed before it happens,
    and is struck out once the board has survived it.
    """

    def __init__(self, notes: "StartNotes", ticks_diff: "TicksDiff", now: int) -> None:
        self._notes = notes
        self._ticks_diff = ticks_diff
        self.failed = notes.read()
        self._rest_ms = rest_after(self.failed)
        self._rest_since = now
        self._left = BURST
        self._refilled = now
        self._on_since: int | None = None

    def may_start(self) -> bool:
        """Whether the output may go on now (see `tick`)."""
        return not self._rest_ms and self._left > 0

    def starts(self, now: int) -> None:
        """It is about to go on: noted first, since the next moment may have no power."""
        self._left -= 1
        self._on_since = now
        self._notes.write(min(self.failed + 1, _MOST))

    def ends(self, now: int) -> None:
        """It was switched off; whether a short start was a good one is not known, so nothing is learnt of it."""
        if self._on_since is not None:
            self._on_since = None
            self._notes.write(self.failed)

    def tick(self, now: int) -> None:
        """Call often: rests end, starts are survived, new ones become allowed."""
        if self._rest_ms and self._ticks_diff(now, self._rest_since) >= self._rest_ms:
            self._rest_ms = 0
        if self._on_since is not None and self._ticks_diff(now, self._on_since) >= SURVIVED_MS:
            self._on_since = None
            self.failed = 0
            self._notes.write(0)
        if self._ticks_diff(now, self._refilled) >= REFILL_MS:
            self._refilled = now
            self._left = min(BURST, self._left + 1)


class NotesInFlash:
    """The count of failed starts in a file of the board's flash: two small writes a start."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._written = -1

    def read(self) -> int:
        """0 to 255; a file that is not there or not readable means none failed."""
        try:
            with open(self._path, "rb") as file:  # noqa: PTH123 - MicroPython has no pathlib
                text = file.read(8).strip()
        except OSError:
            return 0
        return min(int(text), _MOST) if text.isdigit() else 0

    def write(self, failed: int) -> None:
        """Keep `failed`; a flash that is full or worn out never keeps an output from working."""
        if failed == self._written:
            return
        try:
            with open(self._path, "w") as file:  # noqa: PTH123 - as above
                file.write(str(failed))
            self._written = failed
        except OSError:
            self._written = -1
