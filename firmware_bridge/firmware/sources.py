"""Which source of sound goes to the amplifier: one relay at a time, none while they change, at rest the first."""

from firmware_bridge.wire.codes import NO_SOURCE, REST_SOURCE

TYPE_CHECKING = False
if TYPE_CHECKING:  # MicroPython has no typing module
    from firmware_bridge.firmware.hardware import OutputPin, TicksDiff

BREAK_MS = 60
"""A relay has surely let go after this; only then may another close."""


class Sources:
    """Sources by number; `pins[n]` closes the relay of source n, None for REST_SOURCE, which sounds without current.

    It drives these relays and nothing else: whatever it falls back to, no output is ever switched on by it.
    """

    def __init__(self, names: tuple[str, ...], pins: "list[OutputPin | None]", ticks_diff: "TicksDiff") -> None:
        self.names = names
        self._pins = pins
        self._ticks_diff = ticks_diff
        self._wanted = REST_SOURCE
        self._granted = 0
        self._lease = 0
        self._broken_at: int | None = None
        self.current = REST_SOURCE if names else NO_SOURCE
        self.keeps_amplifier = False
        self._open_all()

    def select(self, number: int, lease_ms: int, keep: bool, now: int) -> None:
        """Let source `number` sound until `lease_ms` after `now`; `keep`: see `stays_on`."""
        self._granted = now
        self._lease = lease_ms
        self.keeps_amplifier = keep
        self._turn_to(number, now)

    def rest(self, now: int) -> None:
        """Back to the source that needs no order, and no wish to keep the amplifier on."""
        self.keeps_amplifier = False
        self._turn_to(REST_SOURCE, now)

    @property
    def stays_on(self) -> bool:
        """Whether the amplifier is to stay on for the rest source: only where a host has asked for it since boot."""
        return self.keeps_amplifier and self.current == REST_SOURCE

    def tick(self, now: int) -> int:
        """Call often: makes what was broken long enough, lets leases end; the source whose lease ended, or
        NO_SOURCE.
        """
        fallen = NO_SOURCE
        if self._wanted != REST_SOURCE and self._ticks_diff(now, self._granted) >= self._lease:
            fallen = self._wanted
            self._turn_to(REST_SOURCE, now)
        if self._broken_at is not None and self._ticks_diff(now, self._broken_at) >= BREAK_MS:
            self._broken_at = None
            self.current = self._wanted
            pin = self._pins[self._wanted]
            if pin is not None:
                pin.value(1)
        return fallen

    def _turn_to(self, number: int, now: int) -> None:
        if not self.names or number == self._wanted:
            return
        self._wanted = number
        self._open_all()
        self.current = NO_SOURCE
        self._broken_at = now

    def _open_all(self) -> None:
        for pin in self._pins:
            if pin is not None:
                pin.value(0)
