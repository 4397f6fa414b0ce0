"""The measure of a camera's table: kept in a file, used for its pictures, thrown away when it no longer fits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from langso.contract.health import Check
from langso.errors import LangsoError
from langso.words.catalogue import Sentence
from scanner.live.table import Table, load_table

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.arrays import Image, Quad

log = logging.getLogger(__name__)

CHECK_NAME = "camera-table"
DOUBTS = 3
"""So many sheets one after the other of another size than any paper, and the camera is taken for moved."""

Why = Literal["", "other_camera", "other_size", "moved", "unusable"]
"""Why a measure is not used any more: another camera; its pictures have another size; it was moved; the file."""


@dataclass(frozen=True)
class Doubts:
    """What was found out against the measure: so many odd sheets in a row, and why it was thrown away."""

    sheets: int = 0
    why: Why = ""


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
        self.why: Why = ""

    @property
    def doubts(self) -> Doubts:
        """To be told to another keeper of the same file, which goes on from there."""
        return Doubts(self._doubts, self.why)

    def told(self, doubts: Doubts) -> None:
        """What another keeper of the same file found out."""
        with self._lock:
            self._read()
            self._doubts, self.why = doubts.sheets, doubts.why

    @property
    def measured(self) -> bool:
        """Whether there is a measure, so that the camera is known to hang over its table."""
        with self._lock:
            self._read()
            return self._table is not None

    def at(self, image: Image, quad: Quad) -> Measured:
        """What the measure tells of the sheet `quad` in a picture of this camera. Never raises."""
        with self._lock:
            table = self._usable(image)
        if table is None:
            return NOTHING
        return Measured(table.px_per_mm(image, quad), table.white_at(image, quad))

    def learn(self, image: Image, quad: Quad) -> None:
        """A sheet was captured: its size tells whether the camera still stands where it was measured."""
        with self._lock:
            table = self._usable(image)
            told = None if table is None else table.judge(image, quad)
            if told is None:
                return
            self._doubts = 0 if told else self._doubts + 1
            if self._doubts >= DOUBTS:
                self._throw_away("moved")

    def check(self) -> Check:
        """For the technician: measured, not measured, or thrown away."""
        with self._lock:
            self._read()
            if self.why:
                why = Sentence("table-not-used", why=self.why)
                return Check.warning(CHECK_NAME, why, Sentence("table-measure-fix"))
            if self._table is None:
                return Check.good(CHECK_NAME, Sentence("table-not-measured"))
            return Check.good(CHECK_NAME, Sentence("table-measured"))

    def _usable(self, image: Image) -> Table | None:
        self._read()
        table = self._table
        if table is None:
            return None
        if table.camera != self._camera():
            self._throw_away("other_camera")
        elif not table.fits(image):
            self._throw_away("other_size")
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
            self._table, self.why = None, "unusable"

    def _throw_away(self, why: Why) -> None:
        log.warning("%s is not used any more: %s", self._path, why)
        self._table, self._doubts, self.why = None, 0, why
        if self._lasting:
            return
        self._stamp = None
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s: %s", self._path, error)
