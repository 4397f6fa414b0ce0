"""The state folder as the service's user sees it: its databases, and files that another user left there."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from deploy.doctor.acting import Act, Acted, act
from deploy.doctor.bounded import Who
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Skipped, Subject, unseen
from deploy.doctor.scene import Scene
from langso.contract.health import Check
from langso.words.catalogue import Sentence, t

CHECK_S = 2.0
MOST_FILES = 5000
FULL_BYTES = 1 << 20
CARD_REFUSES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
"""What a full, locked or dying card answers to any writing: `disk`, `card_write` and `card_errors` are its lines."""
_JUDGED_ELSEWHERE = ("pairing", "trust", "ca", "link", "signer")


def look_state(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `state`: the folder is there, the service may write in it, and what lies in it is the service's."""
    state, who = scene.state, scene.who
    try:
        found = act(who, [Act("write_folder", state)])[0]
    except Unseen:
        yield unseen("state", Sentence("doctor-folder", folder=state))
        return
    own = f"chown -R {who.name}: {state}"
    if found.absent:
        yield Check.bad("state", t("doctor-no-data-folder", state=state), f"mkdir -p {state}; {own}")
    elif found.forbidden:
        yield Check.bad("state", t("doctor-cannot-write-data", name=who.name, state=state), own)
    elif found.late:
        yield Check.bad("state", t("doctor-writing-hangs", state=state), t("doctor-see-disk-folder"))
    else:
        # A full disk or a dying card refuses too: those have lines of their own.
        foreign = list(_foreign(state, who, own_lines=("media",) if scene.role == "office" else ()))
        if foreign:
            yield Check.bad(
                "state",
                t("doctor-foreign-files", count=len(foreign), state=state, name=who.name, example=foreign[0]),
                own,
            )
        else:
            yield Check.good("state", t("doctor-data-folder-good", state=state))


def look_databases(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `database`: SQLite's own check of each, by the service's user; and ones set aside as corrupt."""
    state = scene.state
    try:
        files = databases_in(state)
        aside = sorted(path.name for path in state.glob("*.corrupt-*") if not path.name.endswith(("-wal", "-shm")))
    except PermissionError:
        yield unseen("database", Sentence("doctor-data-files"))
        return
    acts = [Act("write_folder", state), *(Act("database", file, str(CHECK_S)) for file in files)]
    try:
        folder, *found = act(scene.who, acts, seconds=CHECK_S * 2)
    except Unseen:
        yield unseen("database", Sentence("doctor-data-files"))
        return
    if folder.absent or folder.forbidden:
        # SQLite needs the folder to open a file in it: not the file's fault.
        yield Skipped("database", t("doctor-no-data-writes"))
        return
    full = is_full(state) or folder.errno in CARD_REFUSES
    yield judge_databases(scene, files, found, aside, full=full)


LOOK_STATE = Subject(("state",), ("speaker", "kiosk", "office", "bridge"), look_state)
LOOK_DATABASES = Subject(("database",), ("speaker", "kiosk", "office", "bridge"), look_databases)


def databases_in(state: Path) -> list[Path]:
    """The role's databases: in the folder or one level below (media and dossiers are not searched)."""
    if not os.access(state, os.R_OK | os.X_OK) and state.is_dir():
        raise PermissionError(13, "Permission denied", str(state))
    return sorted(
        file
        for pattern in ("*.db", "*.sqlite", "*/*.db", "*/*.sqlite")
        for file in state.glob(pattern)
        if file.parent.name != "signer"
    )


def judge_databases(
    scene: Scene, files: Sequence[Path], found: Sequence[Acted], aside: Sequence[str], *, full: bool
) -> Check | Skipped:
    """`found`: the answer for each file; `full`: the disk is full, so that a refused write is the disk's fault."""
    unit = f"langso-{scene.role}"
    again = f"systemctl restart {unit}" if scene.services else t("doctor-stop-and-run-again")
    untried = False
    for file, one in zip(files, found, strict=True):
        if full and not one.good and not one.absent:
            untried = True
            continue
        if one.absent or (one.good and one.value in ("ok", "long")):
            continue
        if one.forbidden or "readonly" in one.why or "unable to open" in one.why:
            return Check.bad(
                "database",
                t("doctor-file-no-right", name=scene.who.name, file=file.name),
                f"chown {scene.who.name}: {file}*; chmod 600 {file}*",
            )
        if one.late:
            return Check.bad("database", t("doctor-reading-hangs", file=file.name), t("doctor-see-disk"))
        said = one.value if one.good else one.why
        return Check.bad(
            "database",
            t("doctor-file-damaged", file=file.name, said=str(said)[:120]),
            t("doctor-put-aside", again=again),
        )
    if aside:
        return Check.warning(
            "database",
            t("doctor-file-aside", file=aside[0]),
            t("doctor-rescue-file", state=scene.state),
        )
    if untried:
        return Skipped("database", t("doctor-card-no-writes"))
    if not files:
        return Check.good("database", t("doctor-no-data-yet"))
    unfinished = sum(one.value == "long" for one in found)
    if unfinished:
        return Check.good("database", t("doctor-data-good-so-far", files=len(files), unfinished=unfinished))
    return Check.good("database", t("doctor-data-good", files=len(files)))


def is_full(folder: Path) -> bool:
    """Whether the disk of this folder has no room left to write in."""
    try:
        return shutil.disk_usage(folder).free < FULL_BYTES
    except OSError:
        return False


def _foreign(state: Path, who: Who, *, own_lines: Sequence[str]) -> Iterator[str]:
    """Files and folders of another user; those that have a line of their own are left out."""
    seen = 0
    for folder, folders, files in os.walk(state):
        if Path(folder) == state:
            folders[:] = [name for name in folders if name not in _JUDGED_ELSEWHERE]
        for name in (*folders, *files):
            seen += 1
            if seen > MOST_FILES:
                return
            # Canaries and files on their way into place, our own among them.
            if name.startswith(".") or name.endswith(
                (".db", ".sqlite", ".sqlite-wal", ".sqlite-shm", ".db-wal", ".db-shm")
            ):
                continue
            path = Path(folder) / name
            if path.parent == state and name in own_lines:
                continue
            try:
                if path.lstat().st_uid != who.uid:
                    yield str(path.relative_to(state))
            except OSError:
                continue
