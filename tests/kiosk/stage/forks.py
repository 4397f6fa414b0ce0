"""A fork server as the kiosk has one, but small: what it forks does a few lines of a test instead of a visit."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kiosk.shell import forking
from kiosk.shell.forking import ForkServer

ROOT = Path(__file__).parents[3]
SMALL = """
import os, socket, subprocess, sys, time
sys.path.insert(0, {root!r})
from kiosk.shell.fork_server import serve

def child(file):
    exec({does!r}, globals() | {{"line": socket.socket(fileno=file)}})
    os._exit(0)

{first}
serve(socket.socket(fileno=int(sys.argv[-1])), child)
"""


def small_forks(monkeypatch: pytest.MonkeyPatch, does: str, first: str = "") -> ForkServer:
    """Not begun yet. Each process it forks does `does`, with its end of the line as `line`; `first`: what the server
    does before it forks any.
    """
    program = SMALL.format(root=str(ROOT), does=does, first=first)
    monkeypatch.setattr(forking, "COMMAND", (sys.executable, "-I", "-S", "-c", program))
    return ForkServer()
