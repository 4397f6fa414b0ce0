"""The state folder as the service's user has it: folder, databases, and files that somebody else left there."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from deploy.doctor.acting import Act, Found, act
from deploy.doctor.bounded import Who
from deploy.doctor.errors import Unseen
from deploy.doctor.outcome import Look, Skipped, unseen
from deploy.doctor.scene import Scene
from langso.contract.health import Check

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
        yield unseen("state", f"thư mục {state}")
        return
    own = f"chown -R {who.name}: {state}"
    if found.absent:
        yield Check.bad("state", f"Không có thư mục dữ liệu {state}.", f"mkdir -p {state}; {own}")
    elif found.forbidden:
        yield Check.bad("state", f"Dịch vụ (người dùng {who.name}) không ghi được vào {state}.", own)
    elif found.late:
        yield Check.bad("state", f"Ghi vào {state} mãi không xong.", "Xem thẻ nhớ, hoặc ổ mạng chứa thư mục đó.")
    else:
        # A full disk or a dying card refuses too: those have lines of their own.
        foreign = list(_foreign(state, who, own_lines=("media",) if scene.role == "office" else ()))
        if foreign:
            yield Check.bad(
                "state", f"{len(foreign)} tệp trong {state} không phải của {who.name} (ví dụ {foreign[0]}).", own
            )
        else:
            yield Check.good("state", f"Thư mục dữ liệu {state} đúng quyền.")


def look_databases(scene: Scene) -> Iterable[Check | Skipped]:
    """Line `database`: SQLite's own check of each, by the service's user; and ones set aside as corrupt."""
    state = scene.state
    try:
        files = databases_in(state)
        aside = sorted(path.name for path in state.glob("*.corrupt-*") if not path.name.endswith(("-wal", "-shm")))
    except PermissionError:
        yield unseen("database", "các tệp dữ liệu")
        return
    acts = [Act("write_folder", state), *(Act("database", file, str(CHECK_S)) for file in files)]
    try:
        folder, *found = act(scene.who, acts, seconds=CHECK_S * 2)
    except Unseen:
        yield unseen("database", "các tệp dữ liệu")
        return
    if folder.absent or folder.forbidden:
        # SQLite needs the folder to open a file in it: not the file's fault.
        yield Skipped("database", "dịch vụ không ghi được thư mục dữ liệu")
        return
    full = is_full(state) or folder.errno in CARD_REFUSES
    yield judge_databases(scene, files, found, aside, full=full)


LOOK_STATE = Look(("state",), ("speaker", "kiosk", "office", "bridge"), look_state)
LOOK_DATABASES = Look(("database",), ("speaker", "kiosk", "office", "bridge"), look_databases)


def databases_in(state: Path) -> list[Path]:
    """The role's databases: beside each other or one folder down (media and dossiers are not walked)."""
    if not os.access(state, os.R_OK | os.X_OK) and state.is_dir():
        raise PermissionError(13, "Permission denied", str(state))
    return sorted(
        file
        for pattern in ("*.db", "*.sqlite", "*/*.db", "*/*.sqlite")
        for file in state.glob(pattern)
        if file.parent.name != "signer"
    )


def judge_databases(
    scene: Scene, files: Sequence[Path], found: Sequence[Found], aside: Sequence[str], *, full: bool
) -> Check | Skipped:
    """`found`: the answer for each file; `full`: the card takes nothing, so that a refusal to write is the card's."""
    unit = f"langso-{scene.role}"
    again = f"systemctl restart {unit}" if scene.services else "Tắt chương trình rồi chạy lại"
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
                f"Dịch vụ (người dùng {scene.who.name}) không đọc ghi được {file.name}.",
                f"chown {scene.who.name}: {file}*; chmod 600 {file}*",
            )
        if one.late:
            return Check.bad("database", f"Đọc {file.name} mãi không xong.", "Xem thẻ nhớ hoặc ổ mạng chứa tệp đó.")
        said = one.value if one.good else one.why
        return Check.bad(
            "database",
            f"{file.name} bị hỏng ({str(said)[:120]}).",
            f"{again}: máy tự cất tệp hỏng sang bên (không mất) và làm tệp mới; rồi báo văn phòng xã.",
        )
    if aside:
        return Check.warning(
            "database",
            f"Đã có tệp hỏng được cất riêng: {aside[0]}.",
            f"Chép tệp đó trong {scene.state} về văn phòng xã để cứu dữ liệu; văn phòng xem xong mới xoá.",
        )
    if untried:
        return Skipped("database", "thẻ nhớ không nhận ghi")
    if not files:
        return Check.good("database", "Chưa có tệp dữ liệu nào (máy chưa chạy lần nào).")
    unfinished = sum(one.value == "long" for one in found)
    more = f", {unfinished} tệp lớn mới xem được một phần" if unfinished else ""
    return Check.good("database", f"{len(files)} tệp dữ liệu lành lặn, dịch vụ đọc ghi được{more}.")


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
