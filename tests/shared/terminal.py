"""A command at a terminal of its own (a pty), as a technician at a serial console meets it: `from terminal import …`
where a conftest has put tests/shared on sys.path.
"""

from __future__ import annotations

import math
import os
import pty
import re
import select
import signal
import subprocess
import time


def at_terminal(command: list[str], *answers: tuple[object, ...], patience: float = 90) -> str:
    """Runs a command at a terminal of its own, answering each prompt; all that the terminal showed.

    Each answer: a pattern to wait for, what is typed then (`\x03`: Ctrl-C), and what to do just before typing.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, preexec_fn=lambda: _sit_down(theirs))
    os.close(theirs)
    seen, waiting, since = b"", list(answers), 0
    deadline, again = time.monotonic() + patience, math.inf
    try:
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    data = os.read(ours, 65536)
                except OSError:
                    break
                if not data:
                    break
                seen += data
                continue
            if time.monotonic() > again:
                os.write(ours, b"\x03")
                again = time.monotonic() + 3
            # Nothing more comes: it waits for an answer.
            if waiting and re.search(str(waiting[0][0]), seen[since:].decode("utf-8", "replace")):
                since = len(seen)
                _, typed, *first = waiting.pop(0)
                for act in first:
                    act()  # type: ignore[operator]
                os.write(ours, str(typed).encode() + (b"" if typed == "\x03" else b"\n"))
                if typed == "\x03":
                    # A signal just before readline waits is slept through (Python): a person presses again.
                    again = time.monotonic() + 3
    finally:
        os.close(ours)
        if process.poll() is None:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()
    shown = seen.decode("utf-8", "replace").replace("\r\n", "\n")
    assert not waiting, f"never asked {waiting[0][0]!r}:\n{shown}"
    return shown


def _sit_down(terminal: int) -> None:
    # Its controlling terminal, so that Ctrl-C reaches it; what a shell started in the background ignores that.
    os.login_tty(terminal)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
