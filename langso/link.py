"""One MQTT v5 connection that keeps itself: TLS, last will, session, re-subscription, full-jitter backoff.

One thread owns the paho client and is the only one to touch it; the others leave their wishes and wake it.
Clean start is never asked for: the session belongs to the identity, so a device that restarts is given what
it missed, and an identity the broker has not seen has no session to clean.
"""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from langso.errors import LinkRefused
from langso.link_rules import (
    Backoff,
    Failure,
    Reason,
    from_error,
    from_log,
    from_reason,
    perhaps_a_clone,
    tls_context,
)
from langso.settings_model import LinkSettings

log = logging.getLogger(__name__)

MAX_PAYLOAD = 1 << 20
MAX_PACKET = MAX_PAYLOAD + 4096
MAX_TOPIC_BYTES = 512
MAX_WAITING = 1000
MAX_WAITING_BYTES = 16 << 20
IN_FLIGHT = 20
CONNECT_DEADLINE_S = 15.0
STABLE_S = 30.0
FLAPS = 3


@dataclass(frozen=True)
class Will:
    """What the broker says for us when we vanish without a word."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = True


class Link:
    """A connection as ``client_id``; callbacks come on the link's thread, should be quick and may raise (logged).

    ``on_message(topic, payload, retain)``; ``on_state(connected, why)`` on each change, Vietnamese.
    """

    def __init__(
        self,
        settings: LinkSettings,
        client_id: str,
        *,
        will: Will | None = None,
        on_message: Callable[[str, bytes, bool], None],
        on_state: Callable[[bool, str], None] | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        if will is not None:
            _check_topic(will.topic)
        self._settings = settings
        self._client_id = client_id
        self._will = will
        self._on_message = on_message
        self._on_state = on_state
        self._backoff = backoff or Backoff(cap_s=settings.retry_max_s)
        self._lock = threading.Lock()
        self._filters: dict[str, int] = {}
        self._wanted: list[str] = []
        self._unwanted: list[str] = []
        self._waiting: deque[_Outgoing] = deque()
        self._waiting_bytes = 0
        self._up = threading.Event()
        self._stopping = threading.Event()
        self._announce = True
        self._state = Failure("stopped", "Chưa nối.")
        self._ear, self._bell = socket.socketpair()
        self._ear.setblocking(False)
        self._bell.setblocking(False)
        self._thread: threading.Thread | None = None

    @property
    def connected(self) -> bool:
        """Logged in and subscribed."""
        return self._up.is_set()

    @property
    def reason(self) -> Reason:
        """Short code of the present state: "connected", "network", "refused", "certificate", "taken_over" ..."""
        return self._state.reason

    @property
    def why(self) -> str:
        """The present state as a Vietnamese sentence."""
        return self._state.why

    def subscribe(self, topic_filter: str, qos: int = 1) -> None:
        """Wants the filter from now on and after every reconnection; the broker then sends what it retains."""
        _check_filter(topic_filter)
        with self._lock:
            self._filters[topic_filter] = _qos(qos)
            self._wanted.append(topic_filter)
        self._ring()

    def unsubscribe(self, topic_filter: str) -> None:
        """No longer wants the filter."""
        with self._lock:
            if self._filters.pop(topic_filter, None) is not None:
                self._unwanted.append(topic_filter)
        self._ring()

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        expiry_s: int | None = None,
        wait: float | None = None,
    ) -> bool:
        """Sends, or keeps in memory until connected (QoS 1; a newer retained one replaces an older waiting one).

        True: taken, or with ``wait`` seconds: the broker acknowledged. Not durable (the outbox is).
        Raises LinkRefused for a bad topic or too large a payload.
        """
        _check_topic(topic)
        if len(payload) > MAX_PAYLOAD:
            raise LinkRefused(f"Gói tin {topic} quá lớn ({len(payload)} byte); giới hạn là {MAX_PAYLOAD} byte.")
        if wait is not None and threading.current_thread() is self._thread:
            raise RuntimeError("publish(wait=) on the link's own thread would wait for itself")
        message = _Outgoing(topic, bytes(payload), _qos(qos), retain, expiry_s)
        with self._lock:
            if self._stopping.is_set() or (qos == 0 and not self.connected):
                return False
            if retain:
                self._supersede(topic)
            if len(self._waiting) >= MAX_WAITING or self._waiting_bytes + len(payload) > MAX_WAITING_BYTES:
                return False
            self._waiting.append(message)
            self._waiting_bytes += len(payload)
        self._ring()
        if wait is None:
            return True
        message.done.wait(wait)
        return message.accepted

    def start(self) -> None:
        """Begins to connect, in the background, for ever; returns at once. Once per Link."""
        if self._thread is not None:
            raise RuntimeError("a Link starts once")
        self._state = Failure("connecting", f"Đang nối tới {self._settings.host}.")
        self._thread = threading.Thread(target=self._run, name=f"link {self._client_id}", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 5.0, *, announce: bool = True) -> None:
        """Sends what waits (if connected), says goodbye and ends; ``announce``: the will is published."""
        self._announce = announce
        self._stopping.set()
        self._ring()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def wait_connected(self, timeout: float) -> bool:
        """Waits until logged in and subscribed; False after ``timeout`` seconds."""
        return self._up.wait(timeout)

    # What follows runs on the link's thread.

    def _run(self) -> None:
        attempt = flaps = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            connection = _Connection(self)
            try:
                failure = connection.live()
            except Exception as error:
                # Whatever a broker sends must not end the thread: the device would stay deaf for ever.
                log.exception("link %s: connection ended by an error", self._client_id)
                failure = from_error(error, self._settings)
            finally:
                connection.close()
            if self._stopping.is_set():
                break
            stable = connection.was_up and time.monotonic() - began > STABLE_S
            attempt = 1 if stable else attempt + 1
            # Some brokers close the elder of two equals without a word: all it sees is a line cut again and again.
            flaps = flaps + 1 if connection.was_up and not stable and failure.reason == "network" else 0
            if flaps >= FLAPS:
                failure = perhaps_a_clone(self._settings)
            self._set_state(failure)
            self._pause(self._backoff.wait(attempt, slow=failure.slow))
        self._set_state(Failure("stopped", "Đã ngừng nối."))
        with self._lock:
            for message in self._waiting:
                message.finish(False)

    def _pause(self, seconds: float) -> None:
        """Waits out the backoff; the bell of a publish or subscribe does not shorten it, stop() does."""
        self._stopping.wait(seconds)

    def _set_state(self, state: Failure) -> None:
        before, self._state = self._state, state
        up = state.reason == "connected"
        if up:
            self._up.set()
        else:
            self._up.clear()
        if before == state:
            return
        log.log(logging.INFO if up else logging.WARNING, "link %s: %s: %s", self._client_id, state.reason, state.why)
        if self._on_state is not None:
            try:
                self._on_state(up, state.why)
            except Exception:
                log.exception("link %s: on_state failed", self._client_id)

    def _ring(self) -> None:
        # A full bell is a bell already rung.
        with contextlib.suppress(BlockingIOError):
            self._bell.send(b"!")

    def _supersede(self, topic: str) -> None:
        """Drops a waiting retained message that a newer one makes pointless; needs the lock."""
        for old in [message for message in self._waiting if message.retain and message.topic == topic]:
            self._waiting.remove(old)
            self._waiting_bytes -= len(old.payload)
            old.finish(False)

    def _take(self) -> _Outgoing | None:
        with self._lock:
            while self._waiting:
                message = self._waiting.popleft()
                self._waiting_bytes -= len(message.payload)
                if message.seconds_left() != 0:
                    return message
                message.finish(False)
        return None

    def _put_back(self, messages: list[_Outgoing]) -> None:
        with self._lock:
            newer = {message.topic for message in self._waiting if message.retain}
            for message in reversed(messages):
                if message.retain and message.topic in newer:
                    message.finish(False)
                    continue
                self._waiting.appendleft(message)
                self._waiting_bytes += len(message.payload)


@dataclass(eq=False)
class _Outgoing:
    topic: str
    payload: bytes
    qos: int
    retain: bool
    expiry_s: int | None
    born: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    accepted: bool = False

    def finish(self, accepted: bool) -> None:
        self.accepted = accepted
        self.done.set()

    def seconds_left(self) -> int | None:
        if self.expiry_s is None:
            return None
        return max(0, int(self.expiry_s - (time.monotonic() - self.born)))


class _Connection:
    """One attempt: connects, then carries messages until the line is lost. A new paho client each time, so that
    nothing of a broken connection is left over and renewed certificates are read."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._settings = link._settings
        self._in_flight: dict[int, _Outgoing] = {}
        self._failure: Failure | None = None
        self._logged_in = False
        self._first_subscription: int | None = None
        self._window = IN_FLIGHT
        self._max_packet = MAX_PACKET
        self.was_up = False
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=link._client_id, protocol=MQTTv5, reconnect_on_failure=False
        )
        self._client.max_inflight_messages_set(0)
        self._client.connect_timeout = CONNECT_DEADLINE_S
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._message
        self._client.on_publish = self._published
        self._client.on_subscribe = self._subscribed
        self._client.on_log = self._logged

    def live(self) -> Failure:
        """Until the line ends; why it did."""
        try:
            self._connect()
        except (OSError, ValueError) as error:
            return from_error(error, self._settings)
        deadline = time.monotonic() + CONNECT_DEADLINE_S
        goodbye: float | None = None
        now = time.monotonic()
        while self._failure is None:
            patience = 1.0 if self.was_up else min(1.0, max(0.01, deadline - now))
            if not self._turn(patience if goodbye is None else 0.1):
                break
            now = time.monotonic()
            if not self.was_up and now > deadline:
                return Failure("network", f"{self._settings.host} không trả lời; hãy xem mạng.")
            if self._link._stopping.is_set():
                goodbye = goodbye or now + 2.0
                idle = not self._in_flight and not self._link._waiting and not self._client.want_write()
                if idle or now > goodbye or not self._logged_in:
                    self._leave()
                    break
        return self._failure or from_error(ConnectionResetError(), self._settings)

    def close(self) -> None:
        """Lets the socket go and gives unacknowledged messages back for the next connection."""
        sock = self._client.socket()
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.close()
        self._link._put_back(list(self._in_flight.values()))
        self._in_flight.clear()

    def _connect(self) -> None:
        context = tls_context(self._settings)
        if context is not None:
            self._client.tls_set_context(context)
        if self._settings.username is not None:
            password = self._settings.password
            self._client.username_pw_set(
                self._settings.username, None if password is None else password.get_secret_value()
            )
        will = self._link._will
        if will is not None:
            self._client.will_set(will.topic, will.payload, _qos(will.qos), will.retain)
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = self._settings.session_expiry
        properties.MaximumPacketSize = MAX_PACKET
        properties.ReceiveMaximum = IN_FLIGHT
        self._client.connect(
            self._settings.host,
            self._settings.port,
            self._settings.keepalive,
            clean_start=False,
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
        ear = self._link._ear
        poll = select.poll()
        poll.register(sock, select.POLLIN | (select.POLLOUT if self._client.want_write() else 0))
        poll.register(ear, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(0 if _buffered(sock) else patience * 1000)}
        if ear.fileno() in ready:
            with contextlib.suppress(BlockingIOError):
                ear.recv(4096)
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
            self._failure = Failure("protocol", f"{self._settings.host} gửi gói tin quá lớn; máy đã ngắt.", slow=True)
            return False
        return True

    def _leave(self) -> None:
        word = "Disconnect with will message" if self._link._announce and self._link._will else "Normal disconnection"
        with contextlib.suppress(OSError, ValueError):
            self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, word))
            self._client.loop_write()

    def _subscribe_wanted(self) -> None:
        link = self._link
        with link._lock:
            unwanted, link._unwanted = link._unwanted, []
            wanted, link._wanted = link._wanted, []
            filters = {name: link._filters[name] for name in wanted if name in link._filters}
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
            message = self._link._take()
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
            self._failure = from_reason(code.value, self._settings)
            return
        self._logged_in = True
        self._window = min(IN_FLIGHT, getattr(properties, "ReceiveMaximum", IN_FLIGHT))
        self._max_packet = min(MAX_PACKET, getattr(properties, "MaximumPacketSize", MAX_PACKET))
        with self._link._lock:
            self._link._wanted = []
            self._link._unwanted = []
            filters = dict(self._link._filters)
        self._first_subscription = self._subscribe(filters)
        if self._first_subscription is None:
            self._is_up()

    def _subscribed(
        self, _client: Client, _data: Any, mid: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        for code in codes:
            if code.is_failure:
                log.error("link %s: a subscription was refused: %s", self._link._client_id, code)
        if mid == self._first_subscription:
            self._is_up()

    def _is_up(self) -> None:
        self.was_up = True
        self._link._set_state(Failure("connected", f"Đã nối tới {self._settings.host}."))

    def _disconnected(
        self, _client: Client, _data: Any, flags: Any, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if flags.is_disconnect_packet_from_server and self._failure is None:
            self._failure = from_reason(code.value, self._settings)

    def _published(
        self, _client: Client, _data: Any, mid: int, code: ReasonCode, _properties: Properties | None
    ) -> None:
        message = self._in_flight.pop(mid, None)
        if message is None:
            return
        if code.is_failure:
            log.error("link %s: %s refused: %s", self._link._client_id, message.topic, code)
        message.finish(not code.is_failure)

    def _message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            self._link._on_message(message.topic, bytes(message.payload), message.retain)
        except Exception:
            log.exception("link %s: on_message failed", self._link._client_id)

    def _logged(self, _client: Client, _data: Any, level: int, text: str) -> None:
        log.debug("paho %s: %s", self._link._client_id, text)
        if self._failure is None and "on socket" in text:
            self._failure = from_log(text, self._settings)


def _buffered(sock: Any) -> bool:
    """TLS may hold decrypted bytes that poll() cannot see."""
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0


def _properties(packet: int) -> Any:
    return Properties(packet)  # type: ignore[no-untyped-call]


def _qos(qos: int) -> int:
    if qos not in (0, 1):
        raise ValueError(f"QoS 0 or 1, not {qos}")
    return qos


def _check_topic(topic: str) -> None:
    if any(letter in topic for letter in "+#\0") or not 0 < len(topic.encode()) <= MAX_TOPIC_BYTES:
        raise LinkRefused(f"Tên kênh không hợp lệ: {topic[:60]!r}.")


def _check_filter(topic_filter: str) -> None:
    if "\0" in topic_filter or not 0 < len(topic_filter.encode()) <= MAX_TOPIC_BYTES:
        raise LinkRefused(f"Tên kênh đăng ký không hợp lệ: {topic_filter[:60]!r}.")
