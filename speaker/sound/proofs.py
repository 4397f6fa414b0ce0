"""Sound files proven by decoding them ahead of their time; what was found is kept by their hash."""

from __future__ import annotations

import contextlib
import json
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from langso.contract import Media
from langso.contract.health import Check
from langso.durable.files import make_folder, read_limited, write_atomic
from langso.timekeeping.clock import Clock
from langso.timekeeping.worker_thread import WorkerThread
from langso.words.catalogue import t

log = logging.getLogger(__name__)

FIRST_S = 30.0
"""After its start a loudspeaker has better things to do."""
LOOK_S = 20.0
ENOUGH = 0.9
BROKE = "broke"
DIED = "died"
_MOST_BYTES = 4096
_OF_THE_FILE = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGABRT, signal.SIGFPE, signal.SIGXCPU)
"""Signals by which a decoder ends that a file has killed, or kept busy beyond all reason."""


@dataclass(frozen=True)
class FileProof:
    """What is in a file: `ms` of sound, the first that can be heard at `loud_ms`; `fault`: "" or why it cannot be
    played to its end (`broke`: the decoder's own word in `why`; `died`: the decoder did).
    """

    ms: int = 0
    loud_ms: int | None = None
    fault: str = ""
    why: str = ""

    @property
    def playable(self) -> bool:
        """Whether a loudspeaker may try: a file that kills its decoder, or gives nothing, is passed over."""
        return self.fault != DIED and not (self.fault and self.ms == 0)


class Proofs:
    """`here`: media that are on the card, in order of need; `path`: where one is; `on_change` tells of a find."""

    def __init__(
        self,
        folder: Path,
        here: Callable[[], Sequence[Media]],
        path: Callable[[Media], Path],
        clock: Clock,
        *,
        on_change: Callable[[], None] = lambda: None,
        first_s: float = FIRST_S,
    ) -> None:
        self._folder = folder
        self._here = here
        self._path = path
        self._clock = clock
        self._on_change = on_change
        self._not_before = clock.monotonic() + first_s
        self._lock = threading.Lock()
        self._known: dict[str, FileProof] = {}
        self._given_up: set[str] = set()
        self._child: subprocess.Popen[str] | None = None
        self._thread = WorkerThread("proofs", self._run)

    def start(self) -> None:
        """Begins, in a while."""
        self._thread.start()

    def stop(self) -> None:
        """Ends; what is being decoded is begun again next time."""
        with self._lock:
            child = self._child
        if child is not None:
            child.kill()
        self._thread.stop()

    def of(self, medium: Media) -> FileProof | None:
        """What was found in it; None while it was not tried."""
        with self._lock:
            return self._known.get(medium.sha256)

    def unplayable(self, medium: Media) -> str:
        """Why it is not to be given to the player, or ""."""
        proof = self.of(medium)
        return "" if proof is None or proof.playable else t("proofs-unplayable", why=proof.why or proof.fault)

    def checks(self) -> list[Check]:
        """A health line `proofs` where a file that is to be played will not be heard as it was ordered."""
        bad = [told for medium in self._here() if (told := self._told(medium))]
        return [Check.warning("proofs", t("proofs-bad", count=len(bad), why=bad[0]), t("proofs-fix"))] if bad else []

    def look(self) -> None:
        """Tries the first that was not tried yet; kept by hash. Called by its thread, and by tests."""
        media = tuple(self._here())
        self._forget({medium.sha256 for medium in media})
        for medium in media:
            if self._thread.stopping:
                return
            if medium.sha256 in self._given_up or self.of(medium) is not None:
                continue
            proof = self._kept(medium) or self._decoded(medium)
            if proof is None:
                self._given_up.add(medium.sha256)
                continue
            with self._lock:
                self._known[medium.sha256] = proof
            self._on_change()

    def _run(self) -> None:
        while not self._thread.stopping:
            wait = self._not_before - self._clock.monotonic()
            if wait <= 0:
                self.look()
            self._thread.sleep(max(wait, LOOK_S))

    def _told(self, medium: Media) -> str:
        proof = self.of(medium)
        if proof is None:
            return ""
        if not proof.playable:
            return t("proofs-unplayable", why=proof.why or proof.fault)
        if proof.loud_ms is None:
            return t("proofs-silent")
        if proof.ms < medium.duration_ms * ENOUGH:
            return t("proofs-short", found=proof.ms // 1000, planned=medium.duration_ms // 1000)
        return ""

    def _decoded(self, medium: Media) -> FileProof | None:
        seconds = 30 + medium.duration_ms // 5000
        command = [sys.executable, "-m", "speaker.sound.proving", str(self._path(medium)), medium.codec, str(seconds)]
        try:
            with subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            ) as child:
                with self._lock:
                    self._child = child
                try:
                    said, _ = child.communicate(timeout=seconds * 20)
                except subprocess.TimeoutExpired:
                    child.kill()
                    return None
                finally:
                    with self._lock:
                        self._child = None
        except OSError as error:
            log.warning("no sound file can be proven: %s", error)
            return None
        proof = self._judged(child.returncode, said)
        if proof is not None:
            self._keep(medium, proof)
        return proof

    @staticmethod
    def _judged(code: int, said: str) -> FileProof | None:
        if -code in _OF_THE_FILE:
            return FileProof(fault=DIED, why=signal.Signals(-code).name)
        if code:
            # Killed, or a machine without GStreamer: that says nothing of the file.
            return None
        found = json.loads(said)
        return FileProof(found["ms"], found["loud_ms"], BROKE if found["why"] else "", found["why"][:200])

    def _kept(self, medium: Media) -> FileProof | None:
        with contextlib.suppress(OSError, ValueError, TypeError):
            return FileProof(**json.loads(read_limited(self._folder / medium.sha256, _MOST_BYTES)))
        return None

    def _keep(self, medium: Media, proof: FileProof) -> None:
        try:
            make_folder(self._folder)
            write_atomic(self._folder / medium.sha256, json.dumps(asdict(proof)).encode())
        except OSError as error:
            # It is known until the next start.
            log.info("a proof is not kept: %s", error)

    def _forget(self, wanted: set[str]) -> None:
        with self._lock:
            self._known = {sha256: proof for sha256, proof in self._known.items() if sha256 in wanted}
        self._given_up &= wanted
        with contextlib.suppress(OSError):
            for file in self._folder.iterdir():
                if file.name not in wanted:
                    file.unlink(missing_ok=True)
