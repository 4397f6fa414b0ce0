from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from founded import initialise
from refusals import refused

from langso.device.certificates import check_certificate
from langso.device.pairing import begin_pairing, finish_pairing
from langso.device.pairing_files import read_request
from langso.settings.model import LinkSettings, OfficeSettings, Settings
from langso.timekeeping.clock import SystemClock
from langso.trust import Keeper, PairingError, read_sealed
from office.broadcasting.when import read_when
from office.errors import AlreadyInitialised, BroadcastRefused
from office.fleet.pairing import Answered, addresses_of, code_mistake
from office.fleet.pairing import answer as office_answer

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def request(folder: Path, device: str = "loa-1") -> bytes:
    return begin_pairing(folder, device=device, role="speaker", place="Thôn 1", village="thon-1", now=NOW)


def answer(raw: bytes, settings: Settings, *more: Any, **options: Any) -> Answered:
    """As for a device on this very machine."""
    return office_answer(raw, settings, *more, addresses=addresses_of(settings, here=True), **options)


def test_a_paired_device_trusts_the_office_and_the_office_knows_its_key(office_world: Any, tmp_path: Path) -> None:
    raw = request(tmp_path / "dev")
    made = answer(raw, office_world.settings, office_world.office.fleet, NOW)
    assert made.short_code == read_request(raw).short_code
    paired = finish_pairing(tmp_path / "dev", made.answer)
    check_certificate(
        paired.certificate.read_bytes(), paired.ca.read_bytes(), paired.tls_key.read_bytes(), made.device
    )
    keeper = Keeper(tmp_path / "dev", "hoa-son", "loa-1", paired.roots, SystemClock(), "host")
    office_world.office.speaker_orders.refresh()
    assert keeper.take("plan", office_world.office.documents.latest("plan").envelope).fresh
    assert office_world.office.fleet.device("loa-1").place == "Thôn 1"


def test_a_name_is_given_once_unless_replaced(office_world: Any, tmp_path: Path) -> None:
    fleet = office_world.office.fleet
    answer(request(tmp_path / "a"), office_world.settings, fleet, NOW)
    with pytest.raises(PairingError, match="--replace"):
        answer(request(tmp_path / "b"), office_world.settings, fleet, NOW)
    assert answer(request(tmp_path / "c"), office_world.settings, fleet, NOW, device="loa-2").device == "loa-2"
    answer(request(tmp_path / "d"), office_world.settings, fleet, NOW, replace=True)
    assert [device.id for device in fleet.devices()] == ["loa-1", "loa-2"]


def test_the_offices_own_name_is_never_given_away(office_world: Any, tmp_path: Path) -> None:
    with refused(PairingError, "fleet-name-reserved"):
        answer(request(tmp_path / "a"), office_world.settings, office_world.office.fleet, NOW, device="office")


def test_keys_are_made_once(office_world: Any) -> None:
    with pytest.raises(AlreadyInitialised):
        initialise(office_world.settings, office_world.roots, None, NOW)
    for secret in ("age.identity", "ca/ca.key", "signer/1.key"):
        assert (office_world.home.state / secret).stat().st_mode & 0o077 == 0


def test_the_catalogue_carries_the_age_key(office_world: Any) -> None:
    issued = office_world.office.catalogue.issue()
    assert office_world.home.age_recipient().encode() in read_sealed(issued.envelope, "catalogue").payload


def test_a_revoked_name_is_refused_with_the_command_that_gives_its_right_back(
    office_world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, fleet = office_world.settings, office_world.office.fleet
    opened = office_world.home.trust()
    revoked = replace(opened, trust=opened.trust.model_copy(update={"revoked": ("loa-1",)}))
    monkeypatch.setattr("office.places.OfficeHome.trust", lambda _: revoked)
    with pytest.raises(PairingError, match="office trust restore loa-1"):
        answer(request(tmp_path / "a"), settings, fleet, NOW)
    assert fleet.devices() == []
    assert answer(request(tmp_path / "b"), settings, fleet, NOW, device="loa-2").device == "loa-2"


def test_what_is_wrong_with_typed_digits_is_told_apart(tmp_path: Path) -> None:
    read = read_request(request(tmp_path))
    code = read.short_code
    for good in (code, code.replace(" ", ""), f" {code.replace(' ', '-')}."):
        assert code_mistake(good, read) is None
    for typed, count in ((code[:-1], 11), (code + "1", 13), ("", 0)):
        assert f"vừa gõ {count}" in str(code_mistake(typed, read))
    other = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert "không khớp với yêu cầu của «loa-1»" in str(code_mistake(other, read))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("17:00", datetime(2026, 11, 22, 10, 0, tzinfo=UTC)),
        ("08:30", datetime(2026, 11, 23, 1, 30, tzinfo=UTC)),
        ("2026-11-25 05:00:30", datetime(2026, 11, 24, 22, 0, 30, tzinfo=UTC)),
        ("+90", NOW + timedelta(seconds=90)),
    ],
)
def test_times_are_read_as_staff_write_them(said: str, meant: datetime) -> None:
    assert read_when(said, NOW) == meant


@pytest.mark.parametrize("said", ["", "25:00", "17h", "2026-02-30 10:00", "+", "9" * 500])
def test_a_time_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(BroadcastRefused):
        read_when(said, NOW)


def reached(office_world: Any, host: str | None = None, broker: str = "localhost", **office: Any) -> Any:
    settings = office_world.settings.model_copy(
        update={"office": OfficeSettings(**office), "link": LinkSettings(host=broker)}
    )
    found = addresses_of(settings, host)
    return found.broker_host, found.media_url, found.office_url


def test_devices_are_given_the_offices_name_on_the_network_never_this_machines_own(office_world: Any) -> None:
    own = {"https": "own", "names": "xa-hoa-son.local,192.168.1.20"}
    name = "xa-hoa-son.local"
    assert reached(office_world, **own) == (name, f"http://{name}", f"https://{name}:8443")
    by_number = ("192.168.1.20", "http://192.168.1.20", "https://192.168.1.20:8443")
    assert reached(office_world, "192.168.1.20", **own) == by_number
    assert reached(office_world, "10.0.0.5", broker="may-chu.lan", public_url="https://xa.gov.vn")[0] == "may-chu.lan"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_an_answer_that_leads_back_to_the_device_itself_is_refused(office_world: Any, host: str) -> None:
    with pytest.raises(PairingError, match="--address"):
        reached(office_world, host, public_url="http://van-phong.lan:8080")
    with pytest.raises(PairingError, match="`public_url`"):
        reached(office_world, None, public_url=f"http://{f'[{host}]' if ':' in host else host}:8080")


def test_an_office_that_listens_to_itself_only_is_told_so_before_a_device_is_paired(office_world: Any) -> None:
    with pytest.raises(PairingError, match='https = "own"'):
        reached(office_world, "192.168.1.20")


def test_a_name_that_the_certificate_lacks_is_refused(office_world: Any) -> None:
    with pytest.raises(PairingError, match="`names`"):
        reached(office_world, "ten-khac.local", https="own", names="xa-hoa-son.local")
