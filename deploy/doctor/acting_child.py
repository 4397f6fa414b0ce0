"""Run by /usr/bin/python3 as a service's user, on its own: does what the requests on stdin say, a JSON line each.

Imports the standard library only, since that user's Python may see nothing of ours.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import stat
import struct
import sys
import time
from pathlib import Path


def read(path: str, _detail: str) -> object:
    """Opens a plain file and reads its first byte; names what is there instead of a file."""
    # Non-blocking, or a pipe in the file's place would be waited on for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("not a file")
        os.read(descriptor, 1)
    finally:
        os.close(descriptor)
    return True


def write_folder(path: str, _detail: str) -> object:
    """Makes a file in the folder and removes it."""
    name = f"{path}/.doctor-{os.getpid()}"
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    os.close(descriptor)
    Path(name).unlink()
    return True


def access(path: str, _detail: str) -> object:
    """Whether the user may read and write it; opens nothing, since opening a serial port may reset what
    hangs on it.
    """
    Path(path).stat()
    if not os.access(path, os.R_OK | os.W_OK):
        raise PermissionError(13, "Permission denied", path)
    return True


def device(path: str, _detail: str) -> object:
    """Opens a device for writing without waiting."""
    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC))
    return True


def database(path: str, detail: str) -> object:
    """SQLite's quick check within `detail` seconds, and whether it may be written: "ok", "long" or what is wrong."""
    end = time.monotonic() + float(detail)
    # "rw": a database that is not there must not be made.
    db = sqlite3.connect(f"file:{_quoted(path)}?mode=rw", uri=True, timeout=1.0, isolation_level=None)
    try:
        db.set_progress_handler(lambda: time.monotonic() > end, 10_000)
        try:
            said = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            said = "long"
        db.set_progress_handler(None, 0)
        try:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute("BEGIN IMMEDIATE")
            # SQLite opens what it may not write for reading, and says so only now.
            db.execute(f"PRAGMA user_version = {int(version)}")
            db.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise
        return said
    finally:
        db.close()


def query(path: str, detail: str) -> object:
    """The rows of one SELECT."""
    db = sqlite3.connect(f"file:{_quoted(path)}?mode=rw", uri=True, timeout=1.0, isolation_level=None)
    try:
        return db.execute(detail).fetchmany(5000)
    finally:
        db.close()


def ask(path: str, detail: str) -> object:
    """One length-prefixed JSON question to a Unix socket; the answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(3.0)
        # From its folder: a whole path may be longer than the kernel takes as an address.
        os.chdir(Path(path).parent)
        line.connect(Path(path).name)
        body = detail.encode()
        line.sendall(struct.pack(">I", len(body)) + body)
        head = _exactly(line, 4)
        return json.loads(_exactly(line, min(struct.unpack(">I", head)[0], 1 << 20)))


def _exactly(line: socket.socket, length: int) -> bytes:
    got = b""
    while len(got) < length:
        part = line.recv(length - len(got))
        if not part:
            raise ConnectionResetError(104, "closed")
        got += part
    return got


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


DEEDS = {deed.__name__: deed for deed in (read, write_folder, access, device, database, query, ask)}


def main() -> None:
    """Answers each request with a JSON line at once, so that a request that hangs hides no other answer."""
    for do, path, detail in json.load(sys.stdin):
        answer: dict[str, object] = {"value": None, "errno": 0, "why": ""}
        try:
            answer["value"] = DEEDS[do](path, detail)
        except OSError as error:
            answer["errno"], answer["why"] = error.errno or -1, error.strerror or str(error)
        except (sqlite3.Error, ValueError) as error:
            answer["errno"], answer["why"] = -1, str(error)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
