"""An office whose pages are really served."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from renewals import Served

from office.web.app import make_app


@pytest.fixture
def served(office_world: Any) -> Iterator[Served]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(make_app(office_world.office), log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", office_world)
    server.should_exit = True
    thread.join(60)
