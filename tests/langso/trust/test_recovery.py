"""Lost marks, nonces and the clock: what a device does when it has forgotten, and how the office brings it back."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

import pytest
from refusals import refusal

from langso.trust import Refused, SigningKey, begin_marks
from langso.trust.marks import COPIES

DAY_S = 86400.0


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


def test_an_office_whose_clock_was_ahead_is_believed_again_once_it_is_right(world: Any) -> None:
    """What it signed before stays a day ahead at most, and the next answer puts it right."""
    keeper = world.paired(clock_mode="auto")
    world.ntp = False
    keeper.take("order", world.sealed(world.order(1, issued=world.clock.now() + timedelta(days=3))))
    assert keeper.floor == world.clock.now() + timedelta(days=1)
    nonce = keeper.nonce()
    keeper.take("order", world.sealed(world.order(2, nonce=nonce)))
    assert keeper.clock_trust().reason == "nonce"
    assert keeper.floor == world.clock.now()
    assert world.keeper(clock_mode="auto").floor == world.clock.now()


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

    def gather(state: Any, run: Any, *, rtc_ppm: float | None) -> ClockEvidence:
        assert rtc_ppm is None
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


# ---- a clock that leaps under what was proven


def proven_keeper(world: Any) -> Any:
    """Of a device that acts by what is proven; network time has agreed for ten minutes."""
    from langso.timekeeping.proven_clock import ProvenClock

    raw, world.clock = world.clock, ProvenClock(world.clock)
    keeper = world.paired(clock_mode="auto")
    for _ in range(21):
        assert keeper.clock_trust().reason == "ntp"
        raw.advance(30)
    keeper.clock_trust()
    world.raw = raw
    return keeper


@pytest.mark.parametrize("days", [20, -20, 4000, -7168])
def test_a_leap_is_asked_about_and_nothing_is_refused_or_lifted_by_it(world: Any, days: int) -> None:
    keeper = proven_keeper(world)
    true, plan = world.clock.now(), world.sealed(world.plan())
    assert not keeper.asks_time
    world.raw.jump(days * DAY_S)
    assert (keeper.clock_trust().trusted, keeper.clock_trust().reason) == (True, "kept")
    assert world.clock.now() == true
    assert keeper.asks_time
    assert keeper.take("plan", plan).fresh
    assert keeper.floor == true
    assert keeper.known_time().exact
    assert keeper.known_time().earliest == true
    answer = world.sealed(world.order(1, nonce=keeper.nonce()))
    world.raw.advance(2)
    keeper.take("order", answer)
    assert keeper.clock_trust().reason == "kept"
    assert not keeper.asks_time, "the office has said what it is"
    world.raw.advance(3601)
    assert keeper.asks_time


def test_the_office_confirms_a_leap_that_was_right(world: Any) -> None:
    keeper = proven_keeper(world)
    world.raw.jump(3 * 3600)
    true = world.raw.now()
    nonce = keeper.nonce()
    keeper.take("order", world.sealed(world.order(1, nonce=nonce, issued=true)))
    assert world.clock.now() == true
    assert not keeper.asks_time
    assert keeper.doubtful_after is not None


def test_what_a_person_set_is_withdrawn_once_more_than_one_source_proves_the_time(
    world: Any, monkeypatch: Any
) -> None:
    from langso.timekeeping.clock import ClockEvidence, HandSet
    from langso.timekeeping.hand_set import FILE

    keeper = proven_keeper(world)
    (world.state / FILE).write_bytes(b"{}")
    keeper.clock_trust()
    assert (world.state / FILE).exists()
    monkeypatch.setattr(keeper._judged_clock, "evidence", lambda: ClockEvidence(True, by_hand=HandSet(0.0, 1.0, "1")))
    assert keeper.clock_trust().reason == "ntp"
    assert not (world.state / FILE).exists()


@pytest.mark.parametrize(("days", "level"), [(None, "ok"), (8, "ok"), (6, "warn"), (0, "warn")])
def test_a_proof_of_time_that_ends_soon_is_told_in_good_time(days: int | None, level: str) -> None:
    from datetime import UTC, datetime

    from langso.timekeeping.clock import ClockTrust
    from langso.trust.checks import clock_check

    now = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    until = None if days is None else now + timedelta(days=days)
    found = clock_check(ClockTrust(True, "kept", "Giờ đếm tiếp.", until), now)
    assert found.level == level
    assert (level == "ok") == (found.fix == "")


def test_a_time_that_nothing_proves_is_bad_with_what_to_do(world: Any) -> None:
    from langso.timekeeping.clock import ClockTrust
    from langso.trust.checks import clock_check

    found = clock_check(ClockTrust(False, "unsynchronised", "Không nguồn nào xác nhận."), world.clock.now())
    assert (found.level, str(found.why)) == ("bad", "Không nguồn nào xác nhận.")
    assert str(found.fix)


def test_a_time_that_nothing_proves_is_asked_for(world: Any, monkeypatch: Any) -> None:
    from langso.timekeeping.clock import ClockTrust

    keeper = proven_keeper(world)
    assert not keeper.asks_time
    monkeypatch.setattr(keeper, "clock_trust", lambda: ClockTrust(False, "unsynchronised", "Không nguồn nào."))
    assert keeper.asks_time
