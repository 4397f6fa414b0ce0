"""Lists of Debian packages, one file a purpose; set-up, install and doctor read the same lists."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from deploy.errors import NotDebian
from langso.words.catalogue import Sentence

_FOLDER = Path(__file__).parent


def packages_of(purpose: str) -> tuple[str, ...]:
    """Names listed for `village`, `test`, `speaker`, `kiosk` or `office`. Raises KeyError for another purpose."""
    file = _FOLDER / f"{purpose}.txt"
    if not file.is_file():
        raise KeyError(purpose)
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line)


def missing_of(purpose: str) -> tuple[str, ...]:
    """Those of a purpose that dpkg does not call installed. Raises NotDebian where there is no dpkg."""
    query = shutil.which("dpkg-query")
    if query is None:
        raise NotDebian(Sentence("installed-not-debian"))
    names = packages_of(purpose)
    done = subprocess.run(
        [query, "-W", "-f=${binary:Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    installed = {
        words[0].split(":")[0]
        for line in done.stdout.splitlines()
        if len(words := line.split()) == 2 and words[1] == "installed"
    }
    return tuple(name for name in names if name not in installed)
