"""Clean Debian roots: made once by mmdebstrap and kept in the cache, unpacked anew for each use, gone afterwards."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from deploy.errors import NotAdministrator, ProgramMissing
from deploy.packages.cache import alone, cache, scratch
from deploy.packages.errors import ToolFailed
from deploy.packages.targets import Release
from langso.words.catalogue import Sentence, Words

BUILD_TOOLS = (
    "apt-utils", "ca-certificates", "debhelper", "gir1.2-gstreamer-1.0", "python3", "python3-gi", "python3-venv",
)  # fmt: skip
"""What a root holds beside Debian's smallest set where packages are made."""


def tarball(release: Release, *, tools: Sequence[str] = ()) -> Path:
    """A root of `release` with Debian's smallest set and `tools`, as a tar file of the cache. Needs the network once.

    Raises ProgramMissing, NotAdministrator, ToolFailed.
    """
    kind = hashlib.sha256("\n".join(sorted(tools)).encode()).hexdigest()[:12] if tools else "bare"
    name = f"{release.codename}-{kind}.tar"
    file = cache() / "roots" / name
    with alone(name):
        if file.is_file():
            return file
        _needs_root()
        if shutil.which("mmdebstrap") is None:
            raise ProgramMissing("mmdebstrap", "mmdebstrap")
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new.tar")
        including = ["--include=" + ",".join(sorted(tools))] if tools else []
        command = ["mmdebstrap", "--quiet", "--variant=minbase", *including, release.codename, str(fresh)]
        run(command, why=Sentence("packages-do-root", number=release.number))
        fresh.replace(file)
    return file


class Root:
    """One unpacked root while the `with` block runs; programs are run inside it, without a network unless asked."""

    def __init__(self, packed: Path) -> None:
        self._packed = packed
        self._held = contextlib.ExitStack()
        self.path = Path()

    def __enter__(self) -> Root:
        _needs_root()
        self.path = self._held.enter_context(scratch())
        run(["tar", "-xf", str(self._packed), "-C", str(self.path)], why=Sentence("packages-do-open-root"))
        self.path.chmod(0o755)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def run(
        self, command: Sequence[str], *, why: Words, variables: Mapping[str, str] | None = None, network: bool = False
    ) -> str:
        """What `command` printed, run inside the root. Raises ToolFailed with its last lines."""
        return enter(self.path, command, why=why, variables=variables, network=network)


def enter(
    root: Path,
    command: Sequence[str],
    *,
    why: Words,
    variables: Mapping[str, str] | None = None,
    network: bool = False,
) -> str:
    """What `command` printed, run with `root` as the file system. Raises ToolFailed with its last lines.

    Namespaces of its own: what was mounted or left running is gone with it, however this ends.
    """
    spaces = ["--mount", "--pid", "--ipc", *([] if network else ["--net"])]
    inside = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
    wrapped = ["unshare", *spaces, "--fork", "--kill-child", "sh", "-c", inside, str(root), *command]
    clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    reaching = {name: value for name, value in os.environ.items() if name.lower() in _REACHING} if network else {}
    return run(wrapped, why=why, variables={**clean, **reaching, **(variables or {})})


def run(command: Sequence[str], *, why: Words, variables: Mapping[str, str] | None = None) -> str:
    """What a program of this machine printed. Raises ToolFailed with its last lines, ProgramMissing."""
    try:
        done = subprocess.run(
            command, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise ProgramMissing(command[0], command[0]) from error
    if done.returncode:
        said = [line for line in done.stdout.splitlines() if line.strip()][-12:]
        raise ToolFailed(
            Sentence(
                "packages-tool-failed",
                why=why,
                program=command[0],
                code=done.returncode,
                said="\n  ".join(["", *said]),
            )
        )
    return done.stdout


def _needs_root() -> None:
    if os.geteuid() != 0:
        raise NotAdministrator(Sentence("packages-needs-root"))


_REACHING = ("http_proxy", "https_proxy", "no_proxy")
