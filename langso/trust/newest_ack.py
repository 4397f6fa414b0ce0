"""The newest acknowledgement: what it acknowledges may go back, the moment at which it was signed may not."""

from __future__ import annotations

from datetime import datetime

from langso.contract import ReceiptsAck
from langso.trust.errors import Refused
from langso.trust.rules import FUTURE


class NewestAck:
    """`written`: when the newest was signed. In memory: after a restart the retained one counts."""

    def __init__(self) -> None:
        self.written: datetime | None = None

    def take(self, ack: ReceiptsAck, now: datetime | None) -> bool:
        """Whether it says anything: an old copy, or one that was overtaken, does not. `now`: the clock where it is
        trusted; raises Refused for what is dated more than a day ahead of it.
        """
        if now is not None and ack.written > now + FUTURE:
            raise Refused("from_future", f"an acknowledgement of {ack.written.isoformat()}")
        if self.written is not None and ack.written < self.written:
            return False
        self.written = ack.written
        return True

    def forget(self) -> None:
        """Another trust document: whoever dated one far ahead may have lost his right by it."""
        self.written = None
