"""Files that root made are handed to the user whose folder they lie in, so that services without rights read them."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from pathlib import Path

from langso.errors import FileRefused, os_reason


def hand_over(folder: Path, more: Iterable[Path] = ()) -> str | None:
    """Gives all in `folder`, and `more`, to the folder's own user and group; links are not followed.

    Returns the user's name; None where there is nothing to do: not root, or a folder of root's. Raises FileRefused.
    """
    there = folder.stat()
    if os.geteuid() != 0 or there.st_uid == 0:
        return None
    try:
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(parent) / name, there.st_uid, there.st_gid, follow_symlinks=False)
        for path in more:
            os.chown(path, there.st_uid, there.st_gid, follow_symlinks=False)
    except OSError as error:
        raise FileRefused(
            f"Không giao được {folder} cho người dùng của nó: {os_reason(error)}; hãy thử lại."
        ) from error
    try:
        return pwd.getpwuid(there.st_uid).pw_name
    except KeyError:
        return str(there.st_uid)
