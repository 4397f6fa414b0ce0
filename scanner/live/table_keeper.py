"""What was measured of a camera's table, kept in a file, used for its pictures, thrown away when it does not hold."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from langso.contract.health import Check
from langso.errors import LangsoError
from scanner.live.table import AGAIN, Table, load_table

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.arrays import Image, Quad

log = logging.getLogger(__name__)

CHECK_NAME = "camera-table"
DOUBTS = 3
"""So many sheets one after the other of another size than any paper, and the camera is taken for moved."""

OTHER_CAMERA = "Đã thay máy ảnh sau khi đo bàn"
OTHER_SIZE = "Cỡ hình của máy ảnh khác lúc đo bàn"
MOVED = "Máy ảnh có vẻ đã bị xê dịch sau khi đo bàn"


@dataclass(frozen=True)
class Measured:
    """What `clean.finish` may be told of a picture; None for what is not known."""

    px_per_mm: float | None = None
    white: tuple[float, float, float] | None = None


NOTHING = Measured()


class TableKeeper:
    """The measure in `path` for the camera whose identity `camera` tells; a new file is seen when it comes.

    `lasting`: the file is somebody else's, it is left alone even where it does not hold. `why`: why what was there is
    not used any more, "" where nothing was thrown away.
    """

    def __init__(self, path: Path, camera: Callable[[], str], *, lasting: bool = False) -> None:
        self._path = path
        self._camera = camera
        self._lasting = lasting
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._table: Table | None = None
        self._doubts = 0
        self.why = ""

    @property
    def measured(self) -> bool:
        """Whether there is a measure: the camera hangs over its table."""
        with self._lock:
            self._read()
            return self._table is not None

    def at(self, image: Image, quad: Quad) -> Measured:
        """What is known of the sheet `quad` in a picture of the camera. Never raises."""
        with self._lock:
            table = self._usable(image)
        if table is None:
            return NOTHING
        return Measured(table.px_per_mm(image, quad), table.white_at(image, quad))

    def learn(self, image: Image, quad: Quad) -> None:
        """A sheet was captured: whether it has its paper's size tells whether the camera stands where it stood."""
        with self._lock:
            table = self._usable(image)
            told = None if table is None else table.judge(image, quad)
            if told is None:
                return
            self._doubts = 0 if told else self._doubts + 1
            if self._doubts >= DOUBTS:
                self._throw_away(MOVED)

    def check(self) -> Check:
        """For the technician: measured, not measured, or thrown away."""
        with self._lock:
            self._read()
            if self.why:
                return Check.warning(CHECK_NAME, f"{self.why}.", f"Đặt một tờ A4 trắng dưới máy ảnh, {AGAIN}.")
            if self._table is None:
                return Check.good(CHECK_NAME, "Chưa đo bàn: khổ giấy được đoán theo hình dáng.")
            return Check.good(CHECK_NAME, "Bàn đã đo: khổ giấy và màu trắng theo số đo.")

    def _usable(self, image: Image) -> Table | None:
        self._read()
        table = self._table
        if table is None:
            return None
        if table.camera != self._camera():
            self._throw_away(OTHER_CAMERA)
        elif not table.fits(image):
            self._throw_away(OTHER_SIZE)
        return self._table

    def _read(self) -> None:
        """Again only where the file is another."""
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_ino)
        except OSError:
            self._stamp = self._table = None
            return
        if stamp == self._stamp:
            return
        self._stamp, self._doubts, self.why = stamp, 0, ""
        try:
            self._table = load_table(self._path)
        except LangsoError as error:
            log.warning("%s", error)
            self._table, self.why = None, "Tệp số đo bàn không dùng được"

    def _throw_away(self, why: str) -> None:
        log.warning("%s: %s is not used any more", why, self._path)
        self._table, self._doubts, self.why = None, 0, why
        if self._lasting:
            return
        self._stamp = None
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s: %s", self._path, error)
