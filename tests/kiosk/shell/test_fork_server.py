"""The process that visits are forked from: it has loaded all and done nothing, and ends with its shell."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from fetched import FETCHED
from stage.commune import own_account
from stage.traces import lives
from waiting import until

ROOT = Path(__file__).parents[3]
SERVES = """
import os, socket, sys
from kiosk.shell.fork_server import serve
serve(socket.socket(fileno=int(sys.argv[1])), lambda file: os.read(file, 9))
"""


def test_it_ends_with_its_shell() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        server = subprocess.Popen(
            [sys.executable, "-c", SERVES, str(theirs.fileno())],
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
        )
    line, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with line:
        with end:
            socket.send_fds(ours, [b"fork"], [end.fileno()])
        visit = int(ours.recv(64))
        until(lambda: os.getsid(visit) == visit)
        # A visit that lives on does not hold it: its end of the line is not the visit's.
        ours.close()
        assert server.wait(60) == 0
    until(lambda: not lives(visit))


# Prints how many threads run after loading, what a visit imports beyond that, and lots that two of them draw.
LOADS = """
import json, os, random, secrets, sys
from datetime import UTC, datetime
from kiosk.shell import fork_server
fork_server.load()
threads = len(os.listdir("/proc/self/task"))
loaded = set(sys.modules)

def visit(tell):
    import cv2, pyrage
    from scanner.live.eye import Eye
    from scanner.live.capture import Shot, draft, straighten
    from scanner.document import compress, make_pdf
    from scanner.codes.live_reader import LiveReader
    from kiosk.journeys.card import CARD
    from kiosk.journeys.develop import remarks
    from kiosk.journeys.payment import read_fee, slip
    from langso.contract import VouchedAccount
    from langso.contract.vouched import Payees
    paper = cv2.imread(sys.argv[1])
    cv2.setNumThreads(4)
    seen = Eye().look(paper)
    shot = Shot(paper, seen.quad)
    draft(shot, CARD)
    page = straighten(shot)
    remarks(shot)
    small = compress(page)
    made = make_pdf([small], "x", procedure="")
    lots = [random.random(), secrets.token_hex(), str(pyrage.x25519.Identity.generate())]
    key = pyrage.encrypt(b"x", [pyrage.x25519.Identity.generate().to_public()])
    fee = read_fee(sys.argv[2], Payees((VouchedAccount(**json.loads(sys.argv[3])),), "x", datetime.now(UTC)))
    slip(fee, commune="x", place="x", now=datetime.now(UTC), kind="pdf")
    more = sorted(name for name in set(sys.modules) - loaded)
    os.write(tell, json.dumps({"more": more, "lots": lots, "pdf": made[:4].decode()}).encode())
    os._exit(0)

told = []
for _ in range(2):
    hear, tell = os.pipe()
    if os.fork() == 0:
        visit(tell)
    os.close(tell)
    told.append(json.loads(os.fdopen(hear).read()))
print(json.dumps({"threads": threads, "told": told}))
"""


@FETCHED
def test_it_has_loaded_what_a_visit_needs_runs_no_thread_and_gives_no_two_visits_the_same_lots(
    drawn: Path, make_code: Any
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADS, str(drawn / "paper/1.jpg"), make_code(), own_account().model_dump_json()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["threads"] == 1
    one, other = found["told"]
    assert one["more"] == [], "the server should have loaded these"
    assert one["pdf"] == "%PDF", "what was loaded before the fork works after it, threads of OpenCV's own included"
    assert not set(one["lots"]) & set(other["lots"])
