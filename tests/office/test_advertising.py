"""The office's announcement, heard as a device hears it: real mDNS on the loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from langso.settings_model import (
    CommuneSettings,
    DeviceSettings,
    LinkSettings,
    OfficeSettings,
    PathSettings,
    Settings,
)
from langso.whereabouts import Place, listen_for_offices
from office.advertising import Advertiser

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


def test_a_machine_that_gets_its_address_late_announces_itself_then(announce: Callable[..., Advertiser]) -> None:
    addresses: list[str] = []
    one = announce(lambda: tuple(addresses))
    assert heard(seconds=0.5) == []
    addresses.append("127.0.0.1")
    one._thread.wake()
    assert heard() == [Place("127.0.0.1", 8899)]
