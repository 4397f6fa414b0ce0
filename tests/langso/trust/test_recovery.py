"""Lost marks, nonces and the clock: what a device does when it has forgotten, and how the office brings it back."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

import pytest

from langso.trust import Refused, SigningKey, begin_marks
from langso.trust.marks import COPIES

DAY_S = 86400.0


def refusal(call: Any, *args: Any, **named: Any) -> str:
    with pytest.raises(Refused) as caught:
        call(*args, **named)
    return caught.value.reason


def lose_marks(world: Any) -> None:
    for name in COPIES:
        (world.state / "trust" / name).unlink()


def test_a_fresh_pairing_needs_no_nonce_and_lost_marks_do(world: Any) -> None:
    assert not world.paired().needs_nonce
    lose_marks(world)
    assert world.keeper().needs_nonce
    begin_marks(world.state)
    assert not world.keeper().needs_nonce


def test_one_lost_copy_needs_no_nonce(world: Any) -> None:
    world.paired().take("plan", world.sealed(world.plan(5)))
    (world.state / "trust" / COPIES[0]).unlink()
    keeper = world.keeper()
    assert not keeper.needs_nonce
    assert refusal(keeper.take, "plan", world.sealed(world.plan(4))) == "rolled_back"


def test_after_lost_marks_plans_and_urgent_orders_wait_for_an_answer_to_the_nonce(world: Any) -> None:
    world.paired()
    shutil.rmtree(world.state / "trust")
    keeper = world.keeper()
    keeper.take_trust(world.bundle())
    plan, urgent = world.sealed(world.plan(5)), world.sealed(world.urgent(5))
    assert refusal(keeper.take, "plan", plan) == "needs_nonce"
    assert refusal(keeper.take, "urgent", urgent) == "needs_nonce"
    assert refusal(keeper.take, "plan", world.sealed(world.plan(5), SigningKey.generate())) == "forged"
    assert keeper.take("order", world.sealed(world.order(1, nonce="0" * 32))).fresh
    assert refusal(keeper.take, "plan", plan) == "needs_nonce"
    nonce = keeper.nonce()
    restarted = world.keeper()
    assert restarted.nonce() == nonce
    assert refusal(restarted.take, "order", world.sealed(world.order(2, nonce=nonce), world.village)) == "wrong_role"
    assert restarted.take("order", world.sealed(world.order(2, nonce=nonce))).fresh
    assert not restarted.needs_nonce
    assert restarted.take("plan", plan).fresh
    assert restarted.take("urgent", urgent).fresh
    assert not world.keeper().needs_nonce


def test_an_answer_to_an_earlier_loss_is_worth_nothing_at_the_next(world: Any) -> None:
    world.paired()
    lose_marks(world)
    keeper = world.keeper()
    answer = world.sealed(world.order(1, nonce=keeper.nonce()))
    keeper.take("order", answer)
    shutil.rmtree(world.state / "trust")
    again = world.keeper()
    again.take_trust(world.bundle())
    again.take("order", answer)
    assert again.needs_nonce
    assert refusal(again.take, "plan", world.sealed(world.plan())) == "needs_nonce"


def test_what_is_held_plays_on_after_lost_marks_and_marks_itself_again(world: Any) -> None:
    raw = world.sealed(world.plan(5))
    world.paired().take("plan", raw)
    lose_marks(world)
    keeper = world.keeper()
    assert keeper.held("plan") is not None
    assert not keeper.take("plan", raw).fresh
    assert refusal(keeper.take, "plan", world.sealed(world.plan(4))) == "rolled_back"
    assert refusal(keeper.take, "plan", world.sealed(world.plan(6))) == "needs_nonce"


def test_checks_say_what_is_wrong_and_what_to_do(world: Any) -> None:
    keeper = world.paired()
    keeper.take("plan", world.sealed(world.plan()))
    assert {check.name: check.level for check in keeper.checks()} == dict.fromkeys(
        ("trust", "marks", "clock", "office"), "ok"
    )
    for days, level, word in ((276, "warn", "90"), (60, "warn", "30"), (24, "warn", "7"), (6, "bad", "hết hạn")):
        world.clock.advance(days * DAY_S)
        found = next(check for check in keeper.checks() if check.name == "trust")
        assert found.level == level
        assert word in found.why
        assert found.fix
    lose_marks(world)
    levels = {check.name: check.level for check in world.keeper().checks()}
    assert levels["marks"] == "bad"
    assert levels["office"] == "warn"


# ---- the clock


def test_the_clock_is_trusted_by_network_time_near_the_floor_only(world: Any) -> None:
    keeper = world.paired(clock_mode="auto")
    assert keeper.clock_trust().reason == "ntp"
    world.clock.jump(31 * DAY_S)
    assert keeper.clock_trust().reason == "far_from_floor"
    world.clock.jump(-33 * DAY_S)
    assert keeper.clock_trust().reason == "far_from_floor"
    world.ntp = False
    world.clock.jump(2 * DAY_S)
    assert keeper.clock_trust().reason == "unsynchronised"


def test_a_prompt_answer_to_the_nonce_proves_the_clock_for_a_day(world: Any) -> None:
    keeper = world.paired(clock_mode="auto")
    world.ntp = False
    nonce = keeper.nonce()
    world.clock.advance(30)
    keeper.take("order", world.sealed(world.order(1, nonce=nonce)))
    assert keeper.clock_trust().reason == "nonce"
    world.clock.advance(DAY_S - 1)
    assert keeper.clock_trust().trusted
    world.clock.advance(2)
    assert keeper.clock_trust().reason == "unsynchronised"


def test_an_answer_does_not_confirm_a_clock_that_differs_from_it(world: Any) -> None:
    keeper = world.paired(clock_mode="auto")
    world.ntp = False
    nonce = keeper.nonce()
    answer = world.sealed(world.order(1, nonce=nonce, issued=world.clock.now() + timedelta(hours=1)))
    keeper.take("order", answer)
    assert not keeper.clock_trust().trusted
    assert keeper.floor == world.clock.now() + timedelta(hours=1)


def test_a_confirmed_clock_behind_what_was_signed_does_not_ask_without_end(world: Any) -> None:
    """An office whose clock was ahead left the floor there; that the right time is confirmed is then not enough."""
    keeper = world.paired(clock_mode="auto")
    world.ntp = False
    keeper.take("order", world.sealed(world.order(1, issued=world.clock.now() + timedelta(days=3))))
    nonce = keeper.nonce()
    keeper.take("order", world.sealed(world.order(2, nonce=nonce)))
    assert keeper.clock_trust().reason == "far_from_floor"
    assert keeper.nonce() == nonce
    world.clock.advance(59)
    assert keeper.nonce() == nonce
    world.clock.advance(1)
    assert keeper.nonce() != nonce
    world.clock.jump(3 * DAY_S)
    assert keeper.clock_trust().reason == "nonce"


def test_a_disproved_clock_asks_anew_after_a_minute_and_not_at_once(world: Any) -> None:
    """Each question is a new state and a signed answer: at once they had gone round four times a second."""
    keeper = world.paired(clock_mode="auto")
    world.ntp = False
    nonce = keeper.nonce()
    keeper.take("order", world.sealed(world.order(1, nonce=nonce, issued=world.clock.now() + timedelta(hours=2))))
    assert keeper.nonce() == nonce
    # What was answered once proves nothing any more, also where the clock is right by now.
    world.clock.jump(2 * 3600)
    keeper.take("order", world.sealed(world.order(2, nonce=nonce)))
    assert keeper.clock_trust().reason != "nonce"
    world.clock.advance(59)
    assert keeper.nonce() == nonce
    world.clock.advance(1)
    again = keeper.nonce()
    assert again != nonce
    keeper.take("order", world.sealed(world.order(3, nonce=again)))
    assert keeper.clock_trust().reason == "nonce"


def test_an_answer_held_back_does_not_confirm_the_clock_and_the_nonce_changes(world: Any) -> None:
    keeper = world.paired(clock_mode="auto")
    world.ntp = False
    nonce = keeper.nonce()
    answer = world.sealed(world.order(1, nonce=nonce))
    world.clock.advance(601)
    keeper.take("order", answer)
    assert not keeper.clock_trust().trusted
    assert keeper.nonce() != nonce
    again = keeper.nonce()
    keeper.take("order", world.sealed(world.order(2, nonce=again)))
    assert keeper.clock_trust().trusted


def test_a_nonce_of_before_the_restart_proves_no_time(world: Any) -> None:
    keeper = world.paired(clock_mode="auto")
    world.ntp = False
    answer = world.sealed(world.order(1, nonce=keeper.nonce()))
    restarted = world.keeper(clock_mode="auto")
    restarted.take("order", answer)
    assert not restarted.clock_trust().trusted


def test_the_floor_is_kept_over_restarts_and_rises_only_with_documents(world: Any) -> None:
    keeper = world.paired(clock_mode="auto")
    world.clock.advance(DAY_S)
    keeper.take("plan", world.sealed(world.plan()))
    floor = keeper.floor
    assert floor == world.clock.now()
    world.clock.advance(DAY_S)
    with pytest.raises(Refused):
        keeper.take("plan", world.sealed(world.plan(2), SigningKey.generate()))
    assert keeper.floor == floor
    assert world.keeper(clock_mode="auto").floor == floor


def test_the_machine_is_asked_for_its_evidence_at_most_every_half_minute(world: Any, monkeypatch: Any) -> None:
    from langso.timekeeping.clock import ClockEvidence
    from langso.trust import Keeper, root_keys

    asked = []

    def gather(state: Any, run: Any) -> ClockEvidence:
        asked.append((state, run))
        return ClockEvidence(ntp_synchronised=True)

    world.paired()
    monkeypatch.setattr("langso.timekeeping.evidence.gather_evidence", gather)
    run = world.state / "run"
    keeper = Keeper(world.state, "xa-mau", "loa-1", root_keys(world.root), world.clock, "auto", run_dir=run)
    for _ in range(100):
        assert keeper.clock_trust().trusted
    assert asked == [(world.state, run)]
    world.clock.advance(31)
    keeper.clock_trust()
    assert len(asked) == 2
