"""Work in a forked process, as another user of this machine: `from another_user import become, in_a_child`."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from pathlib import Path

CLONE_NEWUSER = 0x10000000


def become(user: int, groups: Sequence[int], *, private: bool = False) -> None:
    """This process as a service runs: with `private` in a user namespace that maps root and itself only, as
    systemd's PrivateUsers=yes does."""
    os.setgroups(groups)
    if private:
        ask, answer = os.pipe(), os.pipe()
        mapper = os.fork()
        if mapper == 0:
            # Else it would wait for itself where the other cannot go on, and whoever waits for both would too.
            os.close(ask[1])
            if not os.read(ask[0], 1):
                os._exit(1)
            for kind in ("uid", "gid"):
                Path(f"/proc/{os.getppid()}/{kind}_map").write_text(f"0 0 1\n{user} {user} 1\n")
            os.write(answer[1], b"x")
            os._exit(0)
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER):
            raise OSError(ctypes.get_errno(), "unshare")
        os.write(ask[1], b"x")
        os.read(answer[0], 1)
        os.waitpid(mapper, 0)
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def in_a_child(work: Callable[[], str]) -> str:
    """What `work` says in a forked process, or that it broke, and by what."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = work()
        except BaseException as error:  # noqa: BLE001 - the child must say what it met, whatever it is
            said = f"broken: {error!r}"
        os.write(theirs, said.encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said
