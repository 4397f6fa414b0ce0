"""A stolen root key, and chains of roots that do not hold, against a device that holds a good plan."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from refusals import refusal

from langso.trust import (
    SigningKey,
    countersign,
    make_bundle,
    open_sealed,
    root_keys,
    seal,
)

DAY = timedelta(days=1)


def test_key_compromise_a_new_root_takes_over_and_the_old_one_is_nobody(world: Any, keeper: Any) -> None:
    old, new = world.root, [SigningKey.generate(), SigningKey.generate()]
    chain = (world.link(2, old, new),)
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
    chain = tuple(world.link(i + 1, keys[i - 1], keys[i]) for i in range(1, 5))
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
    first, second = world.link(2, one, two), world.link(3, two, three)
    chain: dict[str, tuple[bytes, ...]] = {
        "gap": (second,),
        "order": (second, first),
        "old_only": (signed_by(one, first, two), second),
        "stranger": (first, world.link(3, three, three), second),
        "issuer": (renamed(first, [*one, *two]), second),
        "new_only": (world.link(2, two, two), second),
        "garbage": (first, b"{}", second),
        "commune": (world.link(2, one, two, commune="xa-khac"), second),
        "not_root": (seal(world.plan(2), "plan", [*one, *two]), second),
        "skip": (world.link(3, one, three),),
    }
    expected = "wrong_commune" if broken == "commune" else "bad_chain"
    bundle = world.bundle(1, chain[broken], keys=three, root_version=3)
    assert refusal(keeper.take_trust, bundle) == expected
    assert keeper.trust.epoch == 1


def test_old_root_keys_may_sign_apart_from_the_new(world: Any, keeper: Any) -> None:
    new = [SigningKey.generate()]
    half = world.link(2, [], new, expires=world.clock.now() + DAY)
    whole = countersign(half, "root", world.root)
    assert refusal(keeper.take_trust, world.bundle(1, (half,), keys=new, root_version=2)) == "bad_chain"
    assert keeper.take_trust(world.bundle(1, (whole,), keys=new, root_version=2)).fresh


def test_a_trust_document_of_the_wrong_root_version_is_refused(world: Any, keeper: Any) -> None:
    assert refusal(keeper.take_trust, world.bundle(2, root_version=2)) == "bad_chain"


def test_an_expired_newest_root_is_refused_and_an_expired_one_on_the_way_is_not(world: Any, keeper: Any) -> None:
    one, two, three = world.root, [SigningKey.generate()], [SigningKey.generate()]
    past = {"issued": world.clock.now() - 3 * DAY, "expires": world.clock.now() - DAY}
    lapsed = world.link(2, one, two, **past)
    assert refusal(keeper.take_trust, world.bundle(1, (lapsed,), keys=two, root_version=2)) == "expired"
    chain = (lapsed, world.link(3, two, three))
    assert keeper.take_trust(world.bundle(1, chain, keys=three, root_version=3)).fresh


def test_the_last_link_too_must_be_signed_by_its_own_threshold(world: Any, keeper: Any) -> None:
    new = [SigningKey.generate(), SigningKey.generate()]
    whole = world.link(2, world.root, new)
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
