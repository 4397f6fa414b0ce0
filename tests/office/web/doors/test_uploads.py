from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from office.web.doors.uploads import PIECE, desk_router


@pytest.fixture
def begun(make_office: Callable[..., Any]) -> Any:
    """An upload of a dossier that has begun: (desk, its id, the ciphertext, the door)."""
    world = make_office()
    manifest, cipher = world.sealed_dossier(world.reporter("kiosk-1", "kiosk"))
    desk = world.office.desk
    door = FastAPI()
    door.include_router(desk_router(desk))
    return desk, desk.create_upload(manifest).id, cipher, door


def send(door: FastAPI, id: str, offset: int, pieces: list[bytes], *, breaks: bool) -> None:
    """One PATCH over a line that breaks after these pieces, or brings them all."""
    ends = {"type": "http.disconnect"} if breaks else {"type": "http.request", "body": b"", "more_body": False}
    messages = [*({"type": "http.request", "body": piece, "more_body": True} for piece in pieces), ends]
    headers = {
        "tus-resumable": "1.0.0",
        "upload-offset": str(offset),
        "content-type": "application/offset+octet-stream",
    }
    scope = {
        "type": "http", "method": "PATCH", "path": f"/desk/uploads/{id}", "query_string": b"", "http_version": "1.1",
        "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9), "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip

    async def receive() -> dict[str, object]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def said(message: Any) -> None:
        del message

    asyncio.run(door(scope, receive, said))


def test_a_line_that_breaks_before_a_whole_piece_still_brings_it_on(begun: Any) -> None:
    desk, id, cipher, door = begun
    assert len(cipher) < PIECE
    offset = 0
    for end in (1000, 1500, 9000):
        send(door, id, offset, [cipher[offset:end]], breaks=True)
        offset = desk.upload(id).offset
        assert offset == end
    send(door, id, offset, [cipher[offset:]], breaks=False)
    assert desk.upload(id).finished
