"""What a frame's payload says (docs/protocol/serial.md). Integers little-endian, texts ASCII with a length byte."""

import struct

from firmware_bridge.wire.errors import MessageError
from firmware_bridge.wire.frames import MAX_PAYLOAD, LinkFrame

HELLO = 1
SET = 2
KEEPALIVE = 3
PING = 4
ACK = 5
NAK = 6
TELEMETRY = 7
ERROR = 8
CONNECT = 9

COMMANDS = (CONNECT, SET, KEEPALIVE, PING)
REPLIES = (HELLO, ACK, NAK)

# Reasons in a NAK.
UNKNOWN_TYPE = 1
BAD_PAYLOAD = 2
UNKNOWN_OUTPUT = 3
BAD_LEASE = 4
NO_SESSION = 5
WRONG_VERSION = 6

# Codes in an ERROR.
LEASE_EXPIRED = 1
BAD_FRAMES = 2

# Reset causes in a HELLO.
CAUSE_UNKNOWN = 0
CAUSE_POWER_ON = 1
CAUSE_WATCHDOG = 2
CAUSE_BUTTON = 3
CAUSE_SOFT = 4

# Bits of `inputs`.
INPUT_MUTE = 1

MIN_LEASE_MS = 100
MAX_LEASE_MS = 60000
MAX_TEXT = 24
MAX_NAMES = 8
UNKNOWN = 0xFFFF
UNKNOWN_TEMPERATURE = -0x8000


class LinkMessage:
    """Base of all messages: equal when type and fields are equal."""

    type = 0

    def pack(self) -> bytes:
        """The payload of this message's frame."""
        raise NotImplementedError

    def fields(self) -> "tuple[object, ...]":
        """The values this message carries, in order."""
        raise NotImplementedError

    def frame(self, seq: int) -> LinkFrame:
        """This message in a frame with sequence number `seq`."""
        return LinkFrame(self.type, seq, self.pack())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LinkMessage) and self.type == other.type and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash((self.type, self.fields()))

    def __repr__(self) -> str:
        return type(self).__name__ + repr(self.fields())


class Connect(LinkMessage):
    """Host -> firmware: asks for HELLO. `session` (32 random bits) names the program; a new one turns all off."""

    type = CONNECT

    def __init__(self, session: int) -> None:
        self.session = session

    def fields(self) -> "tuple[object, ...]":
        return (self.session,)

    def pack(self) -> bytes:
        return struct.pack("<I", self.session)

    @classmethod
    def unpack(cls, payload: bytes) -> "Connect":
        return cls(_numbers("<I", payload)[0])


class Hello(LinkMessage):
    """Firmware -> host, answer to CONNECT: who it is and what hangs on it. Output number = place in `outputs`."""

    type = HELLO

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
    ) -> None:
        self.protocol = protocol
        self.firmware = firmware
        self.board = board
        self.reset_cause = reset_cause
        self.boot_id = boot_id
        self.outputs = outputs
        self.sensors = sensors
        self.max_lease_ms = max_lease_ms

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
        )

    def pack(self) -> bytes:
        if len(self.boot_id) != 8:
            raise MessageError("boot id is 8 bytes")
        major, minor, patch = self.firmware
        head = struct.pack("<BBBBBH", self.protocol, major, minor, patch, self.reset_cause, self.max_lease_ms)
        payload = head + self.boot_id + _text(self.board) + _names(self.outputs) + _names(self.sensors)
        if len(payload) > MAX_PAYLOAD:
            raise MessageError("hello too long")
        return payload

    @classmethod
    def unpack(cls, payload: bytes) -> "Hello":
        if len(payload) < 15:
            raise MessageError("hello too short")
        protocol, major, minor, patch, cause, lease = struct.unpack("<BBBBBH", payload[:7])
        board, at = _read_text(payload, 15)
        outputs, at = _read_names(payload, at)
        sensors, at = _read_names(payload, at)
        if at != len(payload):
            raise MessageError("bytes left over")
        return cls(protocol, (major, minor, patch), board, cause, payload[7:15], outputs, sensors, lease)


class SetOutput(LinkMessage):
    """Host -> firmware: switch output number `output`; on, it stays on for `lease_ms` unless renewed."""

    type = SET

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
        output, on, lease = _numbers("<BBH", payload)
        if on > 1:
            raise MessageError("on is 0 or 1")
        return cls(output, on == 1, lease)


class KeepAlive(LinkMessage):
    """Host -> firmware: renew by `lease_ms` those of the bit mask `outputs` that are still on; it turns none on."""

    type = KEEPALIVE

    def __init__(self, outputs: int, lease_ms: int) -> None:
        self.outputs = outputs
        self.lease_ms = lease_ms

    def fields(self) -> "tuple[object, ...]":
        return (self.outputs, self.lease_ms)

    def pack(self) -> bytes:
        return struct.pack("<BH", self.outputs, self.lease_ms)

    @classmethod
    def unpack(cls, payload: bytes) -> "KeepAlive":
        outputs, lease = _numbers("<BH", payload)
        return cls(outputs, lease)


class Ping(LinkMessage):
    """Host -> firmware: answered by an ACK that carries the same `token` (32 bits)."""

    type = PING

    def __init__(self, token: int) -> None:
        self.token = token

    def fields(self) -> "tuple[object, ...]":
        return (self.token,)

    def pack(self) -> bytes:
        return struct.pack("<I", self.token)

    @classmethod
    def unpack(cls, payload: bytes) -> "Ping":
        return cls(_numbers("<I", payload)[0])


