"""One attempt at an MQTT connection, from the first packet until the line is lost; used by ``langso.mqtt.link``."""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from langso.device.whereabouts import Place
from langso.mqtt.failures import from_error, from_log, tls_context
from langso.mqtt.reasons import Failure, from_reason
from langso.mqtt.waiting import MAX_PAYLOAD, Outgoing, Waiting
from langso.settings.model import LinkSettings
from langso.timekeeping.known_time import KnownTime, wall_time
from langso.timekeeping.pulse import Pulse
from langso.words.catalogue import Sentence

log = logging.getLogger(__name__)

MAX_PACKET = MAX_PAYLOAD + 4096
IN_FLIGHT = 20
CONNECT_DEADLINE_S = 15.0
GOODBYE_S = 4.0


@dataclass(frozen=True)
class Will:
    """The last will: what the broker publishes when we vanish without saying goodbye."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = True


class Connection:
    """One attempt: connects, then carries messages until the line is lost. A new paho client each time, so that
    nothing of a broken connection is left over and renewed certificates are read.

    `place`: where to connect, under the settings' name; `method`: an authentication method to ask for; `afresh`:
    without what waits at the broker for us.
    `refused`: the code with which the broker refused us."""

    def __init__(
        self,
        settings: LinkSettings,
        client_id: str,
        waiting: Waiting,
        *,
        will: Will | None,
        on_up: Callable[[], None],
        on_message: Callable[[str, bytes, bool], None],
        place: Place | None = None,
        known: Callable[[], KnownTime] = wall_time,
        pulse: Pulse | None = None,
        deadline_s: float | None = None,
        method: str | None = None,
        afresh: bool = False,
    ) -> None:
        self._settings = settings
        self._afresh = afresh
        self._place = place or Place(settings.host, settings.port)
        self._known = known
        self._pulse = pulse or Pulse()
        self._deadline_s = CONNECT_DEADLINE_S if deadline_s is None else deadline_s
        self._client_id = client_id
        self._method = method
        self._waiting = waiting
        self._will = will
        self._on_up = on_up
        self._on_message = on_message
        self._in_flight: dict[int, Outgoing] = {}
        self._failure: Failure | None = None
        self._logged_in = False
        self._first_subscription: int | None = None
        self._window = IN_FLIGHT
        self._max_packet = MAX_PACKET
        self.was_up = False
        self.refused: int | None = None
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTv5, reconnect_on_failure=False
        )
        self._client.max_inflight_messages_set(0)
        self._client.connect_timeout = self._deadline_s
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._message
        self._client.on_publish = self._published
        self._client.on_subscribe = self._subscribed
        self._client.on_log = self._logged

    def live(
        self, stopping: threading.Event, announce: Callable[[], bool], hurried: Callable[[], bool] = lambda: False
    ) -> Failure:
        """Runs until the line ends, or until ``stopping`` is set and all is sent; returns why. ``announce``: whether
        to leave the will; ``hurried``: whether to leave at once, whatever is still on its way.
        """
        try:
            # A stranger who answers slowly is no hang of ours.
            with self._pulse.resting():
                self._connect()
        except (OSError, ValueError) as error:
            return from_error(error, self._settings)
        deadline = time.monotonic() + self._deadline_s
        goodbye: float | None = None
        now = time.monotonic()
        while self._failure is None:
            self._pulse.beat()
            patience = 1.0 if self.was_up else min(1.0, max(0.01, deadline - now))
            if not self._turn(patience if goodbye is None else 0.1):
                break
            now = time.monotonic()
            if not self.was_up and now > deadline:
                return Failure("network", Sentence("mqtt-no-answer", where=self._settings.host))
            if stopping.is_set():
                goodbye = goodbye or now + GOODBYE_S
                idle = not self._in_flight and not self._waiting and not self._client.want_write()
                if idle or now > goodbye or not self._logged_in or hurried():
                    self._leave(announce())
                    break
        return self._failure or from_error(ConnectionResetError(), self._settings)

    def close(self) -> None:
        """Closes the socket and puts unacknowledged messages back for the next connection."""
        sock = self._client.socket()
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.close()
        self._waiting.put_back(list(self._in_flight.values()))
        self._in_flight.clear()

    def _connect(self) -> None:
        context = tls_context(self._settings, self._known)
        if context is not None:
            self._client.tls_set_context(context)
        if self._settings.username is not None:
            password = self._settings.password
            self._client.username_pw_set(
                self._settings.username, None if password is None else password.get_secret_value()
            )
        will = self._will
        if will is not None:
            self._client.will_set(will.topic, will.payload, will.qos, will.retain)
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = self._settings.session_expiry
        properties.MaximumPacketSize = MAX_PACKET
        properties.ReceiveMaximum = IN_FLIGHT
        if self._method is not None:
            properties.AuthenticationMethod = self._method
        self._client.connect(
            self._place.address,
            self._place.port,
            self._settings.keepalive,
            clean_start=self._afresh,
            properties=properties,
        )
        sock = self._client.socket()
        if isinstance(sock, socket.socket):
            # Without it every small packet waits for the acknowledgement of the one before.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _turn(self, patience: float) -> bool:
        """One round of reading, wishes and writing; False when the line is gone."""
        sock = self._client.socket()
        if sock is None:
            return False
        ear = self._waiting.ear
        poll = select.poll()
        poll.register(sock, select.POLLIN | (select.POLLOUT if self._client.want_write() else 0))
        poll.register(ear, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(0 if _buffered(sock) else patience * 1000)}
        if ear.fileno() in ready:
            self._waiting.heard()
        for _ in range(100):
            if (sock.fileno() not in ready and not _buffered(sock)) or not self._read():
                break
            ready.discard(sock.fileno())
        if self._client.socket() is None:
            return False
        if self._logged_in:
            self._subscribe_wanted()
            self._send_waiting()
        if self._client.want_write() and self._client.loop_write() != 0:
            return False
        return self._client.loop_misc() == 0 and self._client.socket() is not None

    def _read(self) -> bool:
        if self._client.loop_read() != 0 or self._client.socket() is None:
            return False
        # paho does not enforce the size we asked for: a broker could feed us an endless packet.
        if self._client._in_packet["remaining_length"] > MAX_PACKET:
            self._failure = Failure("protocol", Sentence("mqtt-sent-too-much", host=self._settings.host), pace="slow")
            return False
        return True

    def _leave(self, announce: bool) -> None:
        word = "Disconnect with will message" if announce and self._will else "Normal disconnection"
        with contextlib.suppress(OSError, ValueError):
            self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, word))
            self._client.loop_write()

    def _subscribe_wanted(self) -> None:
        filters, unwanted = self._waiting.new_filters()
        if unwanted:
            self._client.unsubscribe(unwanted)
        self._subscribe(filters)

    def _subscribe(self, filters: dict[str, int]) -> int | None:
        if not filters:
            return None
        _, mid = self._client.subscribe([(name, SubscribeOptions(qos=qos)) for name, qos in filters.items()])
        return mid

    def _send_waiting(self) -> None:
        while len(self._in_flight) < self._window:
            message = self._waiting.take()
            if message is None:
                return
            if len(message.payload) + len(message.topic.encode()) + 64 > self._max_packet:
                log.error("link: %s: %d bytes are more than the broker takes", message.topic, len(message.payload))
                message.finish(False)
                continue
            properties = _properties(PacketTypes.PUBLISH)
            left = message.seconds_left()
            if left is not None:
                properties.MessageExpiryInterval = left
            info = self._client.publish(message.topic, message.payload, message.qos, message.retain, properties)
            if message.qos == 0:
                message.finish(info.rc == 0)
            else:
                self._in_flight[info.mid] = message

    # paho's callbacks, on the same thread.

    def _connected(
        self, _client: Client, _data: Any, _flags: Any, code: ReasonCode, properties: Properties | None
    ) -> None:
        if code.is_failure:
            self.refused = code.value
            self._failure = from_reason(code.value, self._settings.host)
            return
        self._logged_in = True
        self._window = min(IN_FLIGHT, getattr(properties, "ReceiveMaximum", IN_FLIGHT))
        self._max_packet = min(MAX_PACKET, getattr(properties, "MaximumPacketSize", MAX_PACKET))
        self._first_subscription = self._subscribe(self._waiting.all_filters())
        if self._first_subscription is None:
            self._is_up()

    def _subscribed(
        self, _client: Client, _data: Any, mid: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        for code in codes:
            if code.is_failure:
                log.error("link %s: a subscription was refused: %s", self._client_id, code)
        if mid == self._first_subscription:
            self._is_up()

    def _is_up(self) -> None:
        self.was_up = True
        self._on_up()

    def _disconnected(
        self, _client: Client, _data: Any, flags: Any, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if flags.is_disconnect_packet_from_server and self._failure is None:
            self._failure = from_reason(code.value, self._settings.host)

    def _published(
        self, _client: Client, _data: Any, mid: int, code: ReasonCode, _properties: Properties | None
    ) -> None:
        message = self._in_flight.pop(mid, None)
        if message is None:
            return
        if code.is_failure:
            log.error("link %s: %s refused: %s", self._client_id, message.topic, code)
        message.finish(not code.is_failure)

    def _message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            self._on_message(message.topic, bytes(message.payload), message.retain)
        except Exception:
            log.exception("link %s: on_message failed", self._client_id)

    def _logged(self, _client: Client, _data: Any, level: int, text: str) -> None:
        log.debug("paho %s: %s", self._client_id, text)
        if self._failure is None and "on socket" in text:
            self._failure = from_log(text, self._settings)


def _buffered(sock: Any) -> bool:
    """TLS may hold decrypted bytes that poll() cannot see."""
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0


def _properties(packet: int) -> Any:
    return Properties(packet)  # type: ignore[no-untyped-call]
