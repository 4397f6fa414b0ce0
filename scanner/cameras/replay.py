"""A camera that shows what lies in a folder, or an AVI: the village's camera and the tests'."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from langso.words.catalogue import Sentence
from scanner.cameras.black_or_frozen import BlackOrFrozen, glance
from scanner.cameras.camera import Closing, Condition, Frame, Health, Locks, turned
from scanner.errors import CameraFault, ImageRefused
from scanner.images import load_image

if TYPE_CHECKING:
    import cv2

    from scanner.arrays import Image

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
UNPLUGGED, BLACK, FROZEN = ".unplugged", ".black", ".frozen"
_MARKERS = (UNPLUGGED, BLACK, FROZEN)


class ReplayCamera(Closing):
    """Shows each picture in `source` for `hold_s` seconds, the last one for ever. Between them a file
    `NAME.unplugged` stands for an unplugged camera for as long, `NAME.black` for a covered lens, `NAME.frozen` for a
    camera that repeats its last frame.

    The folder is read again when it changes, so a person (or the village's story) can lay another paper under the
    camera. Raises CameraFault where `source` does not exist.
    """

    def __init__(self, source: Path, *, rotate: int = 0, hold_s: float = 1.0, pace_s: float = 1 / 30) -> None:
        if not source.exists():
            raise CameraFault(Sentence("camera-no-folder", folder=source))
        self._source = source
        self._rotate = rotate
        self._hold_s = hold_s
        self._pace_s = pace_s
        self._sequence = 0
        self._video: cv2.VideoCapture | None = None
        self._listing: tuple[tuple[str, int], ...] = ()
        self._begun = time.monotonic()
        self._shown: tuple[str, Image] | None = None
        self._black_or_frozen = BlackOrFrozen(black_s=min(1.0, hold_s / 2), frozen_s=min(1.0, hold_s / 2))
        self._frozen = False
        self._condition: Condition = "starting"

    @property
    def health(self) -> Health:
        """How it is since the last `read`."""
        return Health(self._condition)

    @property
    def locks(self) -> Locks:
        """A picture file has nothing to hold fast."""
        return Locks()

    def read(self) -> Frame | None:
        """The picture whose turn it is; None while unplugged, or while the folder is empty."""
        time.sleep(self._pace_s)
        self._frozen = False
        image = self._from_video() if self._source.is_file() else self._from_folder()
        if image is None:
            self._condition = "away"
            return None
        # Two looks at one file are the same frame; only what stands for a frozen camera is judged as one.
        self._condition = self._black_or_frozen.see(glance(image), time.monotonic(), noisy=self._frozen)
        if self._condition == "frozen":
            return None
        self._sequence += 1
        return Frame(turned(image, self._rotate), self._sequence)

    def still(self) -> Frame | None:
        """The picture as it lies in the folder: there is no better one."""
        return self.read()

    def close(self) -> None:
        """Let the video file go."""
        if self._video is not None:
            self._video.release()
            self._video = None

    def _from_folder(self) -> Image | None:
        try:
            entries = sorted(
                (entry.name, entry.stat().st_mtime_ns)
                for entry in self._source.iterdir()
                if entry.suffix.lower() in (*_PICTURES, *_MARKERS)
            )
        except OSError:
            return None
        listing = tuple(entries)
        if listing != self._listing:
            self._listing, self._begun, self._shown = listing, time.monotonic(), None
        if not listing:
            return None
        turn = min(int((time.monotonic() - self._begun) / self._hold_s), len(listing) - 1)
        name = listing[turn][0]
        if name.endswith(UNPLUGGED):
            return None
        if name.endswith(BLACK):
            return np.zeros((720, 1280, 3) if self._shown is None else self._shown[1].shape, np.uint8)
        if name.endswith(FROZEN):
            self._frozen = True
            return None if self._shown is None else self._shown[1]
        if self._shown is None or self._shown[0] != name:
            try:
                self._shown = (name, load_image(self._source / name))
            except ImageRefused:
                # A picture still being copied: a camera would show nothing yet either.
                return None
        return self._shown[1]

    def _from_video(self) -> Image | None:
        import cv2

        if self._video is None:
            self._video = cv2.VideoCapture(str(self._source))
        good, image = self._video.read()
        if not good:
            self._video.release()
            self._video = None
            return None
        return image
