"""A socket's path may be longer than its address may."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from langso.device.unix_sockets import LONGEST, socket_address


def meet(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as caller:
        with socket_address(path) as address:
            listener.bind(address)
        listener.listen()
        with socket_address(path) as address:
            caller.connect(address)
        taken, _ = listener.accept()
        with taken:
            caller.sendall(b"chao")
            assert taken.recv(4) == b"chao"


@pytest.mark.parametrize("length", [LONGEST, LONGEST + 1, LONGEST + 200])
def test_two_meet_at_a_path_of_any_length(length: int, tmp_path: Path) -> None:
    missing = length - len(os.fsencode(tmp_path)) - len("/x/s")
    if missing < 0:
        pytest.skip("this machine's folder for tests is itself too long for the shortest")
    folder = tmp_path / ("x" * (missing + 1))
    folder.mkdir()
    assert len(os.fsencode(folder / "s")) == length
    open_before = len([*Path("/proc/self/fd").iterdir()])
    meet(folder / "s")
    assert (folder / "s").is_socket()
    assert len([*Path("/proc/self/fd").iterdir()]) == open_before


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), socket_address(tmp_path / ("y" * 120) / "s"):
        pass
