"""The office's side: versions counted past what devices hold, clones recognised."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.contract import ClockReport, Held, State, Storage
from langso.trust import Refused, make_bundle, next_version, same_number_other_bytes

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
