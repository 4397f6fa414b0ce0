"""A package index on disk in which every locked package also exists in newer versions: tiny wheels."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class StandIns:
    """`locks`: stand-ins of requirements/ by file name; `index`: a simple index; `flat`: its files in one folder."""

    folder: Path
    real_pip: bool = False
    hashes: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for place in (self.flat, self.locks, self.index):
            place.mkdir(parents=True, exist_ok=True)

    @property
    def flat(self) -> Path:
        return self.folder / "flat"

    @property
    def locks(self) -> Path:
        return self.folder / "requirements"

    @property
    def index(self) -> Path:
        return self.folder / "simple"

    def lock(self, name: str) -> list[tuple[str, str]]:
        """Stand in for a lock of ours, with two newer versions of every package; what it pins on this machine."""
        lines, pinned = [], []
        for line in (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines():
            if not re.match(r"[A-Za-z0-9]", line):
                continue
            asked = Requirement(line.split("--hash")[0].rstrip(" \\"))
            version = str(next(iter(asked.specifier)).version)
            self.package(asked.name, version)
            marker = f" ; {asked.marker}" if asked.marker else ""
            lines += [
                f"{asked.name}=={version}{marker} \\",
                f"    --hash=sha256:{self.hashes[asked.name, version]}",
            ]
            if asked.marker is None or asked.marker.evaluate():
                pinned.append((asked.name, version))
        (self.locks / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return pinned

    def lock_these(self, file: str, *names: str) -> Path:
        """A lock of packages of version 1.0 that were made here."""
        path = self.locks / file
        path.write_text(
            "".join(f"{name}==1.0 \\\n    --hash=sha256:{self.hashes[name, '1.0']}\n" for name in names),
            encoding="utf-8",
        )
        return path

    def package(self, name: str, version: str) -> None:
        """One package with the requirements and extras of the real one, and two newer: next patch, next major."""
        if (name, version) in self.hashes:
            return
        parts = Version(version).release
        patch, major = (*parts[:-1], parts[-1] + 1), (parts[0] + 1, 0)
        self.wheel(name, version, installed_files("pip") if name == "pip" and self.real_pip else None)
        for newer in (patch, major):
            self.wheel(name, ".".join(map(str, newer)))

    def wheel(self, name: str, version: str, files: dict[str, bytes] | None = None) -> Path:
        """Write a wheel into folder and index. Without `files` it holds one module that names its version."""
        plain = re.sub(r"[-_.]+", "_", name).lower()
        info = f"{plain}-{version}.dist-info"
        files = files or {f"{plain}_stand_in.py": f"VERSION = {version!r}\n".encode()}
        files = {place: data for place, data in files.items() if ".dist-info/" not in place}
        files[f"{info}/METADATA"] = "\n".join(
            ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *_asked_by(name), ""]
        ).encode()
        files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        record = "".join(f"{place},sha256={_digest(data)},{len(data)}\n" for place, data in files.items())
        path = self.flat / f"{plain}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for place, data in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n".encode()}.items():
                archive.writestr(zipfile.ZipInfo(place), data)
        return self._publish(name, version, path)

    def source(self, name: str, version: str, files: dict[str, str]) -> Path:
        """Write a source archive into folder and index."""
        path = self.flat / f"{name}-{version}.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for place, text in {
                "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
                **files,
            }.items():
                member = tarfile.TarInfo(f"{name}-{version}/{place}")
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        return self._publish(name, version, path)

    def _publish(self, name: str, version: str, path: Path) -> Path:
        self.hashes[name, version] = hashlib.sha256(path.read_bytes()).hexdigest()
        page = self.index / re.sub(r"[-_.]+", "-", name).lower() / "index.html"
        page.parent.mkdir(exist_ok=True)
        with page.open("a", encoding="utf-8") as file:
            file.write(f'<a href="../../flat/{path.name}#sha256={self.hashes[name, version]}">{path.name}</a>\n')
        return path


@dataclass
class Maker:
    """deploy/environment.py of its own folder, so that it reads the stand-ins' locks; offline."""

    stand_ins: StandIns
    tool: Path | None = None

    def __post_init__(self) -> None:
        (self.stand_ins.folder / "deploy").mkdir()
        for file in ("__init__.py", *(path.name for path in (ROOT / "deploy").glob("environment*.py"))):
            shutil.copy(ROOT / "deploy" / file, self.stand_ins.folder / "deploy")

        if self.tool:  # making pip's own environment is most of the time that it takes
            file = self.stand_ins.folder / "deploy/environment_pip.py"
            code = file.read_text(encoding="utf-8")
            assert "make_venv(self.home)" in code
            again = (
                f"__import__('shutil').copytree({str(self.tool)!r}, self.home, symlinks=True, copy_function=os.link)"
            )
            file.write_text(code.replace("make_venv(self.home)", again), encoding="utf-8")

    @property
    def script(self) -> Path:
        return self.stand_ins.folder / "deploy/environment.py"

    def command(self, *arguments: object) -> list[str]:
        return [sys.executable, str(self.script), *map(str, arguments)]

    def variables(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
        index = {"PIP_INDEX_URL": self.stand_ins.index.as_uri(), "HOME": str(self.stand_ins.folder)}
        return {**kept, **index, "XDG_CONFIG_DIRS": str(self.stand_ins.folder), "XDG_CACHE_HOME": "", **more}

    def run(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), env=self.variables(**more), capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> StandIns:
    """Without a lock for the installer: Python's own pip does the work."""
    made = StandIns(tmp_path_factory.mktemp("stand-ins"))
    (made.locks / "build.txt").write_text("", encoding="utf-8")
    return made


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with Python's own pip, made once for all processes that run tests (four seconds)."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "tool"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made := folder / "made").exists():
            subprocess.run([sys.executable, "-I", "-m", "venv", str(folder / "venv")], check=True)
            made.touch()
    return folder / "venv"


@pytest.fixture(scope="module")
def maker(stand_ins: StandIns, tool: Path) -> Maker:
    return Maker(stand_ins, tool)


@pytest.fixture
def whole_stand_ins(tmp_path_factory: pytest.TempPathFactory) -> StandIns:
    """With a lock for the installer, and the locked pip (the real one, of the environment that runs the tests)."""
    made = StandIns(tmp_path_factory.mktemp("stand-ins"), real_pip=True)
    made.lock("build.txt")
    return made


@pytest.fixture
def whole_maker(whole_stand_ins: StandIns) -> Maker:
    """Makes all of it anew, the installer's own environment too."""
    return Maker(whole_stand_ins)


@pytest.fixture
def whole_maker_with_tool(whole_stand_ins: StandIns, tool: Path) -> Maker:
    """The installer's own environment is there, with Python's own pip: it brings it to the locked one."""
    return Maker(whole_stand_ins, tool)


@pytest.fixture
def installed_in() -> Callable[[Path], set[tuple[str, str]]]:
    """Name and version of everything in an environment, as its own Python sees it."""

    def look(environment: Path) -> set[tuple[str, str]]:
        (place,) = environment.glob("lib/python3*/site-packages")
        return {
            (re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower(), one.version)
            for one in metadata.distributions(path=[str(place)])
        }

    return look


def installed_files(name: str) -> dict[str, bytes]:
    """The files of a package in the environment that runs the tests."""
    found: Iterable[metadata.PackagePath] = metadata.files(name) or ()
    return {
        str(file): Path(str(file.locate())).read_bytes()
        for file in found
        if not str(file).startswith("..") and not str(file).endswith(".pyc")
    }


def _asked_by(name: str) -> list[str]:
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    return [f"{key}: {value}" for key in ("Requires-Dist", "Provides-Extra") for value in told.get_all(key, [])]


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


@pytest.fixture
def small(stand_ins: StandIns) -> Path:
    """A lock of three packages."""
    for name in ("first", "second", "third"):
        stand_ins.package(name, "1.0")
    return stand_ins.lock_these("small.txt", "first", "second", "third")
