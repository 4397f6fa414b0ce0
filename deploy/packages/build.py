"""Makes one package: environment and code in a clean root of its release, wrapped by debhelper there."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from deploy.install.placed import placed_of, services_of
from deploy.install.units import sockets_of, units_of
from deploy.models import MODELS
from deploy.packages import debian_files as texts
from deploy.packages.environments import PROGRAMS, compile_under, environment_of, wheel_of
from deploy.packages.errors import PackagingError
from deploy.packages.roots import BUILD_TOOLS, Root, run, tarball
from deploy.packages.targets import Target
from deploy.packages.version import Build
from langso.settings import assets
from langso.words.catalogue import Sentence, t

_IS_LICENCE = re.compile(r"(?i)(licen[cs]e|copying|ofl|notice|package\.json)")
_UNITS = Path("/usr/lib/systemd/system")
# Of zstd: 12 takes twice as long for 1 % less.
_LEVEL = "9"


def make_package(target: Target, build: Build, *, checkout: Path, out: Path, say: Callable[[str], None]) -> Path:
    """The finished .deb in `out`; fetches over the network only what the cache lacks. Raises PackagingError."""
    packed = tarball(target.release, tools=BUILD_TOOLS)
    wheel = wheel_of(build, checkout=checkout, target=target)
    say(t("packages-environment", name=target.name))
    environment = environment_of(target, checkout)
    say(t("packages-package", name=target.name, release=build.debian(target.release)))
    with Root(packed) as root:
        source = root.path / "build" / "langso"
        tree = source / "tree"
        programs = tree / PROGRAMS
        programs.mkdir(parents=True)
        run(["tar", "-xf", str(environment), "-C", str(root.path)], why=Sentence("packages-do-unpack"))
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
        root.run(["sh", "-c", command], why=Sentence("packages-do-pack"), variables=variables)
        made = next((root.path / "build").glob("*.deb"))
        out.mkdir(parents=True, exist_ok=True)
        fresh = out / f".{made.name}.new"
        shutil.copyfile(made, fresh)
        return fresh.replace(out / made.name)


def _our_code(root: Root, wheel: Path) -> None:
    place = next((root.path / PROGRAMS).glob("venv/lib/python3*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    command = root.path / PROGRAMS / "venv/bin/langso"
    _lay(command, f"#!/{PROGRAMS}/venv/bin/python -P\nfrom deploy.cli import main\n\nmain()\n", 0o755)
    inside = "/" + place.relative_to(root.path).as_posix()
    for folder in sorted({name.split("/")[0] for name in archive.namelist()}):
        compile_under(root, f"{inside}/{folder}")


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
    if target.role == "office":
        wanted += [fetched / assets.MADE / name for name in assets.MADE_OF]
    for path in wanted:
        if not path.is_file():
            raise PackagingError(Sentence("packages-missing", name=path.name))
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
        if Path(path).parent == _UNITS:
            _lay(debian / f"{target.package}.{Path(path).name}", text)
        else:
            _lay(source / "tree" / path.lstrip("/"), text)
    units = [Path(path).name for path in placed if Path(path).parent == _UNITS]
    enabled = services_of(target.role)
    # By stem: a service and its watcher are one to debhelper.
    stems = dict.fromkeys(Path(name).stem for name in units)
    on = {Path(name).stem for name in enabled}
    sockets = [socket.name for socket in sockets_of(target.role)]
    _lay(debian / "sockets", "\n".join([*sockets, ""]))
    _lay(debian / "enabled", "\n".join([*(stem for stem in stems if stem in on and stem not in sockets), ""]))
    _lay(debian / "unenabled", "\n".join([*(stem for stem in stems if stem not in on), ""]))
    _lay(debian / "control", texts.control(target))
    _lay(debian / "changelog", texts.changelog(target, build))
    folders = tuple(f"/var/lib/{unit.name}" for unit in units_of(target.role))
    for name in ("copyright", "templates", "preinst", "postinst", "prerm", "postrm"):
        _lay(debian / name, texts.template(name, target, folders))
    _lay(debian / "rules", texts.template("rules", target, folders), 0o755)


def _lay(file: Path, text: str, mode: int = 0o644) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
