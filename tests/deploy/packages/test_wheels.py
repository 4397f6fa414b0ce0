"""Which wheels a package takes: the locked ones that its own Python and machine need, whatever this machine is."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.packages.errors import PackagingError
from deploy.packages.targets import ARCHITECTURES, RELEASES, ROLES
from deploy.packages.wheels import for_target, platforms

ROOT = Path(__file__).resolve().parents[3]
AMD64, ARM64 = ARCHITECTURES["amd64"], ARCHITECTURES["arm64"]
LOCK = """\
one==1.0 ; python_full_version < '3.12' and sys_platform == 'linux' \\
    --hash=sha256:aa
one==2.0 ; python_full_version >= '3.12' and sys_platform == 'linux' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
two==3.0 ; platform_machine == 'aarch64' \\
    --hash=sha256:dd
three==4.0 \\
    --hash=sha256:ee
four==5.0 ; sys_platform == 'win32' \\
    --hash=sha256:ff
"""


def pins(text: str) -> list[str]:
    return [line.split(" ")[0] for line in text.splitlines() if "==" in line]


def test_markers_are_judged_for_the_target_not_for_this_machine() -> None:
    assert pins(for_target(LOCK, RELEASES["bookworm"], AMD64)) == ["one==1.0", "three==4.0"]
    assert pins(for_target(LOCK, RELEASES["trixie"], AMD64)) == ["one==2.0", "three==4.0"]
    assert pins(for_target(LOCK, RELEASES["trixie"], ARM64)) == ["one==2.0", "two==3.0", "three==4.0"]


def test_every_hash_stays_with_its_pin_and_no_marker_does() -> None:
    text = for_target(LOCK, RELEASES["trixie"], AMD64)
    assert text.count("--hash") == 3
    assert ";" not in text


def test_a_line_that_is_no_pin_is_refused() -> None:
    with pytest.raises(PackagingError, match="git"):
        for_target(LOCK + "git+https://example.org/x\n", RELEASES["bookworm"], AMD64)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("release", RELEASES)
def test_the_locks_are_read_whole_and_pin_each_name_once(role: str, release: str) -> None:
    text = (ROOT / "requirements" / f"{role}.txt").read_text(encoding="utf-8")
    names = [pin.split("==")[0] for pin in pins(for_target(text, RELEASES[release], ARM64))]
    assert len(names) > 20
    assert len(names) == len(set(names))


def test_wheels_for_a_newer_library_than_the_release_has_are_not_taken() -> None:
    names = platforms(RELEASES["bookworm"], ARM64)
    assert "manylinux_2_36_aarch64" in names
    assert "manylinux_2_17_aarch64" in names
    assert "manylinux_2_37_aarch64" not in names
    assert not [name for name in names if "x86_64" in name]
