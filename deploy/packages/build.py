"""Makes one package: environment and code in a clean root of its release, wrapped by debhelper there."""

from __future__ import annotations

import hashlib
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from deploy.install.placed import placed_of, services_of
from deploy.install.units import units_of
from deploy.models import MODELS
from deploy.packages import debian_files as texts
from deploy.packages.errors import PackagingError
from deploy.packages.roots import BUILD_TOOLS, Root, cache, run, tarball
from deploy.packages.targets import ARCHITECTURES, Architecture, Target
from deploy.packages.version import Build
from deploy.packages.wheels import fetch
from langso import assets

PROGRAMS = "usr/lib/langso"
"""Where programs, environment and assets lie, from the root of a machine."""

_PIP = ("/build/tool/bin/python", "-I", "-m", "pip", "--disable-pip-version-check", "--quiet")
_IS_LICENCE = re.compile(r"(?i)(licen[cs]e|copying|ofl|notice|package\.json)")
_UNITS = "/usr/lib/systemd/system/"
# Of zstd: 12 takes twice as long for 1 % less.
_LEVEL = "9"
_UNUSED = (
    "share", "include", *(f"lib/python3*/site-packages/{name}" for name in (
        "pip", "pip-*", "setuptools", "setuptools-*", "pkg_resources", "_distutils_hack", "distutils-precedence.pth",
    )),
    "lib/python3*/site-packages/numpy/**/tests", "lib/python3*/site-packages/numpy/_core/include",
    "lib/python3*/site-packages/kivy/tests", "lib/python3*/site-packages/kivy/include",
    "lib/python3*/site-packages/**/*.pyx", "lib/python3*/site-packages/**/*.pxd",
)  # fmt: skip
"""Inside an environment, what no role ever runs: tests of libraries, examples, headers, other programs."""


def make_package(target: Target, build: Build, *, checkout: Path, out: Path, say: Callable[[str], None]) -> Path:
    """The finished .deb in `out`; fetches over the network only what the cache lacks. Raises PackagingError."""
    packed = tarball(target.release, tools=BUILD_TOOLS)
    wheel = make_wheel(build, checkout=checkout, target=target)
    say(f"{target.name}: môi trường Python")
    environment = _environment(target, checkout, packed)
    say(f"{target.name}: gói {build.debian(target.release)}")
    with Root(packed) as root:
        source = root.path / "build" / "langso"
        tree = source / "tree"
        programs = tree / PROGRAMS
        programs.mkdir(parents=True)
        run(["tar", "-xf", str(environment), "-C", str(root.path)], why="mở môi trường Python")
        _our_code(root, wheel)
        (root.path / PROGRAMS / "venv").rename(programs / "venv")
        _assets(target, checkout, programs / "assets")
        (programs / "role").write_text(target.role + "\n", encoding="utf-8")
        (programs / "commit").write_text(build.commit + "\n", encoding="utf-8")
        _lay(programs / "cai-dat.sh", texts.stick_script())
        _lay(tree / "usr/bin/langso", texts.wrapper(), 0o755)
        _debian(target, build, source)
        variables = {"SOURCE_DATE_EPOCH": str(build.seconds), "LEVEL": _LEVEL}
        command = f"cd /build/langso && dpkg-architecture -a{target.architecture.debian} -f -c debian/rules binary"
        root.run(["sh", "-c", command], why="đóng gói", variables=variables)
        made = next((root.path / "build").glob("*.deb"))
        out.mkdir(parents=True, exist_ok=True)
        fresh = out / f".{made.name}.new"
        shutil.copyfile(made, fresh)
        return fresh.replace(out / made.name)


def make_wheel(build: Build, *, checkout: Path, target: Target) -> Path:
    """Our own code at HEAD as a wheel that carries the build's version, kept in the cache."""
    name = f"langso-{build.python}-py3-none-any.whl"
    kept = cache() / "code" / build.commit / name
    if kept.is_file():
        return kept
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
        command = [
            *_PIP,
            "wheel",
            "--no-deps",
            "--no-index",
            "--no-build-isolation",
            "-w",
            "/build/out",
            "/build/source",
        ]
        root.run(command, why="dựng mã của ta", variables={"SOURCE_DATE_EPOCH": str(build.seconds)})
        made = next((root.path / "build/out").glob("*.whl"))
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made, kept.with_suffix(".new"))
        return kept.with_suffix(".new").replace(kept.with_name(made.name))


