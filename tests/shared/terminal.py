"""A command at a terminal of its own (a pty), as a technician at a serial console meets it: `from terminal import …`
where a conftest has put tests/shared on sys.path.
"""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import time


def at_terminal(command: list[str], *answers: tuple[str, str], patience: float = 60) -> str:
    """Runs a command at a terminal of its own, answering each prompt; all that the terminal showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    seen, waiting, since = b"", list(answers), 0
    deadline = time.monotonic() + patience
    try:
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    data = os.read(ours, 65536)
                except OSError:
                    break
                if not data:
                    break
                seen += data
            if waiting and re.search(waiting[0][0], seen[since:].decode("utf-8", "replace")):
                since = len(seen)
                os.write(ours, waiting.pop(0)[1].encode() + b"\n")
    finally:
        os.close(ours)
        if process.poll() is None:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()
    shown = seen.decode("utf-8", "replace").replace("\r\n", "\n")
    assert not waiting, f"never asked {waiting[0][0]!r}:\n{shown}"
    return shown
