"""How broadcasts stand between what staff decided and what is signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from langso.words.catalogue import Words
from office.broadcasting.rows import Broadcast

Standing = Literal[
    "draft", "signed", "unsigned", "unasked", "unapproved", "too_late", "barred", "withdrawing", "withdrawn"
]
"""`unsigned`: staff sent it, no loudspeaker knows it yet; `unasked`: nobody confirmed it to the signer;
`unapproved`: a second person must approve it; `too_late`: its time came before the signature; `barred`: the commune's
rules became tighter and it was taken out; `withdrawing`: loudspeakers still mean to play it."""


@dataclass(frozen=True)
class Standings:
    """How all broadcasts stand at one moment. `why`: what keeps the signer from signing, "" where
    nothing is known.
    """

    now: datetime
    planned: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    unasked: frozenset[str] = frozenset()
    unapproved: frozenset[str] = frozenset()
    why: Words = ""

    def of(self, broadcast: Broadcast) -> Standing:
        """How one broadcast stands."""
        id, planned = broadcast.planned.id, broadcast.planned
        if broadcast.status == "withdrawn":
            return "withdrawing" if id in self.planned and planned.ends > self.now else "withdrawn"
        if broadcast.status != "scheduled":
            return "draft"
        if id in self.planned or (broadcast.signed is not None and planned.begins <= self.now):
            return "signed"
        if id in self.barred:
            return "barred"
        if planned.begins <= self.now:
            return "too_late"
        if id in self.unapproved:
            return "unapproved"
        return "unasked" if id in self.unasked else "unsigned"
