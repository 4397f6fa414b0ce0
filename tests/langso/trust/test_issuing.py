"""The office's side: versions counted past what devices hold, clones recognised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.contract import Caps, ClockReport, Held, IssuerRule, State, Storage, Threshold
from langso.trust import (
    Refused,
    RootKeys,
    SigningKey,
    make_bundle,
    make_root,
    make_trust,
    next_version,
    open_bundle,
    read_sealed,
    root_keys,
    same_number_other_bytes,
    threshold_of,
)
from langso.trust.issuing import root_document, trust_document

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def state(*held: tuple[str, str, int, int]) -> State:
    return State(
        device="loa-1",
        role="speaker",
        commune="xa-mau",
        boot="0" * 32,
        number=1,
        written=NOW,
        software="x",
        clock=ClockReport(trusted=True, reason="host"),
        storage=Storage(free=1, total=1),
        held=tuple(
            Held(kind=kind, issuer=issuer, epoch=epoch, version=version, sha256="ab" * 32)
            for kind, issuer, epoch, version in held
        ),
    )


def test_an_office_restored_from_a_backup_counts_on_from_what_devices_hold() -> None:
    states = [state(("plan", "office", 1, 41)), state(("plan", "office", 1, 40))]
    assert next_version(7, states, "plan", "office", 1) == 42
    assert next_version(50, states, "plan", "office", 1) == 51
    assert next_version(0, [], "plan", "office", 1) == 1


def test_other_kinds_issuers_and_epochs_do_not_count() -> None:
    states = [state(("urgent", "office", 1, 90), ("plan", "tinh", 1, 91), ("plan", "office", 2, 92))]
    assert next_version(3, states, "plan", "office", 1) == 4


@given(st.integers(0, (1 << 62) - 1), st.lists(st.integers(0, (1 << 62) - 1), max_size=5))
def test_the_next_version_is_above_all_and_can_still_be_signed(own: int, seen: list[int]) -> None:
    found = next_version(own, [state(("plan", "office", 1, version)) for version in seen], "plan", "office", 1)
    assert all(found > version for version in (own, *seen))
    assert found < 1 << 63


def test_a_clone_shows_as_the_same_number_with_other_bytes() -> None:
    assert same_number_other_bytes(b"a", b"b")
    assert not same_number_other_bytes(b"a", b"a")
    assert not same_number_other_bytes(None, b"a")


def test_a_chain_above_its_limit_is_not_published() -> None:
    with pytest.raises(Refused):
        make_bundle(b"{}", [b"x" * 40_000, b"x" * 40_000])


def test_a_first_root_needs_one_signature_and_its_trust_is_of_its_epoch() -> None:
    one, two = SigningKey.generate(), SigningKey.generate()
    root = root_keys([one, two])
    assert root == RootKeys((one.public, two.public), 1, 1)
    assert threshold_of([one, two.public]) == Threshold(keys=(one.public.hex(), two.public.hex()), threshold=1)
    life: dict[str, Any] = {"issued": NOW, "expires": NOW + timedelta(days=9)}
    rules = [IssuerRule(name="office", signers=threshold_of([one]), epoch=1, kinds=("plan",), classes=("normal",))]
    first = trust_document("xa-mau", rules, version=3, **life)
    assert (first.epoch, first.version, first.communes, first.caps, first.revoked) == (1, 3, ("xa-mau",), Caps(), ())
    later = trust_document(
        "xa", rules, version=3, root_version=4, communes=("xa", "b"), caps=Caps(volume=9), revoked=("k",), **life
    )
    assert (later.epoch, later.communes, later.caps, later.revoked) == (4, ("xa", "b"), Caps(volume=9), ("k",))
    link = root_document("xa-mau", root_keys([two], 1, 5), **life)
    assert (link.epoch, link.version, link.root.keys, link.issuer) == (5, 5, (two.public.hex(),), "root")
    bundle = make_bundle(make_trust("xa-mau", rules, [one], version=1, **life))
    opened = open_bundle(bundle, root)
    assert (opened.trust.epoch, opened.root) == (1, root)


def test_a_key_that_stays_signs_a_new_root_once() -> None:
    one, two = SigningKey.generate(), SigningKey.generate()
    raw = make_root(
        "xa-mau",
        root_keys([one, two], 2, 2),
        issued=NOW,
        expires=NOW + timedelta(days=9),
        old_keys=[one],
        new_keys=[one, two],
    )
    sealed = read_sealed(raw, "root")
    assert sorted(name for name, _ in sealed.signatures) == sorted((one.key_id, two.key_id))


def test_a_chain_may_be_just_as_long_as_devices_walk() -> None:
    trust = b"{}"
    assert make_bundle(trust, [b"x" * 32_768, b"x" * 32_768])
    with pytest.raises(Refused):
        make_bundle(trust, [b"x" * 32_768, b"x" * 32_769])
