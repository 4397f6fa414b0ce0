"""The firmware's side of the conversation: bytes from the host in, bytes to the host out. It touches no hardware."""

from firmware_bridge.wire import messages
from firmware_bridge.wire.errors import MessageError
from firmware_bridge.wire.frames import VERSION, Decoder, LinkFrame
from firmware_bridge.wire.messages import Ack, Error, Hello, LinkMessage, Nak, Telemetry

TYPE_CHECKING = False
if TYPE_CHECKING:  # MicroPython has no typing module
    from firmware_bridge.firmware.hardware import TicksDiff
    from firmware_bridge.firmware.outputs import Outputs
    from firmware_bridge.firmware.sensors import MuteSwitch, Sensors

_WORD = 0xFFFF


class Session:
    """Answers commands once each: a repeated frame gets the reply it got before, without being obeyed again."""

    def __init__(
        self,
        outputs: "Outputs",
        sensors: "Sensors",
        mute: "MuteSwitch",
        hello: Hello,
        telemetry_ms: int,
        muted_mask: int,
        ticks_diff: "TicksDiff",
        now: int,
    ) -> None:
        self._outputs = outputs
        self._sensors = sensors
        self._mute = mute
        self._hello = hello
        self._telemetry_ms = telemetry_ms
        self._muted_mask = muted_mask
        self._ticks_diff = ticks_diff
        self._decoder = Decoder()
        self._host: int | None = None
        self._last_command: LinkFrame | None = None
        self._last_reply = b""
        self._seq = 0
        self._uptime = 0
        self._last_now = now
        self._last_telemetry = now
        self._reported_errors = 0
        self.replays = 0

    def receive(self, data: bytes, now: int) -> bytes:
        """What to send back for bytes that came in; never raises."""
        out = b""
        for frame in self._decoder.feed(data):
            out += self._answer(frame, now)
        return out

    def tick(self, now: int) -> bytes:
        """Call often: lets leases run out, follows the mute switch, sends telemetry and errors when due."""
        self._uptime = (self._uptime + self._ticks_diff(now, self._last_now)) & 0xFFFFFFFF
        self._last_now = now
        out = b""
        fallen = self._outputs.expire(now)
        if fallen:
            out += self._unasked(Error(messages.LEASE_EXPIRED, fallen))
        muted = self._mute.look(now) & messages.INPUT_MUTE
        self._outputs.hold_off(self._muted_mask if muted else 0)
        if self._ticks_diff(now, self._last_telemetry) >= self._telemetry_ms:
            self._last_telemetry = now
            out += self._telemetry()
        return out

    def _telemetry(self) -> bytes:
        out = b""
        news = self._decoder.errors - self._reported_errors
        if news:
            self._reported_errors = self._decoder.errors
            out = self._unasked(Error(messages.BAD_FRAMES, min(news, _WORD)))
        outputs = self._outputs
        return out + self._unasked(
            Telemetry(
                outputs.leased,
                outputs.driven,
                self._mute.inputs,
                self._sensors.supply_mv(),
                self._sensors.temperature_dc(),
                self._sensors.horn_ma(),
                self._uptime,
                min(self._decoder.errors, _WORD),
                min(outputs.drops, _WORD),
            )
        )

    def _unasked(self, message: LinkMessage) -> bytes:
        # Telemetry and errors count in a sequence of their own, so that the host can tell how many were lost.
        self._seq = (self._seq + 1) & 0xFF
        return message.frame(self._seq).to_bytes()

    def _answer(self, frame: LinkFrame, now: int) -> bytes:
        if frame.version != VERSION:
            return Nak(frame.type, messages.WRONG_VERSION).frame(frame.seq).to_bytes()
        if frame.type in messages.REPLIES or frame.type in (messages.TELEMETRY, messages.ERROR):
            # Our own words come back only over a looped cable; answering them would never end.
            return b""
        if frame.type != messages.CONNECT and self._last_command == frame:
            self.replays += 1
            return self._last_reply
        reply = self._obey(frame, now).frame(frame.seq).to_bytes()
        self._last_command = frame
        self._last_reply = reply
        return reply

    def _obey(self, frame: LinkFrame, now: int) -> LinkMessage:
        if frame.type not in messages.COMMANDS:
            return Nak(frame.type, messages.UNKNOWN_TYPE)
        try:
            command = messages.read_message(frame)
        except MessageError:
            return Nak(frame.type, messages.BAD_PAYLOAD)
        if isinstance(command, messages.Connect):
            if command.session != self._host:
                self._host = command.session
                self._outputs.all_off()
            return self._hello
        if self._host is None:
            return Nak(frame.type, messages.NO_SESSION)
        token = 0
        if isinstance(command, messages.SetOutput):
            if command.output >= len(self._outputs.names):
                return Nak(frame.type, messages.UNKNOWN_OUTPUT)
            if command.on and not messages.lease_is_valid(command.lease_ms):
                return Nak(frame.type, messages.BAD_LEASE)
            self._outputs.set(command.output, command.on, command.lease_ms, now)
        elif isinstance(command, messages.KeepAlive):
            if not messages.lease_is_valid(command.lease_ms):
                return Nak(frame.type, messages.BAD_LEASE)
            self._outputs.expire(now)
            self._outputs.renew(command.outputs, command.lease_ms, now)
        elif isinstance(command, messages.Ping):
            token = command.token
        outputs = self._outputs
        return Ack(frame.type, outputs.leased, outputs.driven, self._mute.inputs, self._uptime, token)