def _our_code(root: Root, wheel: Path) -> None:
    place = next((root.path / PROGRAMS).glob("venv/lib/python3*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    command = root.path / PROGRAMS / "venv/bin/langso"
    _lay(command, f"#!/{PROGRAMS}/venv/bin/python -P\nfrom deploy.cli import main\n\nmain()\n", 0o755)
    inside = "/" + place.relative_to(root.path).as_posix()
    for folder in sorted({name.split("/")[0] for name in archive.namelist()}):
        _compile(root, f"{inside}/{folder}")


def _assets(target: Target, checkout: Path, into: Path) -> None:
    """Fonts and scripts with their licences, and the scanner's weights: only what a role asks for by name."""
    if target.role == "speaker":
        return
    fetched = checkout / "office/assets"
    modules = fetched / "node_modules"
    wanted = [modules / name for name in assets.MODULE_FILES]
    for package in sorted({_npm_package(name) for name in assets.MODULE_FILES}):
        wanted += sorted(path for path in (modules / package).glob("*") if _IS_LICENCE.match(path.name))
    wanted += [fetched / "models" / name for name in MODELS]
    for path in wanted:
        if not path.is_file():
            raise PackagingError(f"Thiếu {path.name}; hãy chạy deploy/setup.sh để tải phông chữ và mô hình.")
        place = into / path.relative_to(fetched)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def _npm_package(name: str) -> str:
    parts = name.split("/")
    return "/".join(parts[: 2 if name.startswith("@") else 1])


def _debian(target: Target, build: Build, source: Path) -> None:
    """debian/, and the files that lie elsewhere on the machine."""
    debian = source / "debian"
    placed = placed_of(target.role)
    for path, text in placed.items():
        if path.startswith(_UNITS):
            _lay(debian / f"{target.package}.{path.removeprefix(_UNITS)}", text)
        else:
            _lay(source / "tree" / path.lstrip("/"), text)
    units = [Path(path).name for path in placed if path.startswith(_UNITS)]
    enabled = services_of(target.role)
    # By stem: a service and its watcher are one to debhelper.
    stems = dict.fromkeys(Path(name).stem for name in units)
    on = {Path(name).stem for name in enabled}
    _lay(debian / "enabled", "\n".join([*(stem for stem in stems if stem in on), ""]))
    _lay(debian / "unenabled", "\n".join([*(stem for stem in stems if stem not in on), ""]))
    _lay(debian / "control", texts.control(target))
    _lay(debian / "changelog", texts.changelog(target, build))
    folders = tuple(f"/var/lib/{unit.name}" for unit in units_of(target.role))
    for name in ("copyright", "templates", "preinst", "postinst", "postrm"):
        _lay(debian / name, texts.template(name, target, folders))
    _lay(debian / "rules", texts.template("rules", target, folders), 0o755)


def _unpack(commit: str, checkout: Path, into: Path) -> None:
    into.mkdir()
    packed = into.with_suffix(".tar")
    git = ["git", "-c", f"safe.directory={checkout}", "-C", str(checkout)]
    run([*git, "archive", "--output", str(packed), commit], why="lấy mã của commit")
    run(["tar", "-xf", str(packed), "-C", str(into)], why="lấy mã của commit")


def _lay(file: Path, text: str, mode: int = 0o644) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)


def _environment(target: Target, checkout: Path, packed: Path) -> Path:
    """The role's third-party packages at their final place, stripped and compiled, as a tar file of the cache."""
    lock = checkout / "requirements" / f"{target.role}.txt"
    installer = checkout / "requirements/build.txt"
    key = hashlib.sha256()
    for part in (lock, *_makers(checkout), installer):
        key.update(part.read_bytes())
    key.update("\n".join((target.name, *_UNUSED)).encode())
    file = cache() / "environments" / f"{target.name}-{key.hexdigest()[:16]}.tar"
    if file.is_file():
        return file
    file.parent.mkdir(exist_ok=True)
    wheels = fetch(lock, target.release, target.architecture)
    fetch(installer, target.release, target.architecture)
    with Root(packed) as root:
        _offer(root, checkout, wheels)
        venv = f"/{PROGRAMS}/venv"
        bindings = ["--gi"] if target.role == "speaker" else []
        _make(root, target.role, venv, *bindings, architecture=target.architecture)
        _strip(root.path / venv.lstrip("/"))
        _compile(root, venv)
        fresh = file.with_suffix(".new")
        order = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner"]
        run(["tar", *order, "-cf", str(fresh), "-C", str(root.path), f"{PROGRAMS}/venv"], why="cất môi trường Python")
        fresh.replace(file)
    return file


def _offer(root: Root, checkout: Path, wheels: Path) -> None:
    inside = root.path / "build"
    shutil.copytree(wheels, inside / "wheels")
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
    root.run(command, why=f"làm môi trường Python của {lock}", variables=machine)


def _compile(root: Root, folder: str) -> None:
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
    root.run(command, why="dịch sẵn mã Python", variables={"PYTHONHASHSEED": "0"})


def _strip(venv: Path) -> None:
    programs = [path for path in venv.glob("bin/*") if not path.name.startswith("python")]
    unused = [path for pattern in _UNUSED for path in venv.glob(pattern)]
    for path in sorted([*programs, *unused]):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
