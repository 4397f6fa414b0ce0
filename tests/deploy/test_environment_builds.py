"""What deploy/environment.py builds from sources: this project from a copy, bindings that Debian lacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.deploy.conftest import Maker, StandIns

pytestmark = pytest.mark.timeout(600)  # many small processes: slow beside other work
Installed = Callable[[Path], set[tuple[str, str]]]


def test_this_project_is_installed_from_a_copy_without_old_builds(
    maker: Maker, small: Path, tmp_path: Path, installed_in: Installed
) -> None:
    project = tmp_path / "project"
    for place in ("ours", "build/lib/ours", "other"):
        (project / place).mkdir(parents=True)
        (project / place / "__init__.py").touch()
    (project / "build/lib/ours/gone.py").touch()
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "backend"\nbackend-path = ["ours"]\n'
        '[project]\nname = "ours"\nversion = "3"\n[tool.setuptools.packages.find]\ninclude = ["ours*"]\n',
        encoding="utf-8",
    )
    (project / "ours/backend.py").write_text(BACKEND, encoding="utf-8")
    made = maker.run("--lock", small, "--into", tmp_path / "env", "--project", project)
    assert made.returncode == 0, made.stdout + made.stderr
    assert installed_in(tmp_path / "env") == {
        *((name, "1.0") for name in ("first", "second", "third")),
        ("ours", "3"),
    }
    (place,) = (tmp_path / "env").glob("lib/python3*/site-packages")
    assert json.loads((place / "ours.json").read_text()) == ["ours", "pyproject.toml"]
    assert not list(place.glob("*/direct_url.json"))
    assert sorted(path.name for path in project.iterdir()) == ["build", "other", "ours", "pyproject.toml"]


BACKEND = """
import json, os, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "ours-3-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("ours.json", json.dumps(sorted(os.listdir("."))))
        archive.writestr("ours-3.dist-info/METADATA", "Metadata-Version: 2.1\\nName: ours\\nVersion: 3\\n")
        tags = "Root-Is-Purelib: true\\nTag: py3-none-any\\n"
        archive.writestr("ours-3.dist-info/WHEEL", "Wheel-Version: 1.0\\n" + tags)
        archive.writestr("ours-3.dist-info/RECORD", "")
    return name
"""


def test_bindings_that_debian_has_not_for_this_python_are_built_with_locked_tools(
    stand_ins: StandIns, maker: Maker, tmp_path: Path, installed_in: Installed
) -> None:
    """The newest build requirements are in the index too: an isolated build would take those."""
    stand_ins.lock("gobject-build.txt")
    locked = dict(stand_ins.lock("gobject.txt"))
    entries = []
    for name, version in locked.items():
        stand_ins.source(name, version, {"pyproject.toml": SOURCE, "backend.py": SOURCE_BACKEND % (name, version)})
        entries.append(f"{name}=={version} \\\n    --hash=sha256:{stand_ins.hashes[name, version]}\n")
    (stand_ins.locks / "gobject.txt").write_text("".join(entries), encoding="utf-8")
    code = maker.script.read_text(encoding="utf-8")
    script = maker.script.with_name("environment_elsewhere.py")
    script.write_text(code.replace("/usr/lib/python3/dist-packages", str(tmp_path)), encoding="utf-8")
    (stand_ins.locks / "none.txt").write_text("", encoding="utf-8")
    for tool in ("cc", "pkg-config"):
        (tmp_path / tool).touch(mode=0o755)
    arguments = ("--lock", str(stand_ins.locks / "none.txt"), "--into", str(tmp_path / "env"), "--gi")
    variables = maker.variables(PATH=f"{tmp_path}:{os.environ['PATH']}")
    made = subprocess.run(
        [sys.executable, str(script), *arguments], env=variables, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert installed_in(tmp_path / "env") == set(locked.items())
    (place,) = (tmp_path / "env").glob("lib/python3*/site-packages")
    meson = next(
        line for line in (stand_ins.locks / "gobject-build.txt").read_text().splitlines() if "meson-python" in line
    )
    for name in locked:
        assert f"meson-python=={(place / f'{name}.built-by').read_text()} " in meson


SOURCE = '[build-system]\nrequires = ["meson-python>=0.12"]\nbuild-backend = "backend"\nbackend-path = ["."]\n'
SOURCE_BACKEND = """
import os, zipfile
from importlib import metadata
NAME, VERSION = %r, %r
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = f"{NAME}-{VERSION}-py3-none-any.whl"
    info = f"{NAME}-{VERSION}.dist-info"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr(f"{NAME}.built-by", metadata.version("meson-python"))
        if NAME == "pygobject":
            archive.writestr("gi/__init__.py", "def require_version(*given): pass")
            archive.writestr("gi/repository.py", "Gst = 1")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {NAME}\\nVersion: {VERSION}\\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{info}/RECORD", "")
    return name
"""
