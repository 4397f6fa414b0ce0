"""TUF's attacks and ours, one by one, against a device that holds a good plan."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from langso.contract import MAX_DOCUMENT_BYTES
from langso.trust import (
    MAX_CHAIN_BYTES,
    Refused,
    SigningKey,
    countersign,
    make_bundle,
    make_root,
    next_version,
    open_sealed,
    root_keys,
    seal,
)

DAY = timedelta(days=1)


def refusal(call: Any, *args: Any, **named: Any) -> str:
    with pytest.raises(Refused) as caught:
        call(*args, **named)
    return caught.value.reason


@pytest.fixture
def keeper(world: Any) -> Any:
    keeper = world.paired()
    keeper.take("plan", world.sealed(world.plan(5)))
    yield keeper
    held = keeper.held("plan")
    assert held is None or (held.document.epoch, held.document.version) >= (1, 5)


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
    # Without a trusted clock a plan can push time no further than the root vouched for.
    assert keeper.floor == keeper.trust.expires
    assert not keeper.clock_trust().trusted
    world.office = SigningKey.generate()
    world.clock.advance(DAY.total_seconds())
    assert refusal(keeper.take, "plan", world.sealed(world.plan(2), SigningKey.generate())) == "forged"
    keeper.take_trust(world.bundle(2, issuers=world.rules(epoch=2), expires=world.clock.now() + 30 * DAY))
    assert keeper.floor == world.clock.now()
    world.ntp = True
    assert keeper.clock_trust().trusted
    assert keeper.take("plan", world.sealed(world.plan(1, epoch=2))).fresh


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


# ---- key compromise: the root chain


def link(world: Any, version: int, old: list[SigningKey], new: list[SigningKey], **changes: Any) -> bytes:
    options: dict[str, Any] = {"issued": world.clock.now(), "expires": world.clock.now() + 3650 * DAY} | changes
    commune = options.pop("commune", "xa-mau")
    return make_root(commune, root_keys(new, len(new), version), old_keys=old, new_keys=new, **options)


def test_key_compromise_a_new_root_takes_over_and_the_old_one_is_nobody(world: Any, keeper: Any) -> None:
    old, new = world.root, [SigningKey.generate(), SigningKey.generate()]
    chain = (link(world, 2, old, new),)
    bundle = world.bundle(1, chain, keys=new, root_version=2)
    assert keeper.take_trust(bundle).fresh
    assert keeper.held("plan") is not None
    assert not keeper.take_trust(bundle).fresh
    assert refusal(keeper.take_trust, world.bundle(9, keys=old)) == "rolled_back"
    assert refusal(keeper.take_trust, world.bundle(9, chain, keys=old, root_version=2)) == "forged"
    assert refusal(keeper.take_trust, world.bundle(9, chain, keys=new[:1], root_version=2)) == "threshold"
    restarted = world.keeper()
    assert restarted.trust.epoch == 2
    assert restarted.held("plan") is not None


def signed_by(keys: list[SigningKey], document: bytes, other: list[SigningKey]) -> bytes:
    """The same root document without the others' signatures."""
    payload = open_sealed(document, "root", [key.public for key in (*keys, *other)])
    return seal(payload, "root", keys)


def renamed(document: bytes, keys: list[SigningKey]) -> bytes:
    payload = open_sealed(document, "root", [key.public for key in keys])
    return seal(payload.replace(b'"issuer":"root"', b'"issuer":"office"'), "root", keys)


def test_a_chain_of_roots_is_walked_from_wherever_the_device_was_paired(world: Any) -> None:
    keys = [world.root, *([SigningKey.generate()] for _ in range(4))]
    chain = tuple(link(world, i + 1, keys[i - 1], keys[i]) for i in range(1, 5))
    bundle = world.bundle(1, chain, keys=keys[4], root_version=5)
    for version in range(1, 6):
        world.state = world.state / str(version)
        keeper = world.keeper(roots=root_keys(keys[version - 1], 1, version))
        assert keeper.take_trust(bundle).fresh, version


