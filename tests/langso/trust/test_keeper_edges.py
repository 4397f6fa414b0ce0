"""What a device obeys at the moments and numbers that decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from refusals import refusal

from langso.contract import ReceiptsAck
from langso.timekeeping.clock import ClockEvidence
from langso.trust import MAX_CHAIN_BYTES, Keeper, SigningKey, begin_marks, key_id, make_bundle, root_keys, seal
from langso.trust.chain import walk_chain
from langso.trust.marks import COPIES, Lift
from langso.trust.rules import lift_of

DAY = timedelta(days=1)


def test_of_two_issuers_documents_the_newest_issued_is_the_one_in_force(world: Any) -> None:
    keeper = world.paired()
    keeper.take("urgent", world.sealed(world.urgent(1, issued=world.clock.now() - DAY)))
    keeper.take("urgent", world.sealed(world.urgent(1, issuer="thon-1"), world.village))
    assert keeper.held("urgent").document.issuer == "thon-1"
    assert keeper.held("urgent", "office").document.issuer == "office"
    assert keeper.held("urgent", "tinh") is None
    assert keeper.held("plan") is None


@pytest.mark.parametrize(
    ("version", "reported"),
    [((1 << 62) - 2, (1 << 62) - 2), ((1 << 62) - 1, (1 << 62) - 1), (1 << 62, (1 << 62) - 1)],
)
def test_a_version_too_large_for_a_state_is_reported_as_the_largest(world: Any, version: int, reported: int) -> None:
    keeper = world.paired()
    keeper.take("plan", world.sealed(world.plan(version)))
    assert [held.version for held in keeper.versions() if held.kind == "plan"] == [reported]


def test_a_nonce_is_asked_for_ten_minutes_and_then_another(world: Any) -> None:
    world.ntp = False
    keeper = world.paired(clock_mode="auto")
    nonce = keeper.nonce()
    world.clock.advance(600)
    assert keeper.nonce() == nonce
    world.clock.advance(0.001)
    assert keeper.nonce() != nonce


@pytest.mark.parametrize("run", [True, False])
def test_the_machines_evidence_is_remembered_where_a_restart_forgets_it(
    world: Any, run: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    class Watch:
        def __init__(self, *of: Any) -> None:
            asked.append(of)

        def evidence(self) -> ClockEvidence:
            return ClockEvidence()

    monkeypatch.setattr("langso.trust.keeper.EvidenceWatch", Watch)
    begin_marks(world.state)
    folder = world.state / "run" if run else None
    Keeper(world.state, "xa-mau", "loa-1", root_keys(world.root), world.clock, run_dir=folder)
    assert [one[:3] for one in asked] == [(world.clock, world.state, folder or world.state)]


def test_trust_of_another_commune_is_refused_whichever_code_it_hides_under(world: Any) -> None:
    keeper = world.paired()
    for commune, communes in (("xa-khac", ("xa-mau",)), ("xa-khac", ("xa-khac",)), ("xa-moi", ("xa-moi", "xa-khac"))):
        assert refusal(keeper.take_trust, world.bundle(2, commune=commune, communes=communes)) == "wrong_commune"
    assert keeper.take_trust(world.bundle(2, commune="xa-moi", communes=("xa-moi", "xa-mau"))).fresh


def test_the_list_that_is_held_comes_again_as_the_same_and_is_not_judged_by_time(world: Any) -> None:
    keeper = world.paired()
    first = world.bundle(2, expires=world.clock.now() + DAY)
    assert keeper.take_trust(first).fresh
    assert not keeper.take_trust(first).fresh
    late = world.bundle(3, expires=world.clock.now() + DAY)
    world.clock.advance(2 * 86_400)
    assert refusal(keeper.take_trust, late) == "expired"
    assert not keeper.take_trust(first).fresh
    (world.state / "trust" / "bundle.json").unlink()
    restarted = world.keeper()
    assert restarted.trust is None
    assert restarted.take_trust(first).fresh, "its mark says that it was good once"


def test_an_old_root_says_nothing_once_a_new_one_is_in_force(world: Any) -> None:
    keeper = world.paired()
    old, new = world.root, [SigningKey.generate()]
    keeper.take_trust(world.bundle(1, (world.link(2, old, new),), keys=new, root_version=2))
    assert refusal(keeper.take_trust, world.bundle(99, keys=old)) == "rolled_back"
    assert refusal(keeper.take_trust, make_bundle(world.trust(99, keys=old, root_version=2))) == "bad_chain"


def test_a_list_is_as_new_as_the_newest_root_on_the_way_to_it(world: Any) -> None:
    keeper = world.paired()
    old, new = world.root, [SigningKey.generate()]
    trust = world.trust(2, keys=new, root_version=2)
    world.clock.advance(3600)
    link = world.link(2, old, new)
    keeper.take_trust(make_bundle(trust, (link,)))
    assert keeper.floor == world.clock.now()


def test_an_answer_brings_down_only_floors_that_it_disproves(world: Any) -> None:
    world.ntp = False
    for ahead, floor in ((119, 119), (121, 0)):
        keeper = world.paired(clock_mode="auto")
        begun = world.clock.now()
        keeper.take("plan", world.sealed(world.plan(1, issued=begun + timedelta(seconds=ahead))))
        answer = world.order(1, nonce=keeper.nonce(), issued=begun)
        keeper.take("order", world.sealed(answer))
        assert keeper.floor == begun + timedelta(seconds=floor)


def test_words_alone_prove_nothing_above_what_was_proven(world: Any) -> None:
    trust = world.paired().trust
    now = world.clock.now()
    far = trust.expires + DAY
    assert lift_of(now + 9 * DAY, trust, proven=now, answers=False, clock=False) == Lift(now + DAY, now)
    assert lift_of(now - DAY, trust, proven=now, answers=False, clock=False) == Lift(now - DAY, now - DAY)
    assert lift_of(far, trust, proven=None, answers=False, clock=False) == Lift(trust.expires, trust.expires)
    assert lift_of(far, trust, proven=now, answers=True, clock=False) == Lift(trust.expires, trust.expires)
    assert lift_of(far, trust, proven=now, answers=False, clock=True) == Lift(far, far)


def test_a_higher_epoch_leaves_the_floors_of_other_issuers(world: Any) -> None:
    from langso.trust.marks import Mark, Marks

    def mark(issuer: str, epoch: int) -> Mark:
        return Mark(kind="plan", issuer=issuer, epoch=epoch, version=1, sha256="ab" * 32)

    now = world.clock.now()
    marks = Marks().with_mark(mark("tinh", 1), Lift(now, now)).with_mark(mark("office", 2), Lift(now, now))
    marks = marks.with_mark(mark("office", 3), None)
    assert [(floor.issuer, floor.epoch) for floor in marks.floors] == [("tinh", 1)]
    earlier = marks.with_mark(mark("tinh", 0), Lift(now, now))
    assert {(floor.issuer, floor.epoch) for floor in earlier.floors} == {("tinh", 1), ("tinh", 0)}


def test_the_office_is_heard_by_the_newest_of_what_it_wrote(world: Any) -> None:
    keeper = world.paired()
    keeper.take("plan", world.sealed(world.plan()))
    world.clock.advance(30 * 3600)
    written = world.clock.now()
    ack = ReceiptsAck(issuer="office", device="loa-1", commune="xa-mau", journal="0" * 32, through=1, written=written)
    keeper.take("ack", seal(ack, "ack", [world.office]))
    for hours, heard in ((26, True), (0.001, False)):
        world.clock.advance(hours * 3600)
        (office,) = (check for check in keeper.checks() if check.name == "office")
        assert (office.code == "trust-heard") is heard


def test_after_lost_marks_only_the_answer_itself_is_heard_out_of_time(world: Any) -> None:
    world.ntp = False
    keeper = world.paired()
    for copy in COPIES:
        (world.state / "trust" / copy).unlink()
    keeper = world.keeper(clock_mode="auto")
    assert keeper.needs_nonce
    past = {"issued": world.clock.now() - 9 * DAY, "expires": world.clock.now() - DAY}
    assert refusal(keeper.take, "order", world.sealed(world.order(1, nonce="0" * 32, **past))) == "expired"
    assert keeper.take("order", world.sealed(world.order(1, nonce=keeper.nonce(), **past))).fresh
    assert not keeper.needs_nonce


@pytest.mark.parametrize(("seconds", "proven"), [(600, True), (600.001, False)])
def test_an_answer_proves_the_time_when_it_comes_within_ten_minutes(world: Any, seconds: float, proven: bool) -> None:
    world.ntp = False
    keeper = world.paired(clock_mode="auto")
    answer = world.order(1, nonce=keeper.nonce())
    world.clock.advance(seconds)
    keeper.take("order", world.sealed(answer))
    assert keeper.clock_trust().trusted is proven


def test_a_chain_may_be_just_as_long_as_its_limit(world: Any) -> None:
    for size, reason in ((MAX_CHAIN_BYTES, "bad_chain"), (MAX_CHAIN_BYTES + 1, "too_large")):
        assert refusal(walk_chain, ("x" * size,), root_keys(world.root)) == reason


def test_the_pinned_roots_own_document_has_its_threshold_too(world: Any) -> None:
    keys = [SigningKey.generate(), SigningKey.generate()]
    own = world.link(1, keys, keys).decode()
    assert walk_chain((own,), root_keys(keys, 2))[1:] == ((), 0)
    assert walk_chain((own,), root_keys(keys, 1))[1:] == ((), 1), "passed over as one of before the pairing"


def test_a_key_has_thirty_two_bytes() -> None:
    for size in (31, 33):
        with pytest.raises(ValueError, match="32"):
            key_id(b"k" * size)
