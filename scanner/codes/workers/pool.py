"""Worker processes for everything that may hang or crash: started once, ended when over their time, started anew."""

from __future__ import annotations

import atexit
import contextlib
import heapq
import itertools
import logging
import mmap
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from pydantic import ValidationError

from scanner.codes.engines import EngineLook
from scanner.codes.places import Polygon
from scanner.codes.workers.tasks import MAX_LINE, Answer, Kind, ReadingTask

if TYPE_CHECKING:
    from scanner.arrays import Gray, Picture

_log = logging.getLogger(__name__)

COUNT = 2
"""Workers: the kiosk's PC and the Pi have cores for two beside the screen."""

CAP_S = 0.3
"""Seconds one task may take (`solve`, `weave` and `flat`, which mind the time themselves, as long as the frame has);
a worker that takes more than GRACE_S longer is ended.
"""
GRACE_S = 0.5
"""Seconds beyond its time after which a worker is taken for stuck."""

# Seconds a worker may take to start: OpenCV and two nets on a Pi under load.
_START_S = 20.0
# Workers that die in a row before no more are started for a while.
_MOST_DEATHS = 4
# Seconds of that while.
_REST_S = 30.0
_ROOT = Path(__file__).resolve().parents[3]


@dataclass
class _Worker:
    process: subprocess.Popen[bytes]
    born: float
    ready: bool = False
    task: ReadingTask | None = None
    heard: bytearray = field(default_factory=bytearray)

    @property
    def out(self) -> int:
        assert self.process.stdout is not None
        return self.process.stdout.fileno()


