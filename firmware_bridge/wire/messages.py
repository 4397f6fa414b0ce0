"""What a frame's payload says (docs/protocol/serial.md): the host's commands and the board's replies."""

import struct

from firmware_bridge.wire import codes
from firmware_bridge.wire.errors import MessageError
from firmware_bridge.wire.fields import LinkMessage, names_bytes, numbers, read_names, read_text, text_bytes
from firmware_bridge.wire.frames import MAX_PAYLOAD, LinkFrame
from firmware_bridge.wire.reports import Envelope, Error, InputChange, Telemetry


class Connect(LinkMessage):
    """Host -> firmware: asks for HELLO. `session` (32 random bits) names the program; a new one turns all off.

    `oldest` and `newest`: the levels it speaks; a host of level 1 does not say them, and a board of level 1 refuses
    a CONNECT that does.
    """

    type = codes.CONNECT

    def __init__(self, session: int, oldest: int = 1, newest: int = 1) -> None:
        self.session = session
        self.oldest = oldest
        self.newest = newest

    def fields(self) -> "tuple[object, ...]":
        return (self.session, self.oldest, self.newest)

    def pack(self) -> bytes:
        payload = struct.pack("<I", self.session)
        return payload if self.newest == 1 else payload + struct.pack("<BB", self.oldest, self.newest)

    @classmethod
    def unpack(cls, payload: bytes) -> "Connect":
        session = numbers("<I", payload)[0]
        if len(payload) < 6:
            return cls(session)
        oldest, newest = numbers("<BB", payload, 4)
        if not 1 <= oldest <= newest:
            raise MessageError("levels")
        return cls(session, oldest, newest)


class Level(LinkMessage):
    """What a HELLO of level 2 says more: the `level` spoken from here on; `turn`, which every command must repeat;
    how many `failed_starts` in a row took the power away; the `sources` of sound, REST_SOURCE first.
    """

    def __init__(self, level: int, turn: int, failed_starts: int, sources: tuple[str, ...]) -> None:
        self.level = level
        self.turn = turn
        self.failed_starts = failed_starts
        self.sources = sources

    def fields(self) -> "tuple[object, ...]":
        return (self.level, self.turn, self.failed_starts, self.sources)

    def pack(self) -> bytes:
        return struct.pack("<BIB", self.level, self.turn, self.failed_starts) + names_bytes(self.sources)

    @classmethod
    def read(cls, payload: bytes, at: int) -> "Level":
        """What stands behind a HELLO of level 1; raises MessageError."""
        level, turn, failed = numbers("<BIB", payload, at)
        sources, _ = read_names(payload, at + 6)
        return cls(level, turn, failed, sources)


