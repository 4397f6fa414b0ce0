"""A stick made to harm: what it leads root to stays root's, and one key is all that a machine ever trusts."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.deploy.packages.conftest import Key, Machine

SECRET = "-----BEGIN PRIVATE KEY-----"


@pytest.mark.parametrize("name", ["khoa.gpg", "bookworm/InRelease", "bookworm/Packages"])
def test_a_link_to_a_secret_is_refused_and_nothing_of_it_can_be_read(machine: Machine, name: str) -> None:
    assert machine.run(*machine.trusting).returncode == 0
    (machine.log / "apt").unlink()
    secret = machine.root / "signer.key"
    secret.write_text(SECRET, encoding="utf-8")
    secret.chmod(0o600)
    (machine.stick / name).unlink()
    (machine.stick / name).symlink_to(secret)
    machine.refuses(*machine.trusting, says="không phải tệp thường")
    copies = [path for path in (machine.root / "run").rglob("*") if path.is_file()]
    assert not [path for path in copies if SECRET in path.read_text(encoding="utf-8", errors="replace")]


def test_what_is_copied_from_a_stick_is_root_s_alone_to_look_at(machine: Machine) -> None:
    """Packages too: apt copies a link's target before it looks at the sum."""
    for folder in ("run/langso-install", "var/cache/langso"):
        (machine.root / folder).mkdir(parents=True, mode=0o755)
    assert machine.run(*machine.trusting).returncode == 0
    for folder in ("run/langso-install", "var/cache/langso"):
        assert (machine.root / folder).stat().st_mode & 0o777 == 0o700


def test_copies_of_an_earlier_run_are_gone_before_the_next(machine: Machine) -> None:
    work = machine.root / "run/langso-install"
    work.mkdir(parents=True)
    (work / "khoa.gpg").symlink_to(machine.root / "made-by-a-link")
    assert machine.run(*machine.trusting).returncode == 0
    assert not (machine.root / "made-by-a-link").exists()


@pytest.mark.parametrize("name", ["khoa.gpg", "bookworm/InRelease", "bookworm/Packages"])
def test_a_pipe_is_refused_at_once(machine: Machine, name: str) -> None:
    (machine.stick / name).unlink()
    os.mkfifo(machine.stick / name)
    done = machine.run(*machine.trusting)
    assert done.returncode == 1
    assert not machine.changed()


def test_a_link_in_place_of_the_suite_is_refused(machine: Machine) -> None:
    machine.suite.rename(machine.log / "elsewhere")
    machine.suite.symlink_to(machine.log / "elsewhere")
    machine.refuses(*machine.trusting, says="không có bản")


def test_a_key_file_that_fills_the_memory_is_refused(machine: Machine) -> None:
    with (machine.stick / "khoa.gpg").open("ab") as file:
        file.truncate(65537)
    machine.refuses(*machine.trusting, says="quá lớn")


@pytest.mark.parametrize("order", [1, -1])
def test_a_second_key_beside_the_right_one_is_refused(machine: Machine, keys: tuple[Key, Key], order: int) -> None:
    """The whole file becomes what the machine trusts: a stick of the second key would be taken without a question."""
    both = [key.gpg("--export", key.fingerprint) for key in keys]
    (machine.stick / "khoa.gpg").write_bytes(b"".join(both[::order]))
    machine.refuses(*machine.trusting, says="không phải đúng một khoá")
    assert not machine.known()


def test_a_ring_of_two_keys_from_before_is_trusted_no_more(machine: Machine, keys: tuple[Key, Key]) -> None:
    assert machine.run(*machine.trusting).returncode == 0
    (machine.log / "apt").unlink()
    ring = machine.root / "etc/langso/keyring/stick.gpg"
    ring.write_bytes(b"".join(key.gpg("--export", key.fingerprint) for key in keys))
    machine.lay(keys[1])
    machine.refuses("office", says=str(ring))


@pytest.mark.parametrize("cut", [1, 2, 30, 100, -1])
def test_a_key_file_that_is_cut_is_no_key(machine: Machine, cut: int) -> None:
    file = machine.stick / "khoa.gpg"
    file.write_bytes(file.read_bytes()[:cut])
    machine.refuses(*machine.trusting, says="không phải đúng một khoá")


@pytest.mark.parametrize(
    "bytes_", [b"", b"\x00", b"\xff" * 40, b"\x9b\x00", b"\xc6\xe1" + bytes(40), b"\x98\x00" * 9]
)
def test_what_is_no_keyring_is_refused(machine: Machine, bytes_: bytes) -> None:
    (machine.stick / "khoa.gpg").write_bytes(bytes_)
    machine.refuses(*machine.trusting, says="không phải đúng một khoá")


def test_names_on_a_stick_do_not_steer_the_terminal(machine: Machine) -> None:
    shutil.rmtree(machine.suite)
    (machine.stick / "\x1b[2J\x1b[32mUSB DUNG").mkdir()
    done = machine.run(*machine.trusting)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout + done.stderr
    assert "USB DUNG" in done.stderr
