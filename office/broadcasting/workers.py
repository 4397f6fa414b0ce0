"""Threads that make the sounds asked for, two at a time; each job can be watched and cancelled."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from langso.errors import LangsoError
from langso.voices.synthesis import VoiceError
from langso.words import WordsError
from langso.words.catalogue import Sentence, Words, words_of
from office.broadcasting.broadcasts import Broadcasts
from office.broadcasting.jobs import Job, JobFault, JobKind, JobRows
from office.broadcasting.media import MediaStore
from office.broadcasting.progress import ProgressWatch
from office.errors import BroadcastRefused, MakingCancelled, MediaFailed, NotFound

log = logging.getLogger(__name__)

WORKERS = 2
LOOK_S = 5.0
STOP_S = 10.0
MOST_REMEMBERED = 200
COLLECT_FIRST_S, COLLECT_EVERY_S = 600.0, 6 * 3600.0
"""When unneeded sounds are looked for, from the start; and every so long."""


class SoundJobs:
    """Makes the sounds that pages ask for. The threads begin with the first job, or with `start`. Thread-safe."""

    def __init__(
        self, rows: JobRows, broadcasts: Broadcasts, media: MediaStore, collect: Callable[[], int] = lambda: 0
    ) -> None:
        """`collect` is called every few hours while there is nothing to make."""
        self._collect = collect
        self._collected = time.monotonic() - COLLECT_EVERY_S + COLLECT_FIRST_S
        self._rows = rows
        self._broadcasts = broadcasts
        self._media = media
        self._lock = threading.Lock()
        self._news = threading.Condition()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._unwritten: dict[str, Job] = {}

    def start(self) -> None:
        """Goes on with the jobs that the last process left, and works from now on. Only the web process calls it."""
        with self._lock:
            if self._threads or self._stopping.is_set():
                return
            self._rows.recover()
            for number in range(WORKERS):
                thread = threading.Thread(target=self._run, name=f"sounds-{number}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def stop(self) -> None:
        """Ends the threads; what is being made is put back, and made when the office runs again."""
        self._stopping.set()
        self._wake()
        for thread in self._threads:
            thread.join(STOP_S)

    def ask(self, kind: JobKind, text: str, by: str, message: str = "") -> Job:
        """Adds a job, see `JobRows.ask`. Raises QueueFull."""
        self.start()
        job = self._rows.ask(kind, text, by, message)
        if job.state == "done" and not self._still_there(job):
            self._rows.forget(job.id)
            job = self._rows.ask(kind, text, by, message)
        self._wake()
        return job

    def get(self, id: str) -> Job:
        """One job. Raises NotFound."""
        return self._unwritten.get(id) or self._rows.get(id)

    def of_message(self, message: str) -> Job | None:
        """The newest that makes the sounds of a message."""
        job = self._rows.of_message(message)
        return None if job is None else self._unwritten.get(job.id, job)

    def wait(self, id: str, seconds: float) -> Job:
        """The job once it has ended, or as it is after so many seconds. Raises NotFound."""
        until = time.monotonic() + seconds
        with self._news:
            while not (job := self.get(id)).over and (left := until - time.monotonic()) > 0:
                self._news.wait(left)
        return job

    def cancel(self, id: str) -> Job:
        """Cancels a job; one that has ended stays as it is. Raises NotFound."""
        self._rows.cancel(id)
        self._wake()
        return self.get(id)

    def _still_there(self, job: Job) -> bool:
        try:
            return job.media is not None and self._media.path_of(job.media.sha256).is_file()
        except NotFound:
            return False

    def _wake(self) -> None:
        with self._news:
            self._news.notify_all()

    def _run(self) -> None:
        while not self._stopping.is_set():
            job = self._guarded(self._rows.take)
            if job is None:
                self._collect_in_time()
                with self._news:
                    self._news.wait(LOOK_S)
                continue
            self._work(job)
            self._wake()

    def _collect_in_time(self) -> None:
        with self._lock:
            now = time.monotonic()
            if now - self._collected < COLLECT_EVERY_S:
                return
            self._collected = now
        try:
            self._collect()
        except LangsoError as error:
            log.warning("unneeded sounds were not collected: %s", error)

    def _guarded(self, take: Callable[[], Job | None]) -> Job | None:
        try:
            return take()
        except LangsoError as error:
            log.warning("no job could be taken: %s", error)
            return None

    def _work(self, job: Job) -> None:
        try:
            self._make(job)
        except MakingCancelled:
            if self._stopping.is_set():
                self._rows.put_back(job.id)
        except LangsoError as error:
            self._failed(job, words_of(error), _fault_of(error))
        except Exception:
            log.exception("job %s", job.id)
            self._failed(job, Sentence("jobs-broken"), "broken")

    def _make(self, job: Job) -> None:
        watch = ProgressWatch(lambda percent: self._rows.told(job.id, percent), lambda: self._cancelled(job.id))
        if job.kind == "listen":
            made = self._media.speak(job.text, watch=watch)
            self._rows.end(job.id, "done", media=made.media)
            return
        if self._broadcasts.get(job.message).status == "scheduled":
            # The power went between its sending and this job's end.
            self._rows.end(job.id, "done")
            return
        self._broadcasts.prepare(job.message, watch=watch)
        # From here on it is being sent; a broadcast that was sent is taken back by withdrawing it.
        watch.check()
        if not self._broadcasts.must_be_asked():
            self._broadcasts.send(job.message, job.by)
        self._rows.end(job.id, "done")

    def _failed(self, job: Job, why: Words, fault: JobFault) -> None:
        log.warning("job %s: %s", job.id, why)
        try:
            self._rows.end(job.id, "failed", fault=fault, why=why)
        except LangsoError as error:
            # On a full disk nothing is written, this neither; whoever waits must be told all the same.
            log.warning("job %s: %s", job.id, error)
            while len(self._unwritten) >= MOST_REMEMBERED:
                del self._unwritten[next(iter(self._unwritten))]
            self._unwritten[job.id] = replace(job, state="failed", why=why, fault=fault)

    def _cancelled(self, id: str) -> bool:
        return self._stopping.is_set() or self._rows.get(id).state == "cancelled"


def _fault_of(error: LangsoError) -> JobFault:
    """What staff can mend by other words or another time is refused; the rest is ours."""
    return "refused" if isinstance(error, BroadcastRefused | WordsError | VoiceError | MediaFailed) else "broken"
