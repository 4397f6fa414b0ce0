"""What crosses between shell and visit: plain values, whole, pictures without a name; all else is refused."""

from __future__ import annotations

import array
import fcntl
import os
import pickle
import socket
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kiosk.shell.line
from kiosk.errors import LineFault
from kiosk.journeys.showing import LivePicture, PayShows, Remark
from kiosk.sending.sealing import HandedIn, SealedDocument
from kiosk.shell.line import MOST_INLINE, MOST_PACKED, VisitLine, pair
from kiosk.shell.protocol import Destination
from kiosk.shell.told import Change, Keep, NewPage
from langso.words.catalogue import Sentence, Unit, sentence_in, t
from langso.words.numbers import decimal

PICTURE = np.arange(90 * 64 * 3, dtype=np.uint8).reshape(90, 64, 3)


@pytest.fixture
def ends() -> Iterator[tuple[VisitLine, VisitLine]]:
    shell, visit = pair()
    with shell, visit:
        yield VisitLine(shell), VisitLine(visit, trusted=True)


def test_a_picture_with_its_words_arrives_as_it_was(ends: tuple[VisitLine, VisitLine]) -> None:
    shell, visit = ends
    said = Remark(Sentence("prompts-odd-same", page=Unit(decimal, 1.5)), "info", "ok")
    live = LivePicture(said, 7, PICTURE, ((1.0, 2.0),) * 4, 0.5)
    visit.send(Change(3, live))
    came = shell.receive()
    assert came.page == 3
    shows = came.shows
    assert (shows.said, shows.number, shows.quad, shows.progress) == (said, 7, live.quad, 0.5)
    assert (came.shows.picture == PICTURE).all()


def test_words_remember_their_sentence_on_the_other_side(ends: tuple[VisitLine, VisitLine]) -> None:
    shell, visit = ends
    visit.send(Change(1, (t("screens-page", page=2), "Trần Thị B")))
    first, second = shell.receive().shows
    assert sentence_in(first) == Sentence("screens-page", page=2)
    assert (second, sentence_in(second)) == ("Trần Thị B", None)


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, MOST_INLINE + 1, 3 << 20])
def test_a_dossier_of_any_size_is_whole(ends: tuple[VisitLine, VisitLine], size: int) -> None:
    shell, visit = ends
    data = os.urandom(size)
    visit.send(Keep(1, SealedDocument(data, "Giấy khai sinh", 1, "0" * 64)))
    assert shell.receive().sealed.data == data


def test_much_text_goes_as_well(ends: tuple[VisitLine, VisitLine]) -> None:
    shell, visit = ends
    modules = tuple(tuple((x * y) % 3 == 0 for x in range(200)) for y in range(200))
    visit.send(NewPage(1, Destination("pay", PayShows("", 0, "", "ạ" * 40_000, "", "", modules))))
    assert shell.receive().there.shows.modules == modules