class Pool:
    """Up to `count` workers on one frame in shared memory. One frame at a time; `frame` waits for its turn."""

    def __init__(self, count: int = COUNT) -> None:
        self._count = count
        self._workers: list[_Worker] = []
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._fd = os.memfd_create("langso-frame", os.MFD_CLOEXEC)
        self._map: mmap.mmap | None = None
        self._blank_after = False
        self._begun = False
        self._deaths = 0
        self._rest_until = 0.0

    def warm(self, within_s: float = _START_S) -> bool:
        """Start the workers and wait until they are ready; whether any is."""
        with self._lock:
            return self._start(within_s)

    @contextlib.contextmanager
    def frame(self, image: Picture, end: float) -> Iterator[FrameTasks]:
        """Put a BGR or gray picture before the workers; tasks of the session work on it until `end` (monotonic)."""
        with self._lock:
            if self._begun:
                # What was said since the last frame comes first: a worker long done is neither late nor slow.
                self._hear(0)
                self._mend()
            height, width = image.shape[:2]
            gray = self._room(height, width)
            if image.ndim == 2:
                np.copyto(gray, image)
            else:
                cv2.cvtColor(image, cv2.COLOR_BGR2GRAY, dst=gray)
            try:
                yield FrameTasks(self, gray, end)
            finally:
                if self._blank_after:
                    self._blank()

    def close(self) -> None:
        """End the workers, after the frame in hand; a frame put later starts new ones."""
        with self._lock:
            for worker in self._workers:
                _end(worker)
            self._workers.clear()
            self._begun = False
            self._blank()

    def forget(self, within_s: float = 1.0) -> None:
        """Blanks the last frame, so that no picture is kept longer than needed; one that is still worked on is
        blanked after that.
        """
        self._blank_after = True
        if self._lock.acquire(timeout=within_s):
            try:
                self._blank()
            finally:
                self._lock.release()

    def _blank(self) -> None:
        self._blank_after = False
        if self._map is not None:
            np.frombuffer(self._map, np.uint8)[:] = 0

    def _start(self, within_s: float = _START_S) -> bool:
        self._begun = True
        until = time.monotonic() + within_s
        self._mend()
        while self._workers and not all(w.ready for w in self._workers) and time.monotonic() < until:
            self._hear(min(0.2, max(0.0, until - time.monotonic())))
            self._mend()
        return any(w.ready for w in self._workers)

    def _room(self, height: int, width: int) -> Gray:
        size = height * width
        if self._map is None or len(self._map) < size:
            os.ftruncate(self._fd, size)
            self._map = mmap.mmap(self._fd, size)
        return np.frombuffer(self._map, np.uint8, size).reshape(height, width)

    def _mend(self) -> None:
        """End who is dead, stuck or slow to start, and fill the gaps."""
        now = time.monotonic()
        for worker in list(self._workers):
            late = worker.task is not None and now > worker.task.until + GRACE_S
            if late or worker.process.poll() is not None or (not worker.ready and now > worker.born + _START_S):
                _log.warning("reading worker %d ended (%s)", worker.process.pid, "late" if late else "dead")
                self._deaths += 1
                _end(worker)
                self._workers.remove(worker)
        if self._deaths >= _MOST_DEATHS:
            self._deaths, self._rest_until = 0, now + _REST_S
        while len(self._workers) < self._count and now >= self._rest_until:
            try:
                self._workers.append(self._started())
            except OSError as error:
                _log.warning("reading worker cannot start: %s", error)
                self._rest_until = now + _REST_S

    def _started(self) -> _Worker:
        # One arena, large blocks given back: the nets' scratch memory does not stay with the worker.
        spare = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "4194304", "MALLOC_MMAP_THRESHOLD_": "1048576"}
        environment = {**os.environ, **spare, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(
            [sys.executable, "-m", "scanner.codes.workers.worker", str(self._fd)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(self._fd,),
            env=environment,
            start_new_session=True,
        )
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        return _Worker(process, time.monotonic())

    def _give(self, worker: _Worker, task: ReadingTask) -> None:
        assert worker.process.stdin is not None
        worker.task = task
        with contextlib.suppress(OSError):
            worker.process.stdin.write(task.model_dump_json().encode() + b"\n")
            worker.process.stdin.flush()

    def _hear(self, wait_s: float) -> list[tuple[ReadingTask, EngineLook]]:
        """Answers that came, waiting at most `wait_s` for the first."""
        by_fd = {worker.out: worker for worker in self._workers}
        if not by_fd:
            time.sleep(min(wait_s, 0.05))
            return []
        poll = select.poll()
        for fd in by_fd:
            poll.register(fd, select.POLLIN)
        answers: list[tuple[ReadingTask, EngineLook]] = []
        for fd, _ in poll.poll(wait_s * 1000):
            worker = by_fd[fd]
            try:
                chunk = os.read(fd, 1 << 16)
            except BlockingIOError:
                continue
            if not chunk or len(worker.heard) > MAX_LINE:
                worker.process.kill()
                worker.process.wait()
                continue
            worker.heard += chunk
            while (end := worker.heard.find(b"\n")) >= 0:
                line = bytes(worker.heard[:end])
                del worker.heard[: end + 1]
                answers += self._taken(worker, line)
        return answers

    def _taken(self, worker: _Worker, line: bytes) -> list[tuple[ReadingTask, EngineLook]]:
        try:
            answer = Answer.model_validate_json(line)
        except ValidationError:
            _log.warning("reading worker %d speaks nonsense", worker.process.pid)
            worker.process.kill()
            worker.process.wait()
            return []
        if answer.id == 0:
            worker.ready = True
            return []
        # What dies at its first task dies again: only an answer shows that it is worth starting another.
        self._deaths = 0
        task, worker.task = worker.task, None
        return [(task, answer.look())] if task is not None and task.id == answer.id else []


class FrameTasks:
    """Tasks on one frame. Lower `rank` goes first."""

    def __init__(self, pool: Pool, gray: Gray, end: float) -> None:
        self.gray = gray
        self._end = end
        self._pool = pool
        self._waiting: list[tuple[float, int, ReadingTask]] = []
        self._mine: dict[int, ReadingTask] = {}

    def add(
        self,
        kind: Kind,
        rank: float,
        *,
        step: int = 0,
        side: int = 400,
        place: Polygon | None = None,
        skip: tuple[Polygon, ...] = (),
    ) -> None:
        """Queue a task; it may take CAP_S from when it is begun. The very first starts the workers, and the frame's
        time waits for that.
        """
        if not self._pool._begun:
            begin = time.monotonic()
            self._pool._start()
            self._end += time.monotonic() - begin
        height, width = self.gray.shape
        task = ReadingTask(
            id=next(self._pool._ids),
            kind=kind,
            height=height,
            width=width,
            until=0.0,
            step=step,
            side=side,
            place=place,
            skip=skip,
        )
        heapq.heappush(self._waiting, (rank, task.id, task))
        self._assign()

    def results(self) -> Iterator[tuple[ReadingTask, EngineLook]]:
        """Tasks done, in the order they end, until none is left or the time is up. A task whose worker died comes
        with an empty look.
        """
        while self._waiting or self._mine:
            now = time.monotonic()
            if now >= self._end or (not self._pool._workers and not self._mine):
                return
            for task, look in self._pool._hear(min(self._end - now, 0.1)):
                if self._mine.pop(task.id, None) is not None:
                    yield task, look
            self._pool._mend()
            for task in self._lost():
                yield task, EngineLook()
            self._assign()

    def drop(self, needless: Callable[[ReadingTask], bool]) -> None:
        """Forget the tasks no longer needed; nobody waits for those already begun."""
        self._mine = {id_: task for id_, task in self._mine.items() if not needless(task)}
        self._waiting = [entry for entry in self._waiting if not needless(entry[2])]
        heapq.heapify(self._waiting)

    def _lost(self) -> list[ReadingTask]:
        running = {worker.task.id for worker in self._pool._workers if worker.task is not None}
        return [self._mine.pop(id_) for id_ in list(self._mine) if id_ not in running]

    def _assign(self) -> None:
        for worker in self._pool._workers:
            if self._waiting and worker.ready and worker.task is None:
                task = heapq.heappop(self._waiting)[2]
                mindful = task.kind in ("solve", "weave", "flat")
                until = self._end if mindful else min(self._end, time.monotonic() + CAP_S)
                task = task.model_copy(update={"until": until})
                self._mine[task.id] = task
                self._pool._give(worker, task)


def _end(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.wait()
    for pipe in (worker.process.stdin, worker.process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


_shared: Pool | None = None
_shared_lock = threading.Lock()


def forget() -> None:
    """Blank the last frame of the process's one pool, if there is one."""
    if _shared is not None and _shared._pid == os.getpid():
        _shared.forget()


def shared() -> Pool:
    """The process's one pool, made on first use (anew in a forked child)."""
    global _shared
    with _shared_lock:
        if _shared is None or _shared._pid != os.getpid():
            _shared = Pool()
            atexit.register(_shared.close)
        return _shared
