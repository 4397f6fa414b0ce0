"""Publishes to a broker as fast as it is told, without a client library: `from hostile_publisher import Flood`.

Packets are made beforehand and written in turns of ten milliseconds by a process of its own.
"""

from __future__ import annotations

import itertools
import multiprocessing
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

TURN_S = 0.01


class Flood:
    """`messages`: (topic, payload), one after another, again and again; `qos` 0 or 1. Sent until `close`."""

    def __init__(
        self, port: int, messages: Sequence[tuple[str, bytes]], *, rate: int, qos: int = 0, name: str = "hostile"
    ) -> None:
        context = multiprocessing.get_context("fork")
        self._sent = context.Value("L", 0)
        self._process = context.Process(
            target=_publish, args=(port, list(messages), rate, qos, name, self._sent), daemon=True
        )
        self._process.start()

    @property
    def sent(self) -> int:
        """How many have been written to the broker."""
        return int(self._sent.value)

    def close(self) -> None:
        self._process.terminate()
        self._process.join(10)


def _publish(port: int, messages: list[tuple[str, bytes]], rate: int, qos: int, name: str, sent: Any) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        client = name.encode()
        body = b"\0\4MQTT\5\2\0\0\0" + struct.pack(">H", len(client)) + client
        line.sendall(b"\x10" + _length(len(body)) + body)
        line.recv(100)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        packets = [(topic.encode(), payload) for topic, payload in messages]
        ids = itertools.cycle(range(1, 60_000))
        turn = itertools.cycle(packets)
        begin = time.monotonic()
        while True:
            due = int((time.monotonic() - begin) * rate) - sent.value
            for _ in range(max(0, min(due, 20))):
                topic, payload = next(turn)
                head = struct.pack(">H", len(topic)) + topic + (struct.pack(">H", next(ids)) if qos else b"") + b"\0"
                line.sendall(bytes([0x30 | qos << 1]) + _length(len(head) + len(payload)) + head + payload)
                sent.value += 1
            if qos:
                line.setblocking(False)
                try:
                    while line.recv(65536):
                        pass
                except BlockingIOError:
                    pass
                line.setblocking(True)
            if due < 20:
                time.sleep(TURN_S / 2)


def _length(count: int) -> bytes:
    encoded = b""
    while True:
        count, digit = divmod(count, 128)
        encoded += bytes([digit | (0x80 if count else 0)])
        if not count:
            return encoded
