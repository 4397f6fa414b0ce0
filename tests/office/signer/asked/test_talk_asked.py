"""Who may speak by the talk key is a person's to say; that nobody may is not, and holds until asked again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from enrolled_clerk import Clerk
from plans import device_order
from refusals import refused

from langso.contract import Order, TalkRight
from office.signer.asked.orders import AskedTalk
from office.signer.client import SignerClient
from office.signer.errors import SignerRefused

RIGHT = TalkRight(village="thon-1", minutes_a_day=10, minutes_a_month=60)


def to(version: int, talk: TalkRight | None, device: str = "loa-1") -> Order:
    """A device's order that gives this right."""
    return device_order(version, device, talk=talk)


@pytest.fixture
def client(office_world: Any) -> SignerClient:
    return office_world.office.signer  # type: ignore[no-any-return]


@pytest.fixture
def clerk(client: SignerClient) -> Clerk:
    return Clerk(client)


def test_who_may_speak_is_a_persons_to_say_and_that_nobody_may_is_not(client: SignerClient, clerk: Clerk) -> None:
    with refused(SignerRefused, "signer-talk-not-asked"):
        client.sign("order", to(1, RIGHT))
    clerk.ask(AskedTalk(talk=RIGHT))
    client.sign("order", to(1, RIGHT))
    client.sign("order", to(1, RIGHT, "loa-2"))
    longer = RIGHT.model_copy(update={"minutes_a_day": 11})
    for other in (
        longer,
        RIGHT.model_copy(update={"village": "thon-2"}),
        RIGHT.model_copy(update={"until": datetime.now(UTC)}),
    ):
        with refused(SignerRefused, "signer-talk-not-asked"):
            client.sign("order", to(2, other))
    client.sign("order", to(2, None))


def test_a_right_that_was_taken_away_is_given_again_only_when_asked_again(
    office_world: Any, client: SignerClient, clerk: Clerk
) -> None:
    clerk.ask(AskedTalk(talk=RIGHT))
    for version in (1, 2):
        client.sign("order", to(version, RIGHT))
        client.sign("order", to(version, RIGHT, "loa-2"))
    client.sign("order", to(3, None))
    client.sign("order", to(4, None))
    assert client.sign("order", to(3, RIGHT, "loa-2")), "another loudspeaker's stays until it is taken away there"
    office_world.stop_signer()
    office_world.start_signer()
    with refused(SignerRefused, "signer-talk-not-asked"):
        client.sign("order", to(5, RIGHT))
    clerk.ask(AskedTalk(talk=RIGHT.model_copy(update={"minutes_a_day": 11})))
    with refused(SignerRefused, "signer-talk-not-asked"):
        client.sign("order", to(5, RIGHT))
    clerk.ask(AskedTalk(talk=RIGHT))
    client.sign("order", to(5, RIGHT))
    client.sign("order", to(6, RIGHT))


def test_a_loudspeaker_that_never_had_the_right_may_get_what_was_asked_for(
    client: SignerClient, clerk: Clerk
) -> None:
    clerk.ask(AskedTalk(talk=RIGHT))
    client.sign("order", to(1, None))
    client.sign("order", to(2, RIGHT))


def test_where_nobody_is_enrolled_the_office_gives_and_takes(client: SignerClient) -> None:
    for version, talk in enumerate((RIGHT, None, RIGHT, None, RIGHT), start=1):
        client.sign("order", to(version, talk))
