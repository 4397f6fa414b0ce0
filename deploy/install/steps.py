"""Single steps of an installation: each knows whether it is already done, says what it would do, and does it."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.apt import missing_of
from deploy.errors import DeployError
from langso.paths import write_atomic


class StepFailed(DeployError, RuntimeError):
    """A step of the installation did not succeed; says which and how to go on."""

    def __str__(self) -> str:
        return str(self.args[0])


class Step(Protocol):
    """One step. `what`: a Vietnamese sentence without a full stop, for --check and for progress."""

    @property
    def what(self) -> str: ...

    def done(self) -> bool:
        """Whether nothing is left to do."""

    def do(self) -> None:
        """Do it; raises StepFailed."""


@dataclass(frozen=True)
class Packages:
    """Debian packages of a role."""

    role: str

    @property
    def what(self) -> str:
        return "cài gói Debian: " + (" ".join(missing_of(self.role)) or "đã đủ")

    def done(self) -> bool:
        return not missing_of(self.role)

    def do(self) -> None:
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing_of(self.role))


@dataclass(frozen=True)
class Users:
    """System users without a login, made by systemd-sysusers from a file that stays."""

    root: Path
    names: tuple[str, ...]

    @property
    def what(self) -> str:
        return "tạo người dùng hệ thống: " + ", ".join(self.names)

    @property
    def _file(self) -> Path:
        return self.root / "etc/sysusers.d/langso.conf"

    def _text(self) -> str:
        return "".join(f'u {name} - "Làng Số" /var/lib/{name} /usr/sbin/nologin\n' for name in self.names)

    def done(self) -> bool:
        if not self._file.is_file():
            return False
        known = _names_in(self.root / "etc/passwd")
        return set(self.names) <= known and set(self._text().splitlines()) <= set(
            self._file.read_text(encoding="utf-8").splitlines()
        )

    def do(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # Two roles may share a machine: keep what an earlier install wrote.
        old = self._file.read_text(encoding="utf-8").splitlines() if self._file.is_file() else []
        lines = dict.fromkeys([*old, *self._text().splitlines()])
        write_atomic(self._file, ("\n".join(lines) + "\n").encode(), mode=0o644)
        _run("systemd-sysusers", *([f"--root={self.root}"] if self.root != Path("/") else []), str(self._file))


@dataclass(frozen=True)
class Folder:
    """A directory with its owner and mode."""

    path: Path
    mode: int
    owner: str = "root"

    @property
    def what(self) -> str:
        return f"tạo thư mục {self.path} (chủ {self.owner}, quyền {self.mode:o})"

    def done(self) -> bool:
        return (
            self.path.is_dir()
            and self.path.stat().st_mode & 0o7777 == self.mode
            and self.path.stat().st_uid == _uid(self.owner)
        )

    def do(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(self.mode)
        os.chown(self.path, _uid(self.owner), _gid(self.owner))


@dataclass(frozen=True)
class File:
    """A text file. `keep`: never overwrite what is there (settings that a technician edited)."""

    path: Path
    text: str
    mode: int = 0o644
    owner: str = "root"
    keep: bool = False

    @property
    def what(self) -> str:
        return f"ghi tệp {self.path}"

    def done(self) -> bool:
        if not self.path.is_file():
            return False
        return self.keep or self.path.read_text(encoding="utf-8") == self.text

    def do(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(self.path, self.text.encode(), mode=self.mode)
        os.chown(self.path, _uid(self.owner), _gid(self.owner))


@dataclass(frozen=True)
class Release:
    """The programs: `/opt/langso/releases/VERSION` with a virtual environment from the role's lock, and assets.

    `current` is swapped by an atomic rename, so that a power cut leaves the old release or the new one.
    """

    root: Path
    role: str
    source: Path
    version: str

    @property
    def _folder(self) -> Path:
        return self.root / "opt/langso/releases" / f"{self.version}-{self.role}"

    @property
    def _current(self) -> Path:
        return self.root / "opt/langso/current"

    @property
    def what(self) -> str:
        return f"cài chương trình vào {self._folder} theo requirements/{self.role}.txt (có kiểm mã băm)"

    def done(self) -> bool:
        return (self._folder / "ready").is_file() and self._current.resolve() == self._folder.resolve()

    def do(self) -> None:
        if not (self._folder / "ready").is_file():
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            venv = self._folder / "venv"
            _run("/usr/bin/python3", "-m", "venv", "--system-site-packages", str(venv))
            pip = (str(venv / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
            _run(*pip, "--require-hashes", "-r", str(self.source / "requirements" / f"{self.role}.txt"))
            _run(*pip, "--no-deps", str(self.source))
            assets = self.source / "office/assets"
            if self.role != "speaker" and (assets / "node_modules").is_dir():
                shutil.copytree(assets, self._folder / "assets", symlinks=True)
            write_atomic(self._folder / "ready", self.version.encode(), mode=0o644)
        pointer = self._current.with_name("current.new")
        pointer.unlink(missing_ok=True)
        pointer.symlink_to(self._folder.relative_to(self._current.parent))
        pointer.replace(self._current)


@dataclass(frozen=True)
class Services:
    """Enable the units; started by the technician once the device is paired."""

    root: Path
    units: tuple[str, ...]

    @property
    def what(self) -> str:
        return "bật dịch vụ khi khởi động: " + ", ".join(self.units)

    def done(self) -> bool:
        wants = self.root / "etc/systemd/system/multi-user.target.wants"
        return all((wants / unit).is_symlink() for unit in self.units)

    def do(self) -> None:
        where = [f"--root={self.root}"] if self.root != Path("/") else []
        _run("systemctl", *where, "enable", "--quiet", *self.units)


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise StepFailed(f"Thiếu chương trình {command[0]}; máy này có phải Debian đầy đủ không?") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise StepFailed(
            f"Lệnh «{' '.join(command[:4])}…» không xong: {said[-1] if said else 'không nói gì'}. "
            "Sửa xong hãy chạy lại langso install; các bước đã xong sẽ được bỏ qua."
        )


def _names_in(passwd: Path) -> set[str]:
    if not passwd.is_file():
        return set()
    return {line.split(":")[0] for line in passwd.read_text(encoding="utf-8").splitlines()}


def _uid(owner: str) -> int:
    try:
        return pwd.getpwnam(owner).pw_uid
    except KeyError:
        return os.getuid()


def _gid(owner: str) -> int:
    try:
        return grp.getgrnam(owner).gr_gid
    except KeyError:
        return os.getgid()
