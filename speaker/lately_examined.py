"""Messages that were examined a short while ago: the same bytes again need no second look."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from langso.contract.reports import RefusalReason
from langso.trust import Refused

LASTS_S = 30.0
"""An order that comes again after a reconnection is looked at again: what a crash left undone is done then."""
MOST = 2000
LASTING: frozenset[RefusalReason] = frozenset(
    (
        "malformed",
        "too_large",
        "forged",
        "threshold",
        "bad_chain",
        "wrong_role",
        "wrong_commune",
        "wrong_audience",
        "rolled_back",
        "equivocation",
    )
)
"""Refusals that only another trust document can undo; those that time or a nonce undoes are judged anew each time."""

Name = tuple[str, str | None, bytes]


@dataclass(frozen=True)
class LateVerdict:
    """What was found at monotonic second `at`; `refused` is None where it was taken, or known already."""

    at: float
    refused: Refused | None = None


class LatelyExamined:
    """By kind, the issuer its topic names, and a hash of all its bytes: `MOST` that were refused, and of each topic
    the one that was taken last. Thread-safe.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._refused: OrderedDict[Name, LateVerdict] = OrderedDict()
        self._taken: dict[tuple[str, str | None], tuple[bytes, LateVerdict]] = {}

    def name(self, kind: str, issuer: str | None, raw: bytes) -> Name:
        """Under which it is kept."""
        return kind, issuer, hashlib.sha256(raw).digest()

    def find(self, name: Name) -> LateVerdict | None:
        """What was found less than half a minute ago; None where it has to be examined."""
        kind, issuer, digest = name
        with self._lock:
            taken, verdict = self._taken.get((kind, issuer), (b"", None))
            found = verdict if taken == digest else self._refused.get(name)
        return None if found is None or self._monotonic() - found.at > LASTS_S else found

    def took(self, name: Name) -> None:
        """It was taken, or is held already, and all that follows from it was done."""
        kind, issuer, digest = name
        with self._lock:
            self._taken[kind, issuer] = digest, LateVerdict(self._monotonic())

    def refuse(self, name: Name, refused: Refused) -> None:
        """It was refused; kept where the reason lasts."""
        if refused.reason not in LASTING:
            return
        with self._lock:
            self._refused[name] = LateVerdict(self._monotonic(), refused)
            self._refused.move_to_end(name)
            if len(self._refused) > MOST:
                self._refused.popitem(last=False)

    def forget(self) -> None:
        """Another trust document is in force, or the office has answered: all is judged anew."""
        with self._lock:
            self._refused.clear()
            self._taken.clear()