class Hello(LinkMessage):
    """Firmware -> host, answer to CONNECT: who it is and what hangs on it. Output number = place in `outputs`.

    `more` is said only to a host that asked for it.
    """

    type = codes.HELLO

    def __init__(
        self,
        protocol: int,
        firmware: tuple[int, int, int],
        board: str,
        reset_cause: int,
        boot_id: bytes,
        outputs: tuple[str, ...],
        sensors: tuple[str, ...],
        max_lease_ms: int,
        more: "Level | None" = None,
    ) -> None:
        self.protocol = protocol
        self.firmware = firmware
        self.board = board
        self.reset_cause = reset_cause
        self.boot_id = boot_id
        self.outputs = outputs
        self.sensors = sensors
        self.max_lease_ms = max_lease_ms
        self.more = more

    @property
    def level(self) -> int:
        """The level that both speak from here on."""
        return 1 if self.more is None else self.more.level

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of sound it can choose between."""
        return () if self.more is None else self.more.sources

    def with_level(self, more: "Level | None") -> "Hello":
        """The same board, as it answers a host of another level."""
        return Hello(
            self.protocol,
            self.firmware,
            self.board,
            self.reset_cause,
            self.boot_id,
            self.outputs,
            self.sensors,
            self.max_lease_ms,
            more,
        )

    def fields(self) -> "tuple[object, ...]":
        return (
            self.protocol,
            self.firmware,
            self.board,
            self.reset_cause,
            self.boot_id,
            self.outputs,
            self.sensors,
            self.max_lease_ms,
            self.more,
        )

    def pack(self) -> bytes:
        if len(self.boot_id) != 8:
            raise MessageError("boot id is 8 bytes")
        major, minor, patch = self.firmware
        head = struct.pack("<BBBBBH", self.protocol, major, minor, patch, self.reset_cause, self.max_lease_ms)
        payload = head + self.boot_id + text_bytes(self.board) + names_bytes(self.outputs) + names_bytes(self.sensors)
        if self.more is not None:
            payload += self.more.pack()
        if len(payload) > MAX_PAYLOAD:
            raise MessageError("hello too long")
        return payload

    @classmethod
    def unpack(cls, payload: bytes) -> "Hello":
        if len(payload) < 15:
            raise MessageError("hello too short")
        protocol, major, minor, patch, cause, lease = struct.unpack("<BBBBBH", payload[:7])
        board, at = read_text(payload, 15)
        outputs, at = read_names(payload, at)
        sensors, at = read_names(payload, at)
        try:
            more = Level.read(payload, at)
        except MessageError:
            # What is added to a HELLO may be anything: it never hides the board itself.
            more = None
        return cls(protocol, (major, minor, patch), board, cause, payload[7:15], outputs, sensors, lease, more)


class SetOutput(LinkMessage):
    """Host -> firmware: switch output number `output`; on, it stays on for `lease_ms` unless renewed."""

    type = codes.SET

    def __init__(self, output: int, on: bool, lease_ms: int) -> None:
        self.output = output
        self.on = on
        self.lease_ms = lease_ms

    def fields(self) -> "tuple[object, ...]":
        return (self.output, self.on, self.lease_ms)

    def pack(self) -> bytes:
        return struct.pack("<BBH", self.output, 1 if self.on else 0, self.lease_ms)

    @classmethod
    def unpack(cls, payload: bytes) -> "SetOutput":
        output, on, lease = numbers("<BBH", payload)
        if on > 1:
            raise MessageError("on is 0 or 1")
        return cls(output, on == 1, lease)


class KeepAlive(LinkMessage):
    """Host -> firmware: renew by `lease_ms` those of the bit mask `outputs` that are still on; it turns none on."""

    type = codes.KEEPALIVE

    def __init__(self, outputs: int, lease_ms: int) -> None:
        self.outputs = outputs
        self.lease_ms = lease_ms

    def fields(self) -> "tuple[object, ...]":
        return (self.outputs, self.lease_ms)

    def pack(self) -> bytes:
        return struct.pack("<BH", self.outputs, self.lease_ms)

    @classmethod
    def unpack(cls, payload: bytes) -> "KeepAlive":
        outputs, lease = numbers("<BH", payload)
        return cls(outputs, lease)


class Ping(LinkMessage):
    """Host -> firmware: answered by an ACK that carries the same `token` (32 bits)."""

    type = codes.PING

    def __init__(self, token: int) -> None:
        self.token = token

    def fields(self) -> "tuple[object, ...]":
        return (self.token,)

    def pack(self) -> bytes:
        return struct.pack("<I", self.token)

    @classmethod
    def unpack(cls, payload: bytes) -> "Ping":
        return cls(numbers("<I", payload)[0])


class Select(LinkMessage):
    """Host -> firmware, from level 2: `source` number sounds for `lease_ms` unless renewed, then REST_SOURCE does.

    `keep`: the amplifier stays on while the rest source sounds (0 or 1; the settings' choice, never the board's own).
    """

    type = codes.SELECT

    def __init__(self, source: int, lease_ms: int, keep: bool) -> None:
        self.source = source
        self.lease_ms = lease_ms
        self.keep = keep

    def fields(self) -> "tuple[object, ...]":
        return (self.source, self.lease_ms, self.keep)

    def pack(self) -> bytes:
        return struct.pack("<BHB", self.source, self.lease_ms, 1 if self.keep else 0)

    @classmethod
    def unpack(cls, payload: bytes) -> "Select":
        source, lease, keep = numbers("<BHB", payload)
        if keep > 1:
            raise MessageError("keep is 0 or 1")
        return cls(source, lease, keep == 1)


class Ack(LinkMessage):
    """Firmware -> host: command of type `command` done. Bit masks: `leased` outputs on by order, `driven` those
    really on (a muted or held amplifier is leased, not driven), `inputs`; `uptime_ms` since boot; `token` of a PING
    or 0; from level 2 the `source` that sounds, NO_SOURCE while it changes (None: a board of level 1).
    """

    type = codes.ACK

    def __init__(
        self,
        command: int,
        leased: int,
        driven: int,
        inputs: int,
        uptime_ms: int,
        token: int = 0,
        source: "int | None" = None,
    ) -> None:
        self.command = command
        self.leased = leased
        self.driven = driven
        self.inputs = inputs
        self.uptime_ms = uptime_ms
        self.token = token
        self.source = source

    def fields(self) -> "tuple[object, ...]":
        return (self.command, self.leased, self.driven, self.inputs, self.uptime_ms, self.token, self.source)

    def pack(self) -> bytes:
        payload = struct.pack(
            "<BBBBII", self.command, self.leased, self.driven, self.inputs, self.uptime_ms, self.token
        )
        return payload if self.source is None else payload + bytes([self.source])

    @classmethod
    def unpack(cls, payload: bytes) -> "Ack":
        command, leased, driven, inputs, uptime_ms, token = numbers("<BBBBII", payload)
        source = payload[12] if len(payload) > 12 else None
        return cls(command, leased, driven, inputs, uptime_ms, token, source)


class Nak(LinkMessage):
    """Firmware -> host: command of type `command` refused for `reason`; nothing was changed."""

    type = codes.NAK

    def __init__(self, command: int, reason: int) -> None:
        self.command = command
        self.reason = reason

    def fields(self) -> "tuple[object, ...]":
        return (self.command, self.reason)

    def pack(self) -> bytes:
        return struct.pack("<BB", self.command, self.reason)

    @classmethod
    def unpack(cls, payload: bytes) -> "Nak":
        command, reason = numbers("<BB", payload)
        return cls(command, reason)


_KINDS = (Hello, SetOutput, KeepAlive, Ping, Ack, Nak, Telemetry, Error, Connect, Select, Envelope, InputChange)


def read_message(frame: LinkFrame) -> LinkMessage:
    """The message in a frame; raises MessageError for an unknown type or a payload that is too short or makes no
    sense. Bytes behind what this release knows are passed over.
    """
    for kind in _KINDS:
        if kind.type == frame.type:
            return kind.unpack(frame.payload)
    raise MessageError("unknown type")


def stamped(command: LinkMessage, seq: int, turn: int, count: int) -> LinkFrame:
    """`command` as a host of level 2 sends it: behind its fields the board's `turn` and a `count` that only rises."""
    return LinkFrame(command.type, seq, command.pack() + struct.pack("<II", turn, count))


def stamp_of(command: LinkMessage, frame: LinkFrame) -> "tuple[int, int] | None":
    """(turn, count) of a stamped frame, whose fields read as `command`; None where it has none."""
    at = len(command.pack())
    if len(frame.payload) < at + 8:
        return None
    turn, count = numbers("<II", frame.payload, at)
    return turn, count
