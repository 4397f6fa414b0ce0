"""What of a package is Python: a role's environment at its final place, and our own code as a wheel."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from deploy.packages.cache import alone, cache, keep_newest
from deploy.packages.roots import BUILD_TOOLS, Root, run, tarball
from deploy.packages.targets import ARCHITECTURES, Architecture, Target
from deploy.packages.version import Build
from deploy.packages.wheels import fetch
from langso.words.catalogue import Sentence

PROGRAMS = "usr/lib/langso"
"""Where programs, environment and assets lie, from the root of a machine."""

_PIP = ("/build/tool/bin/python", "-I", "-m", "pip", "--disable-pip-version-check", "--quiet")
_KEPT = 2
_UNUSED = (
    "share", "include", *(f"lib/python3*/site-packages/{name}" for name in (
        "pip", "pip-*", "setuptools", "setuptools-*", "pkg_resources", "_distutils_hack", "distutils-precedence.pth",
    )),
    "lib/python3*/site-packages/numpy/**/tests", "lib/python3*/site-packages/numpy/_core/include",
    "lib/python3*/site-packages/kivy/tests", "lib/python3*/site-packages/kivy/include",
    "lib/python3*/site-packages/**/*.pyx", "lib/python3*/site-packages/**/*.pxd",
)  # fmt: skip
"""Inside an environment, what no role ever runs: tests of libraries, examples, headers, other programs."""


def environment_of(target: Target, checkout: Path) -> Path:
    """The role's third-party packages at their final place, stripped and compiled, as a tar file of the cache."""
    lock = checkout / "requirements" / f"{target.role}.txt"
    installer = checkout / "requirements/build.txt"
    key = hashlib.sha256()
    for part in (lock, *_makers(checkout), installer):
        key.update(part.read_bytes())
    key.update("\n".join((target.name, *_UNUSED)).encode())
    file = cache() / "environments" / f"{target.name}-{key.hexdigest()[:16]}.tar"
    with alone(file.name):
        if not file.is_file():
            file.parent.mkdir(exist_ok=True)
            wheels = fetch(lock, target.release, target.architecture)
            fetch(installer, target.release, target.architecture)
            _make_environment(target, checkout, wheels, file)
            keep_newest(file.parent, f"{target.name}-*.tar", _KEPT)
    return file


def wheel_of(build: Build, *, checkout: Path, target: Target) -> Path:
    """Our own code at HEAD as a wheel that carries the build's version, kept in the cache."""
    name = f"langso-{build.python}-py3-none-any.whl"
    kept = cache() / "code" / name
    with alone(name):
        if not kept.is_file():
            kept.parent.mkdir(exist_ok=True)
            _make_wheel(build, checkout, target, kept)
            keep_newest(kept.parent, "*.whl", 10)
    return kept


def compile_under(root: Root, folder: str) -> None:
    """Bytecode for everything under `folder` of the root: the same bytes every time. Raises ToolFailed."""
    # One process in one order, and bytecode that trusts its source: the same bytes every time, and no dates in them.
    command = [
        "/usr/bin/python3",
        "-m",
        "compileall",
        "-q",
        "-j",
        "1",
        "--invalidation-mode",
        "unchecked-hash",
        folder,
    ]
    root.run(command, why=Sentence("packages-do-compile"), variables={"PYTHONHASHSEED": "0"})


def _make_wheel(build: Build, checkout: Path, target: Target, kept: Path) -> None:
    wheels = fetch(checkout / "requirements/build.txt", target.release, ARCHITECTURES["amd64"])
    with Root(tarball(target.release, tools=BUILD_TOOLS)) as root:
        _offer(root, checkout, wheels)
        source = root.path / "build/source"
        _unpack(build.commit, checkout, source)
        project = source / "pyproject.toml"
        text = project.read_text(encoding="utf-8")
        project.write_text(
            text.replace(f'version = "{build.base}"', f'version = "{build.python}"', 1), encoding="utf-8"
        )
        _make(root, "build", "/build/tool")
        from_here = ("--no-deps", "--no-index", "--no-build-isolation")
        command = [*_PIP, "wheel", *from_here, "--wheel-dir", "/build/out", "/build/source"]
        root.run(command, why=Sentence("packages-do-build"), variables={"SOURCE_DATE_EPOCH": str(build.seconds)})
        fresh = kept.with_suffix(".new")
        shutil.copyfile(next((root.path / "build/out").glob("*.whl")), fresh)
        fresh.replace(kept)


def _unpack(commit: str, checkout: Path, into: Path) -> None:
    into.mkdir()
    packed = into.with_suffix(".tar")
    git = ["git", "-c", f"safe.directory={checkout}", "-C", str(checkout)]
    run([*git, "archive", "--output", str(packed), commit], why=Sentence("packages-do-checkout"))
    run(["tar", "-xf", str(packed), "-C", str(into)], why=Sentence("packages-do-checkout"))


def _make_environment(target: Target, checkout: Path, wheels: Path, file: Path) -> None:
    with Root(tarball(target.release, tools=BUILD_TOOLS)) as root:
        _offer(root, checkout, wheels)
        venv = f"/{PROGRAMS}/venv"
        bindings = ["--gi"] if target.role == "speaker" else []
        _make(root, target.role, venv, *bindings, architecture=target.architecture)
        _strip(root.path / venv.lstrip("/"))
        compile_under(root, venv)
        fresh = file.with_suffix(".new")
        order = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner"]
        run(
            ["tar", *order, "-cf", str(fresh), "-C", str(root.path), f"{PROGRAMS}/venv"],
            why=Sentence("packages-do-keep"),
        )
        fresh.replace(file)


def _offer(root: Root, checkout: Path, wheels: Path) -> None:
    inside = root.path / "build"
    shutil.copytree(wheels, inside / "wheels", copy_function=os.link)
    shutil.copytree(checkout / "requirements", inside / "requirements")
    (inside / "deploy").mkdir()
    for file in _makers(checkout):
        shutil.copy(file, inside / "deploy")


def _makers(checkout: Path) -> list[Path]:
    """deploy/environment.py and the files that it is made of."""
    return sorted((checkout / "deploy").glob("environment*.py"))


def _make(root: Root, lock: str, into: str, *more: str, architecture: Architecture | None = None) -> None:
    command = [
        "/usr/bin/python3", "/build/deploy/environment.py", "--lock", f"/build/requirements/{lock}.txt",
        "--into", into, "--wheels", "/build/wheels", "--no-compile", *more,
    ]  # fmt: skip
    # An environment is files and links: Python of this architecture lays out one for another when told to.
    machine = {"_PYTHON_HOST_PLATFORM": f"linux-{architecture.python}"} if architecture else {}
    root.run(command, why=Sentence("packages-do-environment", lock=lock), variables=machine)


def _strip(venv: Path) -> None:
    programs = [path for path in venv.glob("bin/*") if not path.name.startswith("python")]
    unused = [path for pattern in _UNUSED for path in venv.glob(pattern)]
    for path in sorted([*programs, *unused]):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
