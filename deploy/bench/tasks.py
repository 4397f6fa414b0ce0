"""What is measured, in the order in which a paper and a broadcast pass through the house."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.bench import pictures
from deploy.bench.speeds import Task
from deploy.errors import DeployError
from langso.words.catalogue import Sentence

Round = Callable[[], float | None]
FRAME_S = 60.0
_NOW = timedelta(minutes=5)


class NotMeasured(DeployError, RuntimeError):
    """Something works otherwise here than it should; the sentence stands in the table."""


def tasks(folder: Path) -> tuple[Task, ...]:
    """All of them; what has to be durable is written into `folder`."""
    return (
        Task("page", _page, 12),
        Task("code", _code, 12),
        Task("clean", _clean, 5),
        Task("pdf", _pdf, 5),
        Task("pdf_text", _pdf_text, 1),
        Task("tls", lambda: _tls(folder), 20),
        Task("sign_commit", lambda: _sign_commit(folder), 20),
        Task("play_wait", lambda: _play(folder, error=False), 5),
        Task("play_error", lambda: _play(folder, error=True), 5),
        Task("first_frame", lambda: _first_frame(folder), 2),
    )


@contextlib.contextmanager
def _page() -> Iterator[Round]:
    from scanner.pages import find_page

    picture = pictures.live(pictures.paper()[0])

    def one() -> None:
        if find_page(picture).quad is None:
            raise NotMeasured(Sentence("bench-no-page"))

    yield one


@contextlib.contextmanager
def _code() -> Iterator[Round]:
    from scanner.codes import read_codes, warm

    warm()
    picture = pictures.code()

    def one() -> None:
        # A slow machine shall tell how long it takes, not that a second was too short.
        if [found.text for found in read_codes(picture, budget_s=5.0)] != [pictures.CODE_TEXT]:
            raise NotMeasured(Sentence("bench-no-code"))

    yield one


@contextlib.contextmanager
def _clean() -> Iterator[Round]:
    from scanner.clean import finish

    still, corners = pictures.paper()

    def one() -> None:
        finish(still, corners)

    yield one


def _document(*, text: bool) -> Callable[[], Any]:
    from scanner.clean import finish
    from scanner.document import About, make_document

    page = finish(*pictures.paper())
    return lambda: make_document([page], About(str(Sentence("bench-trial")), datetime.now(UTC)), text=text)


@contextlib.contextmanager
def _pdf() -> Iterator[Round]:
    make = _document(text=False)

    def one() -> None:
        make()

    yield one


@contextlib.contextmanager
def _pdf_text() -> Iterator[Round]:
    make = _document(text=True)

    def one() -> None:
        made = make()
        if made.unread or made.characters == 0:
            raise NotMeasured(made.unread[0][1] if made.unread else Sentence("bench-no-text"))

    yield one


@contextlib.contextmanager
def _tls(folder: Path) -> Iterator[Round]:
    from langso.device.certificates import make_ca, make_client_certificate, make_server_certificate

    now = datetime.now(UTC) - _NOW
    ca = make_ca(str(Sentence("bench-trial")), now=now)
    certified = {
        "server": make_server_certificate(ca, ["127.0.0.1"], now=now),
        "client": make_client_certificate(ca, "may-do", now=now),
    }
    contexts = {}
    for side, kind in (("server", ssl.PROTOCOL_TLS_SERVER), ("client", ssl.PROTOCOL_TLS_CLIENT)):
        context = contexts[side] = ssl.SSLContext(kind)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=ca.certificate.decode())
        pem = folder / f"{side}.pem"
        pem.write_bytes(certified[side].certificate + certified[side].key)
        context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answering = threading.Thread(target=_answer_tls, args=(listener, contexts["server"]), daemon=True)
        answering.start()

        def one() -> None:
            with (
                socket.create_connection(listener.getsockname(), 10) as line,
                contexts["client"].wrap_socket(line, server_hostname="127.0.0.1") as talk,
            ):
                # The server has checked us, too, once it says something.
                if talk.recv(1) != b".":
                    raise NotMeasured(Sentence("bench-no-tls"))

        try:
            yield one
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            answering.join(5)


def _answer_tls(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        with contextlib.suppress(OSError), line, context.wrap_socket(line, server_side=True) as talk:
            talk.sendall(b".")


@contextlib.contextmanager
def _sign_commit(folder: Path) -> Iterator[Round]:
    from langso.durable.store import Migration, Store
    from langso.trust import SigningKey, seal

    key = SigningKey.generate()
    document = b'{"kind":"state","text":"' + b"x" * 2000 + b'"}'

    def create(db: Any) -> None:
        db.execute("CREATE TABLE sealed (raw BLOB)")

    with Store(folder / "bench.sqlite", (Migration("bench", create),)) as store:

        def one() -> None:
            sealed = seal(document, "state", [key])
            with store.transaction() as db:
                db.execute("INSERT INTO sealed VALUES (?)", [sealed])

        yield one


@contextlib.contextmanager
def _play(folder: Path, *, error: bool) -> Iterator[Round]:
    from speaker.sound.player import GstPlayer
    from speaker.sound.sounds import SoundFile
    from speaker.sound.tone import make_test_sound

    medium = make_test_sound(folder)
    path = folder / medium.sha256
    # Nobody shall hear it: through a pipe, as the village's loudspeakers play.
    player = GstPlayer("pipe", str(folder / "pipe"))
    player.start()

    def one() -> float:
        asked = time.monotonic()
        at = player.soonest()
        voice = player.play(SoundFile(path, medium.codec, medium.duration_ms), at)
        while voice.error_ms is None:
            if voice.state == "failed" or time.monotonic() > asked + 10:
                raise NotMeasured(voice.why or Sentence("bench-no-sound"))
            time.sleep(0.005)
        off = voice.error_ms
        voice.cut()
        return abs(off) if error else (at - asked) * 1000 + off

    try:
        yield one
    finally:
        player.stop()


@contextlib.contextmanager
def _first_frame(folder: Path) -> Iterator[Round]:
    if importlib.util.find_spec("kivy") is None:
        raise ModuleNotFoundError("no kiosk is installed here", name="kivy")

    def one() -> None:
        done = subprocess.run(
            [sys.executable, "-m", "deploy.bench.first_frame", str(folder / "kiosk")],
            env={**os.environ, "SDL_VIDEODRIVER": "offscreen"},
            capture_output=True,
            text=True,
            timeout=FRAME_S,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()
            last = said[-1][:200] if said else Sentence("bench-said-nothing")
            raise NotMeasured(Sentence("bench-no-picture", said=last))

    try:
        yield one
    except subprocess.TimeoutExpired as error:
        raise NotMeasured(Sentence("bench-no-frame", seconds=f"{FRAME_S:g}")) from error
