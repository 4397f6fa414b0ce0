"""The one thread that waits for a card: a card that takes nothing and says nothing holds up nobody else."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from langso.durable.errors import CardHangs

Done = TypeVar("Done")
PATIENCE_S = 1.0
"""A worn card rests so long now and then; an emergency that comes meanwhile still sounds within two seconds."""
LONG_PATIENCE_S = 10.0
"""For what may be much at once, and keeps nobody waiting who plays."""
_IDLE_S = 10.0


class CardHand:
    """Does work on the card, in order, on its own thread, for callers that wait for it only so long. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[_Work] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._given_up = 0

    @property
    def hangs(self) -> bool:
        """Whether the card still holds what somebody no longer waits for."""
        return self._given_up > 0

    def do(self, work: Callable[[], Done], patience_s: float | None = None) -> Done:
        """What `work` returns or raises. Raises CardHangs where that takes longer, and at once while the card hangs:
        work that has begun may then still be done, work that has not is never done.
        """
        if threading.current_thread() is self._thread:
            return work()
        if self.hangs:
            raise CardHangs
        waiting = _Work(work)
        self._give(waiting)
        if not waiting.over.wait(PATIENCE_S if patience_s is None else patience_s):
            with self._lock:
                if not waiting.over.is_set():
                    waiting.given_up = True
                    self._given_up += 1
                    raise CardHangs
        if waiting.error is not None:
            raise waiting.error
        done: Done = waiting.result
        return done

    def later(self, work: Callable[[], object]) -> None:
        """Has it done when the card is free, whatever becomes of it; waits for nothing."""
        self._give(_Work(work, by_the_way=True))

    def _give(self, work: _Work) -> None:
        with self._lock:
            self._queue.put(work)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="card", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                work = self._queue.get(timeout=_IDLE_S)
            except queue.Empty:
                with self._lock:
                    if self._queue.empty():
                        self._thread = None
                        return
                continue
            if not work.given_up:
                work.run()
            with self._lock:
                work.over.set()
                self._given_up -= work.given_up
            # What it was about is not kept until the next comes: a card is to be unmounted.
            del work


def by_hand(hand: CardHand | None, work: Callable[[], Done], patience_s: float | None = None) -> Done:
    """`work` done by the hand, or where there is none by the caller itself. Raises as `CardHand.do`."""
    return work() if hand is None else hand.do(work, patience_s)


class _Work:
    def __init__(self, work: Callable[[], Any], *, by_the_way: bool = False) -> None:
        self._work: Callable[[], Any] | None = work
        self._by_the_way = by_the_way
        self.over = threading.Event()
        self.given_up = False
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        work, self._work = self._work, None
        assert work is not None
        try:
            self.result = work()
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever asked
            if not self._by_the_way:
                self.error = error
