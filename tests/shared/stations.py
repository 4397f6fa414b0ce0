"""A radio station behind https, that stalls, dies and returns as it is told: `from stations import Station`."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Literal

TURN_S = 0.02
AHEAD_S = 0.5
Mood = Literal["plays", "stalls", "hangs up"]


class Station:
    """Sends a sound of `lasts_s` to each caller from its beginning, as fast as it sounds. `mood` is what it does now:
    it plays; it says nothing but holds the line; or it ends each line and takes no other. `called`: how often.
    """

    def __init__(self, certificate: Path, key: Path, music: bytes, lasts_s: float) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._context, self._music, self._rate = context, music, len(music) / lasts_s
        self.mood: Mood = "plays"
        self.called = 0
        self._over = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._server.getsockname()[1]}/live"
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(60)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while not self._over.is_set():
                line, _ = self._server.accept()
                self._threads.append(threading.Thread(target=self._answer, args=(line,), daemon=True))
                self._threads[-1].start()

    def _answer(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError), line:
            self.called += 1
            if self.mood == "hangs up":
                return
            line.settimeout(5)
            with self._context.wrap_socket(line, server_side=True) as safe:
                safe.recv(4096)
                safe.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: audio/flac\r\nConnection: close\r\n\r\n")
                self._play(safe)

    def _play(self, line: ssl.SSLSocket) -> None:
        sent, played, last = 0, AHEAD_S, time.monotonic()
        while not self._over.wait(TURN_S) and self.mood != "hangs up" and sent < len(self._music):
            now = time.monotonic()
            if self.mood == "plays":
                played += now - last
                due = int(played * self._rate)
                line.sendall(self._music[sent:due])
                sent = max(sent, due)
            last = now
