"""A link to a broker with what came and went by it: `from link_posts import Post`."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path
from typing import Any

from langso.mqtt.failures import Backoff
from langso.mqtt.link import Link
from langso.settings.reading import LinkSettings

QUICK = Backoff(base_s=0.1, cap_s=0.4, slow_s=600, give_way_s=1.5)


class Post:
    """A link with what it received and how its state went."""

    def __init__(self, settings: LinkSettings, name: str, **more: Any) -> None:
        self.received: list[tuple[str, bytes, bool]] = []
        self.states: list[tuple[bool, str]] = []
        self.reasons: list[str] = []
        self.link = Link(
            settings,
            name,
            on_message=more.pop("on_message", self._take),
            on_state=self._note,
            backoff=QUICK,
            **more,
        )

    def _note(self, up: bool, why: str) -> None:
        self.states.append((up, why))
        self.reasons.append(self.link.reason)

    def _take(self, topic: str, payload: bytes, retain: bool) -> None:
        self.received.append((topic, payload, retain))

    def up(self) -> Post:
        self.link.start()
        assert self.link.wait_connected(60), self.link.why
        return self

    def payloads(self) -> list[bytes]:
        return [payload for _, payload, _ in self.received]


def plain(broker: Any, **more: Any) -> LinkSettings:
    return LinkSettings(host=broker.host, port=broker.port, **more)


def with_tls(broker: Any, ca: Path, pair: tuple[Path, Path] | None, host: str = "localhost") -> LinkSettings:
    certificate, key = pair or (None, None)
    return LinkSettings(host=host, port=broker.port, ca=ca, cert=certificate, key=key)


class HostileBroker:
    """Accepts connections and answers each with the next bytes given (the last for ever), keeping the line open."""

    def __init__(self, *answers: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self._answers = list(answers)
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(line)
            try:
                line.recv(4096)
                line.sendall(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])
            except OSError:
                pass

    def drop(self) -> None:
        """Cuts the present lines."""
        while self._open:
            line = self._open.pop()
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def close(self) -> None:
        self._listener.close()
        for line in self._open:
            line.close()


CONNACK = bytes([0x20, 3, 0, 0, 0])
