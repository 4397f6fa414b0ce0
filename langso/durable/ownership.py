"""Who owns files: what root makes in a service's folder is given to the service's user."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from langso.durable.errors import FileRefused
from langso.words.catalogue import Sentence
from langso.words.os_reasons import os_reason


@contextlib.contextmanager
def acting_as_owner(folder: Path, *, give: bool = True) -> Iterator[None]:
    """Within the block, a root process acts as the owner of `folder` (or of the nearest existing folder above it).

    So all that is made belongs to the service, and root reads no more through links and pipes than the service could.
    Files that an older langso left there as root are given to it first (`give`). Nothing changes where we are not
    root or root owns the folder; nested, the outermost counts. It changes the whole process: not for use beside
    threads that need root. Raises FileRefused.
    """
    there = _nearest(folder)
    if os.geteuid() != 0 or there is None or there.stat().st_uid == 0:
        yield
        return
    if give:
        give_to_owner(there)
    owner = there.stat()
    groups, group = os.getgroups(), os.getegid()
    try:
        os.setgroups(_groups_of(owner.st_uid, owner.st_gid))
        os.setegid(owner.st_gid)
        os.seteuid(owner.st_uid)
        yield
    finally:
        # The right to change groups comes back with the user.
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)


@contextlib.contextmanager
def root_again() -> Iterator[None]:
    """Within the block, a process that root started is root, whatever user it acts as; others stay who they are."""
    acting = os.geteuid()
    if os.getuid() != 0 or acting == 0:
        yield
        return
    os.seteuid(0)
    try:
        yield
    finally:
        os.seteuid(acting)


def give_to_owner(folder: Path, more: Iterable[Path] = ()) -> str | None:
    """Gives what root left in `folder`, and the files `more`, to the user and group that own `folder`.

    Links are not followed, and a file with a second name is left alone: the folder's owner may have made it. Returns
    the user's name; None where nothing is to be done (not root, or root owns the folder). Raises FileRefused.
    """
    there = folder.stat()
    if os.geteuid() != 0 or there.st_uid == 0:
        return None
    try:
        for _, folders, files, descriptor in os.fwalk(folder, onerror=_raise):
            for name in (*folders, *files):
                # What a service removes meanwhile is not missed.
                with contextlib.suppress(FileNotFoundError):
                    found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                    if found.st_uid == 0 and (stat.S_ISDIR(found.st_mode) or found.st_nlink == 1):
                        os.chown(name, there.st_uid, there.st_gid, dir_fd=descriptor, follow_symlinks=False)
        for path in more:
            os.chown(path, there.st_uid, there.st_gid, follow_symlinks=False)
    except OSError as error:
        raise FileRefused(Sentence("durable-cannot-give-over", folder=folder, why=os_reason(error))) from error
    return _name_of(there.st_uid)


def _nearest(folder: Path) -> Path | None:
    return next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), None)


def _groups_of(user: int, group: int) -> list[int]:
    try:
        return os.getgrouplist(pwd.getpwuid(user).pw_name, group)
    except KeyError:
        return [group]


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _raise(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
