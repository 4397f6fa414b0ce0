"""The firmware's side of the conversation: bytes from the host in, bytes to the host out. It touches no hardware."""

from firmware_bridge.firmware.freshness import Freshness
from firmware_bridge.wire import codes, messages
from firmware_bridge.wire.errors import MessageError
from firmware_bridge.wire.frames import VERSION, Decoder, LinkFrame
from firmware_bridge.wire.messages import Ack, Hello, Level, Nak
from firmware_bridge.wire.reports import Envelope, Error, InputChange, Telemetry

TYPE_CHECKING = False
if TYPE_CHECKING:  # MicroPython has no typing module
    from firmware_bridge.firmware.hardware import TicksDiff
    from firmware_bridge.firmware.listening import Loudness
    from firmware_bridge.firmware.outputs import Outputs
    from firmware_bridge.firmware.sensors import Sensors, Switches
    from firmware_bridge.firmware.sources import Sources
    from firmware_bridge.wire.fields import LinkMessage

HELD_KEY_MS = 200
"""How often a held talk key is told again: the host takes silence for a key that was let go."""
_WORD = 0xFFFF


class Session:
    """Answers commands once each: a repeated frame gets the reply it got before, without being obeyed again.

    `muted_mask`: outputs that the mute switch holds off; `rest_mask`: those that may stay on for the rest source.
    """

    def __init__(
        self,
        outputs: "Outputs",
        sensors: "Sensors",
        switches: "Switches",
        sources: "Sources",
        loudness: "Loudness | None",
        hello: Hello,
        telemetry_ms: int,
        muted_mask: int,
        rest_mask: int,
        ticks_diff: "TicksDiff",
        now: int,
    ) -> None:
        self._outputs = outputs
        self._sensors = sensors
        self._switches = switches
        self._sources = sources
        self._loudness = loudness
        self._hello = hello
        self._telemetry_ms = telemetry_ms
        self._muted_mask = muted_mask
        self._rest_mask = rest_mask
        self._ticks_diff = ticks_diff
        self._decoder = Decoder()
        self._host: int | None = None
        self._level = 1
        self._freshness = Freshness(hello.boot_id)
        self._last_command: LinkFrame | None = None
        self._last_reply = b""
        self._seq = 0
        self._uptime = 0
        self._last_now = now
        self._last_telemetry = now
        self._last_input = now
        self._told_inputs = 0
        self._reported_errors = 0
        self.replays = 0

    @property
    def listens(self) -> bool:
        """Whether a host wants to know how loud it is: only then is the sensor read all the time."""
        return self._level > 1 and self._loudness is not None

    def receive(self, data: bytes, now: int) -> bytes:
        """What to send back for bytes that came in; never raises."""
        out = b""
        for frame in self._decoder.feed(data):
            out += self._answer(frame, now)
        return out

    def tick(self, now: int) -> bytes:
        """Call often: lets leases run out, follows the switches, sends what is due unasked."""
        self._uptime = (self._uptime + self._ticks_diff(now, self._last_now)) & 0xFFFFFFFF
        self._last_now = now
        out = b""
        fallen = self._outputs.expire(now)
        if fallen:
            out += self._unasked(Error(codes.LEASE_EXPIRED, fallen))
        source = self._sources.tick(now)
        if source != codes.NO_SOURCE and self._level > 1:
            out += self._unasked(Error(codes.SOURCE_EXPIRED, source))
        self._outputs.stay(self._rest_mask if self._sources.stays_on else 0)
        muted = self._switches.look(now) & codes.INPUT_MUTE
        self._outputs.hold_off(self._muted_mask if muted else 0)
        if self._level > 1:
            out += self._tell_switches(now) + self._tell_loudness(now)
        if self._ticks_diff(now, self._last_telemetry) >= self._telemetry_ms:
            self._last_telemetry = now
            out += self._telemetry()
        return out

    def _inputs(self) -> int:
        return self._switches.inputs | (codes.INPUT_HELD if self._outputs.held else 0)

    def _tell_switches(self, now: int) -> bytes:
        inputs = self._inputs()
        held = inputs & codes.INPUT_TALK and self._ticks_diff(now, self._last_input) >= HELD_KEY_MS
        if inputs == self._told_inputs and not held:
            return b""
        self._told_inputs = inputs
        self._last_input = now
        return self._unasked(InputChange(inputs, self._switches.presses, self._uptime))

    def _tell_loudness(self, now: int) -> bytes:
        if self._loudness is None:
            return b""
        levels = self._loudness.look(now)
        return self._unasked(Envelope(self._uptime, self._loudness.step_ms, levels)) if levels else b""

    def _telemetry(self) -> bytes:
        out = b""
        news = self._decoder.errors - self._reported_errors
        if news:
            self._reported_errors = self._decoder.errors
            out = self._unasked(Error(codes.BAD_FRAMES, min(news, _WORD)))
        outputs = self._outputs
        more = self._level > 1
        return out + self._unasked(
            Telemetry(
                outputs.leased,
                outputs.driven,
                self._inputs(),
                self._sensors.supply_mv(),
                self._sensors.temperature_dc(),
                self._sensors.horn_ma(),
                self._uptime,
                min(self._decoder.errors, _WORD),
                min(outputs.drops, _WORD),
                self._sources.current if more else None,
                outputs.failed_starts if more else None,
            )
        )

    def _unasked(self, message: "LinkMessage") -> bytes:
        # Telemetry and errors count in a sequence of their own, so that the host can tell how many were lost.
        self._seq = (self._seq + 1) & 0xFF
        return message.frame(self._seq).to_bytes()

    def _answer(self, frame: LinkFrame, now: int) -> bytes:
        if frame.version != VERSION:
            return Nak(frame.type, codes.WRONG_VERSION).frame(frame.seq).to_bytes()
        if frame.type in codes.REPLIES or frame.type in codes.UNASKED:
            # Our own words come back only over a looped cable; answering them would never end.
            return b""
        if self._last_command == frame and (frame.type != codes.CONNECT or self._level > 1):
            self.replays += 1
            return self._last_reply
        reply = self._obey(frame, now)
        raw = reply.frame(frame.seq).to_bytes()
        if not (isinstance(reply, Nak) and reply.reason == codes.STALE):
            self._last_command = frame
            self._last_reply = raw
        return raw

    def _obey(self, frame: LinkFrame, now: int) -> "LinkMessage":
        if frame.type not in codes.COMMANDS:
            return Nak(frame.type, codes.UNKNOWN_TYPE)
        try:
            command = messages.read_message(frame)
        except MessageError:
            return Nak(frame.type, codes.BAD_PAYLOAD)
        if isinstance(command, messages.Connect):
            return self._meet(command, frame, now)
        if self._host is None:
            return Nak(frame.type, codes.NO_SESSION)
        if not self._freshness.admits(command, frame, self._level):
            return Nak(frame.type, codes.STALE)
        token = 0
        if isinstance(command, messages.SetOutput):
            if command.output >= len(self._outputs.names):
                return Nak(frame.type, codes.UNKNOWN_OUTPUT)
            if command.on and not codes.lease_is_valid(command.lease_ms):
                return Nak(frame.type, codes.BAD_LEASE)
            self._outputs.set(command.output, command.on, command.lease_ms, now)
        elif isinstance(command, messages.KeepAlive):
            if not codes.lease_is_valid(command.lease_ms):
                return Nak(frame.type, codes.BAD_LEASE)
            self._outputs.expire(now)
            self._outputs.renew(command.outputs, command.lease_ms, now)
        elif isinstance(command, messages.Select):
            if command.source >= len(self._sources.names):
                return Nak(frame.type, codes.UNKNOWN_SOURCE)
            if not codes.lease_is_valid(command.lease_ms):
                return Nak(frame.type, codes.BAD_LEASE)
            self._sources.select(command.source, command.lease_ms, command.keep, now)
        elif isinstance(command, messages.Ping):
            token = command.token
        outputs = self._outputs
        source = self._sources.current if self._level > 1 else None
        return Ack(frame.type, outputs.leased, outputs.driven, self._inputs(), self._uptime, token, source)

    def _meet(self, command: messages.Connect, frame: LinkFrame, now: int) -> "LinkMessage":
        level = codes.shared_level(command.oldest, command.newest)
        if not level:
            return Nak(frame.type, codes.WRONG_VERSION)
        if command.session != self._host:
            self._host = command.session
            self._outputs.all_off()
            self._sources.rest(now)
        self._level = level
        self._told_inputs = 0
        turn = self._freshness.begin(frame.seq)
        if level == 1:
            return self._hello
        return self._hello.with_level(Level(level, turn, self._outputs.failed_starts, self._sources.names))
