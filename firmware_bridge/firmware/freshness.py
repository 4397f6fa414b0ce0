"""Which commands are of now: a copy that was held up on its way must not be obeyed when others have overtaken it."""

import struct

from firmware_bridge.wire.messages import SetOutput, stamp_of

TYPE_CHECKING = False
if TYPE_CHECKING:  # MicroPython has no typing module
    from firmware_bridge.wire.fields import LinkMessage
    from firmware_bridge.wire.frames import LinkFrame

_BEHIND = 127
"""Of 255 sequence numbers: so many of those that went before are taken for old ones."""


class Freshness:
    """Level 2: a command must bear this conversation's turn and a count above all before. Level 1 has only its
    sequence number: there an order to switch on must not be one that went before.
    """

    def __init__(self, boot_id: bytes) -> None:
        # Another one after each start, as the boot id is.
        self._turn: int = struct.unpack("<I", boot_id[:4])[0]
        self._count = 0
        self._seq = 0

    def begin(self, seq: int) -> int:
        """A host has introduced itself: the turn that its commands must bear."""
        self._turn = (self._turn + 1) & 0xFFFFFFFF
        self._count = 0
        self._seq = seq
        return self._turn

    def admits(self, command: "LinkMessage", frame: "LinkFrame", level: int) -> bool:
        """Whether `command` is newer than all that were admitted; it then counts as the newest."""
        if level > 1:
            stamp = stamp_of(command, frame)
            if stamp is None or stamp[0] != self._turn or stamp[1] <= self._count:
                return False
            self._count = stamp[1]
            return True
        if 0 < (self._seq - frame.seq) % 255 <= _BEHIND:
            # Off is never wrong, and what renews raises nothing: only an old order to switch on does harm.
            return not (isinstance(command, SetOutput) and command.on)
        self._seq = frame.seq
        return True
