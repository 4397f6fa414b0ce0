"""A broadcast that relays a station: what staff may order, what the signed plan says, what is left out of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from founded import vouch
from refusals import refused

from langso.contract import Plan
from langso.trust import parse_payload, read_sealed
from office.broadcasting.broadcasts import asked_for
from office.broadcasting.plans import Relayed, read_plan
from office.errors import BroadcastRefused

STATION = Relayed("https://dai.vn/vov1", 30 * 60_000)


@pytest.fixture
def service(office_world: Any) -> Any:
    office_world.reporter("loa-1")
    return office_world.office.broadcasts


def soon(minutes: float = 10) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def draft(service: Any, relay: Relayed | None = STATION, **more: Any) -> Any:
    return service.draft(
        "Không bắt được đài.", **{"targets": ["*"], "start": soon(), "by": "a", "relay": relay, **more}
    )


def sent(service: Any, **more: Any) -> Any:
    kept = draft(service, **more)
    service.prepare(kept.id)
    return service.send(kept.id, "a")


def plan_of(world: Any) -> Plan:
    return parse_payload(read_sealed(world.office.documents.latest("plan").envelope, "plan").payload, Plan)


def test_the_signed_plan_names_the_station_and_has_the_text_for_when_it_does_not_come(
    office_world: Any, service: Any
) -> None:
    vouch(office_world, relay_hosts=("dai.vn",))
    kept = sent(service)
    plan = plan_of(office_world)
    (programme,) = plan.programmes
    assert (programme.stream, programme.stream_ms) == (STATION.stream, STATION.lasts_ms)
    assert plan.duration_ms(programme) == STATION.lasts_ms
    assert plan.media[programme.media[0]].duration_ms < 20_000
    assert service.get(kept.id).show.relay == STATION
    assert read_plan(plan) == [service.get(kept.id).planned]
    assert asked_for(kept.planned).stream == STATION.stream
    assert asked_for(kept.planned).sound.length == timedelta(minutes=30) + kept.show.lead


def test_a_broadcast_that_relays_nothing_says_nothing_of_it(office_world: Any, service: Any) -> None:
    sent(service, relay=None)
    assert b"stream" not in plan_of(office_world).to_json()


@pytest.mark.parametrize(
    "stream",
    ["http://dai.vn/vov1", "https://la.vn/vov1", "https://dai.vn:81/", "dai.vn", f"https://dai.vn/{'x' * 486}"],
)
def test_only_an_https_address_of_an_allowed_host_is_relayed(office_world: Any, service: Any, stream: str) -> None:
    vouch(office_world, relay_hosts=("dai.vn",))
    with refused(BroadcastRefused, "broadcasting-relay"):
        draft(service, Relayed(stream, 60_000))
    draft(service, Relayed(f"https://dai.vn/{'x' * 485}", 60_000))


def test_without_a_host_in_the_list_of_rights_nothing_is_relayed(service: Any) -> None:
    with refused(BroadcastRefused, "broadcasting-relay"):
        draft(service)


def test_a_relay_lasts_one_minute_to_three_hours(office_world: Any, service: Any) -> None:
    vouch(office_world, relay_hosts=("dai.vn",))
    for lasts in (60_000, 180 * 60_000):
        draft(service, Relayed(STATION.stream, lasts))
    for lasts in (0, 59_999, 180 * 60_000 + 1):
        with refused(BroadcastRefused, "broadcasting-relay-length"):
            draft(service, Relayed(STATION.stream, lasts))


def test_its_whole_time_is_taken(office_world: Any, service: Any) -> None:
    vouch(office_world, relay_hosts=("dai.vn",))
    sent(service)
    for minutes in (15, 39):
        with refused(BroadcastRefused, "broadcasting-taken"):
            sent(service, relay=None, start=soon(minutes))
    sent(service, relay=None, start=soon(41))


def test_one_whose_host_the_root_keys_have_struck_out_is_left_out_and_blocks_nothing(
    office_world: Any, service: Any
) -> None:
    vouch(office_world, relay_hosts=("dai.vn",))
    kept = sent(service)
    unsent = draft(service, start=soon(90))
    service.prepare(unsent.id)
    vouch(office_world, relay_hosts=("khac.vn",))
    with refused(BroadcastRefused, "broadcasting-relay"):
        service.send(unsent.id, "a")
    other = sent(service, relay=None, start=soon(60))
    assert [one.id for one in plan_of(office_world).occurrences] == [other.planned.id]
    assert kept.planned.id in office_world.office.speaker_orders.standings().barred


def test_the_same_form_with_another_station_is_another_broadcast(office_world: Any, service: Any) -> None:
    vouch(office_world, relay_hosts=("dai.vn",))
    at, ids = soon(), set()
    for relay in (
        STATION,
        None,
        Relayed(STATION.stream, 60_000),
        STATION,
        Relayed("https://dai.vn/b", STATION.lasts_ms),
    ):
        ids.add(draft(service, relay, start=at, once="a" * 16).id)
    assert len(ids) == 4
