"""Stop-and-wait over one open line: sequence numbers, retries, replies told apart from telemetry. No threads here."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from firmware_bridge.errors import CommandRefused, LinkLost
from firmware_bridge.host.reply_time import ReplyTime
from firmware_bridge.wire import codes, messages
from firmware_bridge.wire.errors import MessageError
from firmware_bridge.wire.fields import LinkMessage
from firmware_bridge.wire.frames import DELIMITER, VERSION, Decoder, LinkFrame
from firmware_bridge.wire.messages import Ack, Hello, Nak
from langso.words.catalogue import Sentence

ATTEMPTS = 10
WRONG_VERSION_WHY = Sentence("bridge-other-version")


class Line(Protocol):
    """An open serial line. Both methods raise OSError once it is gone."""

    def read(self, timeout: float) -> bytes:
        """What has come, waiting at most `timeout` seconds for the first byte; b"" when nothing came."""

    def write(self, data: bytes) -> None:
        """Send all of `data`."""


@dataclass
class Counters:
    """What the link has seen since the bridge was made."""

    sent: int = 0
    received: int = 0
    bad_frames: int = 0
    retries: int = 0
    unasked: int = 0
    unasked_lost: int = 0
    connects: int = 0
    restarts: int = 0
    """Times the firmware came back with another boot id."""
    lease_drops: int = 0
    """Outputs that fell although they were still wanted."""


class Exchange:
    """One conversation over one line; `unasked` gets telemetry and errors as they come."""

    def __init__(self, line: Line, counters: Counters, unasked: Callable[[LinkMessage], None]) -> None:
        self._line = line
        self._counters = counters
        self._unasked = unasked
        self._decoder = Decoder()
        self._seq = random.randrange(1, 256)
        self._turn: int | None = None
        self._count = 0
        self._reply_time = ReplyTime()
        self._unasked_seq: int | None = None
        self._foreign = False

    def connect(self, session: int) -> Hello:
        """Introduce this program and agree on a level; raises LinkLost when nobody answers or none is shared."""
        self._turn = None
        try:
            reply = self._ask(messages.Connect(session, codes.OLDEST_LEVEL, codes.NEWEST_LEVEL))
        except CommandRefused as refused:
            if refused.reason != codes.BAD_PAYLOAD:
                raise LinkLost(WRONG_VERSION_WHY) from refused
            # A board of level 1 refuses what is behind the session.
            reply = self._ask(messages.Connect(session))
        if not isinstance(reply, Hello):
            raise LinkLost(Sentence("bridge-wrong-hello"))
        if reply.protocol != VERSION or not codes.OLDEST_LEVEL <= reply.level <= codes.NEWEST_LEVEL:
            raise LinkLost(WRONG_VERSION_WHY)
        if reply.more is not None:
            self._turn, self._count = reply.more.turn, 0
        return reply

    def command(self, message: LinkMessage) -> Ack:
        """Send until acknowledged; raises LinkLost after ATTEMPTS silences, CommandRefused on a NAK."""
        reply = self._ask(message)
        if not isinstance(reply, Ack):
            raise LinkLost(Sentence("bridge-mixed-answers"))
        return reply

    def listen(self, timeout: float) -> None:
        """Take in telemetry for up to `timeout` seconds, returning early once something came."""
        for frame in self._receive(timeout):
            self._take_unasked(frame)

    def _ask(self, message: LinkMessage) -> LinkMessage:
        self._seq = self._seq % 255 + 1
        raw = self._frame(message).to_bytes()
        for attempt in range(ATTEMPTS):
            if attempt:
                self._counters.retries += 1
            self._counters.sent += 1
            # A leading delimiter ends whatever noise the other side has collected.
            sent = time.monotonic()
            self._line.write(DELIMITER + raw)
            reply = self._wait_reply(message.type, sent + self._reply_time.wait(attempt))
            if reply is not None:
                if not attempt:
                    self._reply_time.took(time.monotonic() - sent)
                return reply
        if self._foreign:
            raise LinkLost(WRONG_VERSION_WHY)
        raise LinkLost(Sentence("bridge-no-answer"))

    def _frame(self, message: LinkMessage) -> LinkFrame:
        if self._turn is None:
            return message.frame(self._seq)
        self._count += 1
        return messages.stamped(message, self._seq, self._turn, self._count)

    def _wait_reply(self, command: int, deadline: float) -> LinkMessage | None:
        damaged = self._decoder.errors
        while (left := deadline - time.monotonic()) > 0:
            found: LinkMessage | None = None
            for frame in self._receive(left):
                if frame.type not in codes.REPLIES:
                    self._take_unasked(frame)
                elif frame.seq == self._seq and found is None:
                    found = self._read_reply(frame, command)
            if found is not None:
                return found
            if self._decoder.errors != damaged:
                # What was damaged was most likely the answer: it is not worth waiting for.
                return None
        return None

    def _read_reply(self, frame: LinkFrame, command: int) -> LinkMessage | None:
        try:
            reply = messages.read_message(frame)
        except MessageError:
            self._counters.bad_frames += 1
            return None
        if isinstance(reply, Nak):
            if reply.reason in (codes.NO_SESSION, codes.STALE):
                # It has restarted, or heard a CONNECT that was long on its way: agree anew.
                raise LinkLost(Sentence("bridge-just-restarted"))
            raise CommandRefused(
                reply.reason, _REASONS.get(reply.reason, Sentence("bridge-reason-code", reason=reply.reason))
            )
        if isinstance(reply, Ack) and reply.command != command:
            return None
        return reply

    def _receive(self, timeout: float) -> list[LinkFrame]:
        before = self._decoder.errors
        frames = self._decoder.feed(self._line.read(timeout))
        self._counters.bad_frames += self._decoder.errors - before
        self._counters.received += len(frames)
        ours = [frame for frame in frames if frame.version == VERSION]
        self._foreign = self._foreign or len(ours) < len(frames)
        return ours

    def _take_unasked(self, frame: LinkFrame) -> None:
        # Counted before it is read: also what a later release says unasked has its number.
        if self._unasked_seq is not None:
            self._counters.unasked_lost += (frame.seq - self._unasked_seq - 1) % 256
        self._unasked_seq = frame.seq
        if frame.type not in codes.UNASKED:
            return
        try:
            message = messages.read_message(frame)
        except MessageError:
            self._counters.bad_frames += 1
            return
        self._counters.unasked += 1
        self._unasked(message)


_REASONS = {
    codes.UNKNOWN_TYPE: Sentence("bridge-reason-strange"),
    codes.BAD_PAYLOAD: Sentence("bridge-reason-damaged"),
    codes.UNKNOWN_OUTPUT: Sentence("bridge-reason-no-output"),
    codes.BAD_LEASE: Sentence("bridge-reason-lease"),
    codes.WRONG_VERSION: Sentence("bridge-reason-version"),
    codes.UNKNOWN_SOURCE: Sentence("bridge-reason-no-source"),
}
