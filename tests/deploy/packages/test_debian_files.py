"""What a package tells apt about itself."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.apt import packages_of
from deploy.install.placed import placed_of, services_of
from deploy.packages import debian_files
from deploy.packages.targets import ARCHITECTURES, RELEASES, ROLES, Target
from deploy.packages.version import Build


def target(role: str, release: str = "bookworm", architecture: str = "amd64") -> Target:
    return Target(role, RELEASES[release], ARCHITECTURES[architecture])


def field(name: str, text: str) -> str:
    found = re.search(rf"^{name}: (.*)$", text, re.M)
    assert found, name
    return found[1]


@pytest.mark.parametrize("role", ROLES)
def test_a_package_needs_what_its_role_lists_and_exactly_its_python(role: str) -> None:
    depends = field("Depends", debian_files.control(target(role, "trixie"))).split(", ")
    assert {"python3 (>= 3.13)", "python3 (<< 3.14)"} <= set(depends)
    assert set(packages_of(role)) - {"python3-venv"} <= set(depends)
    assert "python3-venv" not in depends


def run_preinst(
    tmp_path: Path, role: str, settings: str | None = None, **states: str
) -> subprocess.CompletedProcess[str]:
    """Where these settings lie in /etc/langso and dpkg knows the roles' packages in these states."""
    text = debian_files.template("preinst", target(role), ()).replace("/etc/langso", str(tmp_path))
    if settings is not None:
        (tmp_path / "langso.toml").write_text(settings, encoding="utf-8")
    known = "".join(f"*langso-{name}*) printf %s {state} ;;\n" for name, state in states.items())
    (tmp_path / "dpkg-query").write_text(f"#!/bin/sh\ncase $* in\n{known}*) exit 1 ;;\nesac\n")
    (tmp_path / "dpkg-query").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["sh", "-c", text, "preinst", "install"], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("state", ["installed", "unpacked", "half-configured", "half-installed"])
def test_another_roles_package_is_refused_with_a_sentence(tmp_path: Path, state: str) -> None:
    done = run_preinst(tmp_path, "speaker", office=state)
    assert done.returncode == 1
    assert "langso-office" in done.stderr
    assert "mỗi máy một vai trò" in done.stderr


@pytest.mark.parametrize(
    "states", [{}, {"office": "config-files"}, {"office": "not-installed"}, {"speaker": "unpacked"}]
)
def test_a_free_machine_is_taken(tmp_path: Path, states: dict[str, str]) -> None:
    assert run_preinst(tmp_path, "speaker", **states).returncode == 0


@pytest.mark.parametrize("role", ROLES)
def test_apt_is_not_told_to_make_room_for_a_role(role: str) -> None:
    """With `Conflicts`, `apt install -y` takes an office's programs away to make it a loudspeaker."""
    text = debian_files.control(target(role))
    assert "Conflicts" not in text
    assert "Provides" not in text


def test_the_machine_is_named_since_an_environment_runs_on_one_only() -> None:
    assert re.findall(r"^Architecture: (.*)$", debian_files.control(target("kiosk", "trixie", "arm64")), re.M) == [
        "arm64"
    ]


def test_the_changelog_names_the_whole_commit() -> None:
    build = Build("0.1.0", 1795953600, "abc" + "0" * 37)
    text = debian_files.changelog(target("office"), build)
    assert text.startswith("langso (0.1.0+git20261129120000.gabc0000~deb12) bookworm;")
    assert build.commit in text


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ["preinst", "postinst", "prerm", "postrm", "templates", "copyright", "rules"])
def test_no_word_is_left_to_fill_in(role: str, name: str) -> None:
    text = debian_files.template(name, target(role), ("/var/lib/langso-x",))
    assert not re.search(r"@[A-Z]+@", text)


@pytest.mark.parametrize("name", ["preinst", "postinst", "prerm", "postrm"])
def test_maintainer_scripts_are_plain_shell(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(debian_files.template(name, target("office"), ("/var/lib/langso-office",)), encoding="utf-8")
    shell = shutil.which("dash") or "sh"
    assert subprocess.run([shell, "-n", str(file)], check=False).returncode == 0


@pytest.mark.parametrize("role", ROLES)
def test_every_service_that_is_enabled_is_placed(role: str) -> None:
    placed = placed_of(role)
    assert all(f"/usr/lib/systemd/system/{name}" in placed for name in services_of(role))


def test_a_machine_set_up_for_another_role_is_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    done = run_preinst(tmp_path, "speaker", '[device]\nid = "x"\nrole = "office"   # vai trò\n')
    assert done.returncode == 1
    assert "office" in done.stderr


@pytest.mark.parametrize("settings", [None, "", '[device]\nrole = "speaker"\n', "role = 3\n"])
def test_a_new_machine_and_one_of_the_same_role_are_taken(settings: str | None, tmp_path: Path) -> None:
    assert run_preinst(tmp_path, "speaker", settings).returncode == 0


def test_what_only_raspberry_pis_archive_has_is_suggested_and_never_needed() -> None:
    for role, names in {"kiosk": {"python3-picamera2", "python3-lgpio"}, "speaker": {"python3-lgpio"}}.items():
        text = debian_files.control(target(role))
        assert set(field("Suggests", text).split(", ")) == names
        assert not names & set(field("Depends", text).split(", "))
    assert "Suggests" not in debian_files.control(target("office"))
