"""What the board says unasked and unacknowledged: readings, troubles, levels of sound, switches."""

import struct

from firmware_bridge.wire import codes
from firmware_bridge.wire.errors import MessageError
from firmware_bridge.wire.fields import LinkMessage, numbers


class Telemetry(LinkMessage):
    """Firmware -> host, unasked: masks as in Ack; supply in mV, temperature in 0.1 °C, horn current in mA (UNKNOWN
    and UNKNOWN_TEMPERATURE: no sensor); `uptime_ms`; `bad_frames`, `lease_drops` since boot (stop at 65535). From
    level 2 the `source` that sounds and the `failed_starts` in a row that took the power away (None: level 1).
    """

    type = codes.TELEMETRY

    def __init__(
        self,
        leased: int,
        driven: int,
        inputs: int,
        supply_mv: int,
        temperature_dc: int,
        horn_ma: int,
        uptime_ms: int,
        bad_frames: int,
        lease_drops: int,
        source: "int | None" = None,
        failed_starts: "int | None" = None,
    ) -> None:
        self.leased = leased
        self.driven = driven
        self.inputs = inputs
        self.supply_mv = supply_mv
        self.temperature_dc = temperature_dc
        self.horn_ma = horn_ma
        self.uptime_ms = uptime_ms
        self.bad_frames = bad_frames
        self.lease_drops = lease_drops
        self.source = source
        self.failed_starts = failed_starts

    def fields(self) -> "tuple[object, ...]":
        return (
            self.leased,
            self.driven,
            self.inputs,
            self.supply_mv,
            self.temperature_dc,
            self.horn_ma,
            self.uptime_ms,
            self.bad_frames,
            self.lease_drops,
            self.source,
            self.failed_starts,
        )

    def pack(self) -> bytes:
        payload = struct.pack("<BBBHhHIHH", *self.fields()[:9])
        if self.source is None or self.failed_starts is None:
            return payload
        return payload + bytes([self.source, self.failed_starts])

    @classmethod
    def unpack(cls, payload: bytes) -> "Telemetry":
        leased, driven, inputs, supply, temperature, horn, uptime, bad, drops = numbers("<BBBHhHIHH", payload)
        source, failed = (payload[17], payload[18]) if len(payload) > 18 else (None, None)
        return cls(leased, driven, inputs, supply, temperature, horn, uptime, bad, drops, source, failed)


class Error(LinkMessage):
    """Firmware -> host, unasked: something happened. LEASE_EXPIRED: `detail` is the mask of outputs that fell;
    BAD_FRAMES: `detail` is how many came since the last report; SOURCE_EXPIRED: `detail` is the source that fell."""

    type = codes.ERROR

    def __init__(self, code: int, detail: int) -> None:
        self.code = code
        self.detail = detail

    def fields(self) -> "tuple[object, ...]":
        return (self.code, self.detail)

    def pack(self) -> bytes:
        return struct.pack("<BH", self.code, self.detail)

    @classmethod
    def unpack(cls, payload: bytes) -> "Error":
        code, detail = numbers("<BH", payload)
        return cls(code, detail)


class Envelope(LinkMessage):
    """Firmware -> host, unasked from level 2: how loud the last moments were. `levels` are pairs, oldest first, one
    for each `step_ms`: (horn line, microphone), root mean square in 1/65535 of the sensor's range, UNKNOWN = no
    sensor; `uptime_ms` is when the last of them ended.
    """

    type = codes.ENVELOPE

    def __init__(self, uptime_ms: int, step_ms: int, levels: "tuple[tuple[int, int], ...]") -> None:
        self.uptime_ms = uptime_ms
        self.step_ms = step_ms
        self.levels = levels

    def fields(self) -> "tuple[object, ...]":
        return (self.uptime_ms, self.step_ms, self.levels)

    def pack(self) -> bytes:
        payload = struct.pack("<IBB", self.uptime_ms, self.step_ms, len(self.levels))
        return payload + b"".join([struct.pack("<HH", horn, microphone) for horn, microphone in self.levels])

    @classmethod
    def unpack(cls, payload: bytes) -> "Envelope":
        uptime, step, count = numbers("<IBB", payload)
        if not (1 <= count <= codes.MAX_LEVELS and step):
            raise MessageError("levels")
        found: list[tuple[int, int]] = []
        for number in range(count):
            horn, microphone = numbers("<HH", payload, 6 + 4 * number)
            found.append((horn, microphone))
        return cls(uptime, step, tuple(found))


class InputChange(LinkMessage):
    """Firmware -> host, unasked from level 2: the switches as they are now, at each change and five times a second
    while the talk key is held; `presses` of the talk key since boot (0-255, then 0 again).
    """

    type = codes.INPUT

    def __init__(self, inputs: int, presses: int, uptime_ms: int) -> None:
        self.inputs = inputs
        self.presses = presses
        self.uptime_ms = uptime_ms

    def fields(self) -> "tuple[object, ...]":
        return (self.inputs, self.presses, self.uptime_ms)

    def pack(self) -> bytes:
        return struct.pack("<BBI", self.inputs, self.presses, self.uptime_ms)

    @classmethod
    def unpack(cls, payload: bytes) -> "InputChange":
        inputs, presses, uptime = numbers("<BBI", payload)
        return cls(inputs, presses, uptime)
