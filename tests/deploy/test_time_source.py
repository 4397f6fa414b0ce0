"""A paired device asks its office for the time; nothing else gets into the clock's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.time_source import MOST, follow_office


def test_the_offices_addresses_become_sources(tmp_path: Path) -> None:
    hosts = ("van-phong.xa.vn", "192.168.1.10", "fd00::1", "192.168.1.10")
    assert follow_office(hosts, tmp_path) == hosts[:3]
    (file,) = tmp_path.iterdir()
    assert file.suffix == ".sources"
    assert file.stat().st_mode & 0o777 == 0o644
    assert [line.split()[:2] for line in file.read_text().splitlines()] == [["server", host] for host in hosts[:3]]


def test_a_later_pairing_replaces_them_and_they_are_few(tmp_path: Path) -> None:
    follow_office(("10.0.0.1",), tmp_path)
    assert follow_office([f"10.0.0.{n}" for n in range(2, 12)], tmp_path) == tuple(f"10.0.0.{n}" for n in range(2, 6))
    (file,) = tmp_path.iterdir()
    assert len(file.read_text().splitlines()) == MOST


@pytest.mark.parametrize(
    "host", ["", "a b", "x\nallow 0/0", "-x", "a" * 300, "ế", "localhost", "127.0.0.1", "::1", "xa.local", "XA.LOCAL"]
)
def test_what_is_no_office_on_the_network_never_reaches_the_clocks_settings(host: str, tmp_path: Path) -> None:
    assert follow_office((host,), tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_without_chrony_pairing_goes_on(tmp_path: Path) -> None:
    assert follow_office(("10.0.0.1",), tmp_path / "absent") == ()
    (tmp_path / "langso-office.sources").mkdir()
    assert follow_office(("10.0.0.1",), tmp_path) == ()
