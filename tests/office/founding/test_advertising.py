"""The office's announcement, heard as a device hears it: real mDNS on the loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from langso.device.whereabouts import Place, listen_for_offices
from langso.settings.model import (
    CommuneSettings,
    DeviceSettings,
    LinkSettings,
    OfficeSettings,
    PathSettings,
    Settings,
)
from office.founding.advertising import Advertiser

pytest.importorskip("zeroconf")
LOOPBACK = ("127.0.0.1",)


@pytest.fixture
def announce(tmp_path: Path) -> Iterator[Callable[..., Advertiser]]:
    made: list[Advertiser] = []

    def make(addresses: Callable[[], tuple[str, ...]] = lambda: LOOPBACK, **office: Any) -> Advertiser:
        settings = Settings(
            commune=CommuneSettings(code="hoa-son", name="Xã Hoa Sơn"),
            device=DeviceSettings(id="van-phong", role="office"),
            link=LinkSettings(port=8899),
            office=OfficeSettings(**({"https": "own"} | office)),
            paths=PathSettings(state=tmp_path, run=tmp_path),
        )
        made.append(Advertiser(settings, addresses=addresses))
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.stop()


def heard(commune: str = "hoa-son", seconds: float = 3.0) -> list[Place]:
    return listen_for_offices(commune, seconds, interfaces=LOOPBACK)


def test_an_office_is_heard_with_its_brokers_port_and_only_by_its_own_commune(
    announce: Callable[..., Advertiser],
) -> None:
    announce()
    assert heard() == [Place("127.0.0.1", 8899)]
    assert heard("xa-khac", 1.0) == []


def test_it_is_silent_after_it_ended_and_where_devices_cannot_come(announce: Callable[..., Advertiser]) -> None:
    announce().stop()
    announce(https="off")
    assert heard(seconds=1.0) == []


def resolved(name: str, seconds: float = 3.0) -> list[str]:
    """The addresses of a name, as a phone on the network asks for them."""
    from zeroconf import AddressResolverIPv4, IPVersion, Zeroconf

    net = Zeroconf(interfaces=list(LOOPBACK), ip_version=IPVersion.V4Only)
    try:
        asked = AddressResolverIPv4(f"{name}.")
        asked.request(net, seconds * 1000)
        return [str(one) for one in asked.parsed_addresses()]
    finally:
        net.close()


def test_the_consoles_name_is_answered_for_where_nothing_else_does(
    announce: Callable[..., Advertiser], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("office.founding.advertising.AVAHI", tmp_path / "avahi.pid")
    announce(names="van-phong-hoa-son.local, 10.9.9.9")
    assert resolved("van-phong-hoa-son.local") == ["127.0.0.1"]


def test_where_avahi_answers_the_office_leaves_the_name_to_it(
    announce: Callable[..., Advertiser], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "avahi.pid").touch()
    monkeypatch.setattr("office.founding.advertising.AVAHI", tmp_path / "avahi.pid")
    announce(names="van-phong-hoa-binh.local")
    assert heard() == [Place("127.0.0.1", 8899)]
    assert resolved("van-phong-hoa-binh.local", 1.0) == []


def test_a_machine_that_gets_its_address_late_announces_itself_then(announce: Callable[..., Advertiser]) -> None:
    addresses: list[str] = []
    one = announce(lambda: tuple(addresses))
    assert heard(seconds=0.5) == []
    addresses.append("127.0.0.1")
    one._thread.wake()
    assert heard() == [Place("127.0.0.1", 8899)]
