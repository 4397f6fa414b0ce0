"""What a device obeys, and what it keeps of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from langso.contract import Plan
from langso.trust import Refused


def refusal(call: Any, *args: Any, **named: Any) -> str:
    with pytest.raises(Refused) as caught:
        call(*args, **named)
    assert str(caught.value).endswith(".")
    return caught.value.reason


def test_a_plan_of_the_office_is_taken_and_held_after_a_restart(world: Any) -> None:
    keeper = world.paired()
    raw = world.sealed(world.plan())
    taken = keeper.take("plan", raw)
    assert taken.fresh
    assert isinstance(taken.document, Plan)
    again = world.keeper()
    held = again.held("plan", "office")
    assert held is not None
    assert held.document == taken.document
    assert held.sha256 == taken.sha256
    assert not again.take("plan", raw).fresh
    assert {(h.kind, h.version) for h in again.versions()} == {("trust", 1), ("plan", 1)}


def test_nothing_is_taken_before_trust(world: Any) -> None:
    assert refusal(world.keeper().take, "plan", world.sealed(world.plan())) == "no_trust"


def test_a_held_plan_stays_after_its_expiry_but_is_not_accepted_anew(world: Any) -> None:
    keeper = world.paired()
    late = world.sealed(world.plan(2))
    keeper.take("plan", world.sealed(world.plan(1)))
    world.clock.advance(timedelta(days=15).total_seconds())
    assert refusal(keeper.take, "plan", late) == "expired"
    assert keeper.held("plan") is not None
    assert world.keeper().held("plan") is not None