class Ack(LinkMessage):
    """Firmware -> host: command of type `command` done. Bit masks: `leased` outputs on by order, `driven` those
    really on (a muted amplifier is leased, not driven), `inputs`; `uptime_ms` since boot; `token` of a PING or 0."""

    type = ACK

    def __init__(self, command: int, leased: int, driven: int, inputs: int, uptime_ms: int, token: int = 0) -> None:
        self.command = command
        self.leased = leased
        self.driven = driven
        self.inputs = inputs
        self.uptime_ms = uptime_ms
        self.token = token

    def fields(self) -> "tuple[object, ...]":
        return (self.command, self.leased, self.driven, self.inputs, self.uptime_ms, self.token)

    def pack(self) -> bytes:
        return struct.pack("<BBBBII", self.command, self.leased, self.driven, self.inputs, self.uptime_ms, self.token)

    @classmethod
    def unpack(cls, payload: bytes) -> "Ack":
        command, leased, driven, inputs, uptime_ms, token = _numbers("<BBBBII", payload)
        return cls(command, leased, driven, inputs, uptime_ms, token)


class Nak(LinkMessage):
    """Firmware -> host: command of type `command` refused for `reason`; nothing was changed."""

    type = NAK

    def __init__(self, command: int, reason: int) -> None:
        self.command = command
        self.reason = reason

    def fields(self) -> "tuple[object, ...]":
        return (self.command, self.reason)

    def pack(self) -> bytes:
        return struct.pack("<BB", self.command, self.reason)

    @classmethod
    def unpack(cls, payload: bytes) -> "Nak":
        command, reason = _numbers("<BB", payload)
        return cls(command, reason)


class Telemetry(LinkMessage):
    """Firmware -> host, unasked: masks as in Ack; supply in mV, temperature in 0.1 °C, horn current in mA (UNKNOWN
    and UNKNOWN_TEMPERATURE: no sensor); `uptime_ms`; `bad_frames`, `lease_drops` since boot (stop at 65535)."""

    type = TELEMETRY

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
        )

    def pack(self) -> bytes:
        return struct.pack("<BBBHhHIHH", *self.fields())

    @classmethod
    def unpack(cls, payload: bytes) -> "Telemetry":
        leased, driven, inputs, supply, temperature, horn, uptime, bad, drops = _numbers("<BBBHhHIHH", payload)
        return cls(leased, driven, inputs, supply, temperature, horn, uptime, bad, drops)


class Error(LinkMessage):
    """Firmware -> host, unasked: something happened. LEASE_EXPIRED: `detail` is the mask of outputs that fell;
    BAD_FRAMES: `detail` is how many came since the last report."""

    type = ERROR

    def __init__(self, code: int, detail: int) -> None:
        self.code = code
        self.detail = detail

    def fields(self) -> "tuple[object, ...]":
        return (self.code, self.detail)

    def pack(self) -> bytes:
        return struct.pack("<BH", self.code, self.detail)

    @classmethod
    def unpack(cls, payload: bytes) -> "Error":
        code, detail = _numbers("<BH", payload)
        return cls(code, detail)


def read_message(frame: LinkFrame) -> LinkMessage:
    """The message in a frame; raises MessageError for an unknown type or a payload of the wrong shape."""
    for kind in (Hello, SetOutput, KeepAlive, Ping, Ack, Nak, Telemetry, Error, Connect):
        if kind.type == frame.type:
            return kind.unpack(frame.payload)
    raise MessageError("unknown type")


def lease_is_valid(lease_ms: int) -> bool:
    """Whether a lease lies between MIN_LEASE_MS and MAX_LEASE_MS."""
    return MIN_LEASE_MS <= lease_ms <= MAX_LEASE_MS


def _numbers(layout: str, payload: bytes) -> "tuple[int, ...]":
    if len(payload) != struct.calcsize(layout):
        raise MessageError("payload length")
    return struct.unpack(layout, payload)


def _text(text: str) -> bytes:
    raw = text.encode()
    if not 1 <= len(raw) <= MAX_TEXT or not _plain(raw):
        raise MessageError("text is 1 to 24 printable ASCII characters")
    return bytes([len(raw)]) + raw


def _read_text(payload: bytes, at: int) -> tuple[str, int]:
    if at >= len(payload):
        raise MessageError("text missing")
    end = at + 1 + payload[at]
    raw = payload[at + 1 : end]
    if not 1 <= payload[at] <= MAX_TEXT or len(raw) != payload[at] or not _plain(raw):
        raise MessageError("bad text")
    return raw.decode(), end


def _names(names: tuple[str, ...]) -> bytes:
    if len(names) > MAX_NAMES:
        raise MessageError("too many names")
    return bytes([len(names)]) + b"".join([_text(name) for name in names])


def _read_names(payload: bytes, at: int) -> tuple[tuple[str, ...], int]:
    if at >= len(payload) or payload[at] > MAX_NAMES:
        raise MessageError("bad list of names")
    count = payload[at]
    at += 1
    names: list[str] = []
    for _ in range(count):
        name, at = _read_text(payload, at)
        names.append(name)
    return tuple(names), at


def _plain(raw: bytes) -> bool:
    return all(32 < byte < 127 for byte in raw)
