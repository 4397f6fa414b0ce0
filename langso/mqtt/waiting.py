"""The link's wishes that are not done yet: messages to send, topics to subscribe to. Thread-safe."""

from __future__ import annotations

import contextlib
import math
import socket
import threading
import time
import unicodedata
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from langso.mqtt.errors import LinkRefused
from langso.words.catalogue import Sentence

MAX_PAYLOAD = 1 << 20
MAX_TOPIC_BYTES = 512
MAX_WAITING = 1000
MAX_WAITING_BYTES = 16 << 20


@dataclass(eq=False)
class Outgoing:
    """A message on its way; ``done`` is set when its fate is known, ``accepted`` then says which.

    ``tag``: what it is about; of one tag only one is on its way. ``on_sent``: called once the broker has it, on the
    link's thread.
    """

    topic: str
    payload: bytes
    qos: int
    retain: bool
    expiry_s: int | None = None
    tag: str | None = None
    on_sent: Callable[[], None] | None = None
    born: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    accepted: bool = False
    withdrawn: bool = False

    def finish(self, accepted: bool) -> None:
        """The broker acknowledged it, or it will never be sent."""
        self.accepted = accepted
        self.done.set()
        if accepted and not self.withdrawn and self.on_sent is not None:
            self.on_sent()

    def seconds_left(self) -> int | None:
        """Of its expiry, counted from its birth; 0 = too old to send; None = never expires."""
        if self.expiry_s is None:
            return None
        return max(0, math.ceil(self.expiry_s - (time.monotonic() - self.born)))


class Waiting:
    """A bounded queue of messages and the wanted topic filters; `ring` wakes the link's thread out of its poll."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: deque[Outgoing] = deque()
        self._bytes = 0
        self._filters: dict[str, int] = {}
        self._tagged: dict[str, Outgoing] = {}
        self._wanted: list[str] = []
        self._unwanted: list[str] = []
        self.ear, self._bell = socket.socketpair()
        self.ear.setblocking(False)
        self._bell.setblocking(False)

    def __bool__(self) -> bool:
        return bool(self._messages)

    def ring(self) -> None:
        """Wakes the thread that polls ``ear`` (one end of a socket pair)."""
        # The pair is full: a wake-up waits already.
        with contextlib.suppress(BlockingIOError):
            self._bell.send(b"!")

    def heard(self) -> None:
        """Reads the wake-up bytes out of ``ear``."""
        with contextlib.suppress(BlockingIOError):
            self.ear.recv(4096)

    def put(self, message: Outgoing) -> bool:
        """Takes a message, a retained one in place of an older of its topic; False when there is no room.

        One whose tag is on its way already is not taken a second time (True).
        """
        with self._lock:
            if message.tag is not None:
                self._tagged = {tag: one for tag, one in self._tagged.items() if not one.done.is_set()}
                if message.tag in self._tagged:
                    return True
            if message.retain:
                self._supersede(message.topic)
            if len(self._messages) >= MAX_WAITING or self._bytes + len(message.payload) > MAX_WAITING_BYTES:
                return False
            self._messages.append(message)
            self._bytes += len(message.payload)
            if message.tag is not None:
                self._tagged[message.tag] = message
        self.ring()
        return True

    def withdraw(self, tag: str) -> None:
        """What is on its way under this tag has no purpose any more: not sent, or not sent again."""
        with self._lock:
            message = self._tagged.pop(tag, None)
            if message is None:
                return
            message.withdrawn = True
            if message in self._messages:
                self._messages.remove(message)
                self._bytes -= len(message.payload)
                message.finish(False)

    def take(self) -> Outgoing | None:
        """The oldest that has not expired; None when there is none."""
        with self._lock:
            while self._messages:
                message = self._messages.popleft()
                self._bytes -= len(message.payload)
                if message.seconds_left() != 0:
                    return message
                message.finish(False)
        return None

    def put_back(self, messages: list[Outgoing]) -> None:
        """Sent but not acknowledged when the line was lost: first in the queue, unless a newer retained one waits
        or it was withdrawn.
        """
        with self._lock:
            newer = {message.topic for message in self._messages if message.retain}
            for message in reversed(messages):
                if message.withdrawn or (message.retain and message.topic in newer):
                    message.finish(False)
                    continue
                self._messages.appendleft(message)
                self._bytes += len(message.payload)

    def give_up(self) -> None:
        """The link has ended: wakes everybody who waits for a message to be sent."""
        with self._lock:
            for message in self._messages:
                message.finish(False)
            self._messages.clear()
            self._bytes = 0

    def want(self, topic_filter: str, qos: int) -> None:
        """Listens to the filter from now on."""
        with self._lock:
            self._filters[topic_filter] = qos
            self._wanted.append(topic_filter)
        self.ring()

    def unwant(self, topic_filter: str) -> None:
        """Listens to it no longer."""
        with self._lock:
            if self._filters.pop(topic_filter, None) is not None:
                self._unwanted.append(topic_filter)
        self.ring()

    def all_filters(self) -> dict[str, int]:
        """Every filter and its QoS, for a new connection; what was new is no longer."""
        with self._lock:
            self._wanted, self._unwanted = [], []
            return dict(self._filters)

    def new_filters(self) -> tuple[dict[str, int], list[str]]:
        """(wanted, no longer wanted) since the last asking."""
        with self._lock:
            wanted, self._wanted = self._wanted, []
            unwanted, self._unwanted = self._unwanted, []
            return {name: self._filters[name] for name in wanted if name in self._filters}, unwanted

    def _supersede(self, topic: str) -> None:
        for old in [message for message in self._messages if message.retain and message.topic == topic]:
            self._messages.remove(old)
            self._bytes -= len(old.payload)
            old.finish(False)


def check_topic(topic: str) -> None:
    """Raises LinkRefused for what cannot be a topic to publish to."""
    if "+" in topic or "#" in topic or not _is_name(topic):
        raise LinkRefused(Sentence("mqtt-topic-invalid", topic=repr(topic[:60])))


def check_filter(topic_filter: str) -> None:
    """Raises LinkRefused for what cannot be a topic filter."""
    levels = topic_filter.split("/")
    hash_inside = any("#" in level for level in levels[:-1]) or ("#" in levels[-1] and levels[-1] != "#")
    plus_inside = any("+" in level and level != "+" for level in levels)
    if hash_inside or plus_inside or not _is_name(topic_filter):
        raise LinkRefused(Sentence("mqtt-filter-invalid", topic=repr(topic_filter[:60])))


def check_qos(qos: int) -> int:
    """QoS 0 or 1; raises ValueError for another (2 costs two more trips and our documents carry versions)."""
    if qos not in (0, 1):
        raise ValueError(f"QoS 0 or 1, not {qos}")
    return qos


def _is_name(topic: str) -> bool:
    # A broker closes the line on control and unassigned characters; a message kept for later would do it again.
    if not topic or any(unicodedata.category(letter) in ("Cc", "Cs", "Cn") for letter in topic):
        return False
    return len(topic.encode()) <= MAX_TOPIC_BYTES
