"""The process that visits are forked from: `python -m kiosk.shell.fork_server FD`, its end of a line to the shell.

Loading what a visit needs takes a processor 1.6 s, forking who has loaded it some thousandths of that. It only
imports: it opens no camera and no model, runs no second thread, and never hears of a visit more than its number, so
that each visit begins as the first one did. It ends when the shell does.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

log = logging.getLogger(__name__)

FORK, NOBODY = b"fork", b"0"
"""What the shell asks, with the visit's end of its line beside it, and the answer where no process could be had."""

LOADED = (
    "kiosk.shell.visit_worker",
    *("scanner.cameras.v4l2", "scanner.live.loop", "scanner.live.table_keeper", "scanner.codes.live_reader"),
    *("scanner.pages.live", "scanner.guide.same_page", "scanner.guide.glimpse", "scanner.clean", "scanner.document"),
    *("kiosk.journeys.slip", "segno", "PIL.ImageDraw", "img2pdf", "pikepdf.pdfa", "pyrage"),
    *("numpy.ma", "numpy.polynomial", "encodings.utf_16_be"),
)
"""What is else imported when it is needed first: each visit would wait for that anew."""

MOST_WILLING = "800"
"""How soon the kernel takes a visit, or this, for one that may be ended where memory runs out; of 1000."""


def main(arguments: Sequence[str]) -> NoReturn:
    """Loads, and forks until the shell is gone."""
    # Where memory runs out, a visit breaks off and is told so: the kiosk itself lives on.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(MOST_WILLING, encoding="ascii")
    from kiosk.shell.memory import keep_to_itself
    from langso.terminal.logs import start_logging

    keep_to_itself()
    start_logging()
    # Threads that a library begins while it is imported would be missing in what is forked.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    load()
    serve(socket.socket(fileno=int(arguments[0])), _visit)
    os._exit(0)


def load() -> None:
    """Imports what a visit needs, and nothing more: no thread runs after it."""
    from kiosk.shell.registry import BEFORE_PAIRING, JOURNEYS
    from kiosk.shell.registry import load as registered

    for name, journey in JOURNEYS.items():
        if name != BEFORE_PAIRING:
            registered(journey)
    for module in LOADED:
        import_module(module)
    # It looks for all its formats when it writes the first picture.
    import_module("PIL.Image").init()
    # What is loaded stays as it is, so that the visits share its memory: no collection writes into it.
    gc.collect()
    gc.freeze()


def serve(line: socket.socket, child: Callable[[int], NoReturn]) -> None:
    """Forks a process for each FORK: it leads a session of its own and does `child` with the file that came along.
    Each answer is its number. A number that comes is of one that has ended: until then no other process gets it.
    """
    # Their end is the shell's to decide. Not ignored outright, which the programs they start would inherit.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    ended: set[int] = set()
    while True:
        asked, files, _, _ = socket.recv_fds(line, 64, 1)
        if asked == FORK and files:
            line.send(_fork(line, files[0], child))
        elif asked.isdigit():
            ended.add(int(asked))
        else:
            return
        ended -= {one for one in ended if _taken_away(one)}


def _fork(line: socket.socket, file: int, child: Callable[[int], NoReturn]) -> bytes:
    os.set_inheritable(file, False)
    try:
        number = os.fork()
    except OSError as error:
        log.error("no process for a visit: %s", error)
        number = 0
    else:
        if number == 0:
            try:
                line.close()
                os.setsid()
                child(file)
            finally:
                os._exit(1)
    os.close(file)
    return str(number).encode()


def _taken_away(number: int) -> bool:
    try:
        return os.waitpid(number, os.WNOHANG)[0] == number
    except ChildProcessError:
        return True


def _visit(file: int) -> NoReturn:
    from kiosk.shell.visit_worker import be_visit

    be_visit(file)


if __name__ == "__main__":
    main(sys.argv[1:])