def test_more_words_than_any_page_has_are_refused(ends: tuple[VisitLine, VisitLine]) -> None:
    shell, visit = ends
    visit.send(Change(1, "ạ" * (MOST_PACKED // 3 + 1)))
    with pytest.raises(LineFault):
        shell.receive()


def test_several_pictures_have_one_limit(ends: tuple[VisitLine, VisitLine], monkeypatch: pytest.MonkeyPatch) -> None:
    shell, visit = ends
    monkeypatch.setattr(kiosk.shell.line, "MOST_BYTES", 2 * PICTURE.nbytes - 1)
    visit.send(Change(1, PICTURE))
    assert (shell.receive().shows == PICTURE).all()
    visit.send(Change(1, (PICTURE, PICTURE)))
    with pytest.raises(LineFault):
        shell.receive()


def test_a_picture_that_somebody_still_holds_is_overwritten_at_the_end(ends: tuple[VisitLine, VisitLine]) -> None:
    shell, visit = ends
    visit.send(Change(1, PICTURE))
    held = shell.receive().shows
    assert held.any()
    shell.wipe()
    assert not held.any()


def test_nothing_waits_where_nothing_came_and_the_end_is_known(ends: tuple[VisitLine, VisitLine]) -> None:
    shell, visit = ends
    assert shell.receive(wait=False) is None
    visit.close()
    with pytest.raises(EOFError):
        shell.receive(wait=False)


class Bomb:
    def __reduce__(self) -> Any:
        return os.system, ("true",)


def _raw(data: bytes, *files: int) -> Any:
    """What the shell makes of bytes that a visit did not pack itself."""
    shell, visit = pair()
    with shell, visit:
        beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
        visit.sendmsg([data], beside)
        return VisitLine(shell).receive()


@pytest.mark.parametrize(
    "value",
    [Bomb(), os.system, object(), {1: Bomb()}, os.PathLike, Sentence, LineFault("x"), PICTURE],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_value_is_not_even_made(value: Any) -> None:
    if value is Sentence:
        # A class that is known by name, and does nothing.
        assert _raw(b"\0" + pickle.dumps(value)) is Sentence
        return
    with pytest.raises(LineFault):
        _raw(b"\0" + pickle.dumps(value))


def _written(*steps: bytes | tuple[str, str]) -> bytes:
    """A pickle of these operations; a pair is a name in a module."""
    said = b"\x80\x05"
    for step in steps:
        said += step if isinstance(step, bytes) else b"".join(map(_text, step)) + pickle.STACK_GLOBAL
    return b"\0" + said + pickle.STOP


def _text(text: str) -> bytes:
    return pickle.SHORT_BINUNICODE + bytes([len(text)]) + text.encode()


HANDED, CODE = (
    ("kiosk.sending.sealing", "HandedIn"),
    pickle.EMPTY_DICT + _text("code") + _text("TN 1") + pickle.SETITEM,
)


@pytest.mark.parametrize(
    "data",
    [
        # A kind's own attribute, an instance's that is none of its fields, fields that are missing.
        _written(HANDED, pickle.NONE, CODE, pickle.TUPLE2, pickle.BUILD),
        _written(HANDED, pickle.EMPTY_TUPLE, pickle.NEWOBJ, CODE, pickle.BUILD),
        _written(HANDED, pickle.EMPTY_TUPLE, pickle.NEWOBJ, pickle.EMPTY_DICT, pickle.BUILD),
        # A call of anything, of what may be named too.
        _written(("langso.words.numbers", "amount"), pickle.BININT1 + b"\5", pickle.TUPLE1, pickle.REDUCE),
        _written(HANDED, pickle.EMPTY_TUPLE, pickle.REDUCE),
        _written(("langso.words.catalogue", "Said"), _text("x"), _text("y"), pickle.TUPLE2, pickle.REDUCE),
        # What nobody needs to name.
        _written(("langso.words.catalogue", "t")),
        _written(("langso.words.numbers", "_grouped")),
        _written(("langso.words.numbers", "Decimal")),
        _written(("kiosk.shell.protocol", "Any")),
    ],
)
def test_a_listed_kind_is_filled_and_never_called_or_changed(data: bytes) -> None:
    with pytest.raises(LineFault):
        _raw(data)
    assert HandedIn("TN-261130-482173", "", 1).code == "TN 261130 482 173"


def test_a_block_is_wanted_once() -> None:
    file = os.memfd_create("x", os.MFD_ALLOW_SEALING)
    os.ftruncate(file, 8)
    fcntl.fcntl(file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
    named = _text("bytes") + pickle.BININT1 + b"\0" + pickle.TUPLE2 + pickle.BINPERSID
    try:
        assert _raw(_written(named), file) == bytes(8)
        with pytest.raises(LineFault):
            _raw(_written(named, named, pickle.TUPLE2), file)
    finally:
        os.close(file)


@given(st.binary(min_size=1, max_size=400))
def test_no_bytes_do_anything_but_be_refused(data: bytes) -> None:
    try:
        came = _raw(data)
    except (LineFault, EOFError):
        return
    assert isinstance(came, type(None) | int | float | str | bytes | tuple | list | dict | set | frozenset | bool)


def test_a_memory_file_that_could_shrink_under_our_eyes_is_refused() -> None:
    file = os.memfd_create("x")
    os.ftruncate(file, 100)
    try:
        with pytest.raises(LineFault):
            _raw(b"\0" + pickle.dumps(None), file)
    finally:
        os.close(file)


@pytest.mark.parametrize("value", [np.array([object()]), np.array([], np.uint8), np.array(["a"])])
def test_arrays_that_are_no_pictures_are_not_sent(ends: tuple[VisitLine, VisitLine], value: Any) -> None:
    with pytest.raises(LineFault):
        ends[1].send(Change(1, value))
