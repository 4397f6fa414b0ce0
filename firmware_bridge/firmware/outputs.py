"""Outputs that stay on only as long as somebody renews their lease (a silent host lets the relay fall)."""

TYPE_CHECKING = False
if TYPE_CHECKING:  # MicroPython has no typing module
    from firmware_bridge.firmware.hardware import OutputPin, TicksDiff
    from firmware_bridge.firmware.starts import StartGuard


class Outputs:
    """Relays by number. `pins` have MicroPython's `value(level)`; `ticks_diff(a, b)` is `time.ticks_diff` (ms).

    `guards` (output number -> StartGuard) may hold an output back that is ordered on.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        pins: "list[OutputPin]",
        ticks_diff: "TicksDiff",
        guards: "dict[int, StartGuard] | None" = None,
    ) -> None:
        self.names = names
        self._pins = pins
        self._ticks_diff = ticks_diff
        self._guards = guards or {}
        self._now = 0
        self._stays = 0
        self._granted = [0] * len(names)
        self._lease = [0] * len(names)
        self._held_off = 0
        self.leased = 0
        self.driven = 0
        self.drops = 0
        self.held = 0
        for pin in pins:
            pin.value(0)

    @property
    def failed_starts(self) -> int:
        """Starts in a row that took the board's power away, of the output where that is worst."""
        return max([guard.failed for guard in self._guards.values()] or [0])

    def set(self, number: int, on: bool, lease_ms: int, now: int) -> None:
        """Switch one output; on, it falls `lease_ms` after `now` unless renewed."""
        self._now = now
        if on:
            self.leased |= 1 << number
            self._granted[number] = now
            self._lease[number] = lease_ms
        else:
            self.leased &= ~(1 << number)
        self._drive()

    def renew(self, mask: int, lease_ms: int, now: int) -> None:
        """Renew those outputs in `mask` that are still on; one that fell stays off until it is set again."""
        for number in range(len(self.names)):
            if self.leased & mask & (1 << number):
                self._granted[number] = now
                self._lease[number] = lease_ms

    def expire(self, now: int) -> int:
        """Let outputs fall whose lease has run out; the mask of those that fell."""
        self._now = now
        fallen = 0
        for number in range(len(self.names)):
            bit = 1 << number
            if self.leased & bit and self._ticks_diff(now, self._granted[number]) >= self._lease[number]:
                fallen |= bit
                self.drops += 1
        for guard in self._guards.values():
            guard.tick(now)
        if fallen or self.held:
            self.leased &= ~fallen
            self._drive()
        return fallen

    def hold_off(self, mask: int) -> None:
        """Keep the outputs in `mask` off whatever is ordered; those no longer in it follow their orders again."""
        if mask != self._held_off:
            self._held_off = mask
            self._drive()

    def stay(self, mask: int) -> None:
        """Keep the outputs in `mask` on without a lease (the amplifier for the rest source); 0: none."""
        if mask != self._stays:
            self._stays = mask
            self._drive()

    def all_off(self) -> None:
        """Everything off, all leases void."""
        self.leased = 0
        self._stays = 0
        self._drive()

    def _drive(self) -> None:
        wanted = (self.leased | self._stays) & ~self._held_off
        self.held = 0
        for number in range(len(self.names)):
            bit = 1 << number
            guard = self._guards.get(number)
            if guard is not None and (wanted ^ self.driven) & bit:
                if not wanted & bit:
                    guard.ends(self._now)
                elif guard.may_start():
                    guard.starts(self._now)
                else:
                    self.held |= bit
        self.driven = wanted & ~self.held
        for number in range(len(self.names)):
            self._pins[number].value(1 if self.driven & (1 << number) else 0)
