"""Radio stations that misbehave, for loudspeakers that are to relay them: `from relays import Relay`."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time

PAUSE_S = 3.0
"""Longer than what came before it lasts."""
SILENT = ("never answers a call", "says nothing", "sends no song")
BROKEN = ("hangs up", "has no such page", "sends on", "sends noise")


class Relay:
    """A radio's server that does to each caller what `how` says; it never says goodbye unless that is it."""

    def __init__(self, how: str, music: bytes) -> None:
        self._how, self._music = how, music
        self._lines: list[socket.socket] = []
        self._server = socket.socket()
        self._server.bind(("127.0.0.1", 0))
        self._server.listen(0 if how == "never answers a call" else 50)
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}/live"
        if how == "never answers a call":
            # Once its queue is full, the kernel lets whoever calls wait for ever.
            for _ in range(2):
                line = socket.socket()
                line.setblocking(False)
                line.connect_ex(self._server.getsockname())
                self._lines.append(line)
        else:
            threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        for line in (self._server, *self._lines):
            line.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._server.accept()
                self._lines.append(line)
                threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._how == "says nothing":
                return
            asked = line.recv(4096)
            if self._how == "hangs up":
                line.close()
                return
            if self._how == "has no such page":
                line.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                return
            if self._how == "sends on" and asked.startswith(b"GET /live"):
                line.sendall(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
                return
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: audio/ogg\r\n\r\n")
            if self._how == "sends noise":
                dice = random.Random(self._how)
                while True:
                    line.sendall(dice.randbytes(1 << 16))
            if self._how in ("stops in its song", "sends on"):
                line.sendall(self._music)
            elif self._how == "pauses in its song":
                line.sendall(self._music[: len(self._music) // 3])
                time.sleep(PAUSE_S)
                line.sendall(self._music[len(self._music) // 3 :])
