"""The bounds of what the signer signs, each tried on both sides: the last that is signed, the first that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from plans import MEDIA, order, plan, urgent
from refusals import refused

from langso.contract import Caps, Occurrence, Programme, TargetSet
from office.signer.client import SignerClient
from office.signer.errors import SignerRefused, SignerUnreachable
from office.signer.rules import CLOCK_SLACK, LONGEST_URGENT_ORDER

SECOND = timedelta(seconds=1)


@pytest.fixture
def client(make_office: Any) -> SignerClient:
    return make_office(caps=Caps(volume=60)).office.signer  # type: ignore[no-any-return]


def test_no_alarm_louder_than_the_commune_allows(client: SignerClient) -> None:
    with refused(SignerRefused, "signer-alarm-volume"):
        client.sign("urgent", urgent(1, order(volume=61)))
    client.sign("urgent", urgent(1, order(volume=60)))


@pytest.mark.parametrize("action", ["stop", "all_clear"])
def test_what_ends_an_alarm_has_no_loudness(client: SignerClient, action: str) -> None:
    client.sign("urgent", urgent(1, order(action=action, media=(), ends=("*",), volume=100)))


def test_no_programme_louder_than_the_commune_allows(client: SignerClient) -> None:
    tables = {"media": (MEDIA,), "target_sets": (TargetSet(devices=("*",)),)}
    loud, fitting = (Programme(id="p", title="t", media=(0,), volume=volume) for volume in (61, 60))
    when = Occurrence(id="o", programme=0, targets=0, start=datetime.now(UTC) + timedelta(hours=1))
    with refused(SignerRefused, "signer-volume"):
        client.sign("plan", plan(1, **tables, programmes=(loud,), occurrences=(when,)))
    client.sign("plan", plan(1, **tables, programmes=(fitting,), occurrences=(when,)))


def test_no_alarm_dated_in_the_future(client: SignerClient) -> None:
    ahead = datetime.now(UTC) + CLOCK_SLACK
    late = order(issued=ahead + 30 * SECOND, expires=ahead + timedelta(hours=1))
    with refused(SignerRefused, "signer-alarm-in-future"):
        client.sign("urgent", urgent(1, order("good"), late))
    near = order(issued=ahead - 30 * SECOND, expires=ahead + timedelta(hours=1))
    client.sign("urgent", urgent(1, near))


@pytest.mark.parametrize("off", [1, -1])
def test_no_document_dated_otherwise_than_now(client: SignerClient, off: int) -> None:
    now = datetime.now(UTC)
    wrong, near = (now + off * (CLOCK_SLACK + by * SECOND) for by in (30, -30))
    for document in (plan(1, issued=wrong, expires=wrong + timedelta(days=30), until=wrong + timedelta(days=14)),):
        with pytest.raises(SignerUnreachable) as told:
            client.sign("plan", document)
        assert told.value.fault == "clock"
    client.sign("plan", plan(1, issued=near, expires=near + timedelta(days=30), until=near + timedelta(days=14)))


def test_no_two_alarms_of_one_id(client: SignerClient) -> None:
    with refused(SignerRefused, "signer-alarm-twice"):
        client.sign("urgent", urgent(1, order("u1"), order("u1", repeat=2)))
    client.sign("urgent", urgent(1, order("u1"), order("u2")))


def test_no_two_plays_of_one_id(client: SignerClient) -> None:
    tables = {"media": (MEDIA,), "target_sets": (TargetSet(devices=("*",)),)}
    now = datetime.now(UTC)
    programme = Programme(id="p", title="t", media=(0,), volume=60)
    twice = tuple(Occurrence(id="o", programme=0, targets=0, start=now + timedelta(hours=n)) for n in (1, 2))
    built = plan(1).model_copy(update={**tables, "programmes": (programme,), "occurrences": twice})
    with refused(SignerRefused, "signer-unreadable"):
        client.sign("plan", built)


def test_no_alarm_that_holds_longer_than_a_day(client: SignerClient) -> None:
    now = datetime.now(UTC)
    for expires, fits in (
        (now, False),
        (now + LONGEST_URGENT_ORDER + SECOND, False),
        (now + LONGEST_URGENT_ORDER, True),
    ):
        document = urgent(1, order(issued=now, expires=expires))
        if fits:
            client.sign("urgent", document)
        else:
            with refused(SignerRefused, "signer-alarm-too-long"):
                client.sign("urgent", document)


def test_no_plan_that_goes_on_beyond_its_own_end(client: SignerClient) -> None:
    now = datetime.now(UTC)
    expires = now + timedelta(days=20)
    with refused(SignerRefused, "signer-plan-too-long"):
        client.sign("plan", plan(1, issued=now, expires=expires, until=expires + SECOND))
    client.sign("plan", plan(1, issued=now, expires=expires, until=expires))
