"""TUF's attacks and ours, one by one, against a device that holds a good plan."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from refusals import refusal

from langso.contract import MAX_DOCUMENT_BYTES
from langso.trust import (
    MAX_CHAIN_BYTES,
    SigningKey,
    next_version,
    seal,
)

DAY = timedelta(days=1)


def test_arbitrary_a_document_of_a_stranger(world: Any, keeper: Any) -> None:
    assert refusal(keeper.take, "plan", world.sealed(world.plan(6), SigningKey.generate())) == "forged"
    assert refusal(keeper.take, "plan", b'{"occurrences":[]}') == "malformed"


def test_arbitrary_a_signed_payload_that_is_no_plan(world: Any, keeper: Any) -> None:
    good = json.loads(world.plan(6).to_json())
    for payload in (
        b"",
        b"null",
        b"[]",
        json.dumps(good | {"kind": "order"}).encode(),
        json.dumps(good | {"version": "6"}).encode(),
        json.dumps(good | {"version": True}).encode(),
        json.dumps(good | {"version": 1 << 63}).encode(),
        json.dumps(good | {"epoch": -1}).encode(),
        json.dumps(good | {"issued": "2026-11-22"}).encode(),
        world.plan(6).to_json()[:-1] + b',"version":7}',
        world.plan(6).to_json()[:-1] + b',"later":NaN}',
        world.plan(6).to_json()[:-1] + ',"later":"a\u0300"}'.encode(),
    ):
        assert refusal(keeper.take, "plan", seal(payload, "plan", [world.office])) == "malformed"


def test_rollback_an_older_plan(world: Any, keeper: Any) -> None:
    assert refusal(keeper.take, "plan", world.sealed(world.plan(4))) == "rolled_back"
    assert refusal(world.keeper().take, "plan", world.sealed(world.plan(4))) == "rolled_back"


def test_rollback_an_older_trust_document(world: Any, keeper: Any) -> None:
    old = world.bundle(1)
    keeper.take_trust(world.bundle(2))
    assert refusal(keeper.take_trust, old) == "rolled_back"


def test_rollback_a_trust_document_that_lowers_an_epoch(world: Any, keeper: Any) -> None:
    keeper.take_trust(world.bundle(2, issuers=world.rules(epoch=3)))
    keeper.take("plan", world.sealed(world.plan(1, epoch=3)))
    assert refusal(keeper.take_trust, world.bundle(3, issuers=world.rules(epoch=2))) == "rolled_back"


def test_equivocation_two_plans_of_one_number(world: Any, keeper: Any) -> None:
    assert refusal(keeper.take, "plan", world.sealed(world.plan(5, title="Khác"))) == "equivocation"
    assert keeper.held("plan").document.programmes[0].title == "Bản tin"
    assert refusal(keeper.take_trust, world.bundle(1, revoked=("loa-2",))) == "equivocation"


def test_fast_forward_a_stolen_key_cannot_block_its_successor(world: Any, keeper: Any) -> None:
    keeper.take("plan", world.sealed(world.plan((1 << 63) - 1)))
    assert refusal(keeper.take, "plan", world.sealed(world.plan(6))) == "rolled_back"
    assert max(held.version for held in keeper.versions()) == (1 << 62) - 1
    world.office = SigningKey.generate()
    keeper.take_trust(world.bundle(2, issuers=world.rules(epoch=2)))
    assert keeper.take("plan", world.sealed(world.plan(6, epoch=2))).fresh
    assert next_version(0, [], "plan", "office", 2) == 1


def test_fast_forward_of_time_ends_with_the_stolen_keys_epoch(world: Any) -> None:
    keeper = world.paired(clock_mode="auto")
    world.ntp = False
    far = world.clock.now() + 10000 * DAY
    stolen = world.plan(1, issued=far, expires=far + DAY)
    keeper.take("plan", world.sealed(stolen))
    # Without a trusted clock a plan pushes time on by a day, whatever it says.
    assert keeper.floor == world.clock.now() + DAY
    assert not keeper.clock_trust().trusted
    world.office = SigningKey.generate()
    world.clock.advance(DAY.total_seconds())
    assert refusal(keeper.take, "plan", world.sealed(world.plan(2), SigningKey.generate())) == "forged"
    keeper.take_trust(world.bundle(2, issuers=world.rules(epoch=2), expires=world.clock.now() + 30 * DAY))
    assert keeper.floor == world.clock.now()
    world.ntp = True
    assert keeper.clock_trust().trusted
    assert keeper.take("plan", world.sealed(world.plan(1, epoch=2))).fresh


# ---- time: whose word moves a device that has nothing but words


def unproven(world: Any) -> Any:
    keeper = world.paired(clock_mode="auto")
    world.ntp = False
    return keeper


def test_a_villages_key_cannot_shut_a_device_by_moving_its_time(world: Any) -> None:
    """A stick left in a bus with one village's key: what it dates ahead must not make the commune's word old."""
    keeper = unproven(world)
    far = world.clock.now() + 300 * DAY
    stolen = world.plan(1, issuer="thon-1", issued=far, expires=far + DAY)
    assert keeper.take("plan", world.sealed(stolen, world.village)).fresh
    assert keeper.floor == world.clock.now()
    assert world.keeper(clock_mode="auto").floor == world.clock.now(), "nor after a restart"
    assert keeper.take("plan", world.sealed(world.plan(6))).fresh


@pytest.mark.parametrize(("issuer", "epoch"), [("thon-1", 1), ("office", 0), ("office", 2), ("gone", 1)])
def test_a_floor_of_a_village_or_of_an_issuer_not_in_force_counts_no_more(
    world: Any, issuer: str, epoch: int
) -> None:
    from langso.trust.marks import FOLDER, Floor, MarksFile

    unproven(world)
    file = MarksFile(world.state / FOLDER)
    marks = file.load()
    assert marks is not None
    far = Floor(issuer=issuer, epoch=epoch, moment=world.clock.now() + 300 * DAY)
    file.save(marks.model_copy(update={"floors": (*marks.floors, far)}))
    upgraded = world.keeper(clock_mode="auto")
    assert upgraded.floor == world.clock.now()
    assert upgraded.take("plan", world.sealed(world.plan(6))).fresh


def test_words_alone_move_an_unproven_device_by_one_day_in_all(world: Any) -> None:
    """Not a day a document: a thousand documents would be three years."""
    keeper = unproven(world)
    begin = world.clock.now()
    for number in range(1, 6):
        keeper.take(
            "plan", world.sealed(world.plan(number, issued=begin + number * 10 * DAY, expires=begin + 300 * DAY))
        )
        keeper.take_trust(world.bundle(number + 1, issued=begin + number * DAY, expires=begin + 365 * DAY))
        assert keeper.floor is not None
        assert begin < keeper.floor <= begin + DAY
        keeper = world.keeper(clock_mode="auto")
    new = [SigningKey.generate()]
    chain = (world.link(2, world.root, new, issued=begin + 9 * DAY),)
    keeper.take_trust(world.bundle(1, chain, keys=new, root_version=2, issued=begin + 9 * DAY))
    assert keeper.floor == begin + DAY, "nor does another root begin to count anew"


def test_a_true_answer_to_the_nonce_is_heard_by_a_device_whose_time_was_pushed_ahead(world: Any) -> None:
    """By the floor the answer has expired; judged by that first, the device would never hear the true time again."""
    keeper = unproven(world)
    ahead = world.clock.now() + 20 * DAY
    keeper.take("plan", world.sealed(world.plan(6, issued=ahead, expires=ahead + DAY)))
    assert keeper.floor == world.clock.now() + DAY
    soon = {"expires": world.clock.now() + timedelta(minutes=10)}
    assert refusal(keeper.take, "order", world.sealed(world.order(1, nonce="0" * 32, **soon))) == "expired"
    nonce = keeper.nonce()
    answer = world.order(1, nonce=nonce, **soon)
    assert keeper.take("order", world.sealed(answer)).fresh
    assert keeper.clock_trust().reason == "nonce"
    assert keeper.floor == world.clock.now(), "and what was false goes"
    assert (
        refusal(keeper.take, "order", world.sealed(world.order(2, nonce=nonce, **soon), world.village))
        == "wrong_role"
    )
    again = world.order(3, nonce=nonce, **soon)
    world.clock.advance(DAY.total_seconds() + 1)
    keeper.take("order", world.sealed(again))
    assert not keeper.clock_trust().trusted, "an answer serves once"


def test_a_village_that_may_give_orders_still_answers_for_no_time(world: Any) -> None:
    keeper = world.paired(clock_mode="auto")
    village = world.rules()[1].model_copy(update={"kinds": ("plan", "urgent", "order")})
    keeper.take_trust(world.bundle(2, issuers=[world.rules()[0], village]))
    world.ntp = False
    answer = world.order(1, nonce=keeper.nonce(), issuer="thon-1")
    assert keeper.take("order", world.sealed(answer, world.village)).fresh
    assert not keeper.clock_trust().trusted


def test_an_issuer_that_was_removed_vouches_for_no_time(world: Any) -> None:
    keeper = world.paired(clock_mode="auto")
    office, village = world.rules()
    province = village.model_copy(update={"name": "tinh", "places": ("*",)})
    keeper.take_trust(world.bundle(2, issuers=[office, province]))
    world.clock.advance(10 * DAY.total_seconds())
    keeper.take("plan", world.sealed(world.plan(1, issuer="tinh"), world.village))
    assert keeper.floor == world.clock.now()
    world.clock.jump(-9 * DAY.total_seconds())
    world.ntp = False
    keeper.take_trust(world.bundle(3, issuers=[office]))
    assert keeper.floor == world.clock.now(), "only what the root proves is left"
    assert world.keeper(clock_mode="auto").floor == world.clock.now()


@pytest.mark.parametrize("ntp", [True, False])
def test_an_alarm_dated_ahead_of_its_document_is_refused(world: Any, ntp: bool) -> None:
    """The newest alarm cuts in on older ones: dated next year it would be the newest until then."""
    from langso.contract import Media, UrgentOrder

    keeper = world.paired(clock_mode="auto")
    world.ntp = ntp
    media = (Media(sha256="ab" * 32, size=10, duration_ms=1000, codec="opus"),)
    now = world.clock.now()

    def alarm(ahead: timedelta) -> UrgentOrder:
        return UrgentOrder(id="u1", action="play", media=media, issued=now + ahead, expires=now + ahead + DAY)

    for number, ahead in enumerate((timedelta(minutes=11), 100 * DAY), 1):
        orders = world.urgent(number).model_copy(update={"orders": (alarm(ahead),)})
        assert refusal(keeper.take, "urgent", world.sealed(orders)) == "from_future"
    orders = world.urgent(3).model_copy(update={"orders": (alarm(timedelta(minutes=9)),)})
    assert keeper.take("urgent", world.sealed(orders)).fresh


def test_a_date_in_the_future_is_refused_while_the_clock_is_trusted(world: Any, keeper: Any) -> None:
    ahead = world.clock.now() + 2 * DAY
    assert refusal(keeper.take, "plan", world.sealed(world.plan(6, issued=ahead))) == "from_future"
    assert refusal(keeper.take_trust, world.bundle(2, issued=ahead)) == "from_future"
    assert keeper.take("plan", world.sealed(world.plan(6, issued=world.clock.now() + timedelta(hours=2)))).fresh


def test_freeze_what_is_withheld_too_long_is_expired_when_it_comes(world: Any, keeper: Any) -> None:
    withheld = world.sealed(world.plan(6))
    withheld_trust = world.bundle(2, expires=world.clock.now() + 10 * DAY)
    world.clock.advance((15 * DAY).total_seconds())
    assert refusal(keeper.take, "plan", withheld) == "expired"
    assert refusal(keeper.take_trust, withheld_trust) == "expired"
    assert any(check.name == "office" and check.level == "warn" for check in keeper.checks())


def test_freeze_with_the_clock_set_back_is_judged_by_the_floor(world: Any) -> None:
    keeper = world.paired(clock_mode="auto")
    withheld = world.sealed(world.plan(6, expires=world.clock.now() + DAY))
    world.clock.advance((2 * DAY).total_seconds())
    keeper.take("urgent", world.sealed(world.urgent(1)))
    world.clock.jump(-(40 * DAY).total_seconds())
    world.ntp = False
    assert not keeper.clock_trust().trusted
    assert refusal(keeper.take, "plan", withheld) == "expired"


def test_endless_data(world: Any, keeper: Any) -> None:
    assert refusal(keeper.take, "plan", b" " * (MAX_DOCUMENT_BYTES + 1)) == "too_large"
    assert refusal(keeper.take_trust, b" " * (MAX_DOCUMENT_BYTES + 1)) == "too_large"
    links = tuple(b"[" * 1000 for _ in range(MAX_CHAIN_BYTES // 1000 + 1))
    bundle = json.dumps({"chain": [x.decode() for x in links][:64], "trust": "{}"}).encode()
    assert refusal(keeper.take_trust, bundle) == "bad_chain"
    fat = json.dumps({"chain": ["x" * (MAX_CHAIN_BYTES + 1)], "trust": "{}"}).encode()
    assert refusal(keeper.take_trust, fat) == "too_large"
    long = json.dumps({"chain": ["{}"] * 65, "trust": "{}"}).encode()
    assert refusal(keeper.take_trust, long) == "malformed"


def test_mix_and_match_a_document_of_another_kind_issuer_or_commune(world: Any, keeper: Any) -> None:
    plan, order = world.sealed(world.plan(6)), world.sealed(world.order(1))
    assert refusal(keeper.take, "urgent", plan) == "malformed"
    assert refusal(keeper.take, "plan", order) == "malformed"
    assert refusal(keeper.take, "urgent", world.sealed(world.urgent(1)), topic_issuer="thon-1") == "wrong_role"
    assert refusal(keeper.take, "urgent", world.sealed(world.urgent(1)), topic_issuer="tinh") == "wrong_role"
    assert refusal(keeper.take, "plan", world.sealed(world.plan(6, commune="xa-khac"))) == "wrong_commune"
    assert refusal(keeper.take, "plan", world.sealed(world.plan(6, issuer="tinh"))) == "wrong_role"


def test_mix_and_match_the_trust_of_another_commune_under_the_same_root(world: Any, keeper: Any) -> None:
    assert refusal(keeper.take_trust, world.bundle(9, commune="xa-khac")) == "wrong_commune"


def test_wrong_role_an_issuer_beyond_its_kinds_and_classes(world: Any, keeper: Any) -> None:
    village = [world.village]
    assert refusal(keeper.take, "plan", seal(world.plan(9, issuer="office"), "plan", village)) == "wrong_role"
    order = world.order(1, issuer="thon-1")
    assert refusal(keeper.take, "order", seal(order, "order", village)) == "wrong_role"
    priority = world.plan(1, issuer="thon-1", broadcast_class="priority")
    assert refusal(keeper.take, "plan", seal(priority, "plan", village)) == "wrong_role"
    assert keeper.take("plan", seal(world.plan(1, issuer="thon-1"), "plan", village)).fresh


def test_wrong_role_an_emergency_in_a_plan_and_of_one_who_may_not(world: Any, keeper: Any) -> None:
    from langso.contract import Media, UrgentOrder

    plan = json.loads(world.plan(6).to_json())
    plan["programmes"][0]["broadcast_class"] = "emergency"
    assert refusal(keeper.take, "plan", seal(json.dumps(plan).encode(), "plan", [world.office])) == "malformed"
    media = (Media(sha256="ab" * 32, size=10, duration_ms=1000, codec="opus"),)
    now = world.clock.now()
    siren = UrgentOrder(id="u1", action="play", media=media, issued=now, expires=now + DAY)
    stop = UrgentOrder(id="u2", action="stop", ends=("p1",), issued=now, expires=now + DAY)
    sirens = world.urgent(1, issuer="thon-1").model_copy(update={"orders": (siren,)})
    assert refusal(keeper.take, "urgent", seal(sirens, "urgent", [world.village])) == "wrong_role"
    stops = world.urgent(1, issuer="thon-1").model_copy(update={"orders": (stop,)})
    assert keeper.take("urgent", seal(stops, "urgent", [world.village])).fresh
    mine = world.urgent(1).model_copy(update={"orders": (siren,)})
    assert keeper.take("urgent", seal(mine, "urgent", [world.office])).fresh


def test_replay_to_another_device(world: Any, keeper: Any) -> None:
    for_another = world.sealed(world.order(1, audience="loa-2"))
    assert refusal(keeper.take, "order", for_another) == "wrong_audience"
    for audience in ("*", "xa-mau"):
        assert refusal(keeper.take, "order", world.sealed(world.order(1, audience=audience))) == "wrong_audience"
    assert refusal(keeper.take, "plan", world.sealed(world.plan(6, audience="loa-2"))) == "wrong_audience"
    assert keeper.take("order", world.sealed(world.order(1))).fresh
    assert keeper.take("plan", world.sealed(world.plan(6, audience="loa-1"))).fresh


def test_an_epoch_that_trust_does_not_give_is_refused_either_way(world: Any, keeper: Any) -> None:
    assert refusal(keeper.take, "plan", world.sealed(world.plan(9, epoch=0))) == "rolled_back"
    assert refusal(keeper.take, "plan", world.sealed(world.plan(9, epoch=2))) == "no_trust"