@pytest.mark.parametrize(
    "broken", ["gap", "order", "old_only", "new_only", "garbage", "stranger", "commune", "not_root", "issuer", "skip"]
)
def test_a_chain_that_does_not_hold_is_refused(world: Any, keeper: Any, broken: str) -> None:
    one, two, three = world.root, [SigningKey.generate()], [SigningKey.generate()]
    first, second = link(world, 2, one, two), link(world, 3, two, three)
    chain: dict[str, tuple[bytes, ...]] = {
        "gap": (second,),
        "order": (second, first),
        "old_only": (signed_by(one, first, two), second),
        "stranger": (first, link(world, 3, three, three), second),
        "issuer": (renamed(first, [*one, *two]), second),
        "new_only": (link(world, 2, two, two), second),
        "garbage": (first, b"{}", second),
        "commune": (link(world, 2, one, two, commune="xa-khac"), second),
        "not_root": (seal(world.plan(2), "plan", [*one, *two]), second),
        "skip": (link(world, 3, one, three),),
    }
    expected = "wrong_commune" if broken == "commune" else "bad_chain"
    bundle = world.bundle(1, chain[broken], keys=three, root_version=3)
    assert refusal(keeper.take_trust, bundle) == expected
    assert keeper.trust.epoch == 1


def test_old_root_keys_may_sign_apart_from_the_new(world: Any, keeper: Any) -> None:
    new = [SigningKey.generate()]
    half = make_root(
        "xa-mau",
        root_keys(new, 1, 2),
        issued=world.clock.now(),
        expires=world.clock.now() + DAY,
        old_keys=[],
        new_keys=new,
    )
    whole = countersign(half, "root", world.root)
    assert refusal(keeper.take_trust, world.bundle(1, (half,), keys=new, root_version=2)) == "bad_chain"
    assert keeper.take_trust(world.bundle(1, (whole,), keys=new, root_version=2)).fresh


def test_a_trust_document_of_the_wrong_root_version_is_refused(world: Any, keeper: Any) -> None:
    assert refusal(keeper.take_trust, world.bundle(2, root_version=2)) == "bad_chain"


def test_an_expired_newest_root_is_refused_and_an_expired_one_on_the_way_is_not(world: Any, keeper: Any) -> None:
    one, two, three = world.root, [SigningKey.generate()], [SigningKey.generate()]
    past = {"issued": world.clock.now() - 3 * DAY, "expires": world.clock.now() - DAY}
    lapsed = link(world, 2, one, two, **past)
    assert refusal(keeper.take_trust, world.bundle(1, (lapsed,), keys=two, root_version=2)) == "expired"
    chain = (lapsed, link(world, 3, two, three))
    assert keeper.take_trust(world.bundle(1, chain, keys=three, root_version=3)).fresh


def test_the_last_link_too_must_be_signed_by_its_own_threshold(world: Any, keeper: Any) -> None:
    new = [SigningKey.generate(), SigningKey.generate()]
    whole = link(world, 2, world.root, new)
    for part in (world.root, [*world.root, new[0]]):
        chain = (signed_by(part, whole, new),)
        assert refusal(keeper.take_trust, world.bundle(1, chain, keys=new, root_version=2)) == "bad_chain"


def test_a_trust_document_of_another_issuer_or_for_others_is_refused(world: Any, keeper: Any) -> None:
    payload = json.loads(open_sealed(world.trust(2), "trust", [world.root[0].public]))
    for change, reason in (({"issuer": "office"}, "wrong_role"), ({"audience": "xa-khac"}, "wrong_audience")):
        changed = seal(json.dumps(payload | change).encode(), "trust", world.root)
        assert refusal(keeper.take_trust, make_bundle(changed)) == reason


def test_a_document_that_ends_before_it_begins_is_refused(world: Any) -> None:
    keeper = world.paired(clock_mode="auto")
    world.ntp = False
    ahead = world.clock.now() + 3 * DAY
    raw = world.sealed(world.plan(6, issued=ahead, expires=ahead - DAY))
    assert refusal(keeper.take, "plan", raw) == "malformed"


def test_a_bundle_that_is_not_one_is_refused(keeper: Any) -> None:
    for raw in (b"", b"[]", b"{}", b'{"trust":1}', b'{"trust":"{}","chain":"x"}', b'{"trust":"x"}'):
        assert refusal(keeper.take_trust, raw) == "malformed"
    assert refusal(keeper.take_trust, make_bundle(seal(b"{}", "plan", [SigningKey.generate()]))) == "malformed"
