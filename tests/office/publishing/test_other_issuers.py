"""Urgent orders of a village are carried to hamlets as the broker tells them, and only what that village may say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from langso.contract import IssuerRule, Urgent
from langso.courier.letters import Letter
from langso.trust import Refused, SigningKey, seal, threshold_of
from office.publishing.other_issuers import OtherIssuers

VILLAGE, STRANGER = SigningKey.generate(), SigningKey.generate()


@pytest.fixture
def world(make_office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """An office whose list of rights names a village too."""
    world = make_office()
    bundle = world.office.home.trust()
    rule = IssuerRule(
        name="thon-1",
        signers=threshold_of([VILLAGE]),
        epoch=2,
        kinds=("urgent",),
        classes=("normal",),
        places=("thon-1",),
    )
    held = SimpleNamespace(trust=bundle.trust.model_copy(update={"issuers": (*bundle.trust.issuers, rule)}))
    monkeypatch.setattr(world.office.others, "_home", SimpleNamespace(trust=lambda: held))
    return world


def urgent(world: Any, version: int = 1, key: SigningKey = VILLAGE, **more: Any) -> bytes:
    now = world.office.clock.now()
    head: dict[str, Any] = {
        "issuer": "thon-1", "audience": "*", "commune": "hoa-son", "epoch": 2, "version": version,
        "issued": now, "expires": now + timedelta(days=1),
    }  # fmt: skip
    return seal(Urgent(**head | more), "urgent", [key])


def letters(world: Any) -> dict[Letter, bytes]:
    return dict(world.office._correspondent(lambda topic, raw: None).outgoing()[0])


def test_what_a_village_says_goes_along_until_it_says_something_newer(world: Any) -> None:
    letter = Letter("urgent", issuer="thon-1")
    assert letter not in letters(world)
    first, second = urgent(world), urgent(world, 2)
    assert world.office.others.take("thon-1", first)
    assert letters(world)[letter] == first
    assert world.office.others.take("thon-1", second)
    assert not world.office.others.take("thon-1", second)
    assert not world.office.others.take("thon-1", first)
    assert letters(world)[letter] == second


@pytest.mark.parametrize(
    ("issuer", "more"),
    [("thon-1", {"key": STRANGER}), ("thon-2", {}), ("thon-1", {"commune": "xa-khac"}), ("thon-1", {"epoch": 1})],
    ids=["forged", "in another's topic", "another commune", "of an old epoch"],
)
def test_what_nobody_may_say_fills_no_stick(world: Any, issuer: str, more: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        world.office.others.take(issuer, urgent(world, **more))
    with pytest.raises(Refused):
        world.office.others.take(issuer, b"{}")
    assert world.office.others.in_force() == []


def test_what_has_expired_or_lost_its_right_stays_at_home(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = world.office.clock.now()
    others: OtherIssuers = world.office.others
    others.take("thon-1", urgent(world, expires=now + timedelta(hours=1)))
    assert len(others.in_force()) == 1
    later = SimpleNamespace(now=lambda: now + timedelta(hours=1))
    with monkeypatch.context() as moved:
        moved.setattr(others, "_clock", later)
        assert others.in_force() == []
    assert len(others.in_force()) == 1
    monkeypatch.setattr(others, "_home", world.office.home)
    assert others.in_force() == []


def test_the_offices_own_words_come_from_its_own_book(world: Any) -> None:
    assert not world.office.others.take("office", b"whatever a broker says")
