"""An office that receives dossiers, and can be told to die midway."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Desk:
    """An office's upload door (tus 1.0), which can be told to die midway. `finished` by dossier id."""

    port: int = 0
    manifests: dict[str, Any] = field(default_factory=dict)
    partial: dict[str, bytearray] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    finished: dict[str, bytes] = field(default_factory=dict)
    arrivals: list[str] = field(default_factory=list)
    cut_after: int | None = None
    answer_with: int | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        desk = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                desk.create(self)

            def do_HEAD(self) -> None:
                desk.head(self)

            def do_PATCH(self) -> None:
                desk.patch(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def create(self, handler: Any) -> None:
        if self.answer_with is not None:
            _answer(handler, self.answer_with)
            return
        name, _, value = handler.headers["Upload-Metadata"].partition(" ")
        assert name == "manifest"
        envelope = json.loads(base64.b64decode(value))
        manifest = json.loads(base64.b64decode(envelope["payload"]))
        dossier = manifest["dossier"]
        if dossier in self.finished:
            _answer(handler, 200)
            return
        self.manifests[dossier] = manifest
        self.sizes[dossier] = int(handler.headers["Upload-Length"])
        known = dossier in self.partial
        self.partial.setdefault(dossier, bytearray())
        _answer(handler, 200 if known else 201, {"Location": f"/desk/uploads/{dossier}"})

    def head(self, handler: Any) -> None:
        dossier = handler.path.rsplit("/", 1)[1]
        if dossier in self.finished:
            _answer(handler, 200, {"Upload-Offset": str(self.sizes[dossier])})
        elif dossier in self.partial:
            _answer(handler, 200, {"Upload-Offset": str(len(self.partial[dossier]))})
        else:
            _answer(handler, 404)

    def patch(self, handler: Any) -> None:
        dossier = handler.path.rsplit("/", 1)[1]
        held = self.partial.get(dossier)
        length = int(handler.headers["Content-Length"])
        data = handler.rfile.read(length)
        if held is None or int(handler.headers["Upload-Offset"]) != len(held):
            _answer(handler, 409)
            return
        if self.cut_after is not None and len(held) + length > self.cut_after:
            held.extend(data[: max(0, self.cut_after - len(held))])
            self.cut_after = None
            handler.close_connection = True
            handler.connection.close()
            return
        held.extend(data)
        if len(held) == self.sizes[dossier]:
            self.finished[dossier] = bytes(self.partial.pop(dossier))
            self.arrivals.append(dossier)
        _answer(handler, 204, {"Upload-Offset": str(int(handler.headers["Upload-Offset"]) + length)})


def _answer(handler: Any, status: int, headers: dict[str, str] | None = None) -> None:
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Tus-Resumable", "1.0.0")
    handler.send_header("Content-Length", "0")
    handler.end_headers()
