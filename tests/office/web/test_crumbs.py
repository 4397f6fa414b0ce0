"""Bodies that come in crumbs cost the loop that serves everybody no more than other bodies do."""

from __future__ import annotations

import socket
from collections.abc import Callable

import h11
import pytest
from office_doors import Doors

from office.web.accepting import LEAST_PIECE, PIECES, _Frugal

HEAD = b"POST /dang-nhap HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(size: int) -> bytes:
    return b"%x\r\n" % size + b"a" * size + b"\r\n"


def taken(connection: h11.Connection, data: bytes) -> int:
    """Events until there is nothing more."""
    connection.receive_data(data)
    count = 0
    while connection.next_event() not in (h11.NEED_DATA, h11.PAUSED):
        count += 1
    return count


def test_a_body_in_crumbs_is_refused_after_a_few() -> None:
    connection = _Frugal(h11.SERVER)
    connection.receive_data(HEAD + chunk(1) * 10_000)
    assert all(connection.next_event() is not h11.NEED_DATA for _ in range(1 + PIECES))
    with pytest.raises(h11.RemoteProtocolError):
        connection.next_event()


def test_honest_chunks_and_a_few_small_ones_are_taken() -> None:
    assert taken(_Frugal(h11.SERVER), HEAD + chunk(1) * PIECES + b"0\r\n\r\n") == PIECES + 2
    assert taken(_Frugal(h11.SERVER), HEAD + chunk(LEAST_PIECE) * 500 + b"0\r\n\r\n") == 502
    # What arrives in crumbs of the line is not cut into crumbs by who sends it.
    slow = _Frugal(h11.SERVER)
    body = HEAD + chunk(4000)
    assert sum(taken(slow, body[at : at + 3]) for at in range(0, len(body), 3)) > PIECES


def test_each_request_of_a_line_has_its_own() -> None:
    connection = _Frugal(h11.SERVER)
    for _ in range(3):
        assert taken(connection, HEAD + chunk(1) * PIECES + b"0\r\n\r\n") == PIECES + 2
        connection.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
        connection.send(h11.EndOfMessage())
        connection.start_next_cycle()


def test_the_console_hangs_up_on_crumbs(open_doors: Callable[..., Doors]) -> None:
    doors = open_doors()
    with socket.create_connection(("127.0.0.1", doors.port("plain")), timeout=60) as line:
        line.sendall(HEAD + chunk(1) * 200)
        assert line.recv(100).startswith(b"HTTP/1.1 400")
