"""Whose files are: what root makes in a service's folder belongs to the service."""

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
    """Within, an effective root is the owner of `folder` (or of the nearest folder above that exists).

    All made within belongs to the service, and no link or pipe of the service's leads further than the service
    itself may go: so root reads there too. What an older langso left there as root is given to it first (`give`).
    Nothing happens where we are not root, or the folder is root's; nested, the outermost counts. The whole process
    changes: not for use beside threads that need root. Raises FileRefused.
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


def give_to_owner(folder: Path, more: Iterable[Path] = ()) -> str | None:
    """Gives what root left in `folder`, and the files `more`, to the folder's own user and group.

    Links are not followed, and a file with a second name is left alone: the folder's owner may have made it.
    Returns the user's name; None where there is nothing to do: not root, or a folder of root's. Raises FileRefused.
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
