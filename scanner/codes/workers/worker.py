"""The process that may hang or crash: engines on the frame in shared memory, tasks from stdin, answers to stdout.

Started by `pool`; ends when its parent does. Run as `python -m scanner.codes.workers.worker FRAME_FD`.
"""

from __future__ import annotations

import logging
import mmap
import os
import queue
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, TypeVar

import cv2
import numpy as np

from langso.settings.assets import AssetMissing
from scanner.codes.engines import Detector, EngineLook, WeChat
from scanner.codes.ladder import rungs, wholes
from scanner.codes.rescue import rescue
from scanner.codes.workers.tasks import MAX_LINE, Answer, ReadingTask

if TYPE_CHECKING:
    from scanner.arrays import Gray

_log = logging.getLogger(__name__)
# Seconds beyond its time after which the kernel ends a worker whose parent did not.
_LAST_RESORT_S = 2.0
Engine = TypeVar("Engine")


def main() -> None:
    """Answer tasks until stdin ends."""
    # Engines print where they like; answers have a pipe of their own.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    # Engines may crash, and a core would hold the paper that lies under the camera.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    cv2.setNumThreads(1)
    bench = _Bench(int(sys.argv[1]))
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, tasks), daemon=True).start()
    _say(out, Answer(id=0))
    while True:
        task = ReadingTask.model_validate_json(tasks.get())
        # Should an engine hang so that not even the parent is left to end it, the kernel does.
        signal.setitimer(signal.ITIMER_REAL, max(0.0, task.until - time.monotonic()) + _LAST_RESORT_S)
        look = bench.work(task)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _say(out, Answer.of(task.id, look))


class _Bench:
    def __init__(self, frame_fd: int) -> None:
        self._fd = frame_fd
        self._map: mmap.mmap | None = None
        self._wechat = _loaded(WeChat)
        self._detector = _loaded(Detector)
        self._rescue = rescue()

    def work(self, task: ReadingTask) -> EngineLook:
        if time.monotonic() > task.until:
            return EngineLook()
        gray = self._frame(task.height, task.width)
        if task.kind == "find":
            return (
                EngineLook()
                if self._detector is None
                else EngineLook(unread=tuple(self._detector.boxes(gray, task.side)))
            )
        if task.kind == "whole":
            return wholes.look(gray, task.step)
        if task.kind == "flat":
            return self._rescue.flat(gray, task.side, task.skip, task.until)
        if task.place is None:
            return EngineLook()
        if task.kind == "solve":
            return self._rescue.solve(gray, task.place, task.until)
        if task.kind == "weave":
            return self._rescue.weave(gray, task.place, task.step, task.until)
        return rungs.climb(gray, task.place, task.step, self._wechat, task.until)

    def _frame(self, height: int, width: int) -> Gray:
        size = height * width
        if self._map is None or len(self._map) < size:
            self._map = mmap.mmap(self._fd, os.fstat(self._fd).st_size, mmap.MAP_SHARED, mmap.PROT_READ)
        return np.frombuffer(self._map, np.uint8, size).reshape(height, width)


def _loaded(engine: Callable[[], Engine]) -> Engine | None:
    try:
        return engine()
    except AssetMissing as missing:
        _log.warning("%s", missing)
        return None


def _listen(source: IO[bytes], tasks: queue.SimpleQueue[bytes]) -> None:
    while line := source.readline(MAX_LINE):
        tasks.put(line)
    # The parent is gone: nobody waits for what the main thread may be doing.
    os._exit(0)


def _say(out: IO[bytes], answer: Answer) -> None:
    line = answer.model_dump_json().encode() + b"\n"
    while line:
        line = line[out.write(line) or 0 :]


if __name__ == "__main__":
    main()
